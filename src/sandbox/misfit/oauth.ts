import { timingSafeEqual } from "node:crypto";
import {
  consentDecision,
  consentPage,
  empty,
  html,
  type LabHttpRequest,
  type LabReply,
  type LabRoute,
  redirect,
  route,
  type TokenStore,
} from "../kit/index.js";
import { people } from "../people/index.js";
import { answer } from "./errors.js";
import type { MisfitSwitches } from "./switches.js";

/** An app as the developer portal registers it. */
export interface MisfitApp {
  readonly key: string;
  readonly secret: string;
  readonly name: string;
  /** Redirect URIs must lie below it; null allows any. */
  readonly domain: string | null;
}

interface OAuth {
  readonly app: MisfitApp;
  readonly tokens: TokenStore;
  readonly switches: MisfitSwitches;
}

const labels: Record<string, string> = {
  public: "Name and picture",
  birthday: "Date of birth",
  email: "E-mail address",
  tracking: "Activity of every day",
  session: "Workouts",
  sessions: "Workouts",
  sleeps: "Sleep",
};

const AUTHORIZE = "/auth/dialog/authorize";

export function oauthRoutes({ app, tokens, switches }: OAuth): LabRoute[] {
  function authorize({ query }: LabHttpRequest): LabReply {
    const redirectUri = query.get("redirect_uri") ?? "";
    const type = query.get("response_type");
    // Whoever sent a wrong address must not be sent there: the person sees what is wrong instead.
    if (query.get("client_id") !== app.key || !belongsTo(app.domain, redirectUri)) {
      return html(400, "<!DOCTYPE html><title>Misfit</title><p>Invalid application or redirect address.</p>\n");
    }
    if (type !== "code" && type !== "token") {
      return html(400, "<!DOCTYPE html><title>Misfit</title><p>Invalid response type.</p>\n");
    }
    // Both separators were in use, and both worked.
    const scopes = (query.get("scope") ?? "").split(/[ ,]+/).filter((scope) => scope !== "");
    const state = query.get("state");
    const decision = consentDecision(query, scopes);
    if (!decision) {
      return html(
        200,
        consentPage({
          providerName: "Misfit",
          clientName: app.name,
          people: people.values(),
          scopes: scopes.map((id) => ({ id, label: labels[id] ?? id })),
          scopesOptional: false,
          query,
        }),
      );
    }
    if (!decision.allowed) {
      return redirect(redirectUri, { error: "access_denied", state });
    }
    if (!people.has(decision.personId)) {
      return html(400, "<!DOCTYPE html><title>Misfit</title><p>Nobody of that name has an account.</p>\n");
    }
    const consent = { personId: decision.personId, clientId: app.key, scopes };
    return type === "code"
      ? redirect(redirectUri, { code: tokens.issueCode({ ...consent, redirectUri, pkce: null }), state })
      : withToken(redirectUri, tokens.issue(consent).accessToken, state);
  }

  function withToken(redirectUri: string, accessToken: string, state: string | null): LabReply {
    if (!switches.tokenInFragment) {
      return redirect(redirectUri, { access_token: accessToken, token_type: "bearer", state });
    }
    const fragment = new URLSearchParams({ access_token: accessToken, token_type: "bearer", ...(state && { state }) });
    return redirect(redirectUri, {}, `#${fragment}`);
  }

  function exchange(request: LabHttpRequest): LabReply {
    const body = bodyFields(request);
    if (body.get("client_id") !== app.key || !sameSecret(body.get("client_secret") ?? "", app.secret)) {
      return empty(401);
    }
    if (body.get("grant_type") !== "authorization_code") {
      return answer(400, { error: "unsupported_grant_type" });
    }
    const by = { clientId: app.key, redirectUri: body.get("redirect_uri") ?? null };
    const redeemed = tokens.redeemCode(body.get("code") ?? "", by);
    if (redeemed.ok) {
      request.identify(redeemed.tokens.consent.personId);
      // No lifetime, no refresh token, no user id: there never was more than this.
      return answer(200, { access_token: redeemed.tokens.accessToken, token_type: "bearer" });
    }
    const stale = redeemed.reason === "used" || redeemed.reason === "expired";
    return answer(403, {
      error: "invalid_grant",
      error_description: stale
        ? "Authorization code expired"
        : "App Id or redirect_uri does not match authorization code",
    });
  }

  return [route("GET", AUTHORIZE, authorize), route("POST", "/auth/tokens/exchange", exchange)];
}

/** Same protocol and host, and a path below the domain's. */
function belongsTo(domain: string | null, redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) {
    return false;
  }
  const uri = new URL(redirectUri);
  if (domain === null) {
    return uri.protocol === "http:" || uri.protocol === "https:";
  }
  const base = new URL(domain);
  const folder = base.pathname.replace(/\/$/, "");
  return uri.origin === base.origin && (uri.pathname === folder || uri.pathname.startsWith(`${folder}/`));
}

/** Form and JSON were both accepted. */
function bodyFields(request: LabHttpRequest): Map<string, string> {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    return new Map(request.form());
  }
  const fields = request.json();
  const entries = typeof fields === "object" && fields !== null ? Object.entries(fields) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function sameSecret(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
