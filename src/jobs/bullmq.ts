import { DelayedError, type Job, Queue, Worker } from "bullmq";
import { Redis, type RedisOptions } from "ioredis";
import { StoreUnavailable } from "../errors.js";
import type { Log } from "../log.js";
import type { Clock } from "../model/time.js";
import { ending } from "../store/brisk-redis.js";
import { inTime } from "../under-way.js";
import { type JobHandlers, type JobQueue, MAX_ATTEMPTS, retryAfterMs } from "./queue.js";

interface Carried {
  readonly payload: unknown;
  readonly failures: number;
  /** Epoch ms by the machine's clock. A release before did not note it. */
  readonly dueAt?: number;
}

export interface BullQueueOptions {
  readonly redisUrl: string;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn" | "error">;
  /** Several queues on one server have each their own. */
  readonly name?: string;
  readonly concurrency?: number;
  /** Beginning of every key: tells two installations on one server apart. */
  readonly space?: string;
  /** How long after a crash its jobs lie still. */
  readonly leaseMs?: number;
}

/** A Redis that is away keeps nobody from stopping: what could not be given back lies still for one lease. */
const CLOSE_MS = 1_000;
/** Enqueuing is waited for by a caller; without Redis it is tried again later. */
const COMMAND_MS = 2_000;
/** Long enough for a stopping worker not to take again what it has just put back. */
const PUT_BACK_MS = 500;

/** Takes a job's id out of the list of ids once the job has gone; one that was put anew meanwhile stays. */
const forgetScript = `
  if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('ZREM', KEYS[2], ARGV[1]) end`;
const PAGE = 100;

