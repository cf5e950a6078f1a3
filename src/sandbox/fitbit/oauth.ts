import { createHmac, randomBytes } from "node:crypto";
import {
  type Consent,
  consentDecision,
  consentPage,
  createTokenStore,
  html,
  isPkceText,
  type LabHttpRequest,
  type LabReply,
  type PkceChallenge,
  redirect,
  type TokenPair,
  type TokenStore,
} from "../kit/index.js";
import type { LabClock } from "../lab.js";
import type { Person } from "../person.js";
import { fail } from "./errors.js";
import { scopeLabels } from "./scopes.js";
import type { FitbitSwitches } from "./switches.js";
import { fitbitUserId } from "./user-id.js";

const ACCESS_SECONDS = 28_800;
const REFRESH_LIFETIMES = ["28800", "3600"];
/** Signs the lab's access tokens, which nobody verifies: clients must take them as opaque. */
const TOKEN_KEY = randomBytes(32);

/**
 * How an app was registered. A server and a personal app send their secret as HTTP Basic; a client has none, names itself
 * in the body and proves with PKCE that the code is its own. A personal app reads its owner's minutes without asking.
 */
export type FitbitAppType = "client" | "server" | "personal";

export interface FitbitClient {
  readonly id: string;
  readonly secret: string;
  readonly type: FitbitAppType;
  /** Null accepts any, for adopters whose gateway may listen anywhere. */
  readonly redirectUris: readonly string[] | null;
}

export interface OAuthServer {
  readonly tokens: TokenStore;
  authorize(request: LabHttpRequest): LabReply;
  /** The JSON of a 200; throws a FitbitError otherwise, as the next two do. */
  token(request: LabHttpRequest): object;
  introspect(request: LabHttpRequest): object;
  /** Whose consent was withdrawn. */
  revoke(request: LabHttpRequest): Consent;
}

export function createOAuthServer(options: {
  readonly client: FitbitClient;
  readonly clock: LabClock;
  readonly people: ReadonlyMap<string, Person>;
  readonly switches: FitbitSwitches;
}): OAuthServer {
  const { client, clock, people, switches } = options;
  const tokens = createTokenStore({
    clock,
    refresh: "rotating",
    accessSeconds: ACCESS_SECONDS,
    newAccessToken: (consent, expiresAtMs) => accessToken(consent, clock.now(), expiresAtMs ?? 0),
  });

  function authorize({ query }: LabHttpRequest): LabReply {
    const trouble = authorizeTrouble(query, client);
    if (trouble) return errorPage(...trouble);
    const requested = [...new Set((query.get("scope") ?? "").split(/[ +]+/).filter(Boolean))];
    const given = query.get("redirect_uri");
    const target = given ?? client.redirectUris?.[0] ?? "";
    const decision = consentDecision(query, requested);
    if (!decision) {
      const scopes = requested.map((id) => ({ id, label: scopeLabels[id] ?? id }));
      const names = { providerName: "Fitbit", clientName: "Pulsegate" };
      return html(200, consentPage({ ...names, people: people.values(), scopes, query }));
    }
    const state = query.get("state");
    if (!decision.allowed || decision.scopes.length === 0) {
      const description = "The user denied the request.";
      return redirect(target, { error: "access_denied", error_description: description, state });
    }
    if (!people.has(decision.personId)) return errorPage("invalid_request", "Nobody has that account.");
    const { personId, scopes } = decision;
    const code = tokens.issueCode({ personId, scopes, clientId: client.id, redirectUri: given, pkce: pkceOf(query) });
    // The fragment is a remnant that the real page leaves as well.
    return redirect(target, { code, state }, "#_=_");
  }

  function token(request: LabHttpRequest): object {
    // The vendor's own explorer sends the parameters in the query.
    const form = new URLSearchParams([...request.query, ...request.form()]);
    authenticate(request, form);
    const need = (name: string) => {
      const value = form.get(name);
      if (!value) throw fail(400, "invalid_request", `Missing parameters: ${name}`);
      return value;
    };
    const grant = need("grant_type");
    if (grant === "authorization_code") {
      const by = { clientId: client.id, redirectUri: form.get("redirect_uri"), verifier: form.get("code_verifier") };
      const redeemed = tokens.redeemCode(need("code"), by);
      if (!redeemed.ok) throw fail(400, "invalid_grant", `Authorization code invalid: ${redeemed.reason}`);
      return tokenBody(request, redeemed.tokens);
    }
    if (grant !== "refresh_token") throw fail(400, "invalid_request", `Unsupported grant_type: ${grant}`);
    const refreshToken = need("refresh_token");
    const lifetime = form.get("expires_in");
    if (lifetime !== null && !REFRESH_LIFETIMES.includes(lifetime)) {
      throw fail(400, "invalid_request", `Invalid expires_in: ${lifetime}`);
    }
    if (switches.refreshConflict) throw fail(409, "request", "Several clients refresh this token at the same time.");
    const by = { clientId: client.id, ...(lifetime === null ? {} : { expiresInSeconds: Number(lifetime) }) };
    const redeemed = tokens.refresh(refreshToken, by);
    if (!redeemed.ok) throw fail(400, "invalid_grant", "Refresh token invalid.");
    return tokenBody(request, redeemed.tokens);
  }

  function introspect(request: LabHttpRequest): object {
    if (tokens.check(request.bearer ?? "").state !== "valid") throw fail(401, "invalid_token", "Access token invalid.");
    const tested = request.form().get("token");
    if (!tested) throw fail(400, "invalid_request", "Missing parameters: token");
    const state = tokens.check(tested);
    if (state.state !== "valid") return { active: false };
    const { consent, expiresAtMs } = state;
    request.identify(consent.personId);
    const scopes = consent.scopes.map((scope) => `${scope.toUpperCase()}=READ`).join(", ");
    return {
      active: true,
      scope: `{${scopes}}`,
      client_id: consent.clientId,
      user_id: fitbitUserId(consent.personId),
      token_type: "access_token",
      exp: expiresAtMs,
      iat: issuedAtMs(tested),
    };
  }

  function revoke(request: LabHttpRequest): Consent {
    const form = new URLSearchParams([...request.query, ...request.form()]);
    authenticate(request, form);
    const owner = tokens.revokeToken(form.get("token") ?? "");
    if (!owner) throw fail(400, "invalid_request", "Invalid token.");
    request.identify(owner.personId);
    return owner;
  }

  function authenticate({ basic }: LabHttpRequest, form: URLSearchParams): void {
    if (client.type === "client") {
      if (form.get("client_id") === client.id && basic === null) return;
      throw fail(401, "invalid_client", "Invalid client_id. A client app names itself in the body, and has no secret.");
    }
    if (basic?.id !== client.id || basic.secret !== client.secret) {
      throw fail(401, "invalid_client", "Invalid authorization header. Client id or secret is wrong.");
    }
  }

  return { tokens, authorize, token, introspect, revoke };
}

