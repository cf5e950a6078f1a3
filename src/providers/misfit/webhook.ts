import { requiredDate } from "../kit/times.js";
/**
 * Misfit notifies through Amazon SNS.
 *
 * - Header: `x-amz-sns-message-type`, unsigned: believed only where the body agrees.
 * - Message: a JSON envelope sent as text/plain; `Message` holds a JSON list of changed objects, without values.
 * - Algorithm: RSASSA-PKCS1-v1_5 over chosen fields, SHA-1 (version 1) or SHA-256 (version 2), the certificate named by
 *   the envelope and fetched from Amazon's own host.
 * - Delivery: at least once, in any order; 200 with an empty body within 15 seconds, else three more tries within the hour.
 * - https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */

import { readFileSync } from "node:fs";
import { jsonIn, object, optionalString } from "../../http/json.js";
import type { Domain, LocalDate } from "../../model/records.js";
import { localDateOf } from "../../model/time.js";
import { noticesOf, refusal } from "../kit/webhooks.js";
import type { Notice, ProviderSettings, Webhook, WebhookContext, WebhookRequest, WebhookVerdict } from "../provider.js";
import { toWorkout } from "./mappers/session.js";
import { toSleep } from "./mappers/sleep.js";
import {
  faultOf,
  isSigningCertUrl,
  isTrusted,
  nodeRoots,
  parsedUrl,
  type Roots,
  regionOfTopic,
  toCertificate,
  toCertificates,
} from "./signing-certificate.js";
import { isKnownSignatureVersion, isSignedBy, type SnsMessage, toSnsMessage } from "./sns-message.js";

const MINUTE_MS = 60_000;
/** SNS stops its retries within an hour. Five minutes more allow for clocks that differ. */
const OLDEST_MS = 65 * MINUTE_MS;
const FARTHEST_AHEAD_MS = 15 * MINUTE_MS;
/** Certificates change about once a year, and get another URL then. */
const CERTIFICATE_CACHE_SECONDS = 86_400;
const CERTIFICATE_MAX_BYTES = 64 * 1024;

export const misfitWebhook: Webhook = createMisfitWebhook(nodeRoots);

/** Makes a webhook that trusts the given roots. */
export function createMisfitWebhook(roots: Roots): Webhook {
  return {
    domains: ["PROFILE", "ACTIVITY", "SLEEP", "WORKOUTS", "DEVICES", "GOALS"],
    verifiedBy:
      "Topic on `MISFIT_SNS_TOPICS`; RSA signature; certificate from Amazon's host, in date, and with `MISFIT_SNS_CA` leading to a public root; age",
    // SNS messages are smaller than 256 KiB.
    maxBytes: 300 * 1024,
    subscriptions: {
      kind: "portal",
      notices: (settings, webhookUrl) => [
        `Misfit has no API for subscriptions: in its developer portal, the app's hook URL must be ${webhookUrl} and its format json, with every resource type switched on.`,
        "One hook serves everybody who authorised the app: subscribing here only decides what is done with arriving messages.",
        ...(topicsOf(settings).length > 0
          ? []
          : [
              "MISFIT_SNS_TOPICS is not set: name the topic ARNs that are yours, one per resource type, or every message is refused.",
            ]),
      ],
    },
    receive: (request, context) => receive(request, context, roots),
    lookUp: {
      request: ({ type, id }) =>
        datedTypes.has(type)
          ? { method: "GET", path: `/move/resource/v1/user/me/activity/${type}/${encodeURIComponent(id)}` }
          : null,
      read: (answer, { type }) => {
        const day = dayOf(type, answer);
        return { from: day, to: day };
      },
    },
  };
}

async function receive(request: WebhookRequest, context: WebhookContext, roots: Roots): Promise<WebhookVerdict> {
  if (request.method !== "POST") return refusal(405, "not a POST");
  const message = toSnsMessage(request.body);
  if (message === "malformed") return refusal(400, "not an SNS message");
  // The portal's test button sent such messages. The portal is gone, so today they come from somebody else.
  if (message === "unsigned") return refusal(403, "not signed");
  const announced = request.headers["x-amz-sns-message-type"];
  if (announced !== undefined && announced !== message.Type)
    return refusal(403, "header and body name different types");

  const region = regionOfTopic(message.TopicArn);
  if (region === null || !topicsOf(context.settings).includes(message.TopicArn))
    return refusal(403, "topic is not ours");
  if (!isKnownSignatureVersion(message.SignatureVersion)) return refusal(403, "unknown signature version");
  if (!isSigningCertUrl(message.SigningCertURL, region)) return refusal(403, "certificate is not at Amazon's host");

  let pem: string;
  try {
    pem = await context.fetchText(message.SigningCertURL, {
      cacheSeconds: CERTIFICATE_CACHE_SECONDS,
      maxBytes: CERTIFICATE_MAX_BYTES,
    });
  } catch {
    return refusal(503, "certificate could not be fetched");
  }
  const certificate = toCertificate(pem);
  if (!certificate) return refusal(403, "not one certificate");
  const fault = faultOf(certificate, context.now);
  if (fault !== null) return refusal(403, `certificate: ${fault}`);
  // A stand-in signs with its own certificate. Only the certificate of the vendor's service has a public root above it.
  if (!context.settings.overridden && !isTrusted(certificate, intermediatesOf(context.settings), roots(), context.now))
    return refusal(403, "certificate: no trusted root");
  if (!isSignedBy(message, certificate.publicKey)) return refusal(403, "signature does not match");

  const age = context.now - Date.parse(message.Timestamp);
  if (!(age <= OLDEST_MS && age >= -FARTHEST_AHEAD_MS)) return refusal(403, "too old or from the future");
  return verdictOf(message, region);
}

