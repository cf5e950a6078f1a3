import type { Config } from "./config/config.js";

/** Where a start is told to people. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Whether a person looks at this start: at a terminal, or in the sandbox. Production speaks to programs, in JSON lines
 * alone.
 */
export function isForPeople({ production, sandbox }: Config, { isTTY }: Terminal): boolean {
  return !production && (isTTY === true || sandbox);
}

/**
 * What a person should know who has just started Pulsegate: the addresses, who they are, and what to try. `visitor`:
 * who the sandbox's viewer is, in words; null without a sandbox.
 */
export function greeting(config: Config, url: string, visitor: string | null): string {
  // PORT=0 leaves the choice to the system: only the listening socket knows it.
  const base = config.port === 0 ? url : config.publicUrl;
  const inside = visitor === null ? "." : ", with the provider lab inside: people and wearables are made up.";
  const addresses = [
    ["Page", `${base}/`, "a person's days; connect a provider"],
    [
      "GraphQL",
      `${base}/graphql`,
      config.explorer ? "HTTP and WebSocket; Apollo Sandbox in a browser" : "HTTP and WebSocket",
    ],
    ...(config.explorer ? [["GraphiQL", `${base}/graphiql`, "with examples; works without the internet"]] : []),
  ];
  const width = Math.max(...addresses.map(([, address]) => address!.length));
  return [
    `Pulsegate listens on ${url}${inside}`,
    "",
    ...addresses.map(([name, address, use]) => `  ${name!.padEnd(9)} ${address!.padEnd(width)}  ${use}`),
    "",
    ...whoIs(config, visitor),
    ...config.notices,
    "",
    ...(visitor === null ? [] : [...toTry(base, config.explorer), ""]),
    "LOG_LEVEL=info shows the log. Ctrl-C stops.",
    "",
  ].join("\n");
}

function whoIs(config: Config, visitor: string | null): readonly string[] {
  const { viewerWithoutCredentials: viewer, userTokens, appKeys } = config;
  if (visitor !== null) return [`Without credentials you are ${visitor}.`];
  if (viewer !== null) return [`Without credentials you are ${viewer}, on this machine alone.`];
  const accepted = [userTokens && "user tokens", appKeys.length > 0 && "app keys"].filter(Boolean);
  return accepted.length > 0 ? [`It answers ${accepted.join(" and ")}.`] : [];
}

const STEPS = '{"query": "{ viewer { activity(range: { lastDays: 7 }) { days { date source steps worn } } } }"}';

function toTry(base: string, explorer: boolean): readonly string[] {
  return [
    "Three things to try:",
    "  1. Open the page, and connect another provider.",
    `  2. curl -s ${base}/graphql -H 'content-type: application/json' -d '${STEPS}'`,
    explorer
      ? "  3. In GraphiQL choose the example Live, then let the wearable sync:"
      : "  3. Keep the page open, and let the wearable sync:",
    `     curl -X POST '${base}/lab/sync/demo?hoursAgo=24'; curl -X POST ${base}/lab/sync/demo`,
  ];
}
