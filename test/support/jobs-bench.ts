import { createBudgets } from "../../src/budgets/budgets.js";
import type { Connection } from "../../src/connections/connection.js";
import { requireConnected } from "../../src/connections/require.js";
import { createBus } from "../../src/events/bus.js";
import { createFetcher } from "../../src/health-data/fetch.js";
import { createHistory, type History } from "../../src/health-data/history.js";
import { noRetention, type Retention } from "../../src/health-data/retention.js";
import { createHealthData } from "../../src/health-data/session.js";
import { BACKFILL, createBackfills } from "../../src/jobs/backfill/backfill.js";
import { createEmbeddedQueue } from "../../src/jobs/embedded.js";
import { createPrefetch, PREFETCH } from "../../src/jobs/prefetch.js";
import type { JobQueue } from "../../src/jobs/queue.js";
import { cell } from "../../src/model/cells.js";
import type { Field } from "../../src/model/fields.js";
import { eachDay } from "../../src/model/time.js";
import type { Provider, ProviderId } from "../../src/providers/index.js";
import type { Failure, Outcome } from "../../src/providers/provider.js";
import { openStore } from "../../src/store/open-store.js";
import type { Store } from "../../src/store/store.js";
import { testProvider } from "./connections-bench.js";
import { manualTime } from "./manual-time.js";

/** When the bench begins: a Friday noon, UTC. */
export const start = Date.parse("2026-11-20T12:00:00Z");
export const HOUR = 3_600_000;

/** Steps by ten days, so that a year takes 37 requests of a budget that has thirty an hour. */
const providerWith = (hourlyLimit: number, lists: readonly Field[]): Provider =>
  testProvider(
    {},
    {
      budgets: [{ scope: "CONNECTION", windowSeconds: 3600, limit: hourlyLimit, window: "clock" }],
      calls: [
        {
          name: "steps",
          yields: ["activity.steps", ...lists] as Field[],
          reach: { kind: "days", max: 10 },
          request: ({ from, to }) => ({ method: "GET", path: `/steps/${from}/${to}` }),
          read: (answer) => {
            const { from, to, steps } = answer as { from: string; to: string; steps: (day: string) => number };
            const days = [...eachDay(from, to)];
            return {
              cells: [
                ...days.map((day) => cell("activity.steps", day, steps(day))),
                ...lists.flatMap((field) => days.map((day) => cell(field as "sleep.sessions", day, []))),
              ],
              covers: { from, to },
            };
          },
        },
      ],
    },
  );

/**
 * Background work over a provider that only pretends: one call of ten days of steps, with `lists` that are empty. `world`
 * says what it answers and keeps what it was asked; time moves when told.
 */
export async function bench(
  store?: Store,
  hourlyLimit = 30,
  { retention = noRetention as Retention, lists = [] as readonly Field[] } = {},
) {
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
    failureOf: (_path: string): Failure | null => world.failure,
    before: async (_path: string) => {},
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const budgets = createBudgets({ clock, redisUrl: null, log });
  const provider = { ...providerWith(hourlyLimit, lists), webhook: { domains: ["ACTIVITY"] } as never };
  const answer = async (path: string): Promise<{ outcome: Outcome; body: unknown }> => {
    await world.before(path);
    world.asked.push(path);
    const failure = world.failureOf(path);
    if (failure) return { outcome: { kind: "failed", failure }, body: null };
    const [, , from, to] = path.split("/");
    return { outcome: { kind: "ok" }, body: { from, to, steps: world.steps } };
  };
  const fetcher = createFetcher({
    clock,
    delay: async () => {},
    sender: {
      send: async (asker, { path }, { reserve }) => {
        const sent = await budgets.spend(provider, asker, reserve, () => answer(path));
        if (!("closedUntil" in sent)) return sent;
        const failure: Failure = { code: "RATE_LIMITED", retryAt: sent.closedUntil };
        return { outcome: { kind: "failed", failure }, body: null, requests: 0 };
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
  const providers = [provider];
  const healthData = createHealthData({
    connections,
    providers,
    settings,
    history,
    retention,
    fetcher,
    budgets,
    clock,
    onError: () => {},
  });
  const bus = createBus({ redisUrl: null, log });
  const queue: JobQueue = createEmbeddedQueue({ store: own, clock, timers: time.timers, log });
  const shared = { store: own, queue, connections, providers, healthData, history, retention, bus, clock, log };
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
