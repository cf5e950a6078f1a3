import { optionalDate } from "../kit/times.js";
/*
 * Polar notifies one address for the whole app, by the one webhook that an app may have.
 *
 * Headers          Polar-Webhook-Event: the event; Polar-Webhook-Signature: lower-case hex
 * Message          {"event", "user_id", "date" or "entity_id", "timestamp", "url"}, without values
 * Algorithm        HMAC-SHA256 over the raw body, with a key that Polar shows once, when the webhook is made
 * Handshake        POST {"event": "PING", "timestamp"}, unsigned, while our own request for the webhook is open: 200
 * Delivery         anything but 200 is repeated, how often is not documented; a week without success switches it off
 * Documentation    https://www.polar.com/accesslink-api/#webhooks
 */

import { createHash, createHmac } from "node:crypto";
import { id, jsonIn, object, optionalObject, optionalString } from "../../http/json.js";
import type { Domain } from "../../model/records.js";
import { isEqual, noticesOf, refusal } from "../kit/webhooks.js";
import type { LookUp, Notice, Webhook } from "../provider.js";
import { get } from "./calls/requests.js";
import { dayOfExercise } from "./mappers/workout.js";
import { ensure } from "./subscription.js";

/** What is read from each event. There is none of Nightly Recharge, which comes with the sleep. */
const domainsOf: Readonly<Record<string, readonly Domain[]>> = {
  // Cardio load is reckoned from exercises.
  EXERCISE: ["WORKOUTS", "SCORES"],
  SLEEP: ["SLEEP", "HEART", "VITALS", "SCORES"],
  CONTINUOUS_HEART_RATE: ["HEART"],
  // Events of the continuous heart rate were never seen to come.
  ACTIVITY_SUMMARY: ["ACTIVITY", "HEART"],
  PHYSICAL_INFORMATION: ["PROFILE", "BODY", "GOALS"],
};
const events = Object.keys(domainsOf);
const exerciseId = /^[\w-]{1,64}$/;

const lookUp: LookUp = {
  request: ({ type, id: exercise }) =>
    type === "exercise" && exerciseId.test(exercise) ? get(`exercises/${exercise}`) : null,
  read: (answer) => ({ from: dayOfExercise(answer), to: dayOfExercise(answer) }),
};

export const webhook: Webhook = {
  domains: ["WORKOUTS", "SCORES", "SLEEP", "HEART", "VITALS", "ACTIVITY", "PROFILE", "BODY", "GOALS"],
  verifiedBy:
    "HMAC-SHA256 over the body, in constant time, with a key that Polar shows once and that is stored encrypted. A ping is answered without a check, and does nothing",
  maxBytes: 64 * 1024,
  subscriptions: { kind: "per-app", ensure: (api) => ensure(api, events) },
  lookUp,

  async receive({ method, headers, body }, { givenSecret }) {
    if (method !== "POST") return refusal(405, "not a POST");
    const event = optionalObject(jsonIn(body));
    // Comes before there is a key, and asks for nothing else.
    if (event?.["event"] === "PING") return { kind: "answer", status: 200, reason: "ping answered" };
    const key = (await givenSecret())?.secret;
    if (!key) return refusal(401, "there is no key yet");
    const expected = createHmac("sha256", key).update(body).digest();
    const signature = Buffer.from(headers["polar-webhook-signature"] ?? "", "hex");
    if (!isEqual(signature, expected)) return refusal(401, "the signature is missing or wrong");
    if (!event || optionalString(event["event"]) === null) return refusal(400, "not a notification");
    return { kind: "accepted", status: 200, deliveryId: deliveryIdOf(event), notices: noticesOf([event], toNotices) };
  },
};

/** A night is told twice at one moment. The same thing at another moment is another change. */
function deliveryIdOf(event: Readonly<Record<string, unknown>>): string {
  const parts = ["event", "user_id", "entity_id", "date", "timestamp"].map((name) => event[name] ?? null);
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** None of an event that is not read. */
function toNotices(given: unknown): readonly Notice[] {
  const raw = object(given, "event");
  const type = String(raw["event"]);
  const domains = Object.hasOwn(domainsOf, type) ? domainsOf[type] : undefined;
  if (!domains) return [];
  const changed = { kind: "changed", providerUserId: id(raw["user_id"], "user_id"), domains } as const;
  const [entity, date] = [optionalString(raw["entity_id"]), optionalDate(raw["date"])];
  if (type === "EXERCISE")
    return [{ ...changed, days: null, ...(entity !== null && { lookup: { type: "exercise", id: entity } }) }];
  return [{ ...changed, days: date === null ? null : { from: date, to: date } }];
}
