import type { AuditLog } from "../audit/log.js";
import type { Cipher } from "../connections/tokens/vault.js";
import { type HttpClient, TransportError } from "../http/client.js";
import type { JobHandler, JobOutcome, JobQueue } from "../jobs/queue.js";
import type { Log } from "../log.js";
import { type Clock, systemTimers } from "../model/time.js";
import { keepLease } from "../store/lease.js";
import type { Collection, Store } from "../store/store.js";
import type { Messages, Pending } from "./messages.js";
import type { Registry } from "./registry.js";
import { LONGEST_MS, LONGEST_WAIT_MS, nextAttemptAt, restMs, retryAfterMs, timely } from "./schedule.js";
import { headersOf } from "./signing.js";
import { type Health, healthRows, type Webhook, well } from "./webhook.js";

export const SEND = "outbound-send";

/** Requests that one receiver is sent at once; one, while it fails. */
const LANES_AT_ONCE = 8;
/** Receivers of one app key that this process sends to at once: however many hang, those of others have their turn. */
const APP_AT_ONCE = 16;
/** Messages that are looked at together. */
const BATCH = 200;
const LEASE_MS = 30_000;
const BUSY_MS = 1_000;
/** Between one and two of these: many that wait for a turn don't come back at one moment. */
const TURN_MS = 2_000;
const FOLLOW_MS = 1_000;
/** How often a receiver that works is noted to. */
const NOTE_MS = 5_000;

export type SendOutcome = "delivered" | "failed" | "disabled";

export interface SenderDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly messages: Messages;
  readonly cipher: Cipher;
  readonly http: Pick<HttpClient, "send">;
  readonly queue: Pick<JobQueue, "enqueue" | "removeAll">;
  readonly audit: Pick<AuditLog, "record">;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  isAllowed(webhook: Webhook): Promise<boolean>;
  /** The person that a webhook was made for alone is gone, and it has said so. */
  retire(webhookId: string): Promise<void>;
  readonly count?: (outcome: SendOutcome) => void;
}

export interface Sender {
  readonly handler: JobHandler;
  /** Never throws: `recover` finds what waits. */
  send(webhookId: string): Promise<void>;
  recover(): Promise<void>;
  health(webhookId: string): Promise<Health>;
  forgetWebhook(webhookId: string): Promise<void>;
  /** The receiver is asked at once, whatever it did before. */
  wake(webhookId: string): Promise<void>;
}

/** What an attempt came to. */
type Attempt =
  | { readonly kind: "delivered" }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly reason: string; readonly retryAfterMs: number | null };

/**
 * Works off what waits for a webhook: one process at a time for each webhook, so that a receiver is never sent more than some
 * requests at once, and a person's messages come in their order. A receiver that fails rests, whoever the next message is of:
 * one that hangs costs one request a minute.
 */
