import { createHmac } from "node:crypto";
import { list, object, optionalString, string, type Unchecked, UnreadableAnswer } from "../../http/json.js";
import { instantOf, normaliseInstant } from "../../model/time.js";
import { orNotice, Unsubscribable } from "../kit/subscriptions.js";
import type { ApiRequest, AppApi, ProviderResponse } from "../provider.js";

/** https://cloud.ouraring.com/v2/docs#tag/Webhook-Subscription-Routes */
interface RawSubscription {
  readonly id: string;
  readonly callback_url: string;
  readonly event_type: string;
  readonly data_type: string;
  /** In UTC, without saying so. */
  readonly expiration_time: string;
}

interface Listed {
  readonly id: string;
  readonly url: string | null;
  readonly pair: string;
  /** Epoch ms. */
  readonly endsAt: number;
}

const events = ["create", "update", "delete"] as const;
const PATH = "/v2/webhook/subscription";

/** What Oura sends us back during a handshake. Made of the client secret, so that every replica knows it. */
export function verificationToken(clientSecret: string): string {
  return createHmac("sha256", clientSecret).update("webhook verification token").digest("base64url");
}

/**
 * One subscription for each type of event and data, one request after the other. What a broken attempt made is found in
 * the list by the next one, which goes on behind it.
 */
export function ensure(api: AppApi, types: readonly string[]) {
  return orNotice(async () => ({ notices: [], expiresAt: Math.min(...(await ensureAll(api, types))) }));
}

async function ensureAll(api: AppApi, types: readonly string[]): Promise<readonly number[]> {
  const { clientSecret } = api.settings;
  if (!clientSecret) throw new Unsubscribable("Notifications need OURA_CLIENT_SECRET.");
  const found = list(await ask(api, { method: "GET", path: PATH }), "subscriptions").map(toListed);
  const wanted = new Set(types.flatMap((type) => events.map((event) => pairOf(event, type))));
  const ends: number[] = [];
  for (const pair of wanted) {
    const own = found.find((each) => each.pair === pair && each.url === api.webhookUrl);
    ends.push(await put(api, pair, clientSecret, own ?? found.find((each) => each.pair === pair)));
  }
  // Of a type that is no longer read. What leads to another address is not ours.
  for (const { id } of found.filter(({ pair, url }) => url === api.webhookUrl && !wanted.has(pair)))
    await ask(api, { method: "DELETE", path: pathOf(id) });
  return ends;
}

/** Epoch ms at which the subscription ends. */
async function put(api: AppApi, pair: string, clientSecret: string, found: Listed | undefined): Promise<number> {
  const [event_type, data_type] = pair.split(" ");
  const json = {
    callback_url: api.webhookUrl,
    verification_token: verificationToken(clientSecret),
    event_type,
    data_type,
  };
  let current = found;
  // There is one subscription of a pair for the whole app: one that leads elsewhere is led here.
  if (current && current.url !== api.webhookUrl) {
    const updated = await ask(api, { method: "PUT", path: pathOf(current.id), json });
    current = updated === GONE ? undefined : toListed(updated);
  }
  if (current && current.endsAt < api.renewBefore) {
    const renewed = await ask(api, { method: "PUT", path: `${PATH}/renew/${encodeURIComponent(current.id)}` });
    current = renewed === GONE ? undefined : toListed(renewed);
  }
  if (current) return current.endsAt;
  const made = await ask(api, { method: "POST", path: PATH, json });
  // Another process made it meanwhile: the next look reads when it ends.
  return made === CONFLICT ? api.renewBefore : toListed(made).endsAt;
}

const pairOf = (event: string, type: string) => `${event} ${type}`;
const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

const GONE = Symbol("gone");
const CONFLICT = Symbol("conflict");

async function ask(api: AppApi, request: ApiRequest): Promise<unknown> {
  const { clientId, clientSecret } = api.settings;
  const headers = { "x-client-id": clientId ?? "", "x-client-secret": clientSecret ?? "" };
  const answer = await api.send({ ...request, headers });
  return read(answer, request);
}

function read({ status, body }: ProviderResponse, { method, path }: ApiRequest): unknown {
  if (status >= 200 && status < 300) return body;
  if (status === 409 && method === "POST") return CONFLICT;
  // An unknown id is answered with 403; 404 was seen too.
  if (path !== PATH && (status === 403 || status === 404)) return GONE;
  if (status === 401 || status === 403)
    throw new Unsubscribable("Oura refused OURA_CLIENT_ID and OURA_CLIENT_SECRET when asked for subscriptions.");
  if (status >= 400 && status < 500 && status !== 408 && status !== 429 && method !== "GET")
    throw new Unsubscribable(
      `Oura could not verify the webhook address (${status}): it must be public, over https, and reach this gateway.`,
    );
  throw new UnreadableAnswer(`Oura answered ${status} when asked for a subscription`);
}

function toListed(answer: unknown): Listed {
  const raw: Unchecked<RawSubscription> = object(answer, "subscription");
  const time = string(raw.expiration_time, "subscription.expiration_time");
  const ends = normaliseInstant(time) ?? normaliseInstant(`${time}Z`);
  if (ends === null) throw new UnreadableAnswer("a subscription does not say when it ends");
  return {
    id: string(raw.id, "subscription.id"),
    url: optionalString(raw.callback_url),
    pair: pairOf(string(raw.event_type, "event_type"), string(raw.data_type, "data_type")),
    endsAt: instantOf(ends),
  };
}
