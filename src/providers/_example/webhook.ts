/*
 * Acme Band notifies for the whole app, by one subscription that ends after 30 days.
 *
 * Header           X-Acme-Signature: hex
 * Message          the raw body: {"id", "changes": [{"user", "date"}]}
 * Algorithm        HMAC-SHA256 with the key that the answer to POST /v1/webhooks tells, and nothing after it
 * Handshake        HEAD: any 2xx; GET ?challenge=<text>: {"challenge": "<text>"}
 * Delivery         at least once, in any order; to be answered within 5 seconds
 * Documentation    https://acme.example/docs/webhooks
 */

import { createHmac } from "node:crypto";
import {
  jsonIn,
  object,
  optionalList,
  optionalObject,
  optionalString,
  string,
  UnreadableAnswer,
} from "../../http/json.js";
import { instantOf, isLocalDate, normaliseInstant } from "../../model/time.js";
import { requiredList } from "../kit/envelope.js";
import { isEqual, refusal } from "../kit/webhooks.js";
import type { ApiRequest, AppApi, Notice, SubscriptionScheme, Webhook } from "../provider.js";

export const webhook: Webhook = {
  domains: ["ACTIVITY"],
  verifiedBy:
    "HMAC-SHA256 over the body, in constant time, with a key that Acme tells once and that is stored encrypted. A secret in the address",
  maxBytes: 64 * 1024,
  head: true,
  // Acme signs, so this is one thing more; for who does not, it is all that there is to believe.
  secretInUrl: { setting: "WEBHOOK_SECRET" },
  subscriptions: { kind: "per-app", ensure },

  async receive({ method, headers, query, body }, { givenSecret }) {
    if (method === "HEAD") return { kind: "answer", status: 204 };
    if (method === "GET") {
      const answer = JSON.stringify({ challenge: query["challenge"] ?? "" });
      return {
        kind: "answer",
        status: 200,
        contentType: "application/json",
        body: answer,
        reason: "challenge answered",
      };
    }
    const given = await givenSecret();
    // Fails closed: without the key nobody can be believed. Acme comes again, and may be ahead of the answer with the key.
    if (given === null) return refusal(503, "Acme has told no key yet");
    const expected = createHmac("sha256", given.secret).update(body).digest();
    const signature = Buffer.from(headers["x-acme-signature"] ?? "", "hex");
    if (!isEqual(signature, expected)) return refusal(403, "the signature is wrong");
    const parsed = optionalObject(jsonIn(body));
    const deliveryId = optionalString(parsed?.["id"]);
    if (deliveryId === null) return refusal(400, "not a notification");
    const notices = optionalList(parsed?.["changes"]).flatMap((each): Notice[] => {
      const [user, date] = ["user", "date"].map((name) => optionalString(optionalObject(each)?.[name]));
      if (!user || !date || !isLocalDate(date)) return [];
      return [{ kind: "changed", providerUserId: user, domains: ["ACTIVITY"], days: { from: date, to: date } }];
    });
    return { kind: "accepted", status: 204, deliveryId, notices };
  },
};

/** One subscription, to our address, whose key we know; whatever else there is goes. */
async function ensure(api: AppApi) {
  const found = requiredList(object(await ask(api, { method: "GET", path: "/v1/webhooks" }), "webhooks"), "webhooks");
  const listed = found.map(toSubscription);
  const ours = listed.find(({ id, url }) => id === api.secret?.subscriptionId && url === api.webhookUrl);
  // Of an address that we had before, or made by a request whose answer, with the key in it, was lost.
  for (const { id } of listed.filter((one) => one !== ours)) await ask(api, { method: "DELETE", path: pathOf(id) });
  if (!ours) {
    const made = await ask(api, { method: "POST", path: "/v1/webhooks", json: { url: api.webhookUrl } });
    const { id, endsAt } = toSubscription(made);
    await api.keepSecret({ subscriptionId: id, secret: string(object(made, "webhook")["key"], "webhook.key") });
    return { notices: [], expiresAt: endsAt };
  }
  if (ours.endsAt >= api.renewBefore) return { notices: [], expiresAt: ours.endsAt };
  const renewed = await ask(api, { method: "PUT", path: `${pathOf(ours.id)}/renewal` });
  return { notices: [], expiresAt: toSubscription(renewed).endsAt };
}

const pathOf = (id: string) => `/v1/webhooks/${encodeURIComponent(id)}`;

async function ask(api: AppApi, request: ApiRequest): Promise<unknown> {
  const { clientId, clientSecret } = api.settings;
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
  const { status, body } = await api.send({ ...request, headers: { authorization } });
  const isGone = request.method === "DELETE" && status === 404;
  if (isGone || (status >= 200 && status < 300)) return body;
  throw new UnreadableAnswer(`Acme answered ${status} when asked for a subscription`);
}

function toSubscription(answer: unknown) {
  const raw = object(answer, "webhook");
  const ends = normaliseInstant(raw["ends"]);
  if (ends === null) throw new UnreadableAnswer("a webhook does not say when it ends");
  return { id: string(raw["id"], "webhook.id"), url: optionalString(raw["url"]), endsAt: instantOf(ends) };
}

/** How it would read if each person had subscriptions of their own, made with their token and told apart by the address. */
export const personalSubscriptions: SubscriptionScheme = {
  kind: "per-user",
  collections: [{ name: "days", domains: ["ACTIVITY"], scope: "activity" }],
  create: ({ collection, webhookUrl }) => personal({ method: "POST", json: { of: collection, url: webhookUrl } }),
  expiryOf: (answer) => toSubscription(answer).endsAt,
  renew: ({ collection, webhookUrl }) => personal({ method: "PUT", json: { of: collection, url: webhookUrl } }),
  remove: ({ collection, webhookUrl }) => personal({ method: "DELETE", query: { of: collection, url: webhookUrl } }),
  list: () => personal({ method: "GET" }),
  readList: (answer) =>
    requiredList(object(answer, "webhooks"), "webhooks").map((each) => {
      const { url, endsAt } = toSubscription(each);
      const collection = string(object(each, "webhook")["of"], "webhook.of");
      return { collection, ...(url !== null && { webhookUrl: url }), expiresAt: endsAt };
    }),
};

const personal = (request: Omit<ApiRequest, "path">): ApiRequest => ({ path: "/v1/me/webhooks", ...request });
