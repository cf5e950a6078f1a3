import { randomBytes, timingSafeEqual } from "node:crypto";
import {
  consentDecision,
  consentPage,
  html,
  type LabHttpRequest,
  type LabReply,
  type PkceChallenge,
  redirect,
  type TokenStore,
} from "../kit/index.js";
import type { LabClock } from "../lab.js";
import { people, person } from "../people/index.js";
import { jsonReply, oauthError, unauthenticated } from "./errors.js";
import { googleSubject, idToken, profileClaims, showsProfile } from "./oidc.js";
import { fullScope, KNOWN_SCOPES, labelOf } from "./scopes.js";
import { JWT_BEARER, type ServiceAccount } from "./service-account.js";
import type { GoogleHealthSwitches } from "./switches.js";

/** An OAuth client of the type Web application. */
export interface GoogleHealthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  /** Compared to the letter; null allows any. */
  readonly redirectUris: readonly string[] | null;
}

export interface OAuth {
  readonly app: GoogleHealthApp;
  readonly tokens: TokenStore;
  readonly switches: GoogleHealthSwitches;
  readonly serviceAccount: ServiceAccount;
  readonly clock: LabClock;
  /** By code, until it is redeemed and after: for the ID token. */
  readonly nonces: Map<string, string>;
  labUrl(): string;
  /** Told of every consent that somebody withdraws. */
  onRevoked(personId: string, scopes: readonly string[]): void;
}

export const ACCESS_SECONDS = 3599;
export const AUTHORIZE = "/o/oauth2/v2/auth";

/** Long, as Google's are: a column for them must hold 2048 bytes. */
export const newAccessToken = () => `ya29.${randomBytes(360).toString("base64url")}`;
export const newRefreshToken = () => `1//${randomBytes(72).toString("base64url")}`;

/** What is wrong with the request itself is shown to the person; the client is not told. */
function errorPage(code: string): LabReply {
  return html(400, `<!DOCTYPE html><title>Error 400: ${code}</title><p>Access blocked. Error 400: ${code}</p>\n`);
}

export function authorize({ app, tokens, switches, nonces }: OAuth, { query }: LabHttpRequest): LabReply {
  const redirectUri = query.get("redirect_uri") ?? "";
  if (query.get("client_id") !== app.clientId) return errorPage("invalid_client");
  if (!URL.canParse(redirectUri) || (app.redirectUris && !app.redirectUris.includes(redirectUri)))
    return errorPage("redirect_uri_mismatch");
  const requested = [...new Set((query.get("scope") ?? "").split(" ").filter(Boolean))];
  if (query.get("response_type") !== "code" || requested.length === 0) return errorPage("invalid_request");
  const refused = (scope: string) => [...switches.refusedScopes].some((name) => scope.includes(`.${name}.`));
  if (requested.some((scope) => !KNOWN_SCOPES.has(scope) || refused(scope))) return errorPage("invalid_scope");
  const pkce = challengeOf(query);
  if (pkce === undefined) return errorPage("invalid_request");

  const state = query.get("state");
  const decision = consentDecision(withFullScopes(query), requested);
  if (!decision) {
    const scopes = requested.map((id) => ({ id, label: labelOf(id) }));
    const page = { providerName: "Google Health", clientName: app.name, people: people.values(), scopes };
    return html(200, consentPage({ ...page, query }));
  }
  if (!decision.allowed || decision.scopes.length === 0)
    return redirect(redirectUri, { error: "access_denied", state });
  const { personId } = decision;
  if (!people.has(personId)) return errorPage("invalid_account");

  const before = tokens.grantedScopes(personId, app.clientId);
  const incremental = query.get("include_granted_scopes") === "true";
  const earlier = incremental ? [...before, ...switches.otherGrantedScopes] : [];
  const scopes = [...new Set([...decision.scopes, ...earlier])];
  // Only offline access has a refresh token, and only a first or a forced consent hands one out.
  const forced = (query.get("prompt") ?? "").split(" ").includes("consent");
  const withRefreshToken = query.get("access_type") === "offline" && (forced || before.length === 0);
  const consent = { personId, clientId: app.clientId, scopes };
  const code = tokens.issueCode({ ...consent, redirectUri, pkce, withRefreshToken });
  const nonce = query.get("nonce");
  if (nonce !== null) nonces.set(code, nonce);
  return redirect(redirectUri, { code, scope: scopes.join(" "), state });
}

/** Undefined for a challenge that cannot be met. */
function challengeOf(query: URLSearchParams): PkceChallenge | null | undefined {
  const challenge = query.get("code_challenge");
  if (!challenge) return null;
  const method = query.get("code_challenge_method") ?? "plain";
  return method === "S256" || method === "plain" ? { challenge, method } : undefined;
}

/** The short names that tests write into `drop_scopes`. */
function withFullScopes(query: URLSearchParams): URLSearchParams {
  const copy = new URLSearchParams(query);
  const dropped = copy.get("drop_scopes");
  if (dropped) copy.set("drop_scopes", dropped.split(/[ ,]+/).map(fullScope).join(" "));
  return copy;
}

