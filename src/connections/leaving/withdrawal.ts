import { type HttpAnswer, TransportError } from "../../http/client.js";
import { jsonIn, optionalString } from "../../http/json.js";
import type { Provider } from "../../providers/index.js";
import type { ApiRequest, Outcome, ProviderResponse, ProviderSettings, Revocation } from "../../providers/provider.js";
import type { Connection } from "../connection.js";
import { requestTokens } from "../oauth/oauth.js";
import { payloadOf, urlOf } from "../oauth/provider-request.js";
import { askEndpoint, type EndpointDeps, isSuccess } from "../oauth/token-endpoint.js";
import type { StoredTokens } from "../tokens/vault.js";

/** What it takes to withdraw a grant, now or after a restart. */
export interface Withdrawable {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Epoch ms; null where the provider names no end. */
  readonly expiresAt: number | null;
  readonly providerUserId: string | null;
}

export function withdrawable(
  { providerUserId }: Pick<Connection, "providerUserId">,
  { accessToken, refreshToken, expiresAt }: StoredTokens,
): Withdrawable {
  return { accessToken, refreshToken, expiresAt, providerUserId };
}

/** Another access token in place of one that ran out or is refused: `gone` where the grant itself is. */
export type Renew = (grant: Withdrawable) => Promise<Withdrawable | "gone" | "later">;

export interface Withdrawal {
  /** `true` once withdrawn; `false` where the provider has no way to; `"later"` where it has to be tried again. */
  readonly done: boolean | "later";
  /** With the newest tokens: what has to be kept if it is tried again. */
  readonly grant: Withdrawable;
}

/** `refused`: the access token that it was asked with is not taken. */
type Asked = boolean | "later" | "refused";

/** Whether the withdrawal is asked for with the person's access token. */
export function needsAccess(revocation: Revocation): boolean {
  return revocation.kind === "request" || (revocation.kind === "token" && revocation.token === "access");
}

/** Asks the provider to end a grant, with a fresh access token where it wants one. */
export async function withdraw(
  deps: EndpointDeps,
  provider: Provider,
  settings: ProviderSettings,
  given: Withdrawable,
  renew: Renew,
): Promise<Withdrawal> {
  const { revocation } = provider.oauth;
  if (revocation === null) return { done: false, grant: given };
  const ask = (grant: Withdrawable) => askOnce(deps, provider, settings, revocation, grant);
  const canRenew = needsAccess(revocation) && given.refreshToken !== null && provider.oauth.refresh !== "none";
  const isOver = given.expiresAt !== null && deps.clock.now() >= given.expiresAt;
  if (!(canRenew && isOver)) {
    const first = await ask(given);
    if (first !== "refused") return { done: first, grant: given };
    // A token that can't be renewed was good until it is refused: then the grant is gone.
    if (!canRenew) return { done: true, grant: given };
  }
  const grant = await renew(given);
  if (grant === "gone" || grant === "later") return { done: grant === "gone" || grant, grant: given };
  const second = await ask(grant);
  return { done: second === "refused" || second, grant };
}

async function askOnce(
  deps: EndpointDeps,
  provider: Provider,
  settings: ProviderSettings,
  revocation: Revocation,
  grant: Withdrawable,
): Promise<Asked> {
  const { providerUserId, accessToken } = grant;
  if (revocation.kind === "request") return await askApi(deps, provider, settings, revocation, grant);
  if (settings.revokeUrl === null) return false;
  const url = new URL(settings.revokeUrl);
  const isAccess = needsAccess(revocation);
  let form: Readonly<Record<string, string>> | null = {};
  if (revocation.kind === "app") form = providerUserId === null ? null : revocation.form(providerUserId);
  else {
    // Where either token is taken, the refresh token is the one that outlives the other.
    const token = isAccess ? accessToken : (grant.refreshToken ?? accessToken);
    const name = revocation.name ?? "token";
    if (revocation.in === "query") url.searchParams.set(name, token);
    else form = { [name]: token };
  }
  if (form === null) return false;
  const bare = revocation.kind === "token" && revocation.in === "query";
  const asked = await askEndpoint(deps, provider, settings, { call: "revoke", url: url.href, form, bare });
  if (asked.kind !== "answered") return "later";
  const { status, body } = asked.answer;
  if (isSuccess(status)) return true;
  const code = optionalString(body["error"]);
  const isUnknown = status >= 400 && status < 500 && (code === "invalid_token" || code === "invalid_grant");
  if (isAccess) return isUnknown || status === 401 ? "refused" : "later";
  return isUnknown || "later";
}

async function askApi(
  deps: EndpointDeps,
  provider: Provider,
  settings: ProviderSettings,
  revocation: Extract<Revocation, { kind: "request" }>,
  { accessToken, providerUserId }: Withdrawable,
): Promise<Asked> {
  const request = revocation.request(providerUserId);
  const url = request && urlOf(request, settings);
  if (request === null || url === null) return false;
  let answer: HttpAnswer;
  try {
    await deps.budgets.count(provider);
    answer = await deps.http.send({ method: request.method, url, ...payloadOf(request, accessToken) });
  } catch (error) {
    if (error instanceof TransportError) return "later";
    throw error;
  }
  const { status, headers } = answer;
  const outcome = outcomeOf(provider, request, {
    status,
    headers,
    body: jsonIn(answer.text),
    receivedAt: deps.clock.now(),
  });
  if (outcome === null || outcome.kind === "pending") return "later";
  if (outcome.kind === "ok") return true;
  const { code } = outcome.failure;
  return code === "TOKEN_REJECTED" || code === "CONSENT_LOST" ? "refused" : "later";
}

/** Null for an answer that the adapter can't take. */
function outcomeOf(provider: Provider, request: ApiRequest, response: ProviderResponse): Outcome | null {
  try {
    return provider.outcome(response, request);
  } catch {
    return null;
  }
}

/** Renews what is no longer in the vault, so that nobody else can be using its refresh token. */
export function renewAlone(deps: EndpointDeps, provider: Provider, settings: ProviderSettings): Renew {
  return async (grant) => {
    if (grant.refreshToken === null) return "gone";
    const form = { grant_type: "refresh_token", refresh_token: grant.refreshToken };
    const result = await requestTokens(deps, provider, settings, form);
    if (result.kind === "refused") return "gone";
    if (result.kind !== "granted") return "later";
    const { accessToken, expiresInSeconds } = result;
    const expiresAt = expiresInSeconds === null ? null : deps.clock.now() + expiresInSeconds * 1000;
    return { ...grant, accessToken, refreshToken: result.refreshToken ?? grant.refreshToken, expiresAt };
  };
}
