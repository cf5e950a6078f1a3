import { createHash } from "node:crypto";
import type { ProviderId } from "../../providers/index.js";
import { hashOf } from "../oauth/oauth.js";

/** A person as their provider names them. */
export interface Account {
  readonly provider: ProviderId;
  readonly providerUserId: string;
}

/** Under which a provider's account is reserved for a connection. */
export const accountKey = ({ provider, providerUserId }: Account): string => `${provider}:${hashOf(providerUserId)}`;

/** Under which notifications are kept that speak of an account: says only whether it is the same person. */
export function noticeOwner({ provider, providerUserId }: Account): string {
  return createHash("sha256").update(`${provider}/${providerUserId}`).digest("base64url").slice(0, 22);
}
