import { manualTime } from "../../test/support/manual-time.js";
import { keepLease, pause, withLease } from "./lease.js";
import { openStore } from "./open-store.js";
import type { Lease, Store } from "./store.js";

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

describe("a lease that is kept", () => {
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  /** `answers`: what the store says to each renewal, in turn; an outage where it is null. */
  function held(answers: readonly (boolean | null)[]) {
    const asked: number[] = [];
    const lost: number[] = [];
    const time = manualTime(0);
    const renew = async (ttlMs: number) => {
      asked.push(ttlMs);
      const answer = asked.length > answers.length || answers[asked.length - 1]!;
      if (answer === null) throw new Error("away");
      return answer;
    };
    const lease: Lease = { fence: 1, renew, release: async () => {} };
    const letGo = keepLease(lease, 60_000, time.timers, () => void lost.push(time.clock.now()));
    const pass = async (seconds: number) => {
      time.advance(seconds * 1000);
      await settled();
    };
    return { asked, lost, letGo, pass };
  }

  test("is renewed at each third of its life, until it is let go", async () => {
    const { asked, lost, letGo, pass } = held([]);
    await pass(19);
    expect(asked).toEqual([]);
    for (const _ of [1, 2, 3, 4]) await pass(20);
    expect(asked).toEqual([60_000, 60_000, 60_000, 60_000]);
    letGo();
    for (const _ of [1, 2, 3, 4]) await pass(20);
    expect([asked.length, lost]).toEqual([4, []]);
  });

  test("is lost where another has it, and renewed no more", async () => {
    const { asked, lost, pass } = held([true, false]);
    for (const _ of [1, 2, 3, 4]) await pass(20);
    expect([asked.length, lost]).toEqual([2, [40_000]]);
  });

  test("outlives one renewal that the store could not answer, and not two in a row", async () => {
    const { asked, lost, pass } = held([null, true, null, null]);
    for (const _ of [1, 2, 3, 4, 5, 6]) await pass(20);
    expect([asked.length, lost]).toEqual([4, [80_000]]);
  });

  test("that was let go while it was renewed is not lost", async () => {
    const { lost, letGo, pass } = held([false]);
    const passing = pass(20);
    letGo();
    await passing;
    expect(lost).toEqual([]);
  });
});

test("work under a lease keeps it for as long as it takes", async () => {
  const store = await openStore("memory:");
  const renewals: number[] = [];
  const lease: Store["lease"] = async (name, ttlMs) => {
    const taken = (await store.lease(name, ttlMs))!;
    return { ...taken, renew: async (ms) => renewals.push(ms) > 0 };
  };
  const time = manualTime(0);
  await withLease({ ...store, lease } as Store, "a", { ...times(), timers: time.timers }, async () => {
    for (const _ of [1, 2, 3]) {
      time.advance(20_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  time.advance(20_000);
  expect(renewals).toEqual([60_000, 60_000, 60_000]);
});

test.each([
  [0, 5, 10],
  [3, 20, 40],
  [20, 100, 200],
])("the pause at look %i is %i to %i ms", (attempt, least, most) => {
  const pauses = Array.from({ length: 200 }, () => pause(attempt));
  expect([Math.min(...pauses) >= least, Math.max(...pauses) <= most, new Set(pauses).size > 1]).toEqual([
    true,
    true,
    true,
  ]);
});
