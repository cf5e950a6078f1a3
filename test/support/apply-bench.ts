import { createBus } from "../../src/events/bus.js";
import type { DataUpdate } from "../../src/events/updates.js";
import type { DaySpan } from "../../src/health-data/range.js";
import type { Domain } from "../../src/model/records.js";
import type { Provider } from "../../src/providers/index.js";
import type { Notice } from "../../src/providers/provider.js";
import { type ApplyDeps, createApply } from "../../src/webhooks/apply.js";
import { bench as connectionBench } from "./connections-bench.js";

/** What the tests of notices stand on: connections to the small provider, and everything around them noted. */
export async function bench({ provider, ...change }: Partial<ApplyDeps> & { provider?: Provider } = {}) {
  const base = await connectionBench({ ...(provider && { provider }) });
  const connection = await base.connected();
  const bus = createBus({ redisUrl: null, log: base.deps.log });
  const marked: [string, Domain, DaySpan | null][] = [];
  const forgotten: string[] = [];
  const fetched: [readonly Domain[], DaySpan | null][] = [];
  const counted: string[] = [];
  const told: DataUpdate[] = [];
  const apply = createApply({
    store: base.store,
    connections: base.connections,
    history: {
      invalidate: async (id, domain, days) => void marked.push([id, domain, days]),
      forget: async (id) => void forgotten.push(id),
    },
    bus: {
      dataUpdated: async (update) => {
        told.push(update);
        await bus.dataUpdated(update);
      },
      isListenedTo: (userId) => bus.isListenedTo(userId),
    },
    prefetch: { enqueue: async (_, domains, days) => void fetched.push([domains, days]) },
    prefetchAlways: false,
    clock: base.clock,
    log: { ...base.deps.log, error: () => {} },
    count: (what) => void counted.push(what),
    ...change,
  });
  return {
    ...{ base, connection, bus, marked, forgotten, fetched, counted, told },
    run: (...notices: Notice[]) => apply("FITBIT", base.clock.now(), notices),
    /** As at the provider: neither token is good for anything any more. */
    revokeThere: () => {
      base.acme.fault = ({ path, form }) => {
        if (path === "/token" && form.has("refresh_token")) return { status: 400, json: { error: "invalid_grant" } };
        return path === "/me" ? { status: 401 } : undefined;
      };
    },
    looks: () => base.server.seen.filter(({ path }) => path === "/me").length,
    late: (at: number, ...notices: Notice[]) => apply("FITBIT", at, notices),
    [Symbol.asyncDispose]: async () => {
      await bus.close();
      await base[Symbol.asyncDispose]();
    },
  };
}
