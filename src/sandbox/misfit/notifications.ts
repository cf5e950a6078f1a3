import { randomBytes, randomUUID } from "node:crypto";
import { createWebhookSender, type WebhookDelivery } from "../kit/index.js";
import type { LabClock } from "../lab.js";
import {
  type Change,
  type NotificationItem,
  type NotificationType,
  notificationTypes,
  updatedAt,
} from "./notification-items.js";
import { PORTAL_HOST, SNS_HOST, type SnsAuthority } from "./sns-authority.js";
import { createSnsFaults, messageText, type SnsFault, type SnsFaultKind } from "./sns-faults.js";
import {
  type SignatureVersion,
  type SignedSnsEnvelope,
  type SnsEnvelope,
  snsHeaders,
  snsSignature,
} from "./sns-message.js";
import { createSubscriptions, type Subscription } from "./subscriptions.js";

export interface NotificationOptions {
  readonly clock: LabClock;
  readonly authority: SnsAuthority;
  readonly appKey: string;
  /** How the lab waits for changes to gather and between attempts; not at all if left out. */
  readonly wait?: (delayMs: number) => Promise<void>;
  /** Misfit's ids of everybody who authorised the app. */
  ownerIds(): readonly string[];
}

/** The portal's settings for an app's hook, and Amazon's side of the delivery. */
export interface MisfitNotifications {
  /** What the lab posted, attempt by attempt, in order. */
  readonly deliveries: readonly WebhookDelivery[];
  readonly subscriptions: readonly Subscription[];
  /** The portal's switches. A type switched on later needs `setUrl` again, the portal's *Update*. */
  readonly types: Set<NotificationType>;
  /** "1" was all that Misfit ever sent. */
  signatureVersion: SignatureVersion;
  topicArn(type: NotificationType): string;
  /** Asks the address to confirm each topic. Null forgets all subscriptions. */
  setUrl(url: string | null): void;
  /** Changes of one moment share one message per topic. */
  notify(changes: readonly Change[]): void;
  /** Resolves when everything that was due has been sent and settled. */
  idle(): Promise<void>;
  addFault(fault: SnsFault): void;
  clearFaults(): void;
  releaseDelayed(): void;
  /** The portal's button: posts its unsigned look-alike. */
  pressTestEndpoint(): Promise<WebhookDelivery>;
  /** True once the link in the look-alike was fetched. */
  readonly testEndpointPassed: boolean;
  confirm(topicArn: string, token: string): Subscription | null;
  unsubscribe(subscriptionArn: string): boolean;
  visitTestEndpoint(path: string, query: URLSearchParams): boolean;
  forgetDeliveries(): void;
  close(): Promise<void>;
}

const ACCOUNT = "819895241319";
const ATTEMPTS = 4;
const RETRY_MS = 20_000;
const GATHER_MS = 2_000;

