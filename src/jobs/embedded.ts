import { z } from "zod";
import type { Log } from "../log.js";
import { type Clock, systemTimers, type Timers } from "../model/time.js";
import { keepLease } from "../store/lease.js";
import { rowsOf } from "../store/row.js";
import type { Lease, Store } from "../store/store.js";
import { inTime } from "../under-way.js";
import { type JobHandler, type JobHandlers, type JobQueue, MAX_ATTEMPTS, retryAfterMs } from "./queue.js";

interface StoredJob {
  readonly kind: string;
  readonly payload: unknown;
  /** Epoch ms, as is the next. */
  readonly dueAt: number;
  readonly enqueuedAt: number;
  readonly failures: number;
}

const jobRows = rowsOf<StoredJob>(
  z.looseObject({
    kind: z.string(),
    payload: z.unknown(),
    dueAt: z.number(),
    enqueuedAt: z.number(),
    failures: z.int().min(0),
  }),
);

export interface EmbeddedQueueOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn" | "error">;
  readonly timers?: Timers;
  /** Where the jobs lie: several queues in one store have each their own. */
  readonly collection?: string;
  readonly concurrency?: number;
  /** How long after a crash its jobs lie still. */
  readonly leaseMs?: number;
}

/** How often a process looks for jobs that another one, now dead, has left. Its own it knows. */
const IDLE_LOOK_MS = 60_000;

/**
 * A persistent queue in the store itself. A job lies in the store until it is done; whoever holds its lease works on
 * it, so that of several processes on one store one does, and after a crash the next.
 */
