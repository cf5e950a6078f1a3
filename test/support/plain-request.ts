import type { ReadRequest } from "../../src/health-data/ask.js";

/** What a person who just asks brings along: nothing said of freshness, no dry run. */
export const plainRequest: ReadRequest = {
  freshness: { maxAgeSeconds: null, noCache: false, onlyIfCached: false, staleIfErrorSeconds: null },
  dryRun: false,
  headerTokens: {},
  reserve: 0,
};
