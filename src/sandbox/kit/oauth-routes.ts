import { timingSafeEqual } from "node:crypto";
import { people, person as personOf } from "../people/index.js";
import type { Person } from "../person.js";
import { consentDecision, consentPage } from "./consent.js";
import { html, json, type LabHttpRequest, type LabReply, type LabRoute, redirect, route } from "./http.js";
import { isPkceText } from "./pkce.js";
import type { TokenPair, TokenStore, TokenStoreOptions } from "./tokens.js";

type TokenCall = "exchange" | "refresh" | "revoke";

/** OAuth of one provider as data. A function replaces what the provider does differently. */
export interface OAuthDescription
  extends Pick<
    TokenStoreOptions,
    "refresh" | "accessSeconds" | "refreshSeconds" | "codeSeconds" | "repeatUntilUsed" | "refreshEndsAccess"
  > {
  readonly authorize: string;
  readonly token: string;
  readonly revoke?: string;
  readonly clientAuth: "basic" | "body" | "either";
  readonly pkce: boolean;
  readonly separator: " " | ",";
  /** The scopes by name, each with its text on the consent page. */
  readonly scopes: Readonly<Record<string, string>>;
  /** Before each scope in requests and answers. A scope without it is dropped. */
  readonly scopePrefix?: string;
  /** A request without `scope` asks for all of them. */
  readonly allScopesByDefault?: boolean;
  /** Only with this scope there is a refresh token. */
  readonly offlineScope?: string;
  /** For this time a used refresh token gives the same answer again. */
  readonly repeatSeconds: number;
  /** Fields that the token endpoint requires in addition to the standard ones. */
  readonly wants?: Readonly<Partial<Record<"exchange" | "refresh", Readonly<Record<string, string>>>>>;
  /** An authorization request that is refused: a page for the person, or an `error` for the client. */
  refuses?(query: URLSearchParams): { readonly page: string } | { readonly error: string } | null;
  /** Parameters of the redirect in addition to `code` and `state`. */
  redirectFields?(scopes: string): Readonly<Record<string, string>>;
  /** For clients that sign instead of sending the secret. Undefined: the request is not signed. */
  isSigned?(form: URLSearchParams): boolean | undefined;
  /** Members of a token answer in addition to the standard ones. */
  tokenFields?(userId: string): object;
  /** Converts a standard answer to the provider's form. */
  words?(status: number, body: object, call: TokenCall): readonly [number, object];
}

interface OAuthParty {
  readonly name: string;
  readonly client: { readonly id: string; readonly secret: string };
  userId(person: Person): string;
  readonly oauth: OAuthDescription;
}

/** The consent page, the token endpoint and, if there is one, revocation. */
export function oauthRoutes({ name, client, oauth, userId }: OAuthParty, tokens: TokenStore): readonly LabRoute[] {
  const { scopePrefix = "" } = oauth;
  const joined = (scopes: readonly string[]) => scopes.map((scope) => scopePrefix + scope).join(oauth.separator);
  const said = (call: TokenCall, status: number, body: object): LabReply => {
    const [asStatus, asBody] = oauth.words?.(status, body, call) ?? [status, body];
    return json(asStatus, asBody);
  };
  const isClient = ({ basic }: LabHttpRequest, form: URLSearchParams) => {
    const signed = oauth.isSigned?.(form);
    if (signed !== undefined) return signed;
    const byBody = { id: form.get("client_id"), secret: form.get("client_secret") };
    const given = oauth.clientAuth === "body" ? byBody : (basic ?? (oauth.clientAuth === "either" ? byBody : null));
    return given?.id === client.id && isSame(given.secret ?? "", client.secret);
  };

  function asked(query: URLSearchParams): readonly string[] {
    const scope = query.get("scope");
    if (!scope && oauth.allScopesByDefault) return Object.keys(oauth.scopes);
    const named = (scope ?? "").split(oauth.separator).filter((each) => each.startsWith(scopePrefix));
    return named.map((each) => each.slice(scopePrefix.length)).filter((each) => each in oauth.scopes);
  }

  function authorize({ query }: LabHttpRequest): LabReply {
    const target = query.get("redirect_uri") ?? "";
    const challenge = query.get("code_challenge");
    // A wrong redirect address must not be followed: the person sees the error on a page instead.
    const isRight =
      query.get("client_id") === client.id && query.get("response_type") === "code" && URL.canParse(target);
    if (!isRight || (challenge !== null && !isPkceText(challenge))) return html(400, "<p>Invalid request.</p>");
    const state = query.get("state");
    const refusal = oauth.refuses?.(query);
    if (refusal) return "page" in refusal ? html(400, refusal.page) : redirect(target, { ...refusal, state });
    const requested = asked(query);
    const decision = consentDecision(query, requested);
    if (!decision) {
      const scopes = requested.map((id) => ({ id, label: oauth.scopes[id]! }));
      const names = { providerName: name, clientName: "Pulsegate" };
      return html(200, consentPage({ ...names, people: people.values(), scopes, query }));
    }
    if (!decision.allowed) return redirect(target, { error: "access_denied", state });
    if (!people.has(decision.personId)) return html(400, "<p>Nobody of that name has an account.</p>");
    const pkce = oauth.pkce && challenge !== null ? { challenge, method: "S256" as const } : null;
    const { personId, scopes } = decision;
    const withRefreshToken = oauth.offlineScope === undefined || scopes.includes(oauth.offlineScope);
    const issued = { personId, scopes, clientId: client.id, redirectUri: target, pkce, withRefreshToken };
    return redirect(target, { code: tokens.issueCode(issued), ...oauth.redirectFields?.(joined(scopes)), state });
  }

  function token(request: LabHttpRequest): LabReply {
    const form = request.form();
    const call = form.get("grant_type") === "refresh_token" ? "refresh" : "exchange";
    if (!isClient(request, form)) return said(call, 401, { error: "invalid_client" });
    const wanted = Object.entries(oauth.wants?.[call] ?? {});
    if (wanted.some(([field, value]) => form.get(field) !== value))
      return said(call, 400, { error: "invalid_request" });
    const by = { clientId: client.id, redirectUri: form.get("redirect_uri"), verifier: form.get("code_verifier") };
    const redeemed =
      call === "refresh"
        ? tokens.refresh(form.get("refresh_token") ?? "", by)
        : tokens.redeemCode(form.get("code") ?? "", by);
    if (!redeemed.ok) return said(call, 400, { error: "invalid_grant" });
    request.identify(redeemed.tokens.consent.personId);
    return said(call, 200, answerOf(redeemed.tokens));
  }

  function answerOf({ consent, accessToken, refreshToken, expiresInSeconds }: TokenPair): object {
    return {
      access_token: accessToken,
      token_type: "bearer",
      ...(refreshToken !== null && { refresh_token: refreshToken }),
      ...(expiresInSeconds !== null && { expires_in: expiresInSeconds }),
      scope: joined(consent.scopes),
      ...oauth.tokenFields?.(userId(personOf(consent.personId))),
    };
  }

  function revoke(request: LabHttpRequest): LabReply {
    const form = new URLSearchParams([...request.query, ...request.form()]);
    if (!isClient(request, form)) return said("revoke", 401, { error: "invalid_client" });
    const owner = tokens.revokeToken(form.get("token") ?? form.get("access_token") ?? "");
    if (owner) request.identify(owner.personId);
    return said("revoke", 200, {});
  }

  return [
    route("GET", oauth.authorize, authorize),
    route("POST", oauth.token, token),
    ...(oauth.revoke ? [route("POST", oauth.revoke, revoke)] : []),
  ];
}

export function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
