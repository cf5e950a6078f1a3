/** What may be sent, counted in one process; and between two replicas where TEST_REDIS_URL names a Redis. */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { startWay } from "../../test/support/redis-way.js";
import type { Provider } from "../providers/index.js";
import type { Budget, BudgetState, Outcome } from "../providers/provider.js";
import { BriskRedis } from "../store/brisk-redis.js";
import { type Budgets, createBudgets } from "./budgets.js";
import type { Holder } from "./ledger.js";

const redisUrl = process.env["TEST_REDIS_URL"];
const start = Date.parse("2026-11-29T09:30:00Z");
const minute = 60_000;

const minutely: Budget = { scope: "APP", windowSeconds: 60, limit: 40, window: "first" };
const daily: Budget = { scope: "APP", windowSeconds: 86_400, limit: 900, window: "clock" };
const hourly: Budget = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, window: "clock" };

const ada: Holder = { id: "ada", budgets: [] };
const bob: Holder = { id: "bob", budgets: [] };
const ok: Outcome = { kind: "ok" };
const told = ({ scope, windowSeconds, limit }: Budget, remaining: number, resetsAt: number): BudgetState => ({
  ...{ scope, windowSeconds, limit, remaining, resetsAt },
});

/** Two that count: replicas where there is a Redis, else the same one twice. */
function bench(url: string | null, budgets: readonly Budget[]) {
  const clock = { time: start, now: () => clock.time };
  const logged: string[] = [];
  const line = (_: object, message: string) => void logged.push(message);
  const open = () => createBudgets({ clock, redisUrl: url, log: { info: line, warn: line } });
  const first = open();
  const second = url === null ? first : open();
  // Redis keeps what other tests counted.
  const provider = { id: `ACME-${randomUUID()}`, budgets } as unknown as Provider;
  const send = async (by: Budgets, holder: Holder, reserve = 0, outcome: Outcome = ok) => {
    const done = await by.spend(provider, holder, reserve, async () => ({ outcome }));
    return "closedUntil" in done ? done.closedUntil : "sent";
  };
  return {
    ...{ clock, logged, first, second, provider, send },
    left: (by: Budgets, holder = ada) => by.known(provider, holder).map(({ remaining }) => remaining),
    /** How many of so many at once are sent, taken in turns by two people at the two of them. */
    passing: async (times: number, reserve = 0) => {
      const one = (_: unknown, turn: number) => send(turn % 2 ? first : second, turn % 3 ? ada : bob, reserve);
      const all = await Promise.all(Array.from({ length: times }, one));
      return all.filter((each) => each === "sent").length;
    },
    ready: () => Promise.all([first.ready(), second.ready()]),
    [Symbol.dispose]: () => {
      first.close();
      second.close();
    },
  };
}