/** The queue on Redis: shared by all replicas. Redis must not evict (`noeviction`). */
export function createBullQueue(options: BullQueueOptions): JobQueue {
  const { redisUrl, clock, log, name = "jobs", concurrency = 4, space = "pulsegate", leaseMs = 30_000 } = options;
  const connect = (options: RedisOptions) => {
    const client = new Redis(redisUrl, { ...ending, ...options });
    client.on("error", () => {});
    return client;
  };
  const sender = connect({ maxRetriesPerRequest: 1, commandTimeout: COMMAND_MS });
  const queue = new Queue<Carried>(name, {
    connection: sender,
    prefix: `${space}:queue`,
    skipVersionCheck: true,
    // How a job ended is kept by those whom it concerns.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  /*
   * BullMQ finds a job by its whole id alone. So the ids are members of a sorted set beside it, in which those with one
   * beginning are neighbours.
   */
  const root = `${space}:queue:${name}:`;
  const idsKey = name === "jobs" ? `${space}:queue:ids` : `${space}:queue:${name}-ids`;
  const note = async (...keys: readonly string[]) => {
    if (keys.length > 0) await sender.zadd(idsKey, ...keys.flatMap((key) => ["0", key]));
  };
  const forget = async (key: string) => void (await sender.eval(forgetScript, 2, root + key, idsKey, key));
  const running = new Map<string, AbortController>();
  const stopping = new AbortController();
  const hasStopped = () => stopping.signal.aborted;
  let worker: Worker<Carried> | null = null;
  let workerClient: Redis | null = null;
  let troubled = false;
  const onTrouble = (error: NodeJS.ErrnoException) => {
    // One line per outage; the error's text may hold the address, and with it a password.
    if (!troubled) log.warn({ reason: error.code ?? error.name }, "the queue's Redis does not answer");
    troubled = true;
  };
  queue.on("error", onTrouble);
  /**
   * Where there is no connection, BullMQ tells of its last try even after it was closed, when nobody listens any more, and
   * that would end the process. So the try ends first.
   */
  const giveUp = async () => {
    sender.disconnect();
    await inTime(
      CLOSE_MS,
      queue.waitUntilReady().catch(() => {}),
    );
  };

  async function workOff(handlers: JobHandlers, job: Job<Carried>, token: string | undefined): Promise<void> {
    troubled = false;
    const handler = handlers[job.name];
    const id = idOf(job.id!);
    if (!handler) return;
    const { payload, failures } = job.data;
    const abort = new AbortController();
    running.set(id, abort);
    const { signal } = abort;
    const later = async (at: number, data: Carried): Promise<never> => {
      const dueAt = Math.max(at, Date.now() + 1);
      await job.updateData({ ...data, dueAt });
      await job.moveToDelayed(dueAt, token);
      throw new DelayedError();
    };
    // A look that was under way when this process began to stop still brings a job.
    const putBack = () => later(Date.now() + PUT_BACK_MS, job.data);
    try {
      if (hasStopped()) return await putBack();
      const outcome = await handler.run({ id, payload, attempt: failures + 1, signal, stopping: stopping.signal });
      if (signal.aborted && hasStopped()) return await putBack();
      if (outcome.kind === "again") return await later(inRealTime(outcome.at), { payload, failures: 0 });
    } catch (error) {
      if (error instanceof DelayedError) throw error;
      if (signal.aborted) return hasStopped() ? await putBack() : undefined;
      if (failures + 1 < MAX_ATTEMPTS) {
        log.warn({ err: error, job: id, failures: failures + 1 }, "a job failed and is tried again");
        return await later(Date.now() + retryAfterMs(failures + 1), { payload, failures: failures + 1 });
      }
      log.error({ err: error, job: id, failures: failures + 1 }, "a job failed too often and is not tried again");
      await handler.gaveUp?.({ id, payload }, error);
    } finally {
      running.delete(id);
    }
  }

  /** BullMQ waits by the machine's clock, whatever ours says. */
  const inRealTime = (at: number) => Date.now() + Math.max(0, at - clock.now());

  /** What can't be removed now was not removed: who deletes somebody must hear of it. */
  const removing = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch {
      throw new StoreUnavailable("The queue's Redis can't answer.");
    }
  };
  const remove = async (id: string) => {
    running.get(id)?.abort(new Error("The job was removed."));
    // BullMQ itself waits for a Redis that was never there as long as it takes.
    await sender.ping();
    // Not one that runs: it ends as removed, and goes with its end.
    await queue.remove(keyOf(id));
    await forget(keyOf(id));
  };

  /** Notes what a release that kept no such set has put on the queue, and forgets what a crash left noted. */
  const completeIds = async () => {
    for await (const keys of sender.scanStream({ match: `${root}*`, count: PAGE, type: "hash" }))
      await note(...(keys as string[]).map((key) => key.slice(root.length)).filter(isId));
    for await (const entries of sender.zscanStream(idsKey, { count: PAGE }))
      for (const [at, key] of (entries as string[]).entries()) if (at % 2 === 0) await forget(key);
  };

  let workerClosed: Promise<void> | undefined;
  const stop = async (graceMs: number) => {
    if (!worker) return;
    // A worker that is closed while it still connects waits for that connection for ever.
    await inTime(CLOSE_MS, worker.waitUntilReady());
    stopping.abort(new Error("This process stops."));
    workerClosed ??= worker.close();
    // With no job running, only a Redis that is away keeps it.
    if (graceMs > 0 && running.size > 0) await inTime(graceMs, workerClosed);
    for (const abort of running.values()) abort.abort(new Error("This process stops."));
    await inTime(CLOSE_MS, workerClosed);
  };

  return {
    enqueue: async ({ id, kind, payload, notBefore }) => {
      const delay = notBefore === undefined ? 0 : Math.max(0, notBefore - clock.now());
      const jobId = keyOf(id);
      // Before the job: a crash between leaves a note of nothing. After it: an equal job's end may have taken the note away.
      await note(jobId);
      // BullMQ answers alike whether it took the job or had it: only the time of taking tells which.
      if (await queue.getJob(jobId)) return false;
      await queue.add(kind, { payload, failures: 0, dueAt: Date.now() + delay }, { jobId, delay });
      await note(jobId);
      return true;
    },
    remove: (id) => removing(() => remove(id)),
    removeAll: (prefix) =>
      removing(async () => {
        const begin = keyOf(prefix);
        let from = `[${begin}`;
        for (;;) {
          // Ids are plain ASCII: nothing that begins with the prefix lies behind "~".
          const keys = await sender.zrangebylex(idsKey, from, `(${begin}~`, "LIMIT", 0, PAGE);
          for (const key of keys) await remove(idOf(key));
          if (keys.length < PAGE) return;
          from = `(${keys.at(-1)}`;
        }
      }),
    start: async (handlers) => {
      workerClient = connect({ maxRetriesPerRequest: null });
      worker = new Worker<Carried>(name, (job, token) => workOff(handlers, job, token), {
        connection: workerClient,
        prefix: `${space}:queue`,
        concurrency,
        lockDuration: leaseMs,
        stalledInterval: leaseMs,
        // A process that is killed time and again is no fault of the job's.
        maxStalledCount: 1_000,
        skipVersionCheck: true,
      });
      worker.on("error", onTrouble);
      // Where Redis is away just then, the next start's look takes the note away.
      const ended = (job: Job<Carried> | undefined) => void (job?.id && forget(job.id).catch(() => {}));
      worker.on("completed", ended).on("failed", ended);
      await worker.waitUntilReady();
      void completeIds().catch(() => {});
    },
    ping: async () => {
      await sender.ping();
    },
    waiting: async () => {
      // BullMQ itself waits for a Redis that was never there as long as it takes.
      await sender.ping();
      const [count, [oldest]] = await Promise.all([queue.getWaitingCount(), queue.getWaiting(0, 0)]);
      return { count, since: oldest ? (oldest.data.dueAt ?? oldest.timestamp) : null };
    },
    stop,
    close: async () => {
      await stop(0);
      if (sender.status !== "ready") await giveUp();
      await inTime(CLOSE_MS, queue.close());
      await inTime(CLOSE_MS, Promise.resolve(worker?.disconnect()));
      // One that has ended would keep the process for two seconds more: ioredis then waits for a close that came before.
      if (workerClient?.status !== "end") workerClient?.disconnect();
      sender.disconnect();
    },
  };
}

/** BullMQ keeps ":" in ids for itself. */
const keyOf = (id: string) => id.replaceAll("/", ".");
const idOf = (key: string) => key.replaceAll(".", "/");
/** Beside jobs BullMQ keeps one hash of its own, and names with ":". */
const isId = (key: string) => key !== "meta" && !key.includes(":");
