import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import { PulsegateError, StoreUnavailable } from "../errors.js";
import type { Bus } from "../events/bus.js";
import { endedWith } from "../events/ended-with.js";
import { type BackfillJob, jobStatuses } from "../events/updates.js";
import type { DateRange, Readings } from "../health-data/ask.js";
import type { CellKey, CellReader, History } from "../health-data/history.js";
import { type DaySpan, resolveRange } from "../health-data/range.js";
import { storedZone } from "../health-data/zone.js";
import type { Log } from "../log.js";
import { domainOf } from "../model/fields.js";
import { type Domain, domains as everyDomain, type LocalDate } from "../model/records.js";
import { addDays, type Clock, dateIn, daysInclusive, eachDay } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import { providerOf } from "../providers/registry.js";
import { type Delay, wait, withLease } from "../store/lease.js";
import { type RowForm, rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";
import { backgroundAsks, backgroundCells, backgroundReserve, domainsOf } from "./fields.js";
import { sourcesIn, type Trouble, troubleOf } from "./prefetch.js";
import type { JobHandler, JobQueue } from "./queue.js";

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
  readonly readings: Readings;
  readonly history: Pick<History, "read" | "flush" | "dropRemembered" | "forget">;
  readonly bus: Pick<Bus, "dataUpdated" | "jobChanged" | "job">;
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

/** What is kept of a job: how far it is, never what it read. */
interface Kept extends BackfillJob {
  readonly provider: ProviderId;
  readonly domains: readonly Domain[];
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** The oldest day from which on everything is committed; null before the first. */
  readonly doneFrom: LocalDate | null;
  readonly undatedDone: boolean;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly reason: string | null;
}

const day = z.iso.date();
/** One of a provider, domain or state that only another release knows waits for that release. */
const keptRows = (known: readonly Provider[]): RowForm<Kept> =>
  rowsOf(
    z.looseObject({
      id: z.string(),
      userId: z.string(),
      provider: z.enum(known.map(({ id }) => id)),
      domains: z.array(z.enum(everyDomain)),
      status: z.enum(jobStatuses),
      ...{ from: day, to: day, doneFrom: day.nullable() },
      ...{ daysDone: z.int(), daysTotal: z.int(), resumesAt: z.int().nullable(), createdAt: z.number() },
      undatedDone: z.boolean(),
      reason: z.string().nullable(),
    }),
  );

/** The longest that any provider answers at once, so that the planner has the calls with the longest reach to choose from. */
const CHUNK_DAYS = 365;
/** Finished jobs are listed for a while. */
const FINISHED_TTL_MS = 30 * 86_400_000;
const MAX_OPEN_JOBS = 20;
/** A process that stops puts its job back for the others, and does not take it again itself. */
const PUT_BACK_MS = 500;
/** Undated cells have no days. */
const nowhere: DaySpan = { from: "1970-01-02", to: "1970-01-01" };

export function createBackfills(deps: BackfillDeps): BackfillService {
  const { store, queue, connections, readings, history, bus, clock, log } = deps;
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

  /** One chunk, read and committed. `through`: the oldest day from which on all of it is done. */
  const readChunk = async (
    provider: Provider,
    connection: Connection,
    job: Kept,
    chunk: DaySpan | null,
    signal: AbortSignal,
  ): Promise<{ readonly through: LocalDate | null; readonly trouble: Trouble | null }> => {
    const startedAt = clock.now();
    const asks = backgroundAsks(provider, connection, job.domains, chunk, !job.undatedDone);
    const session = readings.session({
      freshness: {
        ...{ maxAgeSeconds: null, noCache: false, onlyIfCached: false, staleIfErrorSeconds: null },
        // After a wait for the budget, days that may still change are not asked for again.
        fetchedSince: job.createdAt,
      },
      dryRun: false,
      headerTokens: {},
      reserve: backgroundReserve(provider),
      signal,
    });
    const trouble = troubleOf(sourcesIn(await session.load(asks)));

    // The watermark follows the store, not what this process remembers of writes that may have failed.
    await history.flush();
    const keys = asks.flatMap(({ domain, range }) =>
      backgroundCells(provider, connection, domain, range === null ? nowhere : chunk!),
    );
    const remembered = await history.read(connection.id, keys);
    history.dropRemembered(connection.id);
    const stored = await history.read(connection.id, keys);
    const lost = keys.some(({ field, day }) => isNewer(remembered.get(field, day), stored.get(field, day)));
    if (lost) throw new StoreUnavailable("Fetched days could not be kept.");

    await tell(
      job,
      asks.map(({ domain }) => domain),
      keys,
      stored,
      startedAt,
    );
    if (!trouble) return { through: chunk?.from ?? null, trouble };
    return { through: chunk && answeredThrough(chunk, keys, stored), trouble };
  };

  /** Which days of which domains this run brought. */
  const tell = async (
    job: Kept,
    domains: readonly Domain[],
    keys: readonly CellKey[],
    stored: CellReader,
    startedAt: number,
  ): Promise<void> => {
    const { userId, provider } = job;
    for (const domain of domains) {
      const fresh = keys.filter(({ field, day }) => {
        const cell = stored.get(field, day);
        return domainOf(field) === domain && cell !== undefined && cell.at >= startedAt && holdsSomething(cell.known);
      });
      if (fresh.length === 0) continue;
      const dates = [...new Set(fresh.flatMap(({ day }) => day ?? []))].sort();
      await bus.dataUpdated({ userId, provider, domain, dates, receivedAt: clock.now(), origin: "BACKFILL" });
    }
  };

  const fail = async (id: string, reason: string) => {
    const job = await change(id, () => ({ status: "FAILED", resumesAt: null, reason }));
    if (job) log.error({ job: id, provider: job.provider, reason, daysDone: job.daysDone }, "a backfill failed");
  };

  /** The job's user left while it read: what it brought since goes after them. */
  const cleanUp = async (connectionId: string) => {
    if ((await connections.get(connectionId)) === null) await history.forget(connectionId);
  };

  const run: JobHandler["run"] = async ({ payload, signal, stopping }) => {
    const { jobId } = payload as { jobId: string };
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
      const { from, to } = resolveRange(range, (named) => dateIn(named ?? zone, clock.now()));
      const offered = domainsOf(provider);
      const asked = everyDomain.filter((one) => offered.includes(one) && (domains === null || domains.includes(one)));
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

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 24);
/** A user's jobs lie side by side in the store, and the id tells nobody whose they are. */
const prefixOf = (userId: string) => `${hash(userId)}-`;
const queueIdOf = (jobId: string) => `${BACKFILL}/${jobId}`;

function isFinished({ status }: BackfillJob): boolean {
  return status === "DONE" || status === "FAILED";
}

function shown({ id, userId, status, daysDone, daysTotal, resumesAt }: Kept): BackfillJob {
  return { id, userId, status, daysDone, daysTotal, resumesAt };
}

/** The newest days that are not done; null where none are left. */
function nextChunk({ from, to, doneFrom }: Kept): DaySpan | null {
  const last = doneFrom === null ? to : addDays(doneFrom, -1);
  if (last < from) return null;
  const first = addDays(last, 1 - CHUNK_DAYS);
  return { from: first < from ? from : first, to: last };
}

/** How far back from the newest day every cell was answered; null where the newest was not. */
function answeredThrough(chunk: DaySpan, keys: readonly CellKey[], stored: CellReader): LocalDate | null {
  const open = new Set(keys.filter(({ field, day }) => day !== null && !stored.get(field, day)).map(({ day }) => day));
  let through: LocalDate | null = null;
  for (const day of [...eachDay(chunk.from, chunk.to)].reverse()) {
    if (open.has(day)) break;
    through = day;
  }
  return through;
}

function isNewer(a: { readonly at: number } | undefined, b: { readonly at: number } | undefined): boolean {
  return a !== undefined && (b === undefined || b.at < a.at);
}

function holdsSomething(known: object): boolean {
  return "value" in known && !(Array.isArray(known.value) && known.value.length === 0);
}
