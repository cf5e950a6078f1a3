/** A client for what goes on without Redis. On a real one where TEST_REDIS_URL names it. */
import { once } from "node:events";
import { startWay } from "../../test/support/redis-way.js";
import { BriskRedis } from "./brisk-redis.js";

const redisUrl = process.env["TEST_REDIS_URL"];

if (redisUrl) {
  const bench = async () => {
    const way = await startWay(redisUrl);
    const clock = { time: 1_000 };
    const redis = new BriskRedis(way.url, () => clock.time);
    await redis.connected();
    return {
      ...{ way, clock, redis },
      outcome: async () =>
        await redis.ping().then(
          () => "answered",
          (error: Error) => error.message,
        ),
      [Symbol.asyncDispose]: async () => {
        redis.disconnect();
        await way.cut();
      },
    };
  };
  const resting = "Redis did not answer in time a moment ago.";

  test("after a command that was not answered in time nothing is sent for five seconds, then one tries", async () => {
    await using b = await bench();
    expect(await b.outcome()).toBe("answered");
    b.way.hang();
    expect(await b.outcome()).toBe("Command timed out");
    b.clock.time += 4_999;
    const begun = performance.now();
    expect(await Promise.all(Array.from({ length: 50 }, b.outcome))).toEqual(Array(50).fill(resting));
    expect(performance.now() - begun).toBeLessThan(250);
    b.clock.time += 1;
    expect(await Promise.all([b.outcome(), b.outcome(), b.outcome()])).toEqual(["Command timed out", resting, resting]);
    expect(await b.outcome()).toBe(resting);
  });

  test("one that tries and is answered ends the rest", async () => {
    await using b = await bench();
    b.way.hang();
    expect(await b.outcome()).toBe("Command timed out");
    b.way.goOn();
    expect(await b.outcome()).toBe(resting);
    b.clock.time += 5_000;
    expect(await b.outcome()).toBe("answered");
    expect(await Promise.all([b.outcome(), b.outcome()])).toEqual(["answered", "answered"]);
  });

  test("a new connection ends it too, and an error that Redis answers is no reason for one", async () => {
    await using b = await bench();
    await expect(b.redis.call("NO-SUCH-COMMAND")).rejects.toThrow("unknown command");
    expect(await b.outcome()).toBe("answered");
    b.way.hang();
    expect(await b.outcome()).toBe("Command timed out");
    const ready = once(b.redis, "ready");
    await b.way.cut();
    b.way.goOn();
    await b.way.mend();
    await ready;
    expect(await b.outcome()).toBe("answered");
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  test("a Redis that hangs", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_REDIS_URL is not set.");
  });
} else {
  test.skip("a Redis that hangs: skipped, because TEST_REDIS_URL is not set", () => {});
}