describe.each(redisUrl ? [null, redisUrl] : [null])("an app's budget, counted in %p", (url) => {
  it("is never passed, however many ask at once; a twentieth is left to tokens, which are never refused", async () => {
    using b = bench(url, [minutely]);
    await b.ready();
    expect(await b.passing(90)).toBe(38);
    expect(await b.send(b.second, bob)).toBe(start + minute);
    await b.first.count(b.provider);
    await b.second.count(b.provider);
    expect(await b.passing(5)).toBe(0);
    expect(b.left(b.second)).toEqual([0]);
    await b.second.count(b.provider);
    expect(b.left(b.second)).toEqual([0]);
    b.clock.time += minute;
    expect(await b.passing(90)).toBe(38);
  });

  it("counts tokens before anything else is sent", async () => {
    using b = bench(url, [minutely]);
    await b.ready();
    for (let refreshes = 0; refreshes < 7; refreshes++) await b.first.count(b.provider);
    expect(await b.passing(90)).toBe(31);
  });

  it("leaves to others the share that background work is told to", async () => {
    using b = bench(url, [minutely]);
    await b.ready();
    expect(await b.passing(90, 0.4)).toBe(24);
    expect(await b.passing(90)).toBe(14);
  });

  it("counts what is under way, from before it leaves until it has ended", async () => {
    using b = bench(url, [{ ...minutely, limit: 3 }]);
    await b.ready();
    const budgets = [told(minutely, 8, start + 7000)];
    await b.first.spend(b.provider, ada, 0, async () => {
      expect(await b.passing(9)).toBe(1);
      return { outcome: { kind: "ok", budgets } };
    });
    expect(await b.passing(20)).toBe(6);
  });

  it("is what the provider says of it, at every replica", async () => {
    using b = bench(url, [minutely, daily]);
    await b.ready();
    const heard = [told(daily, 333, start + 50 * minute), told({ ...minutely, limit: 60 }, 17, start + 9000)];
    await b.send(b.first, ada, 0, { kind: "ok", budgets: heard });
    await b.send(b.second, bob);
    expect(b.left(b.second)).toEqual([16, 332]);
    // One that was overtaken by it.
    await b.send(b.first, ada, 0, { kind: "ok", budgets: [told(minutely, 21, start + 9500)] });
    expect(b.left(b.first)).toEqual([16, 331]);
    expect(await b.passing(90)).toBe(14);
    b.clock.time += 9500;
    expect(await b.passing(90)).toBe(38);
  });

  it("shuts out everybody everywhere once it is used up, and a person's own budget shuts out that person", async () => {
    using b = bench(url, [hourly, minutely]);
    await b.ready();
    const limited = (...budgets: BudgetState[]): Outcome => ({
      ...{ kind: "failed", budgets, failure: { code: "RATE_LIMITED", retryAt: start + 20_000 } },
    });
    await b.send(b.first, ada, 0, limited());
    expect(await b.send(b.first, ada)).toBe(start + 20_000);
    expect([await b.send(b.first, bob), await b.send(b.second, bob)]).toEqual(["sent", "sent"]);
    await b.send(b.first, bob, 0, limited(told(minutely, 0, start + 11_000)));
    expect(await b.send(b.second, { id: "cleo", budgets: [] })).toBe(start + 20_000);
    b.clock.time = start + 20_000;
    expect(await b.send(b.second, ada)).toBe("sent");
  });

  it("is closed for a minute by a refusal that does not say for how long", async () => {
    using b = bench(url, [daily]);
    await b.ready();
    await b.send(b.first, ada, 0, { kind: "failed", failure: { code: "RATE_LIMITED" } });
    expect(await b.send(b.second, bob)).toBe(start + minute);
  });

  it("is closed until the last of those that are used up opens", async () => {
    using b = bench(url, [minutely, daily]);
    await b.ready();
    const budgets = [told(daily, 0, start + 50 * minute), told(minutely, 0, start + 9000)];
    await b.send(b.first, ada, 0, { kind: "ok", budgets });
    expect(await b.send(b.second, bob)).toBe(start + 50 * minute);
  });

  it("of a window that begins with the first request begins once that has ended", async () => {
    using b = bench(url, [minutely]);
    await b.ready();
    await b.first.spend(b.provider, ada, 0, async () => {
      b.clock.time += 7000;
      return { outcome: ok };
    });
    expect(b.first.known(b.provider, ada)).toEqual([told(minutely, 39, start + 7000 + minute)]);
  });

  it("counts a request that was given up, since it left", async () => {
    using b = bench(url, [minutely]);
    await b.ready();
    const given = b.first.spend(b.provider, ada, 0, async () => Promise.reject(new Error("given up")));
    await expect(given).rejects.toThrow("given up");
    expect(b.left(b.first)).toEqual([39]);
  });
});

it("does not keep the only request of a window for tokens", async () => {
  using b = bench(null, [{ ...minutely, limit: 1 }]);
  expect(await b.passing(3)).toBe(1);
});

