/** What two replicas let one caller do between them: over real HTTP, and a real Redis where TEST_REDIS_URL names one. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { as, closed } from "../../test/support/peer.js";
import { startServer, type TestServer } from "../../test/support/server-bench.js";

const redisUrl = process.env["TEST_REDIS_URL"];

/** A way to Redis that can be cut and mended. */
async function startWay(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port || 6379), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one
        .on("error", () => {})
        .on("close", () => {
          sockets.delete(one);
          other.destroy();
        });
    }
    near.pipe(far).pipe(near);
  });
  const open = async (at: number) => {
    await once(server.listen(at, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  };
  const mine = await open(0);
  const own = new URL(url);
  own.host = `127.0.0.1:${mine}`;
  const cut = async () => {
    const ended = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await ended;
  };
  return { url: own.href, cut, mend: () => open(mine) };
}

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
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  it("two replicas on Redis", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_REDIS_URL is not set.");
  });
} else {
  it.skip("two replicas: skipped, because TEST_REDIS_URL is not set", () => {});
}