export async function token(oauth: OAuth, request: LabHttpRequest): Promise<LabReply> {
  const { app, tokens, serviceAccount, switches, nonces } = oauth;
  const form = request.form();
  const grantType = form.get("grant_type");
  if (grantType === JWT_BEARER) return serviceAccount.exchange(form.get("assertion") ?? "", oauth.labUrl());
  const { clientId, clientSecret } = credentialsOf(request, form);
  if (!clientId) return oauthError(400, "invalid_request", "Could not determine client ID from request.");
  if (clientId !== app.clientId) return oauthError(401, "invalid_client", "The OAuth client was not found.");
  if (!sameSecret(clientSecret, app.clientSecret))
    return oauthError(401, "invalid_client", "The provided client secret is invalid.");

  if (grantType === "authorization_code") {
    const by = { clientId, redirectUri: form.get("redirect_uri"), verifier: form.get("code_verifier") };
    const code = form.get("code") ?? "";
    const redeemed = tokens.redeemCode(code, by);
    if (redeemed.ok) return answer(redeemed.tokens, redeemed.tokens.refreshToken, nonces.get(code) ?? null);
    if (redeemed.reason === "redirect_uri") return oauthError(400, "redirect_uri_mismatch", "Bad Request");
    if (redeemed.reason === "verifier") return oauthError(400, "invalid_grant", "Invalid code verifier.");
    return oauthError(400, "invalid_grant", "Malformed auth code.");
  }
  if (grantType === "refresh_token") {
    const redeemed = tokens.refresh(form.get("refresh_token") ?? "", { clientId });
    if (!redeemed.ok) return oauthError(400, "invalid_grant", "Token has been expired or revoked.");
    if (!switches.refreshTokenOnRefresh) return answer(redeemed.tokens, null);
    const fresh = tokens.issue(redeemed.tokens.consent);
    return answer(fresh, fresh.refreshToken);
  }
  return oauthError(400, "unsupported_grant_type", `Invalid grant_type: ${grantType ?? ""}`);

  async function answer(
    { accessToken, consent, expiresInSeconds }: Issued,
    refreshToken: string | null,
    nonce: string | null = null,
  ): Promise<LabReply> {
    const { personId, scopes, clientId } = consent;
    request.identify(personId);
    const facts = { issuer: oauth.labUrl(), clientId, person: person(personId), scopes, accessToken, nonce };
    const idTokenOrNone = scopes.includes("openid") ? await idToken({ ...facts, nowMs: oauth.clock.now() }) : null;
    const limited = switches.refreshTokenExpiresInSeconds;
    const body = {
      access_token: accessToken,
      expires_in: expiresInSeconds,
      ...(refreshToken && { refresh_token: refreshToken }),
      scope: scopes.join(" "),
      token_type: "Bearer",
      ...(idTokenOrNone !== null && { id_token: idTokenOrNone }),
      ...(limited !== null && { refresh_token_expires_in: limited }),
    };
    return jsonReply(200, body, { "cache-control": "no-cache, no-store, max-age=0, must-revalidate" });
  }
}

type Issued = ReturnType<TokenStore["issue"]>;

/** Either token of a pair ends the whole consent. */
export function revoke({ tokens, onRevoked }: OAuth, request: LabHttpRequest): LabReply {
  const given = request.query.get("token") ?? request.form().get("token") ?? "";
  const scopes = tokens.ownerOf(given)?.scopes ?? [];
  const owner = tokens.revokeToken(given);
  if (!owner) return oauthError(400, "invalid_token", "Token expired or revoked");
  request.identify(owner.personId);
  onRevoked(owner.personId, scopes);
  return jsonReply(200, {});
}

/** Name and e-mail address, which the Health API itself does not know. */
export function userInfo({ tokens }: OAuth, request: LabHttpRequest): LabReply {
  const access = tokens.check(request.bearer ?? "");
  if (access.state !== "valid") return unauthenticated("ACCESS_TOKEN_INVALID").reply();
  const { personId, scopes } = access.consent;
  request.identify(personId);
  if (!scopes.includes("openid") && !showsProfile(scopes, "profile") && !showsProfile(scopes, "email"))
    return unauthenticated("ACCESS_TOKEN_SCOPE_INSUFFICIENT").reply();
  return jsonReply(200, profileClaims(person(personId), scopes));
}

/** What a token may do, whose it is and how long it lives: for whoever was handed one. */
export function tokenInfo({ app, tokens, clock }: OAuth, request: LabHttpRequest): LabReply {
  const given = request.query.get("access_token") ?? request.form().get("access_token") ?? request.bearer ?? "";
  const access = tokens.check(given);
  if (access.state !== "valid") return oauthError(400, "invalid_token", "Invalid Value");
  const { personId, scopes } = access.consent;
  request.identify(personId);
  const { email } = person(personId);
  const expiresAtMs = access.expiresAtMs ?? clock.now();
  return jsonReply(200, {
    azp: app.clientId,
    aud: app.clientId,
    sub: googleSubject(personId),
    scope: scopes.join(" "),
    exp: String(Math.floor(expiresAtMs / 1000)),
    expires_in: String(Math.floor((expiresAtMs - clock.now()) / 1000)),
    ...(showsProfile(scopes, "email") && { email, email_verified: "true" }),
    access_type: "offline",
  });
}

/** In the body or as HTTP Basic, whose two halves are form-encoded; Google's metadata lists both. */
function credentialsOf({ basic }: LabHttpRequest, form: URLSearchParams) {
  if (!basic) return { clientId: form.get("client_id"), clientSecret: form.get("client_secret") ?? "" };
  return { clientId: formDecoded(basic.id), clientSecret: formDecoded(basic.secret) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function sameSecret(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
