import { optionalDate } from "../kit/times.js";
/**
 * Withings notifies for each person and each category (`appli`), by subscriptions that are made with the person's token.
 *
 * - Headers: none that tells who sent it.
 * - Message: a form with `userid`, `appli`, and `startdate` and `enddate` (seconds) or `date`. No values, no id.
 * - Algorithm: no signature. The last part of our address is a secret, and the content is used as a hint only.
 * - Delivery: to be answered within 2 seconds; repeated at once, after 10 seconds, a minute, an hour and four hours. While
 *   subscribing, Withings checks the address with HEAD.
 * - https://developer.withings.com/developer-guide/v3/data-api/notifications/notification-overview
 */

import { createHash } from "node:crypto";
import { object, optionalNumber, string } from "../../http/json.js";
import type { Domain, LocalDate } from "../../model/records.js";
import { dateIn } from "../../model/time.js";
import { noticesOf, refusal } from "../kit/webhooks.js";
import type { ApiRequest, Notice, SubscriptionScheme, Webhook, WebhookRequest, WebhookVerdict } from "../provider.js";
import { bodyOf, listIn, reading } from "./mappers/wire.js";
import { scopes } from "./scopes.js";

interface Category {
  readonly name: string;
  readonly domains: readonly Domain[];
  readonly scope: string;
}

/** Withings calls them `appli`. */
const categories: readonly Category[] = [
  { name: "1", domains: ["BODY", "VITALS", "READINGS"], scope: scopes.metrics },
  { name: "2", domains: ["READINGS"], scope: scopes.metrics },
  { name: "4", domains: ["READINGS"], scope: scopes.metrics },
  { name: "16", domains: ["ACTIVITY", "HEART", "WORKOUTS", "VITALS"], scope: scopes.activity },
  { name: "44", domains: ["SLEEP", "HEART", "VITALS", "SCORES"], scope: scopes.activity },
  { name: "54", domains: ["READINGS"], scope: scopes.metrics },
  // The account itself: it goes with any other.
  { name: "46", domains: [], scope: scopes.info },
];
const ACCOUNT = "46";

/** Longer than the quick repeats of an unanswered notification, and shorter than the time between two syncs. */
const REPEATS_WITHIN_MS = 2 * 60_000;
const NEVER_EXPIRES = 2_147_483_647;
const HOUR_MS = 3_600_000;

const notify = (action: string, form: Readonly<Record<string, string>>): ApiRequest => ({
  method: "POST",
  path: "/notify",
  form: { action, ...form },
});

const subscriptions: SubscriptionScheme = {
  kind: "per-user",
  collections: categories,
  create: ({ collection, webhookUrl }) => notify("subscribe", { callbackurl: webhookUrl, appli: collection }),
  remove: ({ collection, webhookUrl }) => notify("revoke", { callbackurl: webhookUrl, appli: collection }),
  list: () => reading("/notify", "list"),
  readList: (answer) =>
    listIn(bodyOf(answer), "profiles").map((each) => {
      const raw = object(each, "profiles[]");
      const expires = optionalNumber(raw["expires"]);
      return {
        collection: String(raw["appli"]),
        webhookUrl: string(raw["callbackurl"], "profiles[].callbackurl"),
        expiresAt: expires === null || expires >= NEVER_EXPIRES ? null : expires * 1000,
      };
    }),
};

export const withingsWebhook: Webhook = {
  domains: ["ACTIVITY", "HEART", "SLEEP", "BODY", "WORKOUTS", "VITALS", "READINGS", "SCORES"],
  verifiedBy: "A secret in the address, compared in constant time: Withings does not sign",
  maxBytes: 16 * 1024,
  head: true,
  secretInUrl: { setting: "WEBHOOK_SECRET" },
  subscriptions,
  receive: async (request) => receive(request),
};

function receive({ method, body }: WebhookRequest): WebhookVerdict {
  if (method !== "POST") return { kind: "answer", status: 200 };
  const form = new URLSearchParams(new TextDecoder().decode(body));
  const providerUserId = form.get("userid");
  if (!providerUserId) return refusal(400, "no form with a userid");
  return {
    kind: "accepted",
    status: 200,
    deliveryId: createHash("sha256").update(body).digest("base64url"),
    repeatsWithinMs: REPEATS_WITHIN_MS,
    notices: noticesOf([form], (each) => toNotices(each as URLSearchParams, providerUserId)),
  };
}

function toNotices(form: URLSearchParams, providerUserId: string): readonly Notice[] {
  const appli = form.get("appli") ?? "";
  if (appli === ACCOUNT) {
    const isEnded = ["delete", "unlink"].includes(form.get("action") ?? "");
    if (isEnded) return [{ kind: "revoked", providerUserId }];
    return [{ kind: "changed", providerUserId, domains: ["PROFILE"], days: null }];
  }
  // 55: a failed electrocardiogram. It may have left an entry.
  const domains = categories.find(({ name }) => name === (appli === "55" ? "54" : appli))?.domains;
  return domains ? [{ kind: "changed", providerUserId, domains, days: daysOf(form) }] : [];
}

/** The span is in instants and the zone is not told: the days of all zones. */
function daysOf(form: URLSearchParams): { readonly from: LocalDate; readonly to: LocalDate } | null {
  const date = optionalDate(form.get("date"));
  if (date !== null) return { from: date, to: date };
  const [start, end] = [optionalNumber(form.get("startdate")), optionalNumber(form.get("enddate"))];
  if (start === null || end === null || start <= 0 || end < start || end > LATEST) return null;
  return {
    from: dateIn("UTC", start * 1000 - EARLIEST_ZONE_HOURS * HOUR_MS),
    to: dateIn("UTC", end * 1000 + LATEST_ZONE_HOURS * HOUR_MS),
  };
}
const EARLIEST_ZONE_HOURS = 12;
const LATEST_ZONE_HOURS = 14;
/** The year 5138. */
const LATEST = 1e11;
