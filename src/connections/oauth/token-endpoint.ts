import type { Budgets } from "../../budgets/budgets.js";
import { type HttpAnswer, type HttpClient, TransportError } from "../../http/client.js";
import { jsonIn, optionalObject, optionalString } from "../../http/json.js";
import type { Clock } from "../../model/time.js";
import type { Provider } from "../../providers/index.js";
import type { OAuthProfile, ProviderSettings, TokenAnswer, TokenCall } from "../../providers/provider.js";
import { payload, urlOf } from "./provider-request.js";

const TOKEN_TIMEOUT_MS = 10_000;
const TOKEN_MAX_BYTES = 256 * 1024;

export interface EndpointDeps {
  readonly http: HttpClient;
  readonly budgets: Pick<Budgets, "count">;
  readonly clock: Clock;
}

export type EndpointFailure =
  /** The code or refresh token is used up or unknown: no repeat will help. */
  | { readonly kind: "refused" }
  /** The provider does not know this app: the operator's to mend. */
  | { readonly kind: "client-refused" }
  | { readonly kind: "retired" }
  /** Passing trouble with an answer. `retryAfter` is the header as it came. */
  | { readonly kind: "unavailable"; readonly retryAfter?: string }
  /** No answer came: what the provider did is not known. */
  | { readonly kind: "unreachable"; readonly error: TransportError };

type Form = Readonly<Record<string, string>>;
type Proof = { readonly kind: "proof"; readonly headers: Form; readonly form: Form };

/**
 * Posts a form to one of the OAuth endpoints, with what proves that it is us, and answers in the RFC's own form. A
 * library for it (oauth4webapi) takes a plain form and the RFC's own answer, and leaves all else in this file to us:
 * signed requests, answers in a provider's own form, and which failure is worth another try.
 */
export async function askEndpoint(
  deps: EndpointDeps,
  provider: Provider,
  settings: ProviderSettings,
  { call, url, form, bare = false }: { call: TokenCall; url: string; form: Form; bare?: boolean },
): Promise<{ readonly kind: "answered"; readonly answer: TokenAnswer } | EndpointFailure> {
  const isSigned = provider.oauth.signed?.calls.some((each) => each === call) ?? false;
  const proof = isSigned ? await signature(deps, provider, settings, form) : clientProof(provider.oauth, settings);
  if (proof.kind !== "proof") return proof;
  try {
    const answer = await post(deps, provider, url, proof.headers, bare ? form : { ...form, ...proof.form });
    return { kind: "answered", answer: standard(provider.oauth, answer, call) };
  } catch (error) {
    if (error instanceof TransportError) return { kind: "unreachable", error };
    throw error;
  }
}

/** What an answer means that is no success. */
export function failureOf({ status, body, retryAfter }: TokenAnswer): EndpointFailure {
  if (status === 410) return { kind: "retired" };
  if (status === 400 || status === 401 || status === 403) {
    const code = optionalString(body["error"]);
    if (code === "invalid_grant") return { kind: "refused" };
    if (code === "invalid_client" || code === "unauthorized_client") return { kind: "client-refused" };
  }
  return { kind: "unavailable", retryAfter };
}

export const isSuccess = (status: number) => status >= 200 && status < 300;

/** What the token endpoint is told about us, and how. */
function clientProof(profile: OAuthProfile, settings: ProviderSettings): Proof {
  const id = settings.clientId ?? "";
  const secret = settings.clientSecret;
  // Without a secret we are a public client, whose id goes into the form whatever the profile.
  if (secret === null) return { kind: "proof", headers: {}, form: { client_id: id } };
  if (profile.clientAuth === "body")
    return { kind: "proof", headers: {}, form: { client_id: id, client_secret: secret } };
  // RFC 6749 2.3.1: both halves are form-encoded before they are joined.
  const encode = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  const basic = Buffer.from(`${encode(id)}:${encode(secret)}`).toString("base64");
  return { kind: "proof", headers: { authorization: `Basic ${basic}` }, form: { client_id: id } };
}

/** In place of the client's secret: a signature over some fields, and a number that is good once where one is due. */
async function signature(
  deps: EndpointDeps,
  provider: Provider,
  settings: ProviderSettings,
  form: Form,
): Promise<Proof | EndpointFailure> {
  const { signed } = provider.oauth;
  const secret = settings.clientSecret;
  if (!signed || secret === null) return { kind: "client-refused" };
  const sign = (fields: Form, names: readonly string[]): Form => {
    const values = [...names].sort().map((name) => {
      const value = fields[name];
      if (value === undefined) throw new Error(`${provider.name} signs "${name}", which this call does not have.`);
      return [name, value] as const;
    });
    return { [signed.name]: signed.sign(Object.fromEntries(values), secret) };
  };
  const id = { client_id: settings.clientId ?? "" };
  let nonce: Form = {};
  if (signed.nonce) {
    const { path, base, params, timestamp, name, signs } = signed.nonce;
    const url = urlOf({ method: "POST", path, base }, settings);
    if (url === null) return { kind: "unavailable" };
    const asked = { ...params, ...id, [timestamp]: String(Math.floor(deps.clock.now() / 1000)) };
    const found = await askForNonce(deps, provider, url, name, { ...asked, ...sign(asked, signs) });
    if (typeof found !== "string") return found;
    nonce = { [name]: found };
  }
  const own = { ...id, ...nonce };
  return { kind: "proof", headers: {}, form: { ...own, ...sign({ ...form, ...own }, signed.signs) } };
}

/** Nothing was asked of the grant yet, so no failure here says anything of it. */
async function askForNonce(
  deps: EndpointDeps,
  provider: Provider,
  url: string,
  name: string,
  form: Form,
): Promise<string | EndpointFailure> {
  try {
    const answer = standard(provider.oauth, await post(deps, provider, url, {}, form), "nonce");
    if (isSuccess(answer.status)) return optionalString(answer.body[name]) ?? { kind: "unavailable" };
    const failure = failureOf(answer);
    return failure.kind === "refused" ? { kind: "unavailable" } : failure;
  } catch (error) {
    if (error instanceof TransportError) return { kind: "unavailable" };
    throw error;
  }
}

async function post(
  { http, budgets }: EndpointDeps,
  provider: Provider,
  url: string,
  headers: Form,
  form: Form,
): Promise<HttpAnswer> {
  // Counted, and never refused: a refresh that is not made costs a person their connection.
  await budgets.count(provider);
  return await http.send({
    method: "POST",
    url,
    ...payload({ headers, form }),
    maxBytes: TOKEN_MAX_BYTES,
    timeoutMs: TOKEN_TIMEOUT_MS,
  });
}

/** The answer as RFC 6749 has it, whatever the provider's own form. */
function standard(profile: OAuthProfile, answer: HttpAnswer, call: TokenCall): TokenAnswer {
  const body = optionalObject(jsonIn(answer.text)) ?? {};
  const own = { status: answer.status, body, retryAfter: answer.headers["retry-after"] };
  try {
    return profile.asStandard?.(own, call) ?? own;
  } catch {
    // An answer that it can't take says nothing of the grant: passing trouble.
    return { status: 502, body: {}, retryAfter: own.retryAfter };
  }
}
