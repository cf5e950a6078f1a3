import { createHash, randomBytes } from "node:crypto";
import { optionalNumber, optionalString } from "../../http/json.js";
import { domainOf, type Field, isAskedByName } from "../../model/fields.js";
import type { Domain } from "../../model/records.js";
import type { Provider } from "../../providers/index.js";
import { fieldsOf, type OAuthProfile, type ProviderSettings, type TokenAnswer } from "../../providers/provider.js";
import { askEndpoint, type EndpointDeps, type EndpointFailure, failureOf, isSuccess } from "./token-endpoint.js";

/** No provider has as many. */
export const MOST_SCOPES = 100;

/** 256 bits, unguessable, fit for a URL. */
export function randomSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** No token or consent that anybody gives out lasts longer: an end beyond it is none. */
export const LONGEST_LIFE_MS = 10 * 366 * 86_400_000;

/** Whether an HTTP header can carry it as a bearer token, and any server will read a header of that length. */
export function isBearerToken(text: string): boolean {
  return /^[\x21-\x7e]{1,8192}$/.test(text);
}

/** RFC 6749's own alphabet: anything else could only smuggle a second parameter or scope. */
export function isScope(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/.test(text);
}

/** For keys and comparisons where the secret itself must not appear. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

export function pkceChallenge(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

/**
 * The scopes that a person must grant so that every call for these domains may be made, prerequisites and inputs of
 * derivations included; all but what is asked for by name where none are named.
 */
export function scopesFor(provider: Provider, domains: readonly Domain[] | null = null): readonly string[] {
  const wanted = new Set<Field>(
    [...fieldsOf(provider)].filter((field) => (domains ? domains.includes(domainOf(field)) : !isAskedByName(field))),
  );
  const scopes = new Set(provider.oauth.baseScopes);
  // A set is walked in order of insertion, and what is added on the way is walked too.
  for (const field of wanted) {
    for (const derivation of provider.derive ?? []) {
      if (derivation.yields === field) for (const input of derivation.from) wanted.add(input);
    }
    for (const call of provider.calls) {
      if (!call.yields.includes(field)) continue;
      if (call.scope !== undefined) scopes.add(call.scope);
      for (const need of call.needs ?? []) wanted.add(need);
    }
  }
  return [...scopes];
}

export function authorizationUrl(
  { oauth: profile, settings: declared = [] }: Pick<Provider, "oauth" | "settings">,
  settings: ProviderSettings,
  grant: {
    readonly redirectUri: string;
    readonly state: string;
    readonly scopes: readonly string[];
    readonly verifier: string;
  },
): string {
  const url = new URL(settings.authorizeUrl);
  const params = {
    ...profile.authorizeParams,
    ...chosenParams(declared, settings),
    response_type: "code",
    client_id: settings.clientId ?? "",
    redirect_uri: grant.redirectUri,
    scope: grant.scopes.map((scope) => (profile.scopePrefix ?? "") + scope).join(profile.scopeSeparator),
    state: grant.state,
    ...(profile.pkce ? { code_challenge: pkceChallenge(grant.verifier), code_challenge_method: "S256" } : {}),
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return url.href;
}

/** What the operator's settings add to the authorization URL. */
function chosenParams(declared: NonNullable<Provider["settings"]>, { values }: ProviderSettings) {
  const entries = declared.flatMap(({ name, consentParam }): [string, string][] => {
    const value = values[name];
    return consentParam !== undefined && value ? [[consentParam, value]] : [];
  });
  return Object.fromEntries(entries);
}

/** A token answer, read defensively: whatever is absent or odd is null. */
export interface Granted {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresInSeconds: number | null;
  /** Only where the provider limits the grant itself: the person then has to consent again, whatever we do. */
  readonly refreshExpiresInSeconds: number | null;
  /** Null where the answer names none: then what was asked for is what was granted. */
  readonly scopes: readonly string[] | null;
  readonly providerUserId: string | null;
}

export type TokenResult = ({ readonly kind: "granted" } & Granted) | EndpointFailure;

/** Asks the token endpoint, once. The form carries the grant: code or refresh token. */
export async function requestTokens(
  deps: EndpointDeps,
  provider: Provider,
  settings: ProviderSettings,
  grant: Readonly<Record<string, string>>,
): Promise<TokenResult> {
  const call = grant["grant_type"] === "refresh_token" ? "refresh" : "exchange";
  const form = { ...provider.oauth.tokenParams?.[call], ...grant };
  const asked = await askEndpoint(deps, provider, settings, { call, url: settings.tokenUrl, form });
  return asked.kind === "answered" ? readTokenAnswer(provider.oauth, asked.answer) : asked;
}

export function readTokenAnswer(profile: OAuthProfile, answer: TokenAnswer): TokenResult {
  const { status, body } = answer;
  if (!isSuccess(status)) return failureOf(answer);
  const accessToken = optionalString(body["access_token"]);
  // A success without a token that can be used says nothing of the grant, so it is no refusal.
  if (accessToken === null || !isBearerToken(accessToken)) return { kind: "unavailable" };
  const seconds = (value: number | null) =>
    value !== null && value > 0 && value * 1000 <= LONGEST_LIFE_MS ? value : null;
  return {
    kind: "granted",
    accessToken,
    refreshToken: optionalString(body["refresh_token"]),
    expiresInSeconds: seconds(optionalNumber(body["expires_in"])),
    refreshExpiresInSeconds: seconds(optionalNumber(body["refresh_token_expires_in"])),
    scopes: readScopes(profile, body["scope"]),
    providerUserId: profile.userIdKey === undefined ? null : readId(body[profile.userIdKey]),
  };
}

/** Separated by spaces or commas, whatever the profile says: answers are less strict than their documentation. */
export function readScopes(profile: OAuthProfile, value: unknown): readonly string[] | null {
  const words = Array.isArray(value)
    ? value.filter((word) => typeof word === "string")
    : optionalString(value)?.split(/[\s,]+/);
  const found = bareScopes(profile, words ?? [])
    .filter(isScope)
    .slice(0, MOST_SCOPES);
  return found.length === 0 ? null : found;
}

/** The scopes as the adapter names them, each once: without the provider's prefix. */
export function bareScopes({ scopePrefix = "" }: OAuthProfile, scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes.map((scope) => (scope.startsWith(scopePrefix) ? scope.slice(scopePrefix.length) : scope)))];
}

function readId(value: unknown): string | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : optionalString(value);
}
