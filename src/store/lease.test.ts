import { pause, withLease } from "./lease.js";
import { openStore } from "./open-store.js";
import type { Store } from "./store.js";

const times = (waits: number[] = [], waitMs = 0) => ({
  ttlMs: 60_000,
  waitMs,
  delay: async (ms: number) => void waits.push(ms),
});

test("the lease is free again after the work, and after work that failed", async () => {
  const store = await openStore("memory:");
  expect(await withLease(store, "a", times(), async ({ fence }) => fence > 0)).toEqual({ value: true });
  const failing = withLease(store, "a", times(), async () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await store.lease("a", 1)).not.toBeNull();
});

test("who finds it taken does nothing, and waits as long as they were told to and no longer", async () => {
  const store = await openStore("memory:");
  await store.lease("a", 60_000);
  for (const waitMs of [0, 5_000]) {
    const waits: number[] = [];
    const work = async () => {
      throw new Error("never");
    };
    expect(await withLease(store, "a", times(waits, waitMs), work)).toBeNull();
    const waited = waits.reduce((sum, ms) => sum + ms, 0);
    expect([waits.length === 0, waited >= waitMs, waited <= waitMs + 300]).toEqual([waitMs === 0, true, true]);
  }
});

test("an answer that comes meanwhile ends the waiting, and undefined does not", async () => {
  const store = await openStore("memory:");
  await store.lease("a", 60_000);
  const waits: number[] = [];
  const meanwhile = async () => (waits.length < 3 ? undefined : "theirs");
  expect(await withLease(store, "a", times(waits, 60_000), async () => "ours", meanwhile)).toEqual({ value: "theirs" });
  expect(waits).toHaveLength(3);
});

test("what was done stays done, though the lease can't be given back", async () => {
  const store = await openStore("memory:");
  const lease: Store["lease"] = async (name, ttlMs) => ({
    ...(await store.lease(name, ttlMs))!,
    release: async () => {
      throw new Error("away");
    },
  });
  expect(await withLease({ ...store, lease } as Store, "a", times(), async () => 7)).toEqual({ value: 7 });
});

test.each([
  [0, 5, 15],
  [3, 40, 120],
  [20, 100, 300],
])("the pause at look %i is %i to %i ms", (attempt, least, most) => {
  const pauses = Array.from({ length: 200 }, () => pause(attempt));
  expect([Math.min(...pauses) >= least, Math.max(...pauses) <= most, new Set(pauses).size > 1]).toEqual([
    true,
    true,
    true,
  ]);
});