export function createSender(deps: SenderDeps): Sender {
  const { store, registry, messages, queue, clock, log } = deps;
  const healths: Collection<Health> = store.collection("outbound-health", healthRows);
  const sending = new Map<string, number>();
  const health = async (id: string) => (await healths.get(id)) ?? well;

  const enqueue = async (webhookId: string, at?: number) => {
    const id = `${SEND}/${webhookId}${at === undefined ? "" : `/${Math.ceil(at)}`}`;
    const job = { kind: SEND, payload: { webhookId } };
    try {
      if (await queue.enqueue({ ...job, id, notBefore: at })) return;
      // It may have looked before: one more follows it.
      if (at === undefined) await queue.enqueue({ ...job, id: `${id}/next`, notBefore: clock.now() + FOLLOW_MS });
    } catch (error) {
      log.warn({ err: error }, "messages to a webhook wait until the queue is back");
    }
  };

  const attempt = async (webhook: Webhook, pending: Pending, body: string, signal: AbortSignal): Promise<Attempt> => {
    const now = clock.now();
    try {
      const { status, headers } = await deps.http.send({
        method: "POST",
        url: webhook.url,
        headers: headersOf(webhook, pending.id, now, body, deps.cipher),
        // Receivers know it again by its id.
        ...{ body, signal, bodyUnread: true, repeatable: true },
      });
      if (status >= 200 && status < 300) return { kind: "delivered" };
      if (status === 410) return { kind: "gone" };
      const moved = status >= 300 && status < 400 ? ", and redirects are not followed" : "";
      const wait = status === 429 || status === 503 ? retryAfterMs(headers["retry-after"], now) : null;
      return { kind: "failed", reason: `The receiver answered ${status}${moved}.`, retryAfterMs: wait };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      return { kind: "failed", reason: sentences[error.kind], retryAfterMs: null };
    }
  };

  const disable = async (webhook: Webhook, reason: string): Promise<void> => {
    await registry.change(webhook.id, (before) => ({ ...before, isDisabled: true }));
    await deps.audit.record({ actor: `app:${webhook.app}`, action: "webhook-disabled", userId: null });
    deps.count?.("disabled");
    log.warn({ webhook: webhook.id, app: webhook.app, reason }, "a webhook is disabled: its receiver did not take it");
  };

  /** One look at all that waits. Answers when the next is due; null where nothing waits, or nothing may be sent. */
  const pass = async (webhook: Webhook, signal: AbortSignal, stopping: AbortSignal): Promise<number | null> => {
    const { id: webhookId } = webhook;
    let state = await health(webhookId);
    state = { ...state, restsUntil: timely(state.restsUntil, clock.now(), LONGEST_WAIT_MS) };
    let noted = state.lastDeliveredAt ?? 0;
    let nextAt = Number.POSITIVE_INFINITY;
    let isOver = false;
    /** Whose first message has to wait: those behind it do, too. */
    const held = new Set<string>();

    const wellNow = async (at: number) => {
      // What was on its way when another failed does not end the rest that the receiver has since.
      const isResting = state.restsUntil > at;
      const isNews = (state.failures > 0 && !isResting) || at - noted >= NOTE_MS;
      state = { ...state, ...(!isResting && { failures: 0, restsUntil: 0 }), lastDeliveredAt: at };
      if (!isNews) return;
      noted = at;
      await healths.set(webhookId, state);
    };
    const illNow = async (reason: string, wait: number | null) => {
      const failures = state.failures + 1;
      const restsUntil = Math.max(state.restsUntil, clock.now() + restMs(failures, wait));
      state = { ...state, failures, restsUntil, lastFailure: reason };
      await healths.set(webhookId, state);
    };

    /** Answers whether the next message of the lane may follow. */
    const sendOne = async (place: string, pending: Pending): Promise<boolean> => {
      const body = await messages.bodyOf(pending);
      if (body === undefined) {
        await messages.drop(webhookId, place);
        return true;
      }
      const outcome = await attempt(webhook, pending, body, signal);
      const now = clock.now();
      if (outcome.kind === "delivered") {
        await messages.delivered(webhookId, place, pending);
        await wellNow(now);
        deps.count?.("delivered");
        if (pending.type === "USER_DELETED" && webhook.lane !== null) {
          isOver = true;
          await deps.retire(webhookId);
        }
        return true;
      }
      deps.count?.("failed");
      const isGone = outcome.kind === "gone";
      const reason = isGone ? "The receiver answered 410: it wants no more." : outcome.reason;
      const attempts = (pending.round === webhook.round ? pending.attempts : 0) + 1;
      const at = isGone ? null : nextAttemptAt(attempts, now, outcome.retryAfterMs);
      await messages.postpone(webhookId, place, { ...pending, attempts, round: webhook.round, nextAt: at ?? 0 });
      await illNow(reason, isGone ? null : outcome.retryAfterMs);
      if (at === null) {
        isOver = true;
        await disable(webhook, reason);
      } else nextAt = Math.min(nextAt, at);
      return false;
    };

    const workLane = async (waiting: readonly (readonly [string, Pending])[]): Promise<void> => {
      for (const [place, pending] of waiting) {
        signal.throwIfAborted();
        if (isOver || stopping.aborted || held.has(pending.lane)) return;
        if (state.restsUntil > clock.now()) return;
        const dueAt = pending.round === webhook.round ? timely(pending.nextAt, clock.now(), LONGEST_MS) : 0;
        if (dueAt > clock.now()) {
          nextAt = Math.min(nextAt, dueAt);
          held.add(pending.lane);
          return;
        }
        if (!(await sendOne(place, pending))) held.add(pending.lane);
      }
    };

    const workBatch = async (batch: readonly (readonly [string, Pending])[]) => {
      const byLane = new Map<string, (readonly [string, Pending])[]>();
      for (const one of batch) byLane.set(one[1].lane, [...(byLane.get(one[1].lane) ?? []), one]);
      const open = [...byLane.values()];
      const worker = async () => {
        for (let lane = open.shift(); lane; lane = open.shift()) await workLane(lane);
      };
      // One that failed before is asked by one message: only where that is taken do others follow.
      while (state.failures > 0 && open.length > 0 && !isOver && state.restsUntil <= clock.now())
        await workLane(open.shift()!);
      await Promise.all(Array.from({ length: LANES_AT_ONCE }, worker));
    };

    const rests = () => state.restsUntil > clock.now();
    let after: string | undefined = "";
    while (after !== undefined && !isOver && !stopping.aborted && !rests()) {
      const batch: (readonly [string, Pending])[] = [];
      for await (const one of messages.waiting(webhookId, after)) {
        batch.push(one);
        if (batch.length === BATCH) break;
      }
      after = batch.at(-1)?.[0];
      await workBatch(batch);
    }
    if (state.lastDeliveredAt !== null && state.lastDeliveredAt !== noted) await healths.set(webhookId, state);
    if (isOver) return null;
    if (stopping.aborted) return clock.now();
    if (rests()) return state.restsUntil;
    return Number.isFinite(nextAt) ? nextAt : null;
  };

  /** While no other process sends to this webhook. */
  const sendAll = async (webhook: Webhook, signal: AbortSignal, stopping: AbortSignal): Promise<JobOutcome> => {
    const lease = await store.lease(`outbound-send/${webhook.id}`, LEASE_MS);
    if (!lease) return { kind: "again", at: clock.now() + BUSY_MS };
    const lost = new AbortController();
    const letGo = keepLease(lease, LEASE_MS, systemTimers, () => lost.abort(new Error("Another process sends.")));
    try {
      const at = await pass(webhook, AbortSignal.any([signal, lost.signal]), stopping);
      // Under a name of its own: what comes meanwhile is not held up by it.
      if (at !== null) await enqueue(webhook.id, at);
      return { kind: "done" };
    } finally {
      letGo();
      await lease.release().catch(() => {});
    }
  };

  return {
    health,
    send: (webhookId) => enqueue(webhookId),

    handler: {
      run: async ({ payload, signal, stopping }) => {
        const { webhookId } = payload as { readonly webhookId: string };
        const webhook = await registry.get(webhookId);
        if (!webhook) {
          await messages.forgetWebhook(webhookId);
          return { kind: "done" };
        }
        if (webhook.isDisabled || !(await deps.isAllowed(webhook))) return { kind: "done" };
        const { app } = webhook;
        const busy = sending.get(app) ?? 0;
        if (busy >= APP_AT_ONCE) return { kind: "again", at: clock.now() + TURN_MS * (1 + Math.random()) };
        sending.set(app, busy + 1);
        try {
          return await sendAll(webhook, signal, stopping);
        } finally {
          sending.set(app, sending.get(app)! - 1);
        }
      },
    },

    recover: async () => {
      for (const { id, isDisabled } of await registry.all())
        if (!isDisabled && (await messages.isWaiting(id))) await enqueue(id);
    },

    wake: async (webhookId) => {
      await healths.set(webhookId, { ...(await health(webhookId)), failures: 0, restsUntil: 0 });
      await enqueue(webhookId);
    },

    forgetWebhook: async (webhookId) => {
      await healths.erase(webhookId);
      await queue.removeAll(`${SEND}/${webhookId}`);
    },
  };
}

const sentences = {
  timeout: "The receiver did not answer in time.",
  network: "The receiver could not be reached.",
  refused: "The receiver's address is not public.",
  "too-large": "The receiver answered more than is read.",
} as const;
