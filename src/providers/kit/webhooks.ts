import { createHash, timingSafeEqual } from "node:crypto";
import type { WebhookVerdict } from "../provider.js";
import { isUnreadable } from "./members.js";

/** The answer to a request that is not taken for a notification. The reason is logged. */
export function refusal(status: number, reason: string): WebhookVerdict {
  return { kind: "answer", status, reason };
}

/** Both are hashed first, so that the time of the comparison reveals neither length nor content. */
export function isEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const digest = (of: string | Uint8Array) => createHash("sha256").update(of).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Reads each member of a notification by itself. A member that can't be read is skipped; the others are read. */
export function noticesOf<T>(members: readonly unknown[], read: (member: unknown) => readonly T[]): readonly T[] {
  return members.flatMap((member) => {
    try {
      return read(member);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return [];
    }
  });
}