export function createEmbeddedQueue(options: EmbeddedQueueOptions): JobQueue {
  const { store, clock, log, timers = systemTimers, concurrency = 2, leaseMs = 30_000, collection = "jobs" } = options;
  const jobs = store.collection(collection, jobRows);
  const running = new Map<string, { readonly abort: AbortController; readonly finished: Promise<void> }>();
  let handlers: JobHandlers = {};
  let state: "new" | "working" | "stopped" = "new";
  const stopping = new AbortController();
  let cancelTimer = () => {};
  /** Jobs that are due, in their order, and those that are not, both by their time: as far as this process knows. */
  let ready = new Map<string, number>();
  const later = new Map<string, number>();
  /** Jobs whose turn came while they ran here: they are looked at once more afterwards. */
  const repeated = new Set<string>();
  let firstLater = Number.POSITIVE_INFINITY;
  let scanAt = 0;
  /** The look under way; one that is asked for meanwhile follows it. */
  let looking: Promise<void> | null = null;
  let lookAgain = false;

  const wakeIn = (ms: number) => {
    cancelTimer();
    if (state === "working") cancelTimer = timers.after(Math.max(ms, 0), look);
  };

  function look(): void {
    if (state !== "working") return;
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = lookOnce()
      .catch((error: unknown) => {
        log.warn({ err: error }, "the queue can't be read");
        wakeIn(5_000);
      })
      .finally(() => {
        looking = null;
        if (lookAgain) {
          lookAgain = false;
          look();
        }
      });
  }

  async function lookOnce(): Promise<void> {
    const now = clock.now();
    if (now >= scanAt) await scan(now);
    if (now >= firstLater) becomeReady(now);
    while (ready.size > 0 && running.size < concurrency && state === "working") {
      const id: string = ready.keys().next().value!;
      ready.delete(id);
      if (running.has(id)) {
        repeated.add(id);
        continue;
      }
      const lease = await store.lease(`job/${id}`, leaseMs);
      if (lease) begin(id, lease);
      // Somebody else works on it; should they die, it is ours after their lease.
      else wait(id, now + leaseMs);
    }
    // Each that ends looks again.
    wakeIn(Math.min(scanAt, firstLater) - now);
  }

  /** What other processes left is found by reading all there is; of its own jobs a process knows. */
  async function scan(now: number): Promise<void> {
    scanAt = now + IDLE_LOOK_MS;
    const due: (readonly [string, StoredJob])[] = [];
    for await (const entry of jobs.scan("")) {
      const [id, job] = entry;
      if (running.has(id) || !handlers[job.kind]) continue;
      if (job.dueAt <= now) due.push(entry);
      else wait(id, job.dueAt);
    }
    due.sort(([, a], [, b]) => a.dueAt - b.dueAt || a.enqueuedAt - b.enqueuedAt);
    // What was put on the queue meanwhile follows.
    ready = new Map([...due.map(([id, { dueAt }]) => [id, dueAt] as const), ...ready]);
  }

  function wait(id: string, dueAt: number): void {
    later.set(id, dueAt);
    firstLater = Math.min(firstLater, dueAt);
  }

  function becomeReady(now: number): void {
    const due = [...later].filter(([, dueAt]) => dueAt <= now).sort(([, a], [, b]) => a - b);
    for (const [id, dueAt] of due) {
      later.delete(id);
      ready.set(id, dueAt);
    }
    firstLater = Number.POSITIVE_INFINITY;
    for (const dueAt of later.values()) firstLater = Math.min(firstLater, dueAt);
  }

  function begin(id: string, lease: Lease): void {
    const abort = new AbortController();
    const letGo = keepLease(lease, leaseMs, timers, () =>
      abort.abort(new Error("The job was lost to another process.")),
    );
    const finished = workOff(id, abort.signal)
      .catch((error: unknown) => log.warn({ err: error, job: id }, "the state of a job could not be stored"))
      .finally(async () => {
        letGo();
        // Before anybody looks for it again: a job whose lease is held counts as another's.
        await lease.release().catch(() => {});
        running.delete(id);
        if (repeated.delete(id)) ready.set(id, clock.now());
        look();
      });
    running.set(id, { abort, finished });
  }

  async function workOff(id: string, signal: AbortSignal): Promise<void> {
    // Between the look and the lease somebody else may have done it.
    const job = await jobs.get(id);
    const handler = job && handlers[job.kind];
    if (!job || !handler) return;
    if (job.dueAt > clock.now()) return wait(id, job.dueAt);
    try {
      const attempt = job.failures + 1;
      const outcome = await handler.run({ id, payload: job.payload, attempt, signal, stopping: stopping.signal });
      if (signal.aborted) return;
      if (outcome.kind === "done") await jobs.delete(id);
      else await put(id, { ...job, dueAt: outcome.at, failures: 0 });
    } catch (error) {
      if (!signal.aborted) await failed(id, job, handler, error);
    }
  }

  async function failed(id: string, job: StoredJob, handler: JobHandler, error: unknown): Promise<void> {
    const failures = job.failures + 1;
    if (failures < MAX_ATTEMPTS) {
      log.warn({ err: error, job: id, failures }, "a job failed and is tried again");
      return await put(id, { ...job, failures, dueAt: clock.now() + retryAfterMs(failures) });
    }
    log.error({ err: error, job: id, failures }, "a job failed too often and is not tried again");
    await handler.gaveUp?.({ id, payload: job.payload }, error);
    await jobs.delete(id);
  }

  /** Unless it was removed while it ran. */
  async function put(id: string, job: StoredJob): Promise<void> {
    if (!(await jobs.get(id))) return;
    await jobs.set(id, job);
    wait(id, job.dueAt);
  }

  const remove = async (id: string) => {
    await jobs.erase(id);
    running.get(id)?.abort.abort(new Error("The job was removed."));
  };

  const stop = async (graceMs: number) => {
    state = "stopped";
    cancelTimer();
    await looking;
    const left = [...running.values()];
    const finished = Promise.all(left.map((one) => one.finished));
    if (left.length > 0 && graceMs > 0) {
      stopping.abort(new Error("This process stops."));
      await inTime(graceMs, finished);
    }
    for (const { abort } of left) abort.abort(new Error("This process stops."));
    await finished;
  };

  return {
    enqueue: async ({ id, kind, payload, notBefore }) => {
      const now = clock.now();
      const dueAt = notBefore ?? now;
      const taken = await jobs.putIfAbsent(id, { kind, payload, dueAt, enqueuedAt: now, failures: 0 });
      if (taken && state === "working" && handlers[kind]) {
        if (dueAt <= now) ready.set(id, dueAt);
        else wait(id, dueAt);
        look();
      }
      return taken;
    },
    remove,
    removeAll: async (prefix) => {
      for await (const id of jobs.keys(prefix)) await remove(id);
    },
    start: async (given) => {
      handlers = given;
      state = "working";
      // What was put on the queue before is not known yet.
      scanAt = 0;
      look();
    },
    ping: () => store.ping(),
    waiting: async () => ({ count: ready.size, since: ready.size === 0 ? null : Math.min(...ready.values()) }),
    stop,
    close: () => stop(0),
  };
}
