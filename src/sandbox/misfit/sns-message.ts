import { createSign, type KeyObject } from "node:crypto";

/** An SNS envelope before it is signed. Every value is a string, even the list inside `Message`. */
export interface SnsEnvelope {
  readonly Type: "SubscriptionConfirmation" | "Notification" | "UnsubscribeConfirmation";
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Message: string;
  readonly Timestamp: string;
  readonly Subject?: string;
  /** Of both kinds of confirmation. */
  readonly Token?: string;
  readonly SubscribeURL?: string;
  /** Of notifications; not signed. */
  readonly UnsubscribeURL?: string;
}

export type SignatureVersion = "1" | "2";

export interface SignedSnsEnvelope extends SnsEnvelope {
  readonly SignatureVersion: string;
  readonly Signature: string;
  readonly SigningCertURL: string;
}

/** In the order in which they are signed. */
const signedKeys: Record<SnsEnvelope["Type"], readonly (keyof SnsEnvelope)[]> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
};

/** Each key that is present and its value, every one followed by a line feed. */
function stringToSign(envelope: SnsEnvelope): string {
  return signedKeys[envelope.Type]
    .map((key) => [key, envelope[key]] as const)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}\n${value}\n`)
    .join("");
}

/** Base64 of RSASSA-PKCS1-v1_5, with SHA-1 in version 1 and SHA-256 in version 2. */
export function snsSignature(envelope: SnsEnvelope, version: SignatureVersion, privateKey: KeyObject): string {
  return createSign(version === "1" ? "sha1" : "sha256")
    .update(stringToSign(envelope), "utf8")
    .sign(privateKey, "base64");
}

/** JSON declared as text, as SNS does it. The `x-amz` headers repeat the envelope and are not signed. */
export function snsHeaders(
  envelope: Pick<SnsEnvelope, "Type" | "TopicArn"> & { readonly MessageId?: string },
  subscriptionArn: string | null,
): Record<string, string> {
  return {
    "Content-Type": "text/plain; charset=UTF-8",
    "User-Agent": "Amazon Simple Notification Service Agent",
    "x-amz-sns-message-type": envelope.Type,
    ...(envelope.MessageId === undefined ? {} : { "x-amz-sns-message-id": envelope.MessageId }),
    "x-amz-sns-topic-arn": envelope.TopicArn,
    ...(subscriptionArn === null ? {} : { "x-amz-sns-subscription-arn": subscriptionArn }),
  };
}
