import { createHash, randomBytes } from "node:crypto";
import { type HttpAnswer, type HttpClient, TransportError } from "../http/client.js";
import { optionalNumber, optionalObject, optionalString, parseLossless } from "../http/json.js";
import { domainOf, type Field } from "../model/fields.js";
import type { Domain } from "../model/records.js";
import {
  fieldsOf,
  type OAuthProfile,
  type Provider,
  type ProviderSettings,
  type TokenAnswer,
  type TokenCall,
} from "../providers/provider.js";

const TOKEN_TIMEOUT_MS = 10_000;
const TOKEN_MAX_BYTES = 256 * 1024;
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
 * derivations included; all domains where none are named.
 */
export function scopesFor(provider: Provider, domains: readonly Domain[] | null = null): readonly string[] {
  const wanted = new Set<Field>(
    [...fieldsOf(provider)].filter((field) => !domains || domains.includes(domainOf(field))),
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
  profile: OAuthProfile,
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

export type TokenResult =
  | ({ readonly kind: "granted" } & Granted)
  /** The code or refresh token is used up or unknown: no repeat will help. */
  | { readonly kind: "refused" }
  /** The provider does not know this app: the operator's to mend. */
  | { readonly kind: "client-refused" }
  | { readonly kind: "retired" }
  /** Passing trouble with an answer. `retryAfter` is the header as it came. */
  | { readonly kind: "unavailable"; readonly retryAfter?: string }
  /** No answer came: what the provider did is not known. */
  | { readonly kind: "unreachable"; readonly error: TransportError };

/** What the token endpoint is told about us, and how. */
function clientProof(
  profile: OAuthProfile,
  settings: ProviderSettings,
): { headers: Record<string, string>; form: Record<string, string> } {
  const id = settings.clientId ?? "";
  const secret = settings.clientSecret;
  // Without a secret we are a public client, whose id goes into the form whatever the profile.
  if (secret === null) return { headers: {}, form: { client_id: id } };
  if (profile.clientAuth === "body") return { headers: {}, form: { client_id: id, client_secret: secret } };
  // RFC 6749 2.3.1: both halves are form-encoded before they are joined.
  const encode = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  const basic = Buffer.from(`${encode(id)}:${encode(secret)}`).toString("base64");
  return { headers: { authorization: `Basic ${basic}` }, form: { client_id: id } };
}

function post(
  http: HttpClient,
  url: string,
  headers: Record<string, string>,
  form: Record<string, string>,
): Promise<HttpAnswer> {
  return http.send({
    method: "POST",
    url,
    headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
    maxBytes: TOKEN_MAX_BYTES,
    timeoutMs: TOKEN_TIMEOUT_MS,
  });
}

/** Asks the token endpoint, once. The form carries the grant: code or refresh token. */
export async function requestTokens(
  http: HttpClient,
  provider: Provider,
  settings: ProviderSettings,
  grant: Readonly<Record<string, string>>,
): Promise<TokenResult> {
  const proof = clientProof(provider.oauth, settings);
  const call = grant["grant_type"] === "refresh_token" ? "refresh" : "exchange";
  let answer: HttpAnswer;
  try {
    const form = { ...provider.oauth.tokenParams?.[call], ...grant, ...proof.form };
    answer = await post(http, settings.tokenUrl, proof.headers, form);
  } catch (error) {
    if (error instanceof TransportError) return { kind: "unreachable", error };
    throw error;
  }
  return readTokenAnswer(provider.oauth, answer, call);
}

export function readTokenAnswer(profile: OAuthProfile, answer: HttpAnswer, call: TokenCall): TokenResult {
  const { status, body, retryAfter } = standard(profile, answer, call);
  if (status >= 200 && status < 300) {
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
  if (status === 410) return { kind: "retired" };
  if (status === 400 || status === 401 || status === 403) {
    const code = optionalString(body["error"]);
    if (code === "invalid_grant") return { kind: "refused" };
    if (code === "invalid_client" || code === "unauthorized_client") return { kind: "client-refused" };
  }
  return { kind: "unavailable", retryAfter };
}

/** The answer as RFC 6749 has it, whatever the provider's own form. */
function standard(profile: OAuthProfile, answer: HttpAnswer, call: TokenCall): TokenAnswer {
  const own = { status: answer.status, body: parsed(answer.text), retryAfter: answer.headers["retry-after"] };
  try {
    return profile.asStandard?.(own, call) ?? own;
  } catch {
    // An answer that it can't take says nothing of the grant: passing trouble.
    return { status: 502, body: {}, retryAfter: own.retryAfter };
  }
}

/** Whether the grant is gone now: withdrawn, or unknown to the provider anyway. Throws `TransportError`. */
export async function revokeToken(
  http: HttpClient,
  provider: Provider,
  settings: ProviderSettings,
  token: string,
): Promise<boolean> {
  if (settings.revokeUrl === null) return false;
  const proof = clientProof(provider.oauth, settings);
  const url = new URL(settings.revokeUrl);
  const inQuery = provider.oauth.revokeTokenIn === "query";
  if (inQuery) url.searchParams.set("token", token);
  const answer = await post(http, url.href, proof.headers, inQuery ? {} : { token, ...proof.form });
  const { status, body } = standard(provider.oauth, answer, "revoke");
  if (status >= 200 && status < 300) return true;
  const code = optionalString(body["error"]);
  return status >= 400 && status < 500 && (code === "invalid_token" || code === "invalid_grant");
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return optionalObject(parseLossless(text)) ?? {};
  } catch {
    return {};
  }
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
