import type { Config } from "./config.js";
import type { Variables } from "./variable.js";
import { variables } from "./variables.js";

/** The configuration for the start log: enough to find a mistake, and no secret. */
export function describeConfig(config: Config): Readonly<Record<string, unknown>> {
  const { userTokens, tokenResolver } = config;
  return {
    ...describeValues(variables, { ...config }),
    mode: config.sandbox ? "sandbox" : config.singleUser !== null ? "single user" : "users",
    // The name differs from the configuration's: the log hides everything whose name ends in token or key.
    users: userTokens === null ? "none" : userTokens.kind === "jwks" ? withoutSecrets(userTokens.url) : "shared secret",
    apps: config.appKeys.map((key) => key.name),
    encryption: `${config.encryptionKeys.length} keys`,
    ...(tokenResolver && { tokenResolver: withoutSecrets(tokenResolver.url) }),
    providers: Object.fromEntries(
      Object.entries(config.providers).map(([id, { clientId, overridden, apiUrl }]) => [
        id,
        `${clientId === null ? "no client" : "configured"}${overridden ? `, at ${apiUrl}` : ""}`,
      ]),
    ),
  };
}

/** The values that have a row and are not secret. */
export function describeValues(
  rows: Variables,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(rows)
      .filter(([key, { secret }]) => !secret && key in values)
      .map(([key]) => [key, typeof values[key] === "string" ? withoutSecrets(values[key]) : values[key]]),
  );
}

/** Scheme, host and path only: the userinfo and the query of a URL may contain a password. */
function withoutSecrets(text: string): string {
  if (!text.includes("://") || !URL.canParse(text)) return text;
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
