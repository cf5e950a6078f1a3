import { createWebhookSender, type WebhookDelivery, type WebhookMessage } from "../kit/index.js";
import type { LabClock } from "../lab.js";
import type { Change } from "./notification-items.js";
import type { SigningKeys } from "./signature.js";
import type { Subscriber } from "./subscribers.js";
import { googleHealthUserId } from "./user-id.js";

/**
 * How a message is spoilt: signed by a key nobody knows, changed after signing, not signed, with another secret, without
 * any.
 */
type Forgery = "stranger" | "altered" | "unsigned" | "wrongSecret" | "noSecret";

export interface SendOptions {
  /** The same bytes again so many times in all. */
  readonly times?: number;
  readonly forgery?: Forgery;
  /** The header's name of before mid 2026. */
  readonly oldHeader?: boolean;
}

export interface GoogleHealthNotifications {
  readonly deliveries: readonly WebhookDelivery[];
  /** Tells every subscriber that wants to know. Resolves when all of it is settled. */
  send(personId: string, changes: readonly Change[], options?: SendOptions): Promise<void>;
  /** From now on messages wait, until `release` lets them go: late, and in reverse if wanted. */
  hold(): void;
  release(order?: "kept" | "reversed"): Promise<void>;
  idle(): Promise<void>;
  setUrl(url: string | null): void;
  /** Where a subscriber is really reached; null while notifications are stopped. */
  addressOf(endpointUri: string): string | null;
  close(): Promise<void>;
}

export interface NotificationOptions {
  readonly clock: LabClock;
  readonly projectNumber: string;
  readonly subscribers: ReadonlyMap<string, Subscriber>;
  readonly keys: SigningKeys;
  /** How waiting between two attempts is done; not at all if left out. */
  readonly wait?: (delayMs: number) => Promise<void>;
}

const BATCH = 99;
/** The service goes on for seven days; nobody's test does. */
const RETRIES = 6;

export function createNotifications(options: NotificationOptions): GoogleHealthNotifications {
  const { clock, projectNumber, subscribers, keys } = options;
  const sender = createWebhookSender({
    clock,
    retries: RETRIES,
    // Even 200 is none: one deployment that answered it saw every message again and again.
    accepts: (status) => status === 204,
    delayMs: (retry) => 1000 * 2 ** (retry - 1),
    wait: options.wait,
  });
  let url: string | null | undefined;
  let held: WebhookMessage[] | null = null;

  const addressOf = (endpointUri: string) => (url === undefined ? endpointUri : url);

  function messagesFor(personId: string, subscriber: Subscriber, changes: readonly Change[], how: SendOptions) {
    const address = addressOf(subscriber.endpointUri);
    if (address === null || !subscriber.active) return [];
    const items = changes.flatMap((change) => {
      const name = subscriptionName(personId, subscriber, change.dataType, projectNumber);
      if (!name) return [];
      const head = { version: "1", clientProvidedSubscriptionName: name, healthUserId: googleHealthUserId(personId) };
      return [{ data: { ...head, ...change } }];
    });
    const messages: WebhookMessage[] = [];
    for (let first = 0; first < items.length; first += BATCH) {
      const some = items.slice(first, first + BATCH);
      const body = Buffer.from(JSON.stringify(some.length === 1 ? some[0] : some));
      const message = { url: address, personId, ...signed(body, subscriber.secret, how) };
      for (let time = 0; time < (how.times ?? 1); time++) messages.push(message);
    }
    return messages;
  }

  function signed(body: Buffer, secret: string, { forgery, oldHeader }: SendOptions) {
    const name = oldHeader ? "X-HEALTHAPI-SIGNATURE" : "GOOGLE-HEALTH-API-SIGNATURE";
    const signature = forgery === "stranger" ? keys.signAsStranger(body) : keys.sign(body);
    const headers = {
      "Content-Type": "application/json",
      ...(forgery !== "noSecret" && { Authorization: forgery === "wrongSecret" ? `${secret}x` : secret }),
      ...(forgery !== "unsigned" && { [name]: signature }),
    };
    // One space more changes no meaning, only the bytes.
    return { body: forgery === "altered" ? Buffer.concat([body, Buffer.from(" ")]) : body, headers };
  }

  return {
    deliveries: sender.deliveries,
    async send(personId, changes, how = {}) {
      const messages = [...subscribers.values()].flatMap((subscriber) =>
        messagesFor(personId, subscriber, changes, how),
      );
      if (held) held.push(...messages);
      else await Promise.all(messages.map((message) => sender.send(message)));
    },
    hold() {
      held ??= [];
    },
    async release(order = "kept") {
      const messages = held ?? [];
      held = null;
      // One after the other, so that the order is the one that was asked for.
      for (const message of order === "reversed" ? messages.reverse() : messages) await sender.send(message);
    },
    idle: sender.idle,
    setUrl(next) {
      url = next;
    },
    addressOf,
    close: sender.close,
  };
}

/** How this subscriber came to hear of the type, or null if it does not. */
function subscriptionName(
  personId: string,
  subscriber: Subscriber,
  dataType: string,
  projectNumber: string,
): string | null {
  const config = subscriber.configs.find(({ dataTypes }) => dataTypes.includes(dataType));
  if (!config) return null;
  if (config.subscriptionCreatePolicy === "AUTOMATIC")
    return `auto-${projectNumber}-${subscriber.id}-WEBHOOK_DATA_TYPE_${dataType.toUpperCase().replaceAll("-", "_")}`;
  const user = `users/${googleHealthUserId(personId)}`;
  const wants = (dataTypes: readonly string[]) =>
    dataTypes.length === 0 || dataTypes.includes(`${user}/dataTypes/${dataType}`);
  const [id] =
    [...subscriber.subscriptions].find(
      ([, subscription]) => subscription.user === user && wants(subscription.dataTypes),
    ) ?? [];
  return id ?? null;
}
