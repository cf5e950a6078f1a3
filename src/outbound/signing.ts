import { randomBytes } from "node:crypto";
import { Webhook as StandardWebhook } from "standardwebhooks";
import type { Cipher, Sealed } from "../connections/tokens/vault.js";
import type { Webhook } from "./webhook.js";

export const secretBinding = (webhookId: string) => ["outbound-secret", webhookId];

/** A secret in the form of Standard Webhooks, to be shown once. */
export const newSecret = () => `whsec_${randomBytes(32).toString("base64")}`;
export const sealSecret = (cipher: Cipher, webhookId: string, secret: string): Sealed =>
  cipher.seal(secretBinding(webhookId), secret);
export const openSecret = (cipher: Cipher, webhookId: string, box: Sealed): string =>
  cipher.open<string>(secretBinding(webhookId), box);

/**
 * The headers of one attempt, after Standard Webhooks: the id of the message stays, the time is the attempt's, and every
 * secret that is valid at that time signs.
 */
export function headersOf(
  { id, secrets }: Pick<Webhook, "id" | "secrets">,
  messageId: string,
  now: number,
  body: string,
  cipher: Cipher,
): Record<string, string> {
  const valid = secrets.filter(({ until }) => until === null || until > now);
  const signatures = valid.map(({ box }) => {
    return new StandardWebhook(openSecret(cipher, id, box)).sign(messageId, new Date(now), body);
  });
  return {
    "content-type": "application/json",
    accept: "*/*",
    "webhook-id": messageId,
    "webhook-timestamp": String(Math.floor(now / 1_000)),
    "webhook-signature": signatures.join(" "),
  };
}