function verdictOf(message: SnsMessage, region: string): WebhookVerdict {
  switch (message.Type) {
    case "SubscriptionConfirmation":
      return isConfirmUrl(message, region)
        ? { kind: "confirm", status: 200, confirmUrl: message.SubscribeURL!, deliveryId: message.MessageId }
        : refusal(403, "confirmation leads elsewhere");
    case "UnsubscribeConfirmation":
      // The link in this message would subscribe again, so it is never followed.
      return { kind: "answer", status: 200, reason: `topic ${message.TopicArn} was unsubscribed` };
    case "Notification": {
      const notices = toNotices(message.Message);
      return notices
        ? { kind: "accepted", status: 200, deliveryId: message.MessageId, notices }
        : refusal(400, "message is not a list");
    }
  }
}

/** The link is fetched, so it must confirm the topic of the envelope, at Amazon's own host. */
function isConfirmUrl({ SubscribeURL, TopicArn, Token }: SnsMessage, region: string): boolean {
  const url = parsedUrl(SubscribeURL ?? "");
  return (
    url !== null &&
    url.protocol === "https:" &&
    url.username === "" &&
    url.password === "" &&
    url.port === "" &&
    url.hostname === `sns.${region}.amazonaws.com` &&
    once(url, "Action") === "ConfirmSubscription" &&
    once(url, "TopicArn") === TopicArn &&
    once(url, "Token") === Token
  );
}

/** The value of a parameter that occurs exactly once: with two, it is not known which one Amazon reads. */
function once(url: URL, name: string): string | null {
  const values = url.searchParams.getAll(name);
  return values.length === 1 ? values[0]! : null;
}

/** One changed object in a notification. The spelling of `updatedAt` varies, and it is not used. */
interface RawChange {
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly ownerId: string;
}

/** There is no type for a day's summary. A changed goal means that the activity of its day changed. */
const domainsOfType: Readonly<Record<string, readonly Domain[]>> = {
  goals: ["ACTIVITY", "GOALS"],
  sessions: ["WORKOUTS"],
  sleeps: ["SLEEP"],
  devices: ["DEVICES"],
  profiles: ["PROFILE"],
};
const datedTypes: ReadonlySet<string> = new Set(["goals", "sessions", "sleeps"]);
const actions: ReadonlySet<string> = new Set(["created", "updated", "deleted"]);

/** Null if the text is not a list. An unknown item is skipped; the others are read. */
function toNotices(message: string): Notice[] | null {
  const items = jsonIn(message);
  return Array.isArray(items) ? [...noticesOf(items, toNotice)] : null;
}

function toNotice(item: unknown): Notice[] {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return [];
  const raw: Partial<RawChange> = object(item, "Message[]");
  const [type, action, id] = [optionalString(raw.type), optionalString(raw.action), optionalString(raw.id)];
  const providerUserId = optionalString(raw.ownerId);
  const domains = type !== null && Object.hasOwn(domainsOfType, type) ? domainsOfType[type] : undefined;
  if (!domains || type === null || action === null || !actions.has(action) || providerUserId === null) return [];
  return [
    {
      kind: "changed",
      providerUserId,
      domains,
      days: null,
      ...(datedTypes.has(type) && id !== null ? { lookup: { type, id } } : {}),
      ...(action === "deleted" ? { deleted: true } : {}),
    },
  ];
}

/**
 * Read by its id, an object has the form that it has in lists. Its day is the day of a goal, of a session's start, or
 * of waking.
 */
function dayOf(type: string, answer: unknown): LocalDate {
  if (type === "sessions") return localDateOf(toWorkout(answer).start);
  if (type === "sleeps") return localDateOf(toSleep(answer).end);
  return requiredDate(object(answer, "goal")["date"], "goal.date");
}

function topicsOf({ values }: ProviderSettings): readonly string[] {
  return (values["SNS_TOPICS"] ?? "").split(",").flatMap((topic) => topic.trim() || []);
}

const certificatesByText = new Map<string, ReturnType<typeof toCertificates>>();
function intermediatesOf({ values }: ProviderSettings): ReturnType<typeof toCertificates> {
  const given = values["SNS_CA"] ?? "";
  if (given === "") return [];
  let certificates = certificatesByText.get(given);
  if (!certificates) {
    certificates = toCertificates(given.includes("-----BEGIN") ? given : readFileSync(given, "utf8"));
    certificatesByText.set(given, certificates);
  }
  return certificates;
}
