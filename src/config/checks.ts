import type { Given } from "./config.js";
import { isLoopback } from "./hosts.js";
import type { ReadProvider } from "./provider-settings.js";
import { listed, prefixOf } from "./provider-variables.js";
import type { Environment } from "./variable.js";
import type { variables } from "./variables.js";

type Name = (typeof variables)[keyof typeof variables]["name"];

/** The values of all variables, each read by itself. */
export interface Facts {
  readonly env: Environment;
  readonly given: Given;
  /** A faulty variable counts as set: otherwise one fault would cause messages about others. */
  isSet(name: Name): boolean;
  readonly loopback: boolean;
  readonly sandbox: boolean;
  readonly hasCredentials: boolean;
  readonly tokenResolvers: NonNullable<Given["tokenResolvers"]>;
  readonly providers: readonly ReadProvider[];
}

/** Checks several variables together. Yields one sentence for each fault or notice; no sentence shows a value. */
type Check = (facts: Facts) => Iterable<string>;

function* sandboxIsForNobodyReal({ sandbox, providers }: Facts) {
  const real = providers.filter(({ settings }) => settings.clientId !== null && !settings.overridden);
  if (!sandbox || real.length === 0) return;
  const ids = real.map(({ rows }) => rows.client.clientId.name).join(", ");
  yield `SANDBOX must not be 1 while a real provider is configured (${ids} set): anyone may read the sandbox`;
}

function* singleUserIsAtHome({ given, loopback }: Facts) {
  if (given.singleUser !== null && !loopback)
    yield "SINGLE_USER needs a loopback HOST: on another address every caller would be that user";
}

function* strangersAreToldApart({ loopback, sandbox, hasCredentials }: Facts) {
  if (!loopback && !sandbox && !hasCredentials)
    yield "HOST is not loopback and no caller can be identified: set AUTH_JWKS_URL, AUTH_JWT_SECRET or APP_KEYS, or SANDBOX=1";
}

function* userTokensAreOfOneKind({ given, isSet }: Facts) {
  const keySet = isSet("AUTH_JWKS_URL");
  const secret = isSet("AUTH_JWT_SECRET");
  const { authIssuer, authAudience } = given;
  if (keySet && secret) yield "AUTH_JWKS_URL and AUTH_JWT_SECRET can't both be set: remove one";
  if (keySet && authIssuer === null) yield "AUTH_ISSUER is required with AUTH_JWKS_URL";
  if (keySet && authAudience === null) yield "AUTH_AUDIENCE is required with AUTH_JWKS_URL";
  if (!keySet && !secret && (authIssuer ?? authAudience) !== null)
    yield "AUTH_ISSUER and AUTH_AUDIENCE have no effect without AUTH_JWKS_URL or AUTH_JWT_SECRET: set one, or remove them";
}

function* clientsAreWhole({ providers }: Facts) {
  for (const { rows, settings } of providers) {
    const { clientId: id, clientSecret: secret } = rows.client;
    if (settings.clientId === null && settings.clientSecret !== null)
      yield `${id.name} is required with ${secret.name}`;
    if (settings.clientId !== null && settings.clientSecret === null)
      yield `${secret.name} is required with ${id.name}`;
  }
}

function* tokenServiceIsWhole({ isSet, tokenResolvers }: Facts) {
  const url = isSet("TOKEN_RESOLVER_URL");
  if (url && !isSet("TOKEN_RESOLVER_SECRET")) yield "TOKEN_RESOLVER_SECRET is required with TOKEN_RESOLVER_URL";
  if (!url && tokenResolvers.includes("remote"))
    yield "TOKEN_RESOLVER_URL is required where TOKEN_RESOLVERS has remote";
}

function* tokensAreEncrypted({ isSet, sandbox, given }: Facts) {
  if (!isSet("ENCRYPTION_KEYS") && !sandbox && given.singleUser === null)
    yield "ENCRYPTION_KEYS is required (outside sandbox and single-user mode): openssl rand -base64 32";
}

function* operationsAreKnown({ isSet, given }: Facts) {
  if (given.operationsOnly && !isSet("OPERATIONS")) yield "OPERATIONS is required with OPERATIONS_ONLY=1";
}

/** Each fault prevents the start. */
export const faultChecks: readonly Check[] = [
  sandboxIsForNobodyReal,
  singleUserIsAtHome,
  strangersAreToldApart,
  userTokensAreOfOneKind,
  clientsAreWhole,
  tokenServiceIsWhole,
  tokensAreEncrypted,
  operationsAreKnown,
];

function* nobodyIsLetIn({ given, loopback, sandbox, hasCredentials }: Facts) {
  if (loopback && !sandbox && !hasCredentials && given.singleUser === null)
    yield "Every request will be refused: set AUTH_JWKS_URL, AUTH_JWT_SECRET, APP_KEYS or SINGLE_USER.";
}

function* tokenServiceIsUnused({ isSet, tokenResolvers }: Facts) {
  if (isSet("TOKEN_RESOLVER_URL") && !tokenResolvers.includes("remote"))
    yield "TOKEN_RESOLVER_URL is not used: TOKEN_RESOLVERS does not contain remote.";
}

function* retiredAreKept({ given }: Facts) {
  if (given.retentionOfRetired && given.retentionDays === null)
    yield "RETENTION_OF_RETIRED is not used: RETENTION_DAYS is not set, so every day is kept.";
}

function* addressIsPlain({ providers }: Facts) {
  for (const [name, url] of providers.flatMap(({ addresses }) => [...addresses])) {
    if (url.startsWith("http:") && !isLoopback(new URL(url).hostname))
      yield `${name} is plain http: others on the network can read tokens. Use https.`;
  }
}

/** Without this check, a misspelt provider variable would have no effect and no message. */
function* nameIsUnknown({ env, providers }: Facts) {
  const known = new Set(providers.flatMap(({ rows }) => listed(rows).map(({ name }) => name)));
  const prefixes = providers.map(({ provider }) => prefixOf(provider));
  for (const name of Object.keys(env).sort()) {
    if (!known.has(name) && prefixes.some((prefix) => name.startsWith(prefix)))
      yield `${name} is not a known variable and is not used: check its spelling.`;
  }
}

/** Notices for the operator. They do not prevent the start. */
export const noticeChecks: readonly Check[] = [
  nobodyIsLetIn,
  tokenServiceIsUnused,
  retiredAreKept,
  addressIsPlain,
  nameIsUnknown,
];
