import { manualTime } from "../../test/support/manual-time.js";
import type { Connection } from "../connections/connection.js";
import { requireConnected } from "../connections/require.js";
import { testProvider } from "../connections/test-bench.js";
import { createBus } from "../events/bus.js";
import { cell } from "../model/cells.js";
import type { Field } from "../model/fields.js";
import { eachDay } from "../model/time.js";
import type { Failure, Provider, ProviderId } from "../providers/provider.js";
import { createFetcher } from "../readings/fetch.js";
import { createHistory, type History } from "../readings/history.js";
import { createLedger } from "../readings/ledger.js";
import { createReadings } from "../readings/session.js";
import { openStore } from "../store/open-store.js";
import type { Store } from "../store/store.js";
import { BACKFILL, createBackfills } from "./backfill.js";
import { createEmbeddedQueue } from "./embedded.js";
import { createPrefetch, PREFETCH } from "./prefetch.js";
import type { JobQueue } from "./queue.js";

/** When the bench begins: a Friday noon, UTC. */
export const start = Date.parse("2026-11-20T12:00:00Z");
export const HOUR = 3_600_000;

/** Steps by ten days, so that a year takes 37 requests of a budget that has thirty an hour. */
const providerWith = (hourlyLimit: number): Provider =>
  testProvider(
    {},
    {
      budgets: [{ scope: "CONNECTION", windowSeconds: 3600, limit: hourlyLimit, window: "clock" }],
      calls: [
        {
          name: "steps",
          yields: ["activity.steps"] as Field[],
          reach: { kind: "days", max: 10 },
          request: ({ from, to }) => ({ method: "GET", path: `/steps/${from}/${to}` }),
          read: (answer) => {
            const { from, to, steps } = answer as { from: string; to: string; steps: (day: string) => number };
            return {
              cells: [...eachDay(from, to)].map((day) => cell("activity.steps", day, steps(day))),
              covers: { from, to },
            };
          },
        },
      ],
    },
  );

/**
 * Background work over a provider that only pretends: one call of ten days of steps. `world` says what it answers and
 * keeps what it was asked; time moves when told.
 */
export async function bench(store?: Store, hourlyLimit = 30) {
  const own = store ?? (await openStore("memory:"));
  const time = manualTime(start);
  const { clock } = time;
  const connection = {
    id: "c1",
    userId: "ada",
    provider: "FITBIT",
    status: "CONNECTED",
    providerUserId: "A1",
    legacyUserId: null,
    scopes: [],
    connectedAt: start,
    lastAttemptAt: null,
    lastSuccessAt: null,
    dataThrough: null,
    identityReadAt: null,
    subscriptions: [{ id: "s1", collection: "activities", domains: ["ACTIVITY"], createdAt: 0, expiresAt: null }],
    budgets: [],
  } as Connection;
  const world = {
    list: [connection] as Connection[],
    asked: [] as string[],
    steps: (_day: string) => 1000,
    failure: null as Failure | null,
    before: async (_path: string) => {},
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const ledger = createLedger(clock);
  const fetcher = createFetcher({
    ledger,
    clock,
    delay: async () => {},
    sender: {
      send: async (_, { path }) => {
        await world.before(path);
        world.asked.push(path);
        if (world.failure) return { outcome: { kind: "failed", failure: world.failure }, body: null };
        const [, , from, to] = path.split("/");
        return { outcome: { kind: "ok" }, body: { from, to, steps: world.steps } };
      },
    },
  });
  const history: History = createHistory({ store: own, clock });
  const connections = {
    list: async (userId: string) => world.list.filter((one) => one.userId === userId),
    require: async (userId: string, id: ProviderId) =>
      requireConnected(
        world.list.filter((one) => one.userId === userId),
        { id },
      ),
    get: async (id: string) => world.list.find((one) => one.id === id) ?? null,
    forReading: async () => world.list,
    sourcePriority: async () => ["FITBIT" as const],
    noteSuccess: async () => {},
    all: async function* () {
      yield* world.list;
    },
  };
  const settings = () => ({ clientId: "c", overridden: true }) as never;
  const providers = [{ ...providerWith(hourlyLimit), webhook: { domains: ["ACTIVITY"] } as never }];
  const readings = createReadings({
    connections,
    providers,
    settings,
    history,
    fetcher,
    ledger,
    clock,
    onError: () => {},
  });
  const bus = createBus({ redisUrl: null, log });
  const queue: JobQueue = createEmbeddedQueue({ store: own, clock, timers: time.timers, log });
  const shared = { store: own, queue, connections, providers, readings, history, bus, clock, log };
  const backfills = createBackfills(shared);
  const prefetch = createPrefetch(shared);
  return {
    ...{ store: own, time, world, history, bus, queue, backfills, prefetch, connection },
    begin: () => queue.start({ [BACKFILL]: backfills.handler, [PREFETCH]: prefetch.handler }),
    [Symbol.asyncDispose]: async () => {
      await queue.close();
      await bus.close();
      if (!store) await own.close();
    },
  };
}
