import type { NotificationItem } from "./notification-items.js";
import type { SnsEnvelope } from "./sns-message.js";

/** What can be wrong with a notification, or with its way to the receiver. */
export type SnsFaultKind =
  /** Sent twice with the same `MessageId`. */
  | "duplicate"
  /** Kept until the next message of any topic has been sent. */
  | "reorder"
  /** Kept until `releaseDelayed()`. */
  | "delay"
  /** Never sent. */
  | "drop"
  /** A signed field changes after signing; the message still reads well. */
  | "tamper"
  | "wrongVersion"
  /** `SigningCertURL` on a host that only begins like Amazon's. */
  | "foreignCertificate"
  | "expiredCertificate"
  | "oversized"
  | "messageNotJson"
  | "emptyList"
  | "unknownType"
  /** An item of everybody else who authorised the app, and one of somebody nobody knows. */
  | "severalUsers"
  | "subject"
  | "nonAsciiIds";

export interface SnsFault {
  readonly kind: SnsFaultKind;
  /** Only messages of this type; notifications if left out. */
  readonly on?: SnsEnvelope["Type"];
  /** How many messages it hits; 1 if left out. */
  readonly times?: number;
}

export interface SnsFaults {
  add(fault: SnsFault): void;
  clear(): void;
  /** Those that hit the next message of that type, each used up by one. */
  draw(type: SnsEnvelope["Type"]): ReadonlySet<SnsFaultKind>;
}

export function createSnsFaults(): SnsFaults {
  let active: { readonly fault: SnsFault; left: number }[] = [];
  return {
    add(fault) {
      active.push({ fault, left: fault.times ?? 1 });
    },
    clear() {
      active = [];
    },
    draw(type) {
      const hitting = active.filter(({ fault }) => (fault.on ?? "Notification") === type);
      for (const entry of hitting) {
        entry.left--;
      }
      active = active.filter(({ left }) => left > 0);
      return new Set(hitting.map(({ fault }) => fault.kind));
    },
  };
}

/** Receivers are told to refuse more than 300 KiB. */
const OVERSIZED_BYTES = 320 * 1024;

/** The `Message` of a notification, spoilt as asked. */
export function messageText(
  items: readonly NotificationItem[],
  faults: ReadonlySet<SnsFaultKind>,
  othersUserIds: readonly string[],
): string {
  let list: readonly NotificationItem[] = faults.has("emptyList") ? [] : items;
  const first = list[0];
  if (first && faults.has("severalUsers")) {
    const owners = [...othersUserIds, "f".repeat(24)].filter((ownerId) => ownerId !== first.ownerId);
    list = [...list, ...owners.map((ownerId) => ({ ...first, ownerId }))];
  }
  if (first && faults.has("unknownType")) {
    list = [{ ...first, type: "heartbeats" }, ...list];
  }
  if (faults.has("nonAsciiIds")) {
    list = list.map((item) => ({ ...item, id: `größe-日-${item.id}` }));
  }
  const text = faults.has("messageNotJson") ? "Your tracker has news for you" : JSON.stringify(list);
  return faults.has("oversized") ? text.padEnd(OVERSIZED_BYTES) : text;
}
