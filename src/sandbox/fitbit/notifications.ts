import { createHmac } from "node:crypto";
import { createWebhookSender, type SyncEvent, type WebhookDelivery } from "../kit/index.js";
import type { LabClock } from "../lab.js";
import type { SubscriptionBook } from "./subscriptions.js";
import type { View } from "./view.js";

/** Of Fitbit's own schedule nothing is known but that it grows. */
const RETRY_SECONDS = [10, 60, 300, 1800, 7200];
/** So many failures in a row and the subscriber is disabled. */
const DISABLE_AFTER = 100;
const TIMEOUT_MS = 5_000;

interface Notification {
  readonly collectionType: string;
  /** Local to the user; absent when access was revoked or the account deleted. */
  readonly date?: string;
  readonly ownerId: string;
  readonly ownerType: "user";
  readonly subscriptionId: string;
}

/** `X-Fitbit-Signature` of a raw body. The ampersand is a relic of OAuth 1, where a token secret followed it. */
export function fitbitSignature(body: string, clientSecret: string): string {
  return createHmac("sha1", `${clientSecret}&`).update(body).digest("base64");
}

interface Envelope {
  readonly body: string;
  readonly signature: string;
}

export interface Touched {
  readonly collection: string;
  readonly date?: string;
}

export interface TellOptions {
  /** Signed with a wrong key. */
  readonly forged?: boolean;
  readonly times?: number;
  /** Goes to who subscribed to this collection rather than to its own. */
  readonly heardAs?: string;
}

export interface VerificationResult {
  readonly verified: boolean;
  /** What the right and the wrong code were answered with; null for no answer. */
  readonly right: number | null;
  readonly wrong: number | null;
}

/** Tells the subscriber what changed, never to what. Keeps a log of its deliveries and never throws. */
export class Notifier {
  #url: string | null = null;
  #enabled = true;
  #failures = 0;
  #held: Envelope[] | null = null;
  readonly #sender;

  constructor(
    private readonly book: SubscriptionBook,
    private readonly clientSecret: string,
    private readonly verifyCode: string,
    clock: LabClock,
  ) {
    this.#sender = createWebhookSender({
      clock,
      retries: RETRY_SECONDS.length,
      timeoutMs: TIMEOUT_MS,
      accepts: (status) => status === 204,
      delayMs: (retry) => (RETRY_SECONDS[retry - 1] ?? 0) * 1000,
    });
  }

  get deliveries(): readonly WebhookDelivery[] {
    return this.#sender.deliveries;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** As if it had been entered in the portal and verified there; also enables a disabled subscriber. */
  setUrl(url: string | null): void {
    this.#url = url;
    this.#enabled = true;
    this.#failures = 0;
  }

  /** One body for all of it; nothing is sent if nobody has subscribed to any of it. */
  async tell(ownerId: string, touched: readonly Touched[], options: TellOptions = {}): Promise<void> {
    const entries = touched.flatMap(({ collection, date }) =>
      this.book.hearing(ownerId, options.heardAs ?? collection).map(
        ({ subscriptionId }): Notification => ({
          collectionType: collection,
          ...(date === undefined ? {} : { date }),
          ownerId,
          ownerType: "user",
          subscriptionId,
        }),
      ),
    );
    if (entries.length === 0) return;
    const body = JSON.stringify(entries);
    const secret = options.forged ? `not ${this.clientSecret}` : this.clientSecret;
    const envelope = { body, signature: fitbitSignature(body, secret) };
    const copies = Array.from({ length: options.times ?? 1 }, () => envelope);
    if (this.#held) this.#held.push(...copies);
    else for (const copy of copies) await this.#send(copy);
  }

  /** From now on nothing leaves; what would have is kept. */
  hold(): void {
    this.#held ??= [];
  }

  /** Sends what was kept: late by nature, and if wanted in reverse or several times. */
  async release(options: { reversed?: boolean; times?: number } = {}): Promise<void> {
    const held = this.#held ?? [];
    this.#held = null;
    for (const envelope of options.reversed ? held.reverse() : held) {
      for (let time = 0; time < (options.times ?? 1); time++) await this.#send(envelope);
    }
  }

  /** Two GETs: the right code wants a 204, a wrong one a 404. An endpoint that fails hears nothing from then on. */
  async verify(url: string): Promise<VerificationResult> {
    const right = await statusOf(url, this.verifyCode);
    const wrong = await statusOf(url, `wrong-${this.verifyCode}`);
    const verified = right === 204 && wrong === 404;
    if (url === this.#url) this.#enabled = verified;
    return { verified, right, wrong };
  }

  idle(): Promise<void> {
    return this.#sender.idle();
  }

  close(): Promise<void> {
    return this.#sender.close();
  }

  async #send({ body, signature }: Envelope): Promise<void> {
    if (this.#url === null || !this.#enabled) return;
    const headers = { "Content-Type": "application/json", "X-Fitbit-Signature": signature };
    const delivery = await this.#sender.send({ url: this.#url, body, headers });
    this.#failures = delivery.accepted ? 0 : this.#failures + delivery.attempts.length;
    if (this.#failures >= DISABLE_AFTER) this.#enabled = false;
  }
}

async function statusOf(url: string, code: string): Promise<number | null> {
  const target = new URL(url);
  target.searchParams.set("verify", code);
  try {
    const response = await fetch(target, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

/** Which collections changed on which dates, when a device handed over what lies between two instants. */
export function touchedBy(view: View, { fromMs, untilMs, dates }: Pick<SyncEvent, "fromMs" | "untilMs" | "dates">) {
  const arrived = (ms: number) => ms > fromMs && ms <= untilMs;
  return dates.flatMap((date): Touched[] => {
    if (!view.wears(date)) return [];
    const touched: Touched[] = [];
    if (view.day(date).worn) touched.push({ collection: "activities", date });
    if (view.sleeps(date).some(({ endMs }) => arrived(endMs))) touched.push({ collection: "sleep", date });
    if (view.weighings(date).some(({ timeMs }) => arrived(timeMs))) touched.push({ collection: "body", date });
    const logs = [...view.foods(date), ...view.drinks(date)];
    if (logs.some(({ timeMs }) => arrived(timeMs))) touched.push({ collection: "foods", date });
    return touched;
  });
}
