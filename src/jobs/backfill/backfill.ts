import { randomBytes } from "node:crypto";
import type { Connection } from "../../connections/connection.js";
import type { Connections } from "../../connections/connections.js";
import { PulsegateError, StoreUnavailable } from "../../errors.js";
import type { Bus } from "../../events/bus.js";
import { endedWith } from "../../events/ended-with.js";
import type { BackfillJob } from "../../events/updates.js";
import type { DateRange, HealthData } from "../../health-data/ask.js";
import type { History } from "../../health-data/history.js";
import { type DaySpan, resolveRange } from "../../health-data/range.js";
import { type DaysKept, firstKeptOfAny, type Retention } from "../../health-data/retention.js";
import { storedZone } from "../../health-data/zone.js";
import type { Log } from "../../log.js";
import { isDatedDomain } from "../../model/fields.js";
import { type Domain, domains as everyDomain, type LocalDate } from "../../model/records.js";
import { addDays, type Clock, dateIn, daysInclusive, systemTimers } from "../../model/time.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import { providerOf } from "../../providers/registry.js";
import { type Delay, keepLease, wait, withLease } from "../../store/lease.js";
import type { Store } from "../../store/store.js";
import { domainsOf } from "../fields.js";
import type { JobHandler, JobOutcome, JobQueue, RunningJob } from "../queue.js";
import { createChunks } from "./chunk.js";
import { hash, isFinished, type Kept, keptRows, nextChunk, prefixOf, shown } from "./record.js";

/** Fetches history in the background. */
export interface Backfills {
  /** `domains` null: all. The range was checked for form only. Throws `PulsegateError`. */
  start(input: {
    readonly userId: string;
    readonly provider: ProviderId;
    readonly domains: readonly Domain[] | null;
    readonly range: DateRange;
  }): Promise<BackfillJob>;
  /** Newest first. */
  list(userId: string): Promise<readonly BackfillJob[]>;
  get(jobId: string): Promise<BackfillJob | null>;
  /** The job's state now, then each change; ends after DONE or FAILED, and when its `return` is called. */
  watch(jobId: string): AsyncIterableIterator<BackfillJob>;
}

export interface BackfillDeps {
  readonly store: Store;
  readonly queue: Pick<JobQueue, "enqueue" | "remove">;
  readonly connections: Pick<Connections, "list" | "get" | "require">;
  readonly providers: readonly Provider[];
  readonly healthData: HealthData;
  readonly history: Pick<History, "read" | "flush" | "dropRemembered" | "forget">;
  readonly bus: Pick<Bus, "dataUpdated" | "jobChanged" | "job">;
  /** Right before a job is stored as finished. Where it rejects, the job is not, and goes on later. */
  readonly onFinishing?: (job: BackfillJob & { readonly provider: ProviderId }) => Promise<void>;
  readonly retention: Pick<Retention, "of">;
  readonly clock: Clock;
  readonly log: Log;
  readonly delay?: Delay;
}

export interface BackfillService extends Backfills {
  readonly handler: JobHandler;
  /**
   * Puts unfinished jobs back on the queue: a crash, or a Redis that was away or lost everything, may have kept them
   * from it. At start and then regularly.
   */
  recover(): Promise<void>;
  /** Forgets every job of a user; what runs stops at its next step. */
  removeUser(userId: string): Promise<void>;
}

export const BACKFILL = "backfill";

/** Finished jobs are listed for a while. */
const FINISHED_TTL_MS = 30 * 86_400_000;
const MAX_OPEN_JOBS = 20;
/** A process that stops puts its job back for the others, and does not take it again itself. */
const PUT_BACK_MS = 500;
/** How long after a crash another process waits before it takes the job. */
const RUN_MS = 15_000;