/** What is shown on the page instead of redirected; null if all is well. */
function authorizeTrouble(query: URLSearchParams, client: FitbitClient): [type: string, message: string] | null {
  if (query.get("client_id") !== client.id) return ["unauthorized_client", "Invalid client_id"];
  for (const name of ["response_type", "scope"]) {
    if (!query.get(name)) return ["invalid_request", `Missing parameter: ${name}`];
  }
  if (query.get("response_type") !== "code") return ["unsupported_response_type", "Only the code flow is supported."];
  const unknown = (query.get("scope") ?? "").split(/[ +]+/).find((scope) => scope && !scopeLabels[scope]);
  if (unknown) return ["invalid_request", `Invalid scope: ${unknown}`];
  const target = query.get("redirect_uri");
  const known = client.redirectUris;
  const needed = known?.length !== 1 || query.has("prompt");
  if (target === null && needed) return ["invalid_request", "Missing parameter: redirect_uri"];
  if (target !== null && !(known ? known.includes(target) : /^https?:\/\/\S+$/.test(target))) {
    return ["invalid_request", "The redirect_uri is not registered."];
  }
  const challenge = query.get("code_challenge");
  if (client.type === "client" && challenge === null) return ["invalid_request", "Missing parameter: code_challenge"];
  if (challenge !== null && !isPkceText(challenge)) return ["invalid_request", "Invalid code_challenge"];
  const method = query.get("code_challenge_method");
  if (method !== null && method !== "S256" && method !== "plain") {
    return ["invalid_request", "Invalid code_challenge_method"];
  }
  return null;
}

function pkceOf(query: URLSearchParams): PkceChallenge | null {
  const challenge = query.get("code_challenge");
  if (challenge === null) return null;
  return { challenge, method: query.get("code_challenge_method") === "S256" ? "S256" : "plain" };
}

/** Type and message are ours but for a scope's or client's name, which must not become markup. */
function errorPage(type: string, message: string): LabReply {
  const text = `${type}: ${message}`.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return html(
    400,
    `<!DOCTYPE html><html lang="en"><title>Error</title><h1>Developer information</h1><p>${text}</p></html>`,
  );
}

function tokenBody(request: LabHttpRequest, pair: TokenPair): object {
  request.identify(pair.consent.personId);
  return {
    access_token: pair.accessToken,
    expires_in: pair.expiresInSeconds,
    refresh_token: pair.refreshToken,
    scope: pair.consent.scopes.join(" "),
    token_type: "Bearer",
    user_id: fitbitUserId(pair.consent.personId),
  };
}

function accessToken({ clientId, personId, scopes }: Consent, nowMs: number, expiresAtMs: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    aud: clientId,
    sub: fitbitUserId(personId),
    iss: "Fitbit",
    typ: "access_token",
    scopes: scopes.map((scope) => `r${scope.slice(0, 3)}`).join(" "),
    exp: Math.floor(expiresAtMs / 1000),
    iat: Math.floor(nowMs / 1000),
    jti: randomBytes(9).toString("base64url"),
  };
  const signed = `${part({ alg: "HS256" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", TOKEN_KEY).update(signed).digest("base64url")}`;
}

function issuedAtMs(token: string): number {
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as { iat: number };
  return claims.iat * 1000;
}
