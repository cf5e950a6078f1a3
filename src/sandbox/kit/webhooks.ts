import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LabClock } from "../lab.js";

export interface WebhookMessage {
  readonly url: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  /** For whoever reads the log; not sent. */
  readonly personId?: string | null;
}

interface WebhookAttempt {
  readonly atMs: number;
  /** Null if nothing was answered. */
  readonly status: number | null;
  readonly responseBody: string;
  readonly error: string | null;
}

export interface WebhookDelivery {
  readonly message: WebhookMessage;
  readonly attempts: readonly WebhookAttempt[];
  readonly accepted: boolean;
  /** True when no further attempt will be made. */
  readonly settled: boolean;
}

export interface WebhookSenderOptions {
  readonly clock: LabClock;
  /** How often it tries again after the first attempt. */
  readonly retries: number;
  readonly timeoutMs?: number;
  /** Which answers the provider takes for an acknowledgement; any 2xx if left out. */
  accepts?(status: number): boolean;
  /** How long the provider waits before that retry, counted from 1. */
  delayMs?(retry: number): number;
  /** How waiting is done. Not at all if left out, so that no test sleeps. */
  wait?(delayMs: number): Promise<void>;
}

export interface WebhookSender {
  readonly deliveries: readonly WebhookDelivery[];
  /** Resolves when it is settled, never rejects: a receiver that fails is part of the log. */
  send(message: WebhookMessage): Promise<WebhookDelivery>;
  /** Resolves when nothing is on its way any more. */
  idle(): Promise<void>;
  forgetDeliveries(): void;
  /** Tries nothing again from now on, and waits for what is on its way. */
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
    // What arrives may cause more to be sent.
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

/** Node's own client rather than fetch: header names keep their case, and no connection stays open. */
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
