import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LabClock } from "../lab.js";

export interface WebhookMessage {
  readonly url: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  /** For readers of the log; not sent. */
  readonly personId?: string | null;
}

interface WebhookAttempt {
  readonly atMs: number;
  /** Null without an answer. */
  readonly status: number | null;
  readonly responseBody: string;
  readonly error: string | null;
}

export interface WebhookDelivery {
  readonly message: WebhookMessage;
  readonly attempts: readonly WebhookAttempt[];
  readonly accepted: boolean;
  /** True if no more attempts follow. */
  readonly settled: boolean;
}

export interface WebhookSenderOptions {
  readonly clock: LabClock;
  /** The number of attempts after the first one. */
  readonly retries: number;
  readonly timeoutMs?: number;
  /** The statuses that the provider accepts. Default: any 2xx. */
  accepts?(status: number): boolean;
  /** The provider's delay before a retry, counted from 1. */
  delayMs?(retry: number): number;
  /** How to wait. By default there is no wait, so that no test sleeps. */
  wait?(delayMs: number): Promise<void>;
}

export interface WebhookSender {
  readonly deliveries: readonly WebhookDelivery[];
  /** Resolves when the delivery is settled. It never rejects: a receiver that fails is part of the log. */
  send(message: WebhookMessage): Promise<WebhookDelivery>;
  /** Resolves when no delivery is under way. */
  idle(): Promise<void>;
  forgetDeliveries(): void;
  /** Stops retries, and waits for deliveries that are under way. */
  close(): Promise<void>;
}

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { clock, retries, timeoutMs = 5_000 } = options;
  const accepts = options.accepts ?? ((status: number) => status >= 200 && status < 300);
  const deliveries: WebhookDelivery[] = [];
  const underway = new Set<Promise<WebhookDelivery>>();
  let closed = false;

  async function deliver(message: WebhookMessage): Promise<WebhookDelivery> {
    const attempts: WebhookAttempt[] = [];
    const delivery = { message, attempts, accepted: false, settled: false };
    deliveries.push(delivery);
    for (let retry = 0; retry <= retries && !delivery.accepted && !closed; retry++) {
      if (retry > 0) {
        await options.wait?.(options.delayMs?.(retry) ?? 0);
      }
      const attempt = { atMs: clock.now(), ...(await post(message, timeoutMs)) };
      attempts.push(attempt);
      delivery.accepted = attempt.status !== null && accepts(attempt.status);
    }
    delivery.settled = true;
    return delivery;
  }

  async function idle(): Promise<void> {
    // A delivery may cause another one.
    while (underway.size > 0) {
      await Promise.all(underway);
    }
  }

  return {
    deliveries,
    send(message) {
      const sending = deliver(message).finally(() => underway.delete(sending));
      underway.add(sending);
      return sending;
    },
    idle,
    forgetDeliveries() {
      deliveries.length = 0;
    },
    async close() {
      closed = true;
      await idle();
    },
  };
}

/** Node's own client, not fetch: header names keep their case, and no connection stays open. */
function post(message: WebhookMessage, timeoutMs: number): Promise<Omit<WebhookAttempt, "atMs">> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: null, responseBody: "", error: error.message });
    const start = message.url.startsWith("https:") ? httpsRequest : httpRequest;
    const headers = { ...message.headers, "Content-Length": String(Buffer.byteLength(message.body)) };
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const request = start(message.url, { method: message.method ?? "POST", headers, agent: false, signal });
      request.on("error", failed);
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", failed);
        response.on("end", () => {
          const responseBody = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? null, responseBody, error: null });
        });
      });
      request.end(message.body);
    } catch (error) {
      failed(error as Error);
    }
  });
}
