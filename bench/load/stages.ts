import type { LabFault } from "../../src/sandbox/lab.js";
import { type Kept, whatIsKept } from "./checks.js";
import { type Counts, LOOK_EVERY_MS, look, type Memory, quiet, watchLocks, watchMemory } from "./counts.js";
import { type Kind, listen, mixed, newTally, work } from "./workload.js";
import type { LabRequests, World } from "./world.js";

/** One stretch of mixed load on so many replicas. */
export interface Stage {
  readonly replicas: number;
  readonly seconds: number;
  readonly rate: number;
  readonly sockets: number;
  /** Operations that each replica has done when what is measured begins. */
  readonly warmth: number;
  /** A replica is killed, and started again, this often. Null: none is. */
  readonly killEverySeconds: number | null;
}

export interface Result {
  readonly stage: Stage;
  readonly operations: number;
  readonly byKind: Readonly<Record<Kind, { readonly count: number; readonly p50: number; readonly p99: number }>>;
  readonly p50: number;
  readonly p99: number;
  readonly errors: readonly string[];
  readonly failedOver: number;
  readonly kills: number;
  readonly events: number;
  readonly refreshes: number;
  readonly upstream: LabRequests;
  readonly idle: Idle;
  /** For each operation; null where processes were killed, and their counts with them. */
  readonly cpuMs: number | null;
  readonly storeTrips: number;
  readonly redisCommands: number;
  /** Share of looks that found a statement waiting for a lock. */
  readonly lockWaits: number;
  readonly memoryMb: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** Of each replica, minute by minute. */
  readonly memory: readonly Memory[];
  readonly kept: Kept;
}

/** Whatever a provider does on a bad day, one after the other. The last does nothing. */
const faults: readonly (LabFault | null)[] = [
  { status: 503, times: 10 },
  { latencyMs: 400, times: 30 },
  { status: 429, times: 5 },
  { kind: "reset", times: 10 },
  { kind: "hang", times: 3 },
  { kind: "malformed", times: 5 },
  null,
];
const FAULT_EVERY_MS = 1_500;
/** What a killed replica held is free after a minute, and looked for every minute. */
const PATIENCE_MS = 150_000;

export async function run(world: World, stage: Stage, patienceMs = PATIENCE_MS): Promise<Result> {
  const replicas = await world.replicas(stage.replicas);
  const { rate, seconds } = stage;
  await world.lab.fault(null);
  const stopListeningTo = await listen(world, replicas, stage.sockets, newTally());
  await Promise.all(replicas.map((replica) => mixed(world, [replica], stage.warmth)));
  await stopListeningTo();
  world.messages.length = 0;
  await world.lab.requests();

  const tally = newTally();
  const stopListening = await listen(world, replicas, stage.sockets, tally);
  await quiet(world);
  const resting = await look(world, replicas);
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1_000));
  const before = await look(world, replicas);
  const idle = idleIn(resting, before);
  const lookedAt = performance.now();
  const locks = watchLocks(world);
  const memory = watchMemory(replicas);
  let at = 0;
  const faulting = setInterval(() => void world.lab.fault(faults[at++ % faults.length]!), FAULT_EVERY_MS);
  let kills = 0;
  let killing: Promise<void> = Promise.resolve();
  const killer =
    stage.killEverySeconds === null
      ? undefined
      : setInterval(() => {
          const victim = replicas[kills++ % replicas.length]!;
          killing = killing.then(() => victim.kill()).then(() => victim.start());
        }, stage.killEverySeconds * 1_000);
  const begun = performance.now();
  await work(world, replicas, { seconds, rate, tally });
  const took = performance.now() - begun;
  clearInterval(killer);
  clearInterval(faulting);
  await killing;
  await world.lab.fault(null);
  await stopListening();
  const lockWaits = await locks();
  const memoryByMinute = memory();
  const kept = await whatIsKept(world, tally, patienceMs);
  const after = await look(world, replicas);
  const elapsed = (performance.now() - lookedAt) / 1_000;
  const upstream = await world.lab.requests();
  const all = Object.values(tally.times).flat();
  // What watched the locks is not the load's.
  const watching = took / LOOK_EVERY_MS;
  const count = all.length;
  return {
    ...{ stage, operations: count, kills, lockWaits, kept, upstream, refreshes: upstream.refreshes },
    ...{ errors: tally.errors, failedOver: tally.failedOver, events: tally.events },
    idle,
    ...perOperation(before, after, count, watching, kills, idle, elapsed),
    byKind: Object.fromEntries(
      Object.entries(tally.times).map(([kind, times]) => [
        kind,
        { count: times.length, p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
      ]),
    ) as Result["byKind"],
    p50: quantile(all, 0.5),
    p99: quantile(all, 0.99),
    memoryMb: { before: before.memoryMb, after: after.memoryMb },
    memory: memoryByMinute,
  };
}

/** Without what replicas do by themselves: it goes on while the last work is waited for. */
const perOperation = (
  before: Counts,
  after: Counts,
  count: number,
  watching: number,
  kills: number,
  idle: Idle,
  elapsed: number,
) => ({
  cpuMs: kills > 0 ? null : ((after.cpuSeconds - before.cpuSeconds) * 1_000 - idle.cpuMs * elapsed) / count,
  storeTrips: (after.storeTrips - before.storeTrips - watching - idle.storeTrips * elapsed) / count,
  redisCommands: (after.redisCommands - before.redisCommands - idle.redisCommands * elapsed) / count,
});

/** What all replicas take in a second in which nobody asks for anything. */
interface Idle {
  readonly cpuMs: number;
  readonly storeTrips: number;
  readonly redisCommands: number;
}
const idleIn = (before: Counts, after: Counts): Idle => ({
  cpuMs: ((after.cpuSeconds - before.cpuSeconds) * 1_000) / IDLE_SECONDS,
  storeTrips: (after.storeTrips - before.storeTrips) / IDLE_SECONDS,
  redisCommands: (after.redisCommands - before.redisCommands) / IDLE_SECONDS,
});
const IDLE_SECONDS = 15;

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** What went wrong in a stage, in sentences; none where all is well. */
export function faultsIn({ errors, kept }: Result): readonly string[] {
  const { lost, doubled, broken } = kept;
  return [
    ...errors.map((error) => `error: ${error}`),
    ...lost.map((one) => `lost: ${one}`),
    ...doubled.map((one) => `done twice: ${one}`),
    ...(broken > 0 ? [`${broken} connections ended`] : []),
  ];
}
