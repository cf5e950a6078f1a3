import type { LabClock, SyncEvent } from "../lab.js";
import type { Wearable } from "../person.js";
import type { LabChange, ListLab, ListLabParts } from "./list-lab.js";
import { createWebhookSender, type WebhookSender, type WebhookSenderOptions } from "./webhooks.js";

/** Where notifications go, and who sends them. */
export interface Notices {
  readonly sender: WebhookSender;
  /** The address of a callback here: its own, or at the receiver that a test has set. */
  addressOf(callback: string): string;
  /** False while a test wants silence. */
  isHeard(): boolean;
  setReceiver(url: string | null): void;
}

export function createNotices(
  clock: () => LabClock,
  options: Pick<WebhookSenderOptions, "retries" | "timeoutMs" | "accepts">,
): Notices {
  let origin: string | null = null;
  let silent = false;
  return {
    sender: createWebhookSender({ ...options, clock: { now: () => clock().now() } }),
    addressOf(callback) {
      const { pathname, search, href } = new URL(callback);
      return origin === null ? href : `${origin}${pathname}${search}`;
    },
    isHeard: () => !silent,
    setReceiver(url) {
      silent = url === null;
      origin = url === null ? null : new URL(url).origin;
    },
  };
}

/** What a lab with notifications has in addition. */
export interface Noticing {
  readonly deliveries: WebhookSender["deliveries"];
  /** Resolves when no notification is under way. */
  idle(): Promise<void>;
}

/** A lab that tells the receiver what every sync of a person with a consent made or changed. */
export function withNotices<L extends ListLab>(
  lab: L,
  wearable: Wearable,
  { sender, setReceiver }: Pick<Notices, "sender" | "setReceiver">,
  tell: (event: SyncEvent, changes: () => readonly LabChange[], parts: ListLabParts) => void,
): L & Noticing {
  const { parts } = lab;
  const stop = parts.sync.onSync((event) => {
    if (event.provider === wearable && parts.hasConsent(event.personId))
      tell(event, () => parts.changesOf(event), parts);
  });
  return {
    ...lab,
    deliveries: sender.deliveries,
    idle: () => sender.idle(),
    setWebhookUrl: setReceiver,
    async close() {
      stop();
      await sender.close();
      await lab.close();
    },
  };
}
