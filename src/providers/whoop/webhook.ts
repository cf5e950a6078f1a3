/*
 * WHOOP notifies one address for the whole app, which the operator enters in the Developer Dashboard.
 *
 * Headers          X-WHOOP-Signature: base64; X-WHOOP-Signature-Timestamp: milliseconds since 1970
 * Message          {"user_id", "id", "type", "trace_id"}, without values and days; `id` of a recovery is that of its sleep
 * Algorithm        HMAC-SHA256 with the client secret over the timestamp and, directly after it, the raw body
 * Handshake        none
 * Delivery         at least once; anything but 2xx is repeated five times over about an hour
 * Documentation    https://developer.whoop.com/docs/developing/webhooks
 */

import { createHmac } from "node:crypto";
import { id, jsonIn, object, optionalObject, optionalString } from "../../http/json.js";
import type { Domain } from "../../model/records.js";
import { addDays } from "../../model/time.js";
import { isEqual, noticesOf, refusal } from "../kit/webhooks.js";
import type { LookUp, Notice, Webhook } from "../provider.js";
import { get } from "./calls/requests.js";
import { dayOfSleep } from "./mappers/sleep.js";
import { dayOfWorkout } from "./mappers/workout.js";

const OLDEST_MS = 5 * 60_000;
/** As WHOOP has no other ids, anything else is refused before it becomes part of a path. */
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** There are no notices of cycles: a cycle begins with a sleep, and ends with the next one. */
const domainsOf: Readonly<Record<string, readonly Domain[]>> = {
  sleep: ["SLEEP", "VITALS", "SCORES", "ACTIVITY"],
  recovery: ["HEART", "VITALS", "SCORES"],
  workout: ["WORKOUTS"],
};

const lookUp: LookUp = {
  request: (named) => {
    if (!Object.hasOwn(domainsOf, named.type) || !uuid.test(named.id)) return null;
    return get(`activity/${named.type === "workout" ? "workout" : "sleep"}/${named.id}`);
  },
  read: (answer, { type }) => {
    const raw = object(answer, type);
    if (type === "workout") return { from: dayOfWorkout(raw), to: dayOfWorkout(raw) };
    const day = dayOfSleep(raw);
    // A sleep also ends the cycle of the day before.
    return { from: type === "sleep" ? addDays(day, -1) : day, to: day };
  },
};

export const webhook: Webhook = {
  domains: ["SLEEP", "HEART", "VITALS", "SCORES", "ACTIVITY", "WORKOUTS"],
  verifiedBy:
    "HMAC-SHA256 with the client secret over the timestamp and the body, in constant time; five minutes of age at most",
  maxBytes: 64 * 1024,
  subscriptions: {
    kind: "portal",
    notices: (_settings, webhookUrl) => [
      `In WHOOP's Developer Dashboard open your app, add ${webhookUrl} under Webhooks, and choose model version v2.`,
    ],
  },
  lookUp,

  async receive({ method, headers, body }, { settings, now }) {
    if (method !== "POST") return refusal(405, "not a POST");
    const secret = settings.clientSecret;
    if (!secret) return refusal(401, "no client secret is configured");
    const timestamp = headers["x-whoop-signature-timestamp"] ?? "";
    const expected = createHmac("sha256", secret).update(timestamp).update(body).digest();
    const signature = Buffer.from(headers["x-whoop-signature"] ?? "", "base64");
    if (!isEqual(signature, expected)) return refusal(401, "the signature is missing or wrong");
    if (!/^\d{13}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > OLDEST_MS)
      return refusal(401, "the timestamp is older than five minutes, or no timestamp");
    const event = optionalObject(jsonIn(body));
    const deliveryId = optionalString(event?.["trace_id"]);
    if (!event || deliveryId === null) return refusal(400, "not a notification");
    return { kind: "accepted", status: 204, deliveryId, notices: noticesOf([event], toNotices) };
  },
};

/** None of a type that is not read, and of an object without a UUID. */
function toNotices(given: unknown): readonly Notice[] {
  const event = object(given, "event");
  const [, type = "", change] = /^([a-z]+)\.(updated|deleted)$/.exec(String(event["type"])) ?? [];
  const named = optionalString(event["id"]) ?? "";
  const domains = Object.hasOwn(domainsOf, type) ? domainsOf[type] : undefined;
  if (!domains || !uuid.test(named)) return [];
  const providerUserId = id(event["user_id"], "user_id");
  const notice = { kind: "changed", providerUserId, domains, days: null, lookup: { type, id: named } } as const;
  return [change === "deleted" ? { ...notice, deleted: true } : notice];
}
