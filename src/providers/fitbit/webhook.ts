/*
 * Fitbit subscriptions
 *
 * Header           X-Fitbit-Signature: base64
 * Message          the raw body, a JSON array of {collectionType, date, ownerId, ownerType, subscriptionId}
 * Algorithm        HMAC-SHA1 with the key `<client secret>&`; a mismatch is answered 404, so that probing learns nothing
 * Handshake        GET ?verify=<code>: 204 for the code shown in the portal, 404 for a wrong one; both are tried
 * Delivery         at least once, in any order, without a delivery id; to be answered 204 within 5 seconds, else it is
 *                  repeated at growing intervals, and a subscriber that keeps failing is disabled in the portal
 * Documentation    https://dev.fitbit.com/build/reference/web-api/developer-guide/using-subscriptions/
 */

import { createHash, createHmac } from "node:crypto";
import { id, jsonIn, list, object, optionalObject, optionalString, string } from "../../http/json.js";
import type { Domain } from "../../model/records.js";
import { isLocalDate } from "../../model/time.js";
import { isEqual, noticesOf, refusal } from "../kit/webhooks.js";
import type { ApiRequest, Notice, ProviderSettings, UserSubscription, Webhook } from "../provider.js";

/**
 * Heart rate, variability, vitals and zone minutes have no collection of their own: they change with a sync of
 * activities, and with the night. Oxygen by the minute is a reading.
 */
const domainsByCollection: Readonly<Record<string, readonly Domain[]>> = {
  activities: ["ACTIVITY", "HEART", "WORKOUTS", "VITALS"],
  sleep: ["SLEEP", "HEART", "VITALS", "READINGS"],
  body: ["BODY"],
  foods: ["NUTRITION"],
};

/** The value of Fitbit's X-Fitbit-Signature header. */
export function signFitbit(body: Uint8Array, clientSecret: string): string {
  return createHmac("sha1", `${clientSecret}&`).update(body).digest("base64");
}

export const fitbitWebhook: Webhook = {
  verifiedBy: "HMAC-SHA1 with the client secret, in constant time; a mismatch is 404. A code for the handshake",
  subscriptions: {
    kind: "per-user",
    collections: [
      { name: "activities", domains: domainsByCollection["activities"]!, scope: "activity" },
      { name: "sleep", domains: domainsByCollection["sleep"]!, scope: "sleep" },
      { name: "body", domains: domainsByCollection["body"]!, scope: "weight" },
      { name: "foods", domains: domainsByCollection["foods"]!, scope: "nutrition" },
      // Belongs to no domain and is subscribed with any of them: it reports that the person revoked the grant at
      // Fitbit.
      { name: "userRevokedAccess", domains: [] },
    ],
    // Where notifications go is set in the portal.
    create: (wanted, settings) => subscription("POST", wanted, settings),
    remove: (stale, settings) => subscription("DELETE", stale, settings),
    list: (settings) => ({ method: "GET", path: "/1/user/-/apiSubscriptions.json", headers: subscriber(settings) }),
    readList: (answer) =>
      list(object(answer, "subscriptions")["apiSubscriptions"], "apiSubscriptions").map((value) => {
        const entry = object(value, "apiSubscriptions[]");
        return {
          collection: string(entry["collectionType"], "apiSubscriptions[].collectionType"),
          subscriptionId: id(entry["subscriptionId"], "apiSubscriptions[].subscriptionId"),
        };
      }),
  },
  domains: [...new Set(Object.values(domainsByCollection).flat())],
  maxBytes: 1_048_576,

  async receive(request, { settings, now }) {
    if (request.method === "GET") {
      const code = settings.values["VERIFICATION_CODE"];
      if (!code) return refuse("FITBIT_VERIFICATION_CODE is not configured");
      return isEqual(request.query["verify"] ?? "", code)
        ? { kind: "answer", status: 204, reason: "verification code confirmed" }
        : refuse("wrong verification code");
    }
    if (!settings.clientSecret) return refuse("FITBIT_CLIENT_SECRET is not configured");
    const signature = request.headers["x-fitbit-signature"] ?? "";
    if (!isEqual(signature, signFitbit(request.body, settings.clientSecret))) return refuse("signature does not match");

    const entries = jsonIn(request.body);
    // The signature is valid, but the format (XML, multipart) was possible in old portals only.
    if (!Array.isArray(entries)) return refusal(400, "body is not a JSON array");
    const notices = [...new Map(noticesOf(entries, toNotice)).entries()];
    return {
      kind: "accepted",
      status: 204,
      deliveryId: deliveryId(
        notices.map(([key]) => key),
        now,
      ),
      notices: notices.map(([, notice]) => notice),
    };
  },
};

/** 404 is Fitbit's advice: a caller that guesses must not learn whether an endpoint is there. */
const refuse = (reason: string) => refusal(404, reason);

/** One entry, with a key that is equal for its repeats. Kinds that are unknown or not used (foods) are skipped. */
function toNotice(value: unknown): [string, Notice][] {
  const entry = optionalObject(value);
  const providerUserId = optionalString(entry?.["ownerId"]);
  const collection = optionalString(entry?.["collectionType"]);
  if (!entry || providerUserId === null || collection === null) return [];
  if (collection === "userRevokedAccess") return [[`${providerUserId} revoked`, { kind: "revoked", providerUserId }]];
  if (collection === "deleteUser") return [[`${providerUserId} deleted`, { kind: "account-deleted", providerUserId }]];
  const domains = Object.hasOwn(domainsByCollection, collection) ? domainsByCollection[collection]! : null;
  const date = optionalString(entry["date"]);
  if (domains === null || date === null || !isLocalDate(date)) return [];
  const notice: Notice = { kind: "changed", providerUserId, domains, days: { from: date, to: date } };
  return [[`${providerUserId} ${collection} ${date}`, notice]];
}

/** Repeats within this time are one delivery: retries begin later, and syncs are further apart. */
const repeatMs = 2_000;

/**
 * Fitbit gives deliveries no id, and the next sync of a day has the same content as a repeat of the last one. So the id
 * is made of the content and the time: a late repeat costs one more fetch, but a lost sync would cost data.
 */
function deliveryId(keys: readonly string[], now: number): string {
  const content = [...keys].sort().join("\n");
  return createHash("sha256")
    .update(`${Math.floor(now / repeatMs)}\n${content}`)
    .digest("base64url");
}

function subscription(
  method: "POST" | "DELETE",
  { collection, subscriptionId }: UserSubscription,
  settings: ProviderSettings,
): ApiRequest {
  return {
    method,
    path: `/1/user/-/${encodeURIComponent(collection)}/apiSubscriptions/${encodeURIComponent(subscriptionId)}.json`,
    // Without a content length, even of 0, Fitbit answers 411.
    headers: { ...subscriber(settings), "content-length": "0" },
  };
}

/** Without this header Fitbit uses the portal's default subscriber. */
function subscriber(settings: ProviderSettings): Record<string, string> {
  const subscriberId = settings.values["SUBSCRIBER_ID"];
  return subscriberId ? { "x-fitbit-subscriber-id": subscriberId } : {};
}
