/*
 * Oura notifies one address for the whole app, by one subscription for each type of event and of data.
 *
 * Headers          x-oura-signature: upper-case hex; x-oura-timestamp: seconds since 1970
 * Message          {"event_type", "data_type", "object_id", "event_time", "user_id"}, without values and days
 * Algorithm        HMAC-SHA256 with the client secret over the timestamp and, directly after it, the raw body
 * Handshake        GET ?verification_token=…&challenge=…: {"challenge": "…"}, also while our own request to subscribe is open
 * Delivery         at least once, in any order; to be answered within 10 seconds; repeated up to 10 times over an hour
 * Documentation    https://cloud.ouraring.com/v2/docs#tag/Webhook-Subscription-Routes
 */

import { createHash, createHmac } from "node:crypto";
import { jsonIn, object, optionalObject, optionalString } from "../../http/json.js";
import type { Domain } from "../../model/records.js";
import { isEqual, refusal } from "../kit/webhooks.js";
import type { LookUp, Notice, Webhook } from "../provider.js";
import { collection } from "./calls/requests.js";
import { dayOf } from "./mappers/document.js";
import { dayOfNight } from "./mappers/sleep.js";
import { dayOfWorkout } from "./mappers/workout.js";
import { ensure, verificationToken } from "./subscriptions.js";

/** Deliveries are repeated for about an hour. */
const OLDEST_MS = 2 * 3_600_000;

/** What is read from each type. A type that is not read is not subscribed to. */
const domainsOfType: Readonly<Record<string, readonly Domain[]>> = {
  daily_activity: ["ACTIVITY", "SCORES"],
  // The resting rate, the variability and the breaths are those of the main sleep.
  sleep: ["SLEEP", "HEART", "VITALS"],
  daily_sleep: ["SCORES"],
  daily_readiness: ["SCORES", "VITALS"],
  daily_resilience: ["SCORES"],
  daily_spo2: ["VITALS"],
  daily_stress: ["VITALS"],
  daily_cardiovascular_age: ["VITALS"],
  vo2_max: ["VITALS"],
  workout: ["WORKOUTS"],
  ring_configuration: ["DEVICES"],
};

const lookUp: LookUp = {
  request: ({ type, id }) => {
    if (type === "ring_configuration" || !Object.hasOwn(domainsOfType, type)) return null;
    return collection(`${type === "vo2_max" ? "vO2_max" : type}/${encodeURIComponent(id)}`);
  },
  read: (answer, { type }) => {
    const raw = object(answer, type);
    const day = type === "sleep" ? dayOfNight(raw) : type === "workout" ? dayOfWorkout(raw) : dayOf(raw, type);
    return { from: day, to: day };
  },
};

export const webhook: Webhook = {
  domains: ["ACTIVITY", "HEART", "SLEEP", "WORKOUTS", "VITALS", "SCORES", "DEVICES"],
  verifiedBy:
    "HMAC-SHA256 with the client secret over the timestamp and the body, in constant time; age. A token made of the client secret for the challenge",
  maxBytes: 64 * 1024,
  subscriptions: { kind: "per-app", ensure: (api) => ensure(api, Object.keys(domainsOfType)) },
  lookUp,

  async receive({ method, headers, query, body }, { settings, now }) {
    const secret = settings.clientSecret;
    if (!secret) return refusal(401, "no client secret is configured");
    if (method === "GET") {
      if (!isEqual(query["verification_token"] ?? "", verificationToken(secret)))
        return refusal(401, "the verification token is wrong");
      return {
        ...{ kind: "answer", status: 200, contentType: "application/json", reason: "challenge answered" },
        body: JSON.stringify({ challenge: query["challenge"] ?? "" }),
      };
    }
    const timestamp = headers["x-oura-timestamp"] ?? "";
    const expected = createHmac("sha256", secret).update(timestamp).update(body).digest("hex");
    if (!isEqual((headers["x-oura-signature"] ?? "").toLowerCase(), expected))
      return refusal(401, "the signature is wrong");
    if (/^\d{10}$/.test(timestamp) && now - Number(timestamp) * 1000 > OLDEST_MS) return refusal(401, "too old");
    const event = optionalObject(jsonIn(body));
    const [type, id, user, kind] = ["data_type", "object_id", "user_id", "event_type"].map((name) =>
      optionalString(event?.[name]),
    );
    if (!type || !id || !user || !kind) return refusal(400, "not a notification");
    const time = optionalString(event?.["event_time"]) ?? "";
    return {
      ...{ kind: "accepted", status: 204 },
      deliveryId: createHash("sha256")
        .update(JSON.stringify([type, id, kind, time]))
        .digest("base64url"),
      notices: toNotices(type, id, user, kind === "delete"),
    };
  },
};

function toNotices(type: string, id: string, providerUserId: string, isDeleted: boolean): Notice[] {
  const domains = Object.hasOwn(domainsOfType, type) ? domainsOfType[type] : undefined;
  if (!domains) return [];
  const changed = { kind: "changed", providerUserId, domains, days: null, lookup: { type, id } } as const;
  return [isDeleted ? { ...changed, deleted: true } : changed];
}
