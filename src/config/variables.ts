import type { Provider } from "../providers/index.js";
import { USUAL_CONNECTIONS } from "./pool-size.js";
import { listed, providerVariables } from "./provider-variables.js";
import * as shapes from "./shapes.js";
import type { Variable, Variables } from "./variable.js";

/** As many as one range may have. */
const MOST_BACKFILL_DAYS = 1_100;
/** Ten years. */
const MOST_AUDIT_DAYS = 3_650;
/** A hundred years. */
const MOST_KEPT_DAYS = 36_500;

/** Every variable that does not belong to one provider. Other variables are not read; each of these is in `Config`. */
export const variables = {
  host: {
    name: "HOST",
    shape: shapes.host,
    default: "127.0.0.1",
    description: "Address to listen on. Any but a loopback address needs credentials for users or apps",
  },
  /** 0 means any free port, for tests. */
  port: { name: "PORT", shape: shapes.integer(0, 65_535), default: "4000", description: "Port to listen on" },
  publicUrl: {
    name: "PUBLIC_URL",
    shape: shapes.baseUrl,
    otherwise: "from HOST and PORT",
    description: "Where browsers and providers reach the gateway",
  },
  nodeEnv: {
    name: "NODE_ENV",
    shape: shapes.anyText,
    description: "`production` switches introspection and explorer off, and draining on, unless they are set",
  },
  sandbox: {
    name: "SANDBOX",
    shape: shapes.flag,
    otherwise: "1 on a loopback host without any credentials, else 0",
    description: "1 starts the provider lab in the process, with demo people. Refused if a real provider is configured",
  },
  /** The app's id of a person: it is never logged. */
  singleUser: {
    name: "SINGLE_USER",
    shape: shapes.anyText,
    description: "The user's id for requests without credentials; allowed on a loopback host only",
    secret: true,
  },
  /** For `openStore`. */
  storeUrl: {
    name: "STORE_URL",
    shape: shapes.storeAddress,
    default: "sqlite:./data/pulsegate.db",
    description: `Tokens, connections, history: \`memory:\`, \`sqlite:path\`, \`postgres://…\` (with \`?max=\` connections, else ${USUAL_CONNECTIONS}) or \`redis://…\``,
  },
  /** Null: cache, locks, jobs and publish/subscribe stay inside this process. */
  redisUrl: {
    name: "REDIS_URL",
    shape: shapes.redisAddress,
    description: "Cache, locks, jobs and publish/subscribe across replicas; inside the process without it",
  },
  authJwksUrl: {
    name: "AUTH_JWKS_URL",
    shape: shapes.guardedUrl,
    description: "Key set that user tokens are checked with; needs AUTH_ISSUER and AUTH_AUDIENCE",
  },
  authJwtSecret: {
    name: "AUTH_JWT_SECRET",
    shape: shapes.longSecret,
    description: "Secret of HS256 user tokens, at least 32 bytes; instead of AUTH_JWKS_URL",
    secret: true,
  },
  authIssuer: { name: "AUTH_ISSUER", shape: shapes.anyText, description: "`iss` that user tokens must have" },
  authAudience: { name: "AUTH_AUDIENCE", shape: shapes.anyText, description: "`aud` that user tokens must have" },
  appKeys: {
    name: "APP_KEYS",
    shape: shapes.appKeys,
    description:
      "Comma-separated `name:sha256-hex` of the keys that apps send as X-Api-Key. `:ro` after it: the key may only read. `:user=ID`: it speaks for that person only",
    secret: true,
  },
  encryptionKeys: {
    name: "ENCRYPTION_KEYS",
    shape: shapes.encryptionKeys,
    otherwise: "generated into the data folder in sandbox or single-user mode, else required",
    description: "Comma-separated base64 keys of 32 bytes: the first encrypts, all decrypt",
    secret: true,
  },
  /** For the command line alone. */
  exportKey: {
    name: "EXPORT_KEY",
    shape: shapes.encryptionKey,
    description:
      "Base64 key of 32 bytes: encrypts the tokens in `pulsegate export --all --tokens`, and opens them in `pulsegate import`",
    secret: true,
  },
  /** Exact origins that `redirectTo` may have. */
  allowedRedirects: {
    name: "ALLOWED_REDIRECTS",
    shape: shapes.origins,
    default: "",
    description: "Comma-separated exact origins that a consent may return to",
  },
  /**
   * Whether connections wait until the user who began them confirms them. Null: `confirmationPolicy` decides for each
   * kind of caller.
   */
  confirmConnections: {
    name: "CONFIRM_CONNECTIONS",
    shape: shapes.oneOf(["always", "caller", "never"]),
    otherwise: "always for user tokens, caller for app keys, never in sandbox and single-user mode",
    description:
      "Whether a connection waits until the user who began it confirms it: `always`, `caller` (as the call of `connect` says) or `never`",
  },
  trustedProxies: {
    name: "TRUSTED_PROXIES",
    shape: shapes.proxies,
    description:
      "Proxies whose X-Forwarded-For tells the caller's address: comma-separated addresses, networks such as `10.0.0.0/8`, `loopback`, `linklocal` or `uniquelocal`; or their number",
  },
  /** Exact origins whose pages may call the gateway. */
  corsOrigins: {
    name: "CORS_ORIGINS",
    shape: shapes.origins,
    default: "",
    description: "Comma-separated exact origins whose pages may call the gateway",
  },
  tokenResolvers: {
    name: "TOKEN_RESOLVERS",
    shape: shapes.someOf(["header", "vault", "remote"]),
    otherwise: "vault, and remote if TOKEN_RESOLVER_URL is set",
    description: "Comma-separated, of `header`, `vault`, `remote`; always tried in this order",
  },
  tokenResolverUrl: {
    name: "TOKEN_RESOLVER_URL",
    shape: shapes.guardedUrl,
    description: "Your own token service: https, or http on a loopback host",
  },
  tokenResolverSecret: {
    name: "TOKEN_RESOLVER_SECRET",
    shape: shapes.anyText,
    description: "Secret that signs the requests to TOKEN_RESOLVER_URL; required with it",
    secret: true,
  },
  /** Read by `readOperations`. */
  operations: {
    name: "OPERATIONS",
    shape: shapes.anyText,
    description:
      "File or folder of the GraphQL documents that your app sends, or a manifest of them; several with commas between: `connect` then asks for the fewest scopes they need, and each can be sent by its `documentId` (docs/operations.md)",
  },
  operationsOnly: {
    name: "OPERATIONS_ONLY",
    shape: shapes.flag,
    default: "0",
    description: "1 refuses every operation that is not in OPERATIONS; those are sent by their `documentId`",
  },
  /** Null: `readConfig` decides. */
  mcp: {
    name: "MCP",
    shape: shapes.flag,
    otherwise: "1 in the sandbox and where OPERATIONS is set, else 0",
    description:
      "1 opens `/mcp` to assistants: each query in OPERATIONS is a tool, for the same callers as at `/graphql`; where OPERATIONS is not set, a ready set of queries (docs/assistants.md)",
  },
  readOnly: {
    name: "READ_ONLY",
    shape: shapes.flag,
    default: "0",
    description: "1 records nothing at providers: `recordWeighing` and the like, and `deleteRecord`, are FORBIDDEN",
  },
  subscribeOnConnect: {
    name: "SUBSCRIBE_ON_CONNECT",
    shape: shapes.flag,
    default: "0",
    description:
      "1 subscribes each connection at its provider once the person has consented, to all that it can notify of",
  },
  backfillDaysOnConnect: {
    name: "BACKFILL_DAYS_ON_CONNECT",
    shape: shapes.integer(0, MOST_BACKFILL_DAYS),
    default: "0",
    description: "Days that are fetched in the background once a person has consented; 0 fetches none",
  },
  webhooksAllowPrivate: {
    name: "WEBHOOKS_ALLOW_PRIVATE",
    shape: shapes.flag,
    default: "0",
    description:
      "1 lets webhooks of apps lead to private addresses, and over http (docs/webhooks-out.md): for receivers in your own network, where you trust every app key",
  },
  prefetch: {
    name: "PREFETCH",
    shape: shapes.flag,
    default: "0",
    description: "1 fetches again at every notification, even if nobody is subscribed",
  },
  introspection: {
    name: "INTROSPECTION",
    shape: shapes.flag,
    default: { elsewhere: "1", production: "0" },
    description: "Whether introspection is allowed. With `SANDBOX=1` it is, unless set",
  },
  explorer: {
    name: "EXPLORER",
    shape: shapes.flag,
    default: { elsewhere: "1", production: "0" },
    description: "Whether browsers get Apollo Sandbox and GraphiQL. With `SANDBOX=1` they do, unless set",
  },
  /** With 0 no audit log is written. */
  auditDays: {
    name: "AUDIT_DAYS",
    shape: shapes.integer(0, MOST_AUDIT_DAYS),
    default: "365",
    description: "How long the audit log keeps its lines, which name people by pseudonyms; 0 keeps no log",
  },
  retentionDays: {
    name: "RETENTION_DAYS",
    shape: shapes.daysOfDomains(MOST_KEPT_DAYS),
    otherwise: "every day is kept",
    description:
      "How many days of health data are kept, today included: `400`, or by domain `HEART=90,READINGS=30`, or both: `400,READINGS=30`. Older days are neither answered nor fetched, and are erased daily (docs/retention.md)",
  },
  retentionOfRetired: {
    name: "RETENTION_OF_RETIRED",
    shape: shapes.flag,
    default: "0",
    description: "1 erases by RETENTION_DAYS also what a retired provider has told, which can't be fetched again",
  },
  upstreamTimeoutMs: {
    name: "UPSTREAM_TIMEOUT_MS",
    shape: shapes.integer(1, 600_000),
    default: "10000",
    description: "Longest wait for one provider call",
  },
  readDeadlineMs: {
    name: "READ_DEADLINE_MS",
    shape: shapes.integer(100, 600_000),
    default: "30000",
    description:
      "Longest wait of one operation for all the provider calls that it needs. What is not there by then is answered as UNAVAILABLE with retryAt, and goes on being fetched for whoever asks next",
  },
  /** How long the port still takes requests after `/readyz` begins to answer "draining". */
  drainSeconds: {
    name: "DRAIN_SECONDS",
    shape: shapes.integer(0, 600),
    default: { elsewhere: "0", production: "5" },
    description:
      "How long the port still takes requests after SIGTERM, while `/readyz` answers draining and balancers stop sending requests",
  },
  logLevel: {
    name: "LOG_LEVEL",
    shape: shapes.oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    default: "info",
    description:
      "trace, debug, info, warn, error, fatal or silent. Unset, a start that greets people logs from warn on",
  },
} as const satisfies Variables;

export function allVariables(providers: readonly Provider[]): readonly Variable[] {
  return [...Object.values(variables), ...providers.flatMap((provider) => listed(providerVariables(provider)))];
}
