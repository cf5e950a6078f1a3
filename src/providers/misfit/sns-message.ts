import { type KeyObject, verify } from "node:crypto";
import { jsonIn, optionalObject, type Unchecked } from "../../http/json.js";

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export interface SnsMessage {
  readonly Type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Message: string;
  readonly Timestamp: string;
  readonly SignatureVersion: string;
  readonly Signature: string;
  readonly SigningCertURL: string;
  /** Absent or null when unset. */
  readonly Subject?: string;
  /** Only in confirmations. */
  readonly Token?: string;
  readonly SubscribeURL?: string;
}

/**
 * In alphabetical order, as they are signed. The confirmation of an unsubscription signs its token too. AWS's own
 * JavaScript validator (sns-validator) leaves the token out. It also fetches certificates of any size, without a time
 * limit, and keeps them for ever. So it is not used here.
 */
const confirmationKeys = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"] as const;
const signedKeys: Readonly<Record<SnsMessage["Type"], readonly (keyof SnsMessage)[]>> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: confirmationKeys,
  UnsubscribeConfirmation: confirmationKeys,
};
const requiredKeys: Readonly<Record<SnsMessage["Type"], readonly (keyof SnsMessage)[]>> = {
  Notification: ["Message", "Timestamp", "TopicArn"],
  SubscriptionConfirmation: confirmationKeys.filter((key) => key !== "MessageId"),
  UnsubscribeConfirmation: confirmationKeys.filter((key) => key !== "MessageId"),
};
const proofKeys = ["MessageId", "SignatureVersion", "Signature", "SigningCertURL"] as const;

/** Why a body is not a message that can be verified. `unsigned`: possibly the portal's test message. */
export type Malformed = "malformed" | "unsigned";

export function toSnsMessage(body: Uint8Array): SnsMessage | Malformed {
  const raw: Unchecked<SnsMessage> | null = optionalObject(jsonIn(body));
  if (raw === null) return "malformed";
  const isText = (key: keyof SnsMessage) => typeof raw[key] === "string";
  if (!isText("Type") || !Object.hasOwn(signedKeys, raw.Type as string)) return "malformed";
  const type = raw.Type as SnsMessage["Type"];
  if (!requiredKeys[type].every(isText)) return "malformed";
  if (raw.Subject !== undefined && raw.Subject !== null && !isText("Subject")) return "malformed";
  if (!proofKeys.every(isText)) return "unsigned";
  return raw as unknown as SnsMessage;
}

const digests: Readonly<Record<string, string>> = { "1": "RSA-SHA1", "2": "RSA-SHA256" };

export function isKnownSignatureVersion(version: string): boolean {
  return Object.hasOwn(digests, version);
}

/** The text that is signed: keys and values on lines of their own, values byte for byte as they were sent. */
export function signedText(message: SnsMessage): string {
  return signedKeys[message.Type]
    .filter((key) => message[key] !== undefined && message[key] !== null)
    .map((key) => `${key}\n${message[key]}\n`)
    .join("");
}

export function isSignedBy(message: SnsMessage, key: KeyObject): boolean {
  const digest = digests[message.SignatureVersion];
  const signature = strictBase64(message.Signature);
  return (
    digest !== undefined &&
    signature !== null &&
    verify(digest, Buffer.from(signedText(message), "utf8"), key, signature)
  );
}

/** Node ignores characters that are not base64. A signature with such characters is invalid. */
function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return text !== "" && bytes.toString("base64") === text ? bytes : null;
}