export function createNotifications(options: NotificationOptions): MisfitNotifications {
  const { clock, authority, appKey, wait } = options;
  const sender = createWebhookSender({ clock, retries: 0, timeoutMs: 15_000 });
  const subscriptions = createSubscriptions(clock);
  const faults = createSnsFaults();
  const types = new Set<NotificationType>(notificationTypes);
  const underway = new Set<Promise<unknown>>();
  const delayed: (() => void)[] = [];
  const reordered: (() => void)[] = [];
  let gathering = new Map<NotificationType, NotificationItem[]>();
  let test: { readonly path: string; readonly query: URLSearchParams } | null = null;
  let testEndpointPassed = false;
  let hookUrl: string | null = null;
  let closed = false;

  const topicArn = (type: NotificationType) => `arn:aws:sns:us-east-1:${ACCOUNT}:shine-production-${type}-${appKey}`;
  const actionUrl = (query: Record<string, string>) => `https://${SNS_HOST}/?${new URLSearchParams(query)}`;

  function track(work: Promise<unknown>): void {
    underway.add(work);
    void work.finally(() => underway.delete(work));
  }

  function signed(envelope: SnsEnvelope, spoilt: ReadonlySet<SnsFaultKind>, version: SignatureVersion): string {
    const certificate = spoilt.has("expiredCertificate") ? authority.expired : authority.current;
    const whole: SignedSnsEnvelope = {
      ...envelope,
      SignatureVersion: spoilt.has("wrongVersion") ? "3" : version,
      Signature: snsSignature(envelope, version, authority.key.privateKey),
      SigningCertURL: spoilt.has("foreignCertificate")
        ? `https://${SNS_HOST}.misfit.example${certificate.path}`
        : certificate.url,
    };
    // One more space changes no meaning, only the signed bytes: a receiver that does not verify would not notice.
    return JSON.stringify(spoilt.has("tamper") ? { ...whole, Message: `${whole.Message} ` } : whole);
  }

  /** Redelivered after silence, 5xx and 429; any other refusal is final, and so is the fourth failure. */
  async function deliver(url: string, body: string, headers: Record<string, string>): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS && !closed; attempt++) {
      const { accepted, attempts } = await sender.send({ url, body, headers });
      const status = attempts.at(-1)?.status ?? null;
      if (accepted || (status !== null && status < 500 && status !== 429)) {
        return;
      }
      if (attempt < ATTEMPTS) {
        await wait?.(RETRY_MS);
      }
    }
  }

  function post(envelope: SnsEnvelope, spoilt: ReadonlySet<SnsFaultKind>, to: Subscription): void {
    const body = signed(envelope, spoilt, notifications.signatureVersion);
    const headers = snsHeaders(envelope, envelope.Type === "Notification" ? to.arn : null);
    const send = () => track(deliver(to.url, body, headers));
    if (spoilt.has("drop")) {
      return;
    }
    if (spoilt.has("delay") || spoilt.has("reorder")) {
      (spoilt.has("delay") ? delayed : reordered).push(send);
      return;
    }
    track(
      deliver(to.url, body, headers).then(async () => {
        if (spoilt.has("duplicate")) {
          await deliver(to.url, body, headers);
        }
        for (const late of reordered.splice(0)) {
          late();
        }
      }),
    );
  }

  function confirmation(type: "SubscriptionConfirmation" | "UnsubscribeConfirmation", to: Subscription): void {
    const { topicArn: TopicArn, token: Token } = to;
    const chosen = `You have chosen to ${type === "SubscriptionConfirmation" ? "subscribe to" : "deactivate the subscription to"}`;
    const envelope: SnsEnvelope = {
      Type: type,
      MessageId: randomUUID(),
      Token,
      TopicArn,
      Message: `${chosen} the topic ${TopicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
      SubscribeURL: actionUrl({ Action: "ConfirmSubscription", TopicArn, Token }),
      Timestamp: new Date(clock.now()).toISOString(),
    };
    post(envelope, faults.draw(type), to);
  }

  function publish(type: NotificationType, items: readonly NotificationItem[]): void {
    for (const to of subscriptions.all) {
      if (to.topicArn !== topicArn(type) || !to.confirmed) {
        continue;
      }
      const spoilt = faults.draw("Notification");
      const envelope: SnsEnvelope = {
        Type: "Notification",
        MessageId: randomUUID(),
        TopicArn: to.topicArn,
        ...(spoilt.has("subject") ? { Subject: "Your data has changed" } : {}),
        Message: messageText(items, spoilt, options.ownerIds()),
        Timestamp: new Date(clock.now()).toISOString(),
        UnsubscribeURL: actionUrl({ Action: "Unsubscribe", SubscriptionArn: to.arn }),
      };
      post(envelope, spoilt, to);
    }
  }

  async function publishGathered(): Promise<void> {
    // Without waiting, what one turn of the event loop changed still shares its messages.
    await (wait?.(GATHER_MS) ?? Promise.resolve());
    const gathered = gathering;
    gathering = new Map();
    for (const [type, items] of closed ? [] : gathered) {
      publish(type, items);
    }
  }

  const notifications: MisfitNotifications = {
    deliveries: sender.deliveries,
    get subscriptions() {
      return subscriptions.all;
    },
    types,
    signatureVersion: "1",
    topicArn,
    setUrl(url) {
      if (url === null || url !== hookUrl) {
        subscriptions.clear();
      }
      hookUrl = url;
      for (const type of url === null ? [] : types) {
        const subscription = subscriptions.add(topicArn(type), url ?? "");
        if (!subscription.confirmed) {
          confirmation("SubscriptionConfirmation", subscription);
        }
      }
    },
    notify(changes) {
      const idleBefore = gathering.size === 0;
      for (const { type, ...change } of changes) {
        if (types.has(type)) {
          const items = gathering.get(type) ?? [];
          items.push({ type, ...change, updatedAt: updatedAt(clock.now(), items.length) });
          gathering.set(type, items);
        }
      }
      if (idleBefore && gathering.size > 0) {
        track(publishGathered());
      }
    },
    async idle() {
      while (underway.size > 0) {
        await Promise.all(underway);
      }
    },
    addFault: faults.add,
    clearFaults: faults.clear,
    releaseDelayed() {
      for (const send of delayed.splice(0)) {
        send();
      }
    },
    pressTestEndpoint() {
      if (hookUrl === null) {
        throw new Error("The app has no hook URL to test");
      }
      const query = new URLSearchParams({
        verify_token: randomBytes(16).toString("hex"),
        challenge: randomBytes(16).toString("hex"),
      });
      test = { path: `/apps/${randomBytes(12).toString("hex")}/verify_endpoint`, query };
      testEndpointPassed = false;
      const lookalike = {
        Type: "SubscriptionConfirmation",
        Token: query.get("verify_token"),
        TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:test`,
        Message:
          "You have chosen to test this endpoint. To confirm it, visit the SubscribeURL included in this message.",
        SubscribeURL: `https://${PORTAL_HOST}${test.path}?${query}`,
        Timestamp: new Date(clock.now()).toISOString(),
      } as const;
      return sender.send({ url: hookUrl, body: JSON.stringify(lookalike), headers: snsHeaders(lookalike, null) });
    },
    get testEndpointPassed() {
      return testEndpointPassed;
    },
    confirm: subscriptions.confirm,
    unsubscribe(subscriptionArn) {
      const ended = subscriptions.remove(subscriptionArn);
      if (ended) {
        confirmation("UnsubscribeConfirmation", ended);
      }
      return ended !== null;
    },
    visitTestEndpoint(path, query) {
      const fits = test?.path === path && test.query.toString() === query.toString();
      testEndpointPassed ||= fits;
      return fits;
    },
    forgetDeliveries: sender.forgetDeliveries,
    async close() {
      closed = true;
      await sender.close();
    },
  };
  return notifications;
}
