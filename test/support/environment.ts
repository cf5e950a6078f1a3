import { randomBytes } from "node:crypto";
import { ConfigError } from "../../src/config/config.js";
import { readConfig } from "../../src/config/read-config.js";
import type { Environment } from "../../src/config/variable.js";
import type { Provider } from "../../src/providers/index.js";

/** A busy machine is no provider that is down: whoever tests what a provider's silence means says how long it waits. */
export const patient = { UPSTREAM_TIMEOUT_MS: "60000", READ_DEADLINE_MS: "600000" } as const;

/** For tests: two providers, and environments to which tests add. */

/** Only what the configuration looks at. */
function provider(part: Partial<Provider>): Provider {
  return { otherUrls: undefined, settings: undefined, ...part } as Provider;
}
const oauth = { clientAuth: "basic", pkce: true } as Provider["oauth"];
export const providers = [
  provider({
    id: "FITBIT",
    slug: "fitbit",
    name: "Acme",
    apiUrl: "https://api.acme.example",
    oauth: {
      ...oauth,
      authorizeUrl: "https://www.acme.example/oauth/authorize",
      tokenUrl: "https://api.acme.example/oauth/token",
      revocation: { kind: "token", url: "https://api.acme.example/oauth/revoke", in: "form" },
    },
    settings: [
      { name: "SUBSCRIBER_ID", description: "id of the subscriber" },
      { name: "VERIFICATION_CODE", description: "code of the handshake", secret: true },
    ],
  }),
  provider({
    id: "GOOGLE_HEALTH",
    slug: "google-health",
    name: "Bolt",
    apiUrl: "https://health.bolt.example",
    oauth: {
      ...oauth,
      authorizeUrl: "https://accounts.bolt.example/auth?v=2",
      tokenUrl: "https://oauth.bolt.example/token",
      revocation: null,
    },
    settings: [
      {
        name: "HOOK_NAME",
        description: "name of the hook",
        default: "usual",
        shape: { pattern: /^[a-z]{4,8}$/, sentence: "4 to 8 letters" },
      },
    ],
    otherUrls: { userinfo: "https://id.bolt.example/userinfo", webhookKeys: "https://keys.bolt.example/keys" },
  }),
];

export const key = () => randomBytes(32).toString("base64");
export const hash = "ab".repeat(32);
export const secret = "0123456789abcdef0123456789abcdef";
/** A sound configuration with users, to which tests add. */
export const users = { AUTH_JWT_SECRET: secret, ENCRYPTION_KEYS: key() };
/** Needs nothing, keeps nothing. */
export const bare = { STORE_URL: "memory:" };

export const read = (env: Environment) => readConfig(env, { providers });
export function faults(env: Environment): readonly string[] {
  try {
    read(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
