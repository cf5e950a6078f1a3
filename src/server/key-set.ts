import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { PulsegateError } from "../errors.js";
import { createHttpClient, type HttpClient } from "../http/client.js";
import { type Clock, systemClock } from "../model/time.js";

/** A key set is a few kilobytes; what is longer is something else. */
const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 5_000;
/** After that a set is fetched again while it serves. */
const FRESH_MS = 10 * 60_000;
/** For so long the last good set serves while its server is away: longer than any outage, shorter than a lost key may count. */
const SERVES_MS = 12 * 3_600_000;
/** Unknown key ids, which anybody can make up, have it fetched no oftener. */
const COOLDOWN_MS = 30_000;

export interface KeySetOptions {
  readonly url: string;
  readonly http?: Pick<HttpClient, "send">;
  readonly clock?: Clock;
}

/**
 * The keys of AUTH_JWKS_URL, for `jwtVerify`. The last good set serves for twelve hours while it is fetched again, so
 * that its server may be away. Throws SERVICE_UNAVAILABLE where there is no set to judge by, and jose's own error for a
 * key that the set does not have. (jose's own remote set serves nothing once it is old and its server is away.)
 */
export function createKeySet({
  url,
  http = createHttpClient({ timeoutMs: TIMEOUT_MS }),
  clock = systemClock,
}: KeySetOptions) {
  let good: { readonly keys: JWTVerifyGetKey; readonly at: number } | null = null;
  let last: { readonly at: number; readonly failed: boolean } | null = null;
  let fetching: Promise<void> | null = null;

  const load = async () => {
    const at = clock.now();
    try {
      const { status, text } = await http.send({ method: "GET", url, maxBytes: MAX_BYTES });
      if (status !== 200) throw new Error(`answered ${status}`);
      const set = JSON.parse(text) as JSONWebKeySet;
      const keys = createLocalJWKSet(set);
      // Whoever rotates keys never has none: this is a server that is half up.
      if (set.keys.length === 0) throw new Error("has no keys");
      good = { keys, at };
      last = { at, failed: false };
    } catch {
      last = { at, failed: true };
    }
  };
  const fetchAgain = () => {
    fetching ??= load().finally(() => {
      fetching = null;
    });
    return fetching;
  };
  const isOlder = (at: number, ms: number) => clock.now() - at >= ms;
  const mayAsk = () => last === null || isOlder(last.at, COOLDOWN_MS);
  const serving = () => (good !== null && !isOlder(good.at, SERVES_MS) ? good : null);

  const keysNow = async () => {
    const held = serving();
    if (held) {
      // Nobody waits for it: the set that we have is good.
      if (isOlder(held.at, FRESH_MS) && mayAsk()) void fetchAgain();
      return held;
    }
    await fetchAgain();
    const found = serving();
    if (found) return found;
    throw unavailable();
  };

  return async (...[header, token]: Parameters<JWTVerifyGetKey>) => {
    const { keys } = await keysNow();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // A key of today may be in a set that we could not fetch: that is not the caller's mistake.
      if (fetching ?? mayAsk()) await fetchAgain();
      if (last?.failed) throw unavailable();
      return await (serving() ?? (await keysNow())).keys(header, token);
    }
  };
}

const unavailable = () =>
  new PulsegateError("SERVICE_UNAVAILABLE", "User tokens can't be checked for now: their key set can't be fetched.");
