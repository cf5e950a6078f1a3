import type { Config } from "./config.js";

/** What the start log says of the configuration: enough to see what is wrong with it, and no secret. */
export function describeConfig(config: Config): Readonly<Record<string, unknown>> {
  const { userTokens, tokenResolver } = config;
  return {
    listening: `${config.host}:${config.port}`,
    publicUrl: config.publicUrl,
    mode: config.sandbox ? "sandbox" : config.singleUser !== null ? "single user" : "users",
    // Schemes and hosts only: a URL's userinfo and query may hold a password.
    store: withoutSecrets(config.storeUrl),
    redis: config.redisUrl === null ? "in-process" : withoutSecrets(config.redisUrl),
    // Not named as in the configuration: the log hides everything whose name ends in token or key.
    users: userTokens === null ? "none" : userTokens.kind === "jwks" ? withoutSecrets(userTokens.url) : "shared secret",
    apps: config.appKeys.map((key) => key.name),
    encryption: `${config.encryptionKeys.length} keys`,
    allowedRedirects: config.allowedRedirects,
    corsOrigins: config.corsOrigins,
    tokenResolvers: config.tokenResolvers,
    ...(tokenResolver && { tokenResolver: withoutSecrets(tokenResolver.url) }),
    ...(config.operations !== null && { operations: config.operations }),
    prefetch: config.prefetch,
    introspection: config.introspection,
    explorer: config.explorer,
    auditDays: config.auditDays,
    upstreamTimeoutMs: config.upstreamTimeoutMs,
    drainSeconds: config.drainSeconds,
    logLevel: config.logLevel,
    providers: Object.fromEntries(
      Object.entries(config.providers).map(([id, { clientId, overridden, apiUrl }]) => [
        id,
        `${clientId === null ? "no client" : "configured"}${overridden ? `, at ${apiUrl}` : ""}`,
      ]),
    ),
  };
}

function withoutSecrets(url: string): string {
  if (!url.includes("://")) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
