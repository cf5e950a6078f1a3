/**
 * Google Health notifies one endpoint per Cloud project for everybody who consented.
 *
 * - Headers: `Authorization`, our own secret as a whole; `GOOGLE-HEALTH-API-SIGNATURE` (once `X-HEALTHAPI-SIGNATURE`).
 * - Message: one object or a list of up to 99, users and types mixed, without values; each with the intervals that changed.
 * - Algorithm: ECDSA on P-256 with SHA-256 over the raw body, in Tink's framing; keys published by Google, rotated monthly.
 * - Delivery: at least once; anything but 204 is repeated for up to seven days, a 200 too.
 * - https://developers.google.com/health/webhooks
 */

import { createHash } from "node:crypto";
import { jsonIn, optionalList, optionalObject, optionalString } from "../../http/json.js";
import type { Domain, LocalDate } from "../../model/records.js";
import { addDays, isLocalDate } from "../../model/time.js";
import { isEqual, noticesOf, refusal } from "../kit/webhooks.js";
import type { Notice, Webhook, WebhookContext, WebhookRequest, WebhookVerdict } from "../provider.js";
import { type RawCivilDateTime, toDate } from "./mappers/wire.js";
import { isSignedBy, keyOf, toSignature } from "./signature.js";
import { createSubscriptions } from "./subscriber.js";

const KEYS_CACHE_SECONDS = 86_400;
const KEYS_MAX_BYTES = 256 * 1024;
const REFRESH_GAP_MS = 60_000;
const STALE_KEYS_MS = 7 * 86_400_000;

export const googleHealthWebhook: Webhook = createGoogleHealthWebhook();

/** Makes a webhook with its own memory of keys. */
export function createGoogleHealthWebhook(): Webhook {
  const keys = createKeys();
  return {
    domains: ["PROFILE", "ACTIVITY", "HEART", "SLEEP", "BODY", "WORKOUTS", "VITALS", "READINGS", "NUTRITION"],
    verifiedBy: "The `Authorization` secret, and ECDSA on P-256 by a key of Google's published set",
    maxBytes: 1024 * 1024,
    subscriptions: createSubscriptions(),
    receive: (request, context) => receive(request, context, keys),
  };
}

async function receive(request: WebhookRequest, context: WebhookContext, keys: Keys): Promise<WebhookVerdict> {
  if (request.method !== "POST") return refusal(405, "not a POST");
  const { values } = context.settings;
  const secrets = [values["WEBHOOK_SECRET"], values["WEBHOOK_SECRET_PREVIOUS"]].filter((secret) => secret);
  const presented = request.headers["authorization"];
  if (presented === undefined || !secrets.map((secret) => isEqual(presented, secret!)).includes(true)) {
    return refusal(401, secrets.length === 0 ? "no secret is configured" : "missing or wrong secret");
  }
  const body = jsonIn(request.body);
  // During a registration Google calls the endpoint with the secret and without it. Signatures are not documented for
  // these calls.
  if (optionalObject(body)?.["type"] === "verification") return { kind: "answer", status: 201 };

  const header = request.headers["google-health-api-signature"] ?? request.headers["x-healthapi-signature"] ?? "";
  const signature = toSignature(header);
  if (!signature) return refusal(401, "missing or unreadable signature");
  const key = await keys.find(signature.keyId, context);
  if (key === "unavailable") return refusal(503, "key set could not be loaded");
  if (!key || !isSignedBy(request.body, signature, key)) return refusal(401, "signature does not match");

  const messages = Array.isArray(body) ? body : optionalObject(body) ? [body] : null;
  if (!messages) return refusal(400, "neither a notification nor a list of them");
  const notices = new Map(noticesOf(messages, toNotices).map((notice) => [JSON.stringify(notice), notice]));
  return {
    kind: "accepted",
    status: 204,
    // The body alone is not enough: one interval may change twice, and then only the signature differs.
    deliveryId: createHash("sha256").update(request.body).update(signature.der).digest("base64url"),
    notices: [...notices.values()],
  };
}

interface Keys {
  /** Null: Google has no such key. `unavailable`: the keys can't be read now. */
  find(keyId: number, context: WebhookContext): Promise<ReturnType<typeof keyOf> | "unavailable">;
}

function createKeys(): Keys {
  const held = new Map<string, { readonly text: string; readonly at: number }>();
  const refreshedAt = new Map<string, number>();

  /** A good copy is used for a week if no new one can be fetched. */
  const load = async (url: string, { fetchText, now }: WebhookContext, refresh: boolean): Promise<string | null> => {
    try {
      const text = await fetchText(url, { cacheSeconds: KEYS_CACHE_SECONDS, maxBytes: KEYS_MAX_BYTES, refresh });
      keyOf(text, -1);
      held.set(url, { text, at: now });
      return text;
    } catch {
      const copy = held.get(url);
      return !refresh && copy && now - copy.at < STALE_KEYS_MS ? copy.text : null;
    }
  };

  return {
    async find(keyId, context) {
      const url = context.settings.otherUrls["WEBHOOK_KEYS"];
      if (url === undefined) return "unavailable";
      const keySet = await load(url, context, false);
      if (keySet === null) return "unavailable";
      const key = keyOf(keySet, keyId);
      if (key) return key;
      // An unknown id may mean a new key. But anybody can invent ids, so Google is not asked for each of them.
      if (context.now - (refreshedAt.get(url) ?? Number.NEGATIVE_INFINITY) < REFRESH_GAP_MS) return null;
      refreshedAt.set(url, context.now);
      const fresh = await load(url, context, true);
      return fresh === null ? "unavailable" : keyOf(fresh, keyId);
    },
  };
}

