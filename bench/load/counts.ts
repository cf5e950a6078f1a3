import { Redis } from "ioredis";
import type { Replica, World } from "./world.js";

/** What a stretch of load took, of everything that costs something. Counts, where a busy machine says nothing of time. */
export interface Counts {
  /** Seconds of CPU, over all replicas. */
  readonly cpuSeconds: number;
  /** Transactions of the store: each of its statements is one. */
  readonly storeTrips: number;
  readonly redisCommands: number;
  /** Resident memory of each replica, in MB. */
  readonly memoryMb: readonly number[];
}

export async function look(world: World, replicas: readonly Replica[]): Promise<Counts> {
  const texts = await Promise.all(replicas.map(metrics));
  const { rows } = await world.postgres.query(
    "SELECT xact_commit + xact_rollback AS trips FROM pg_stat_database WHERE datname = $1",
    [world.database],
  );
  const redis = new Redis(world.redisPort);
  const commands = Number(/total_commands_processed:(\d+)/.exec(await redis.info("stats"))![1]);
  redis.disconnect();
  return {
    cpuSeconds: texts.reduce((sum, text) => sum + metric(text, "process_cpu_seconds_total"), 0),
    storeTrips: Number(rows[0].trips),
    redisCommands: commands,
    memoryMb: texts.map((text) => Math.round(metric(text, RESIDENT) / 1e6)),
  };
}

/** Empty while a replica is away. */
const metrics = ({ url }: Replica): Promise<string> =>
  fetch(`${url}/metrics`).then(
    (answer) => answer.text(),
    () => "",
  );
const metric = (text: string, name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
const RESIDENT = "process_resident_memory_bytes";

/** Memory of one replica at the end of each minute, in MB. */
export interface Memory {
  /** The least of what was seen in the minute: nearest to what is left when garbage is collected. */
  readonly heap: readonly number[];
  readonly resident: readonly number[];
}

/** Looks at each replica's memory all the time. Answers what it was, minute by minute. */
export function watchMemory(replicas: readonly Replica[]): () => readonly Memory[] {
  const begun = performance.now();
  const seen = replicas.map(() => ({ heap: [] as number[], resident: [] as number[] }));
  const timer = setInterval(async () => {
    const minute = Math.floor((performance.now() - begun) / 60_000);
    const texts = await Promise.all(replicas.map(metrics));
    for (const [at, { heap, resident }] of seen.entries()) {
      const text = texts[at]!;
      if (text === "") continue;
      heap[minute] = Math.min(heap[minute] ?? Number.POSITIVE_INFINITY, metric(text, HEAP) / 1e6);
      resident[minute] = metric(text, RESIDENT) / 1e6;
    }
  }, MEMORY_EVERY_MS);
  return () => {
    clearInterval(timer);
    return seen;
  };
}
const HEAP = "nodejs_heap_size_used_bytes";
const MEMORY_EVERY_MS = 5_000;

/** Looks all the time whether a statement waits for another's lock. Answers the share of looks that found one. */
export function watchLocks(world: World): () => Promise<number> {
  let looks = 0;
  let found = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { rows } = await world.postgres.query(
        "SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
        [world.database],
      );
      looks++;
      found += Number(rows[0].waiting) > 0 ? 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  })();
  return async () => {
    isOver = true;
    await watching;
    return looks === 0 ? 0 : found / looks;
  };
}
/** Each look is a transaction, too: they are taken out of the count of round trips. */
export const LOOK_EVERY_MS = 100;

/**
 * Until the store has had next to nothing to do for some seconds: what notifications led to is over, what was put off has
 * had its turn, and a replica that began has looked through all that is stored.
 */
export async function quiet(world: World): Promise<void> {
  let before = Number.NEGATIVE_INFINITY;
  let since = 0;
  for (let looks = 0; looks < MOST_LOOKS && since < QUIET_LOOKS; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    const { rows } = await world.postgres.query(
      "SELECT xact_commit + xact_rollback AS trips FROM pg_stat_database WHERE datname = $1",
      [world.database],
    );
    const now = Number(rows[0].trips);
    since = now - before <= QUIET_TRIPS ? since + 1 : 0;
    before = now;
  }
}
/** Of some replicas one always looks for something, and so do we. */
const QUIET_TRIPS = 12;
/** A job that follows another waits five seconds. */
const QUIET_LOOKS = 9;
/** On a busy machine a backlog takes minutes. */
const MOST_LOOKS = 250;
