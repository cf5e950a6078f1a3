/** What becomes of the work for a new connection where something is in its way. Over real HTTP: test/on-connect.test.ts. */
import type { Connection } from "../connections/connection.js";
import { type ErrorCode, PulsegateError } from "../errors.js";
import { openStore } from "../store/open-store.js";
import { createOnConnect } from "./on-connect.js";

async function bench() {
  const store = await openStore("memory:");
  const done: string[] = [];
  const warned: unknown[] = [];
  const at = {
    now: 1_000,
    /** Thrown by the next ones. */
    failures: [] as Error[],
    meanwhile: async () => {},
  };
  const connection = { id: "c1", userId: "ada", provider: "FITBIT", status: "CONNECTED" } as Connection;
  const connections = new Map([[connection.id, connection]]);
  const does = (what: string) => async () => {
    const failure = at.failures.shift();
    if (failure) throw failure;
    done.push(what);
    await at.meanwhile();
  };
  const queued: string[] = [];
  const work = createOnConnect({
    store,
    queue: { enqueue: async ({ id }) => queued.push(id) > 0, remove: async () => {} },
    connections: { get: async (id) => connections.get(id) ?? null },
    subscriptions: { subscribe: does("subscribe") },
    backfills: { start: ({ range }) => does(`backfill ${range.lastDays}`)() },
    subscribeOnConnect: true,
    backfillDaysOnConnect: 7,
    clock: { now: () => at.now },
    log: { info: () => {}, error: () => {}, warn: (details) => void warned.push(details) },
  });
  const run = () =>
    work.handler.run({
      ...{ id: "on-connect/c1", payload: { connectionId: "c1" }, attempt: 1 },
      ...{ signal: new AbortController().signal, stopping: new AbortController().signal },
    });
  const isLeft = async () => (await store.collection("on-connect").get("c1")) !== undefined;
  return { at, work, run, done, warned, queued, connection, connections, isLeft };
}
const failure = (code: ErrorCode, details = {}) => new PulsegateError(code, undefined, details);

test("both are done once, and nothing is left", async () => {
  const { work, run, done, queued, connection, isLeft } = await bench();
  await work.adopted(connection);
  await work.recover();
  expect([queued, await isLeft()]).toEqual([["on-connect/c1", "on-connect/c1"], true]);
  expect([await run(), await run(), done]).toEqual([{ kind: "done" }, { kind: "done" }, ["backfill 7", "subscribe"]]);
  expect(await isLeft()).toBe(false);
});

test("a limit is waited for; a provider that is away is tried again, without a second backfill", async () => {
  const { at, work, run, done, connection, isLeft } = await bench();
  await work.adopted(connection);
  at.failures.push(failure("RATE_LIMITED"));
  expect(await run()).toEqual({ kind: "again", at: 61_000 });
  at.failures.push(failure("RATE_LIMITED", { retryAfterSeconds: 3 }));
  expect(await run()).toEqual({ kind: "again", at: 4_000 });
  at.meanwhile = async () => void at.failures.push(failure("PROVIDER_UNAVAILABLE"));
  await expect(run()).rejects.toThrow();
  at.meanwhile = async () => {};
  expect([await isLeft(), await run(), done]).toEqual([true, { kind: "done" }, ["backfill 7", "subscribe"]]);
});

test("what can't be done is said in the log, and the rest is done", async () => {
  const { at, work, run, done, warned, connection, isLeft } = await bench();
  await work.adopted(connection);
  at.failures.push(failure("PROVIDER_NOT_CONFIGURED"));
  expect([await run(), done, await isLeft()]).toEqual([{ kind: "done" }, ["subscribe"], false]);
  expect(warned).toEqual([{ connectionId: "c1", provider: "FITBIT", code: "PROVIDER_NOT_CONFIGURED" }]);
});

test("a consent that comes meanwhile is looked after too; whoever has left is not", async () => {
  const { at, work, run, done, connection, connections, isLeft } = await bench();
  await work.adopted(connection);
  at.meanwhile = async () => {
    at.now = 2_000;
    await work.adopted(connection);
  };
  expect(await run()).toEqual({ kind: "again", at: 2_000 });
  at.meanwhile = async () => {};
  expect([await run(), done]).toEqual([{ kind: "done" }, ["backfill 7", "subscribe", "backfill 7", "subscribe"]]);
  await work.adopted(connection);
  connections.set("c1", { ...connection, status: "REVOKED" });
  // It may be about to be stored anew.
  expect([await run(), done.length, await isLeft()]).toEqual([{ kind: "again", at: 62_000 }, 4, true]);
  at.now += 600_000;
  expect([await run(), done.length, await isLeft()]).toEqual([{ kind: "done" }, 4, false]);
  await work.adopted({ ...connection, status: "RETIRED" });
  expect(await isLeft()).toBe(false);
});

test("after the last attempt nothing is left", async () => {
  const { work, connection, isLeft } = await bench();
  await work.adopted(connection);
  await work.handler.gaveUp!({ id: "on-connect/c1", payload: { connectionId: "c1" } }, new Error("away"));
  expect(await isLeft()).toBe(false);
});
