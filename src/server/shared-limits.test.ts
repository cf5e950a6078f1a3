/** What two replicas let one caller do between them: over real HTTP, and a real Redis where TEST_REDIS_URL names one. */
import { randomUUID } from "node:crypto";
import { as, closed } from "../../test/support/peer.js";
import { startWay } from "../../test/support/redis-way.js";
import { startServer, type TestServer } from "../../test/support/server-bench.js";

const redisUrl = process.env["TEST_REDIS_URL"];

if (redisUrl) {
  describe("two replicas", () => {
    const rateLimit = { user: 6 };
    let way: Awaited<ReturnType<typeof startWay>>;
    let replicas: readonly TestServer[];

    beforeAll(async () => {
      way = await startWay(redisUrl);
      const config = { ...closed, redisUrl: way.url };
      replicas = [await startServer(config, { rateLimit }), await startServer(config, { rateLimit })];
    });
    afterAll(async () => {
      for (const replica of replicas) await replica[Symbol.asyncDispose]();
      await way.cut();
    });

    /** How many of twelve requests of somebody new pass at each replica, taken in turns. */
    const passing = async () => {
      const headers = await as(randomUUID());
      const passed = [0, 0];
      for (let turn = 0; turn < 12; turn++) {
        const { status } = await replicas[turn % 2]!.query("{ __typename }", { headers });
        if (status === 200) passed[turn % 2]!++;
      }
      return passed;
    };
    /** Whoever connects to Redis, anew too, counts by itself for a moment. */
    const counted = async (expected: readonly number[]) => {
      while ((await passing()).join() !== expected.join()) await new Promise(setImmediate);
    };

    test("count one user's points together", async () => {
      await counted([3, 3]);
      expect(await passing()).toEqual([3, 3]);
    });

    test("count each by itself while Redis is away, and together again once it is back", async () => {
      await counted([3, 3]);
      await way.cut();
      await counted([6, 6]);
      expect(await passing()).toEqual([6, 6]);
      await way.mend();
      await counted([3, 3]);
      expect(await passing()).toEqual([3, 3]);
    });

    test("wait for a Redis that hangs once each, not with each request", async () => {
      await counted([3, 3]);
      way.hang();
      const begun = performance.now();
      await counted([6, 6]);
      for (let round = 0; round < 4; round++) expect(await passing()).toEqual([6, 6]);
      // Sixty requests at least; had each waited for its half second, thirty seconds.
      expect(performance.now() - begun).toBeLessThan(4_500);
      way.goOn();
    });
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  it("two replicas on Redis", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_REDIS_URL is not set.");
  });
} else {
  it.skip("two replicas: skipped, because TEST_REDIS_URL is not set", () => {});
}