if (redisUrl) {
  describe("a Redis beside the process", () => {
    it("counts as the process does", async () => {
      const reading = fc.record({ remaining: fc.nat(12), inMs: fc.integer({ min: 1, max: minute }) });
      const steps = fc.array(
        fc.oneof(
          fc.record({
            kind: fc.constant("send" as const),
            who: fc.constantFrom(ada, bob),
            reserve: fc.constantFrom(0, 1 / 3),
            said: fc.option(reading),
            refusedMs: fc.option(fc.integer({ min: -5, max: 2 * minute }), { freq: 5 }),
          }),
          fc.record({ kind: fc.constant("count" as const) }),
          fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
        ),
        { minLength: 5, maxLength: 40 },
      );
      const small: Budget = { ...minutely, limit: 12 };
      await fc.assert(
        fc.asyncProperty(steps, async (all) => {
          using alone = bench(null, [hourly, small, daily]);
          using shared = bench(redisUrl, [hourly, small, daily]);
          await shared.ready();
          for (const step of all) {
            if (step.kind === "pass") for (const { clock } of [alone, shared]) clock.time += step.ms;
            else if (step.kind === "count")
              for (const { first, provider } of [alone, shared]) await first.count(provider);
            else {
              const now = alone.clock.time;
              const budgets = step.said ? [told(small, step.said.remaining, now + step.said.inMs)] : [];
              const retryAt = now + (step.refusedMs ?? 0);
              const outcome: Outcome =
                step.refusedMs === null
                  ? { kind: "ok", budgets }
                  : { kind: "failed", budgets, failure: { code: "RATE_LIMITED", retryAt } };
              const [one, other] = [
                await alone.send(alone.first, step.who, step.reserve, outcome),
                await shared.send(shared.first, step.who, step.reserve, outcome),
              ];
              expect(other).toEqual(one);
            }
            expect(shared.first.known(shared.provider, ada)).toEqual(alone.first.known(alone.provider, ada));
          }
        }),
        { numRuns: 60 },
      );
    });

    it("that is away lets each count by itself, which is said once; then all is counted together", async () => {
      const way = await startWay(redisUrl);
      using b = bench(way.url, [minutely]);
      await b.ready();
      expect(await b.passing(6)).toBe(6);
      await way.cut();
      for (let turn = 0; turn < 5; turn++) expect(await b.send(b.first, ada)).toBe("sent");
      await b.first.count(b.provider);
      for (let turn = 0; turn < 3; turn++) expect(await b.send(b.second, bob)).toBe("sent");
      const away = "Redis does not answer: this replica counts by itself what the app may still ask of providers";
      expect(b.logged).toEqual([away, away]);
      await way.mend();
      await b.ready();
      expect([await b.send(b.first, ada), await b.send(b.second, bob)]).toEqual(["sent", "sent"]);
      // 6 together, 6 and 3 alone, and these two.
      expect(await b.passing(90)).toBe(21);
      const back = "the budgets that an app has at a provider are counted over all replicas again";
      expect(b.logged).toEqual([away, away, back, back]);
      await way.cut();
    });

    it("that comes back in another window is told nothing of the one that is over", async () => {
      const way = await startWay(redisUrl);
      using b = bench(way.url, [minutely]);
      await b.ready();
      // What it refuses is not under way.
      expect(await b.passing(90)).toBe(38);
      await way.cut();
      b.clock.time += minute;
      expect(await b.passing(90)).toBe(38 + 38);
      b.clock.time += minute;
      await way.mend();
      await b.ready();
      expect(await b.passing(90)).toBe(38);
      await way.cut();
    });

    it("that lost everything is told by who asks first", async () => {
      using b = bench(redisUrl, [minutely]);
      await b.ready();
      await b.send(b.first, ada, 0, { kind: "ok", budgets: [told(minutely, 9, start + 8000)] });
      const redis = new BriskRedis(redisUrl);
      await redis.connected();
      await redis.del(`pulsegate:budget:{${b.provider.id}}:60`);
      redis.disconnect();
      await b.send(b.first, ada);
      await b.send(b.second, ada);
      expect(b.left(b.second)).toEqual([7]);
    });
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  it("replicas on Redis", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_REDIS_URL is not set.");
  });
} else {
  it.skip("replicas on Redis: skipped, because TEST_REDIS_URL is not set", () => {});
}