export function createBackfills(deps: BackfillDeps): BackfillService {
  const { store, queue, connections, history, bus, clock, log } = deps;
  const kept = store.collection("backfills", keptRows(deps.providers));
  const times = { ttlMs: 15_000, waitMs: 15_000, delay: deps.delay ?? wait };
  const find = (id: ProviderId) => providerOf(deps.providers, id);

  const exclusively = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const done = await withLease(store, `backfill/${name}`, times, work);
    if (!done) throw new StoreUnavailable("A backfill's state is held by another process for too long.");
    return done.value;
  };

  /** Null where the job is gone: a forgotten user's job must not come back by being written. */
  const change = async (id: string, how: (before: Kept) => Partial<Kept>): Promise<Kept | null> => {
    const done = await exclusively(id, async () => {
      const before = await kept.get(id);
      if (!before) return null;
      const after = { ...before, ...how(before) };
      if (isFinished(after) && !isFinished(before))
        await deps.onFinishing?.({ ...shown(after), provider: after.provider });
      await kept.set(id, after, isFinished(after) ? FINISHED_TTL_MS : undefined);
      return { before, after };
    });
    if (!done) return null;
    const [before, after] = [shown(done.before), shown(done.after)];
    if (JSON.stringify(before) !== JSON.stringify(after)) await bus.jobChanged(after);
    return done.after;
  };

  const jobsOf = async (userId: string): Promise<readonly Kept[]> => {
    const found: Kept[] = [];
    for await (const [, job] of kept.scan(prefixOf(userId))) if (job.userId === userId) found.push(job);
    return found.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  };

  const enqueue = async (id: string) => {
    await queue.enqueue({ id: queueIdOf(id), kind: BACKFILL, payload: { jobId: id } });
  };
  /** A queue that is away costs nobody their job: it is in the store, and `recover` finds it there. */
  const enqueueOrLater = (id: string) =>
    enqueue(id).catch((error: unknown) =>
      log.warn({ err: error, job: id }, "a backfill waits until the queue is back"),
    );

  const connectionOf = async (userId: string, provider: ProviderId) =>
    (await connections.list(userId)).find((one) => one.provider === provider) ?? null;

  const zoneOf = async ({ id }: Connection) => (await storedZone(history, id)) ?? "UTC";

  const readChunk = createChunks(deps);

  const fail = async (id: string, reason: string) => {
    const job = await change(id, () => ({ status: "FAILED", resumesAt: null, reason }));
    if (job) log.error({ job: id, provider: job.provider, reason, daysDone: job.daysDone }, "a backfill failed");
  };

  /** The job's user left while it read: what it brought since goes after them. */
  const cleanUp = async (connectionId: string) => {
    if ((await connections.get(connectionId)) === null) await history.forget(connectionId);
  };

  /** A queue that lost what it had is given the job anew, while the process that had it still works on it. */
  const run: JobHandler["run"] = async (job) => {
    const { jobId } = job.payload as { jobId: string };
    const lease = await store.lease(`backfill-run/${jobId}`, RUN_MS);
    if (!lease) return { kind: "again", at: clock.now() + RUN_MS };
    const letGo = keepLease(lease, RUN_MS, systemTimers);
    try {
      return await workOff(jobId, job);
    } finally {
      letGo();
      await lease.release().catch(() => {});
    }
  };

  const workOff = async (
    jobId: string,
    { signal, stopping }: Pick<RunningJob, "signal" | "stopping">,
  ): Promise<JobOutcome> => {
    for (;;) {
      signal.throwIfAborted();
      // What is read is kept; the rest is another process's, or the next start's.
      if (stopping.aborted) return { kind: "again", at: clock.now() + PUT_BACK_MS };
      const job = await change(jobId, (before) =>
        isFinished(before) ? {} : { status: "RUNNING" as const, resumesAt: null },
      );
      if (!job || isFinished(job)) return { kind: "done" };
      const chunk = nextChunk(job);
      if (!chunk && job.undatedDone) {
        await change(jobId, () => ({ status: "DONE" }));
        log.info({ job: jobId, provider: job.provider, days: job.daysTotal }, "a backfill is done");
        return { kind: "done" };
      }
      const provider = find(job.provider);
      const connection = await connectionOf(job.userId, job.provider);
      if (!provider || !connection) {
        await fail(jobId, "NOT_CONNECTED");
        return { kind: "done" };
      }
      const { through, trouble } = await readChunk(provider, connection, job, chunk, signal);
      const moved = await change(jobId, (before) => ({
        ...(trouble ? {} : { undatedDone: true }),
        ...(through === null ? {} : { doneFrom: through, daysDone: daysInclusive(through, before.to) }),
      }));
      if (!moved) {
        await cleanUp(connection.id);
        return { kind: "done" };
      }
      if (!trouble) continue;
      if (trouble.kind === "final") {
        await fail(jobId, trouble.reason);
        return { kind: "done" };
      }
      if (trouble.kind === "passing") throw new Error(`The provider can't be read: ${trouble.reason}.`);
      // A moment later than allowed: jobs that wait for the same limit don't wake in step, and clocks differ.
      const at = Math.max(trouble.at, clock.now()) + 1_000 + Math.floor(Math.random() * 10_000);
      await change(jobId, () => ({ status: "WAITING", resumesAt: at }));
      return { kind: "again", at };
    }
  };

  return {
    start: async ({ userId, provider: id, domains, range }) => {
      const provider = find(id);
      if (!provider) throw new PulsegateError("PROVIDER_NOT_CONFIGURED");
      const connection = await connections.require(userId, id);
      const zone = await zoneOf(connection);
      const today = (named?: string) => dateIn(named ?? zone, clock.now());
      const whole = resolveRange(range, today);
      const offered = domainsOf(provider);
      const asked = everyDomain.filter((one) => offered.includes(one) && (domains === null || domains.includes(one)));
      const { from, to } = keptOf(whole, deps.retention.of(connection), asked, today());
      const job = await exclusively(`of/${hash(userId)}`, async () => {
        const open = (await jobsOf(userId)).filter((one) => !isFinished(one));
        const same = open.find(
          (one) => one.provider === id && one.from === from && one.to === to && one.domains.join() === asked.join(),
        );
        if (same) return same;
        if (open.length >= MAX_OPEN_JOBS) throw new PulsegateError("RATE_LIMITED", "Too many backfills are under way.");
        const fresh: Kept = {
          id: `${prefixOf(userId)}${randomBytes(9).toString("hex")}`,
          userId,
          provider: id,
          domains: asked,
          from,
          to,
          status: "QUEUED",
          daysDone: 0,
          daysTotal: Math.max(0, daysInclusive(from, to)),
          resumesAt: null,
          doneFrom: null,
          undatedDone: false,
          createdAt: clock.now(),
          reason: null,
        };
        await kept.set(fresh.id, fresh);
        // Their user may have been forgotten since the look above; whoever forgets them waits for this lease.
        if (!(await connectionOf(userId, id))) {
          await kept.delete(fresh.id);
          throw new PulsegateError("PROVIDER_NOT_CONNECTED");
        }
        return fresh;
      });
      // Also for one that was there: a crash may have come between its record and the queue.
      await enqueueOrLater(job.id);
      return shown(job);
    },

    list: async (userId) => (await jobsOf(userId)).map(shown),

    get: async (jobId) => {
      const job = await kept.get(jobId);
      return job ? shown(job) : null;
    },

    watch: (jobId) => {
      const changes = bus.job(jobId);
      async function* states() {
        try {
          // In this order nothing falls between the state and the changes.
          await changes.ready;
          const now = await kept.get(jobId);
          if (!now) return;
          yield shown(now);
          if (isFinished(now)) return;
          for await (const job of changes) {
            yield job;
            if (isFinished(job)) return;
          }
        } finally {
          await changes.return?.();
        }
      }
      return endedWith(changes, states());
    },

    recover: async () => {
      const open: string[] = [];
      for await (const [id, job] of kept.scan("")) if (!isFinished(job)) open.push(id);
      for (const id of open) await enqueue(id);
    },

    removeUser: async (userId) => {
      await exclusively(`of/${hash(userId)}`, async () => {
        const ids: string[] = [];
        for await (const id of kept.keys(prefixOf(userId))) ids.push(id);
        for (const id of ids) {
          await exclusively(id, () => kept.erase(id));
          await queue.remove(queueIdOf(id));
        }
      });
    },

    handler: {
      run,
      gaveUp: async ({ payload }, error) => {
        await fail((payload as { jobId: string }).jobId, error instanceof Error ? error.message : "unknown");
      },
    },
  };
}

const queueIdOf = (jobId: string) => `${BACKFILL}/${jobId}`;

/** Without the days that are kept of none of the domains. Empty where all of them are such days. */
function keptOf({ from, to }: DaySpan, kept: DaysKept | null, domains: readonly Domain[], today: LocalDate): DaySpan {
  const dated = domains.filter(isDatedDomain);
  const first = dated.length === 0 ? null : firstKeptOfAny(kept, dated, today);
  if (first === null || first <= from) return { from, to };
  return first <= to ? { from: first, to } : { from: addDays(to, 1), to };
}
