/** The arithmetic behind docs/capacity.md, by hand. */
import { assumed, needOf, quotas } from "../bench/load/capacity.js";
import type { Costs } from "../bench/load/costs.js";
import { mean, slope } from "../bench/load/trend.js";

const costs: Costs = {
  query: { cpuMs: 10, storeTrips: 3, redisCommands: 7, upstream: 0.5 },
  coldQuery: { cpuMs: 30, storeTrips: 20, redisCommands: 9, upstream: 4 },
  notification: { cpuMs: 20, storeTrips: 50, redisCommands: 40, upstream: 2 },
  ...{ socketKb: 6, idleMb: 300, connectionKb: 8, yearKb: 400, redisKbPerPerson: 5 },
};

test("what people take at the busiest minutes follows from what one operation takes", () => {
  expect([assumed.queries, assumed.notifications, assumed.peak, assumed.busy]).toEqual([6, 12, 5, 0.6]);
  // 864,000 people with 6 queries and 12 notifications a day are 60 and 120 a second, and five times that at the peak.
  const need = needOf(864_000, costs);
  expect(need.queriesPerSecond).toBeCloseTo(300);
  expect(need.notificationsPerSecond).toBeCloseTo(600);
  expect(need.cores).toBeCloseTo((200 * 10 + 100 * 30 + 600 * 20) / 1_000 / 0.6);
  expect(need.replicas).toBe(29);
  expect(need.storeTrips).toBeCloseTo(200 * 3 + 100 * 20 + 600 * 50);
  expect(need.redisCommands).toBeCloseTo(200 * 7 + 100 * 9 + 600 * 40);
  expect(need.upstreamPerSecond).toBeCloseTo(200 * 0.5 + 100 * 4 + 600 * 2);
  expect(need.storageGb).toBeCloseTo((864_000 * 1.5 * (8 + 2 * 400)) / 1e6);
  expect(need.sockets).toBe(17_280);
  expect(need.memoryGb).toBeCloseTo(29 * 0.512 + 17_280 * 20e-6);
  expect(need.gives[0]).toEqual(["PostgreSQL: round trips", (600 + 2_000 + 30_000) / 20_000]);
  expect(need.gives.map(([, share]) => share)).toEqual([...need.gives.map(([, share]) => share)].sort((a, b) => b - a));
});

test("there are never fewer than two replicas, and ten times the people take ten times as much", () => {
  expect(needOf(1, costs).replicas).toBe(2);
  const [one, ten] = [needOf(1_000_000, costs), needOf(10_000_000, costs)];
  expect(ten.cores / one.cores).toBeCloseTo(10);
  expect(ten.storageGb / one.storageGb).toBeCloseTo(10);
});

test("a limit of an app is enough for so many people, and one of a person is used by a share", () => {
  const one = needOf(1_000_000, costs).upstreamPerSecond / 1_000_000;
  const of = { gapSeconds: 0 } as object;
  const provider = {
    name: "Acme",
    retired: undefined,
    budgets: [
      { ...of, scope: "APP", limit: 6_000, windowSeconds: 60 },
      { ...of, scope: "CONNECTION", limit: 150, windowSeconds: 3_600 },
    ],
  } as never;
  const found = quotas(costs, [provider]);
  expect(found[0]).toMatchObject({ provider: "Acme", scope: "the app", people: Math.floor(6_000 / 60 / one) });
  const daily = quotas(costs, [
    { ...(provider as object), budgets: [{ scope: "APP", limit: 9_000, windowSeconds: 86_400 }] } as never,
  ]);
  expect(daily[0]!.people).toBe(Math.floor(9_000 / ((one / 5) * 86_400)));
  expect(found[1]!.usedShare).toBeCloseTo((3_600 * one) / 150);
});

test("memory that grows has a slope, and memory that only goes up and down has none", () => {
  expect(slope([100, 103, 106, 109])).toBeCloseTo(3);
  expect(slope([120, 100, 100, 120])).toBeCloseTo(0);
  expect(slope([100, 130, 90, 140, 110, 150])).toBeGreaterThan(0);
  expect(mean([100, 110, 120])).toBe(110);
});