/** One notification. Any of the three forms of an interval may be missing. */
interface RawNotification {
  readonly data: {
    readonly healthUserId: string;
    /** UPSERT or DELETE. DELETE also comes when consent or the account is gone, and looks no different. */
    readonly operation: string;
    readonly dataType: string;
    readonly intervals: readonly {
      readonly civilDateTimeInterval: {
        readonly startDateTime: RawCivilDateTime;
        readonly endDateTime: RawCivilDateTime;
      };
      readonly civilIso8601TimeInterval: { readonly startTime: string; readonly endTime: string };
      readonly physicalTimeInterval: { readonly startTime: string; readonly endTime: string };
    }[];
  };
}

/** The types from which each domain is read. A type that is not read changes nothing. */
const domainsOfType: Readonly<Record<string, readonly Domain[]>> = {
  steps: ["ACTIVITY"],
  distance: ["ACTIVITY"],
  floors: ["ACTIVITY"],
  altitude: ["ACTIVITY"],
  "total-calories": ["ACTIVITY"],
  "active-energy-burned": ["ACTIVITY"],
  "active-minutes": ["ACTIVITY"],
  "active-zone-minutes": ["ACTIVITY"],
  "activity-level": ["ACTIVITY"],
  "sedentary-period": ["ACTIVITY"],
  "heart-rate": ["HEART"],
  "daily-resting-heart-rate": ["HEART"],
  "daily-heart-rate-variability": ["HEART"],
  "daily-heart-rate-zones": ["HEART"],
  "time-in-heart-rate-zone": ["HEART"],
  "calories-in-heart-rate-zone": ["HEART"],
  sleep: ["SLEEP"],
  exercise: ["WORKOUTS"],
  weight: ["BODY", "PROFILE"],
  "body-fat": ["BODY"],
  height: ["PROFILE", "BODY"],
  // Of the samples behind it, which are readings, Google sends no notice.
  "daily-oxygen-saturation": ["VITALS", "READINGS"],
  "daily-respiratory-rate": ["VITALS"],
  "daily-sleep-temperature-derivations": ["VITALS"],
  "respiratory-rate-sleep-summary": ["SLEEP"],
  "heart-rate-variability": ["SLEEP"],
  // A run changes the day's figure too, of which Google sends no notice.
  "run-vo2-max": ["READINGS", "VITALS"],
  "blood-glucose": ["READINGS"],
  "nutrition-log": ["NUTRITION"],
  "hydration-log": ["NUTRITION"],
};

function toNotices(message: unknown): Notice[] {
  const data: Partial<RawNotification["data"]> = optionalObject(optionalObject(message)?.["data"]) ?? {};
  const providerUserId = optionalString(data.healthUserId);
  const type = optionalString(data.dataType) ?? "";
  const domains = Object.hasOwn(domainsOfType, type) ? domainsOfType[type] : undefined;
  if (!domains || providerUserId === null) return [];
  const changed = {
    kind: "changed",
    providerUserId,
    domains,
    ...(data.operation === "DELETE" ? { deleted: true } : {}),
  } as const;
  const spans = optionalList(data.intervals).flatMap((interval) => toDays(interval) ?? []);
  return spans.length === 0 ? [{ ...changed, days: null }] : spans.map((days) => ({ ...changed, days }));
}

type Days = { readonly from: LocalDate; readonly to: LocalDate };

function toDays(value: unknown): Days | null {
  const raw: Partial<Record<keyof RawNotification["data"]["intervals"][number], unknown>> = optionalObject(value) ?? {};
  const dateTimes = optionalObject(raw.civilDateTimeInterval);
  const civil = daysBetween(fromDateTime(dateTimes?.["startDateTime"]), fromDateTime(dateTimes?.["endDateTime"]));
  if (civil) return civil;
  const iso = optionalObject(raw.civilIso8601TimeInterval);
  const local = daysBetween(fromText(iso?.["startTime"]), fromText(iso?.["endTime"]));
  if (local) return local;
  const physical = optionalObject(raw.physicalTimeInterval);
  const days = daysBetween(fromText(physical?.["startTime"]), fromText(physical?.["endTime"]));
  // The times are in UTC and the zone is not known: one day more on both sides is right in every zone.
  return days && { from: addDays(days.from, -1), to: addDays(days.to, 1) };
}

interface Moment {
  readonly day: LocalDate;
  readonly isMidnight: boolean;
}

/** A span that ends at midnight does not contain the day of that midnight. */
function daysBetween(start: Moment | null, end: Moment | null): Days | null {
  if (!start || !end) return null;
  const to = end.isMidnight && end.day > start.day ? addDays(end.day, -1) : end.day;
  return to < start.day ? null : { from: start.day, to };
}

function fromDateTime(value: unknown): Moment | null {
  const raw: Partial<RawCivilDateTime> | null = optionalObject(value);
  const day = toDate(raw?.date);
  if (day === null) return null;
  // An absent time means midnight. A time that can't be read makes the moment unusable.
  const time = optionalObject(raw?.time ?? {});
  return { day, isMidnight: time !== null && Object.values(time).every((part) => !part) };
}

function fromText(value: unknown): Moment | null {
  const text = optionalString(value) ?? "";
  const day = text.slice(0, 10);
  return isLocalDate(day) ? { day, isMidnight: /T00:00(:00(\.0+)?)?Z?$/.test(text) || text.length === 10 } : null;
}
