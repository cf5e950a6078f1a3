import { serve } from "../../../test/support/connections-bench.js";
import { createHttpClient } from "../../http/client.js";
import { createRemoteResolver } from "./remote-resolver.js";

/** A service that gives "t1", "t2" and so on for as long as is said, each only once it is let go. */
async function bench(expiresInMs: number) {
  const clock = { time: Date.UTC(2026, 10, 20), now: () => clock.time };
  let come = () => {};
  let gate = Promise.resolve();
  const service = await serve(async () => {
    const number = service.seen.length;
    come();
    await gate;
    return { json: { accessToken: `t${number}`, expiresAt: clock.time + expiresInMs } };
  });
  const http = createHttpClient({ timeoutMs: 5_000 });
  return {
    clock,
    service,
    resolver: createRemoteResolver({ url: service.url, secret: null, http, clock }),
    /** Holds answers back; `asked` resolves once one is. */
    hold: () => {
      let letGo = () => {};
      gate = new Promise((resolve) => {
        letGo = resolve;
      });
      const asked = new Promise<void>((resolve) => {
        come = resolve;
      });
      return { asked, letGo };
    },
    [Symbol.asyncDispose]: async () => {
      http.close();
      await service[Symbol.asyncDispose]();
    },
  };
}
const tokenOf = async (asked: Promise<{ accessToken: string } | null>) => (await asked)?.accessToken;

test("those who ask at once share one answer, which is held until half a minute before its end", async () => {
  await using at = await bench(100_000);
  const ask = (instead?: string) => tokenOf(at.resolver.resolve("ada", "FITBIT", instead));
  expect(await Promise.all([ask(), ask()])).toEqual(["t1", "t1"]);
  expect(await tokenOf(at.resolver.resolve("ben", "FITBIT"))).toBe("t2");
  at.clock.time += 69_999;
  expect(await ask()).toBe("t1");
  at.clock.time += 1;
  expect(await ask()).toBe("t3");
  expect(await ask("t1")).toBe("t3");
  expect(await Promise.all([ask("t3"), ask("t3")])).toEqual(["t4", "t4"]);
});

test("a token that is as good as over is asked for again each time", async () => {
  await using at = await bench(30_000);
  expect(await tokenOf(at.resolver.resolve("ada", "FITBIT"))).toBe("t1");
  at.clock.time += 2;
  expect(await tokenOf(at.resolver.resolve("ada", "FITBIT"))).toBe("t2");
});

// It was held for up to a day in the memory of a process whose user had been deleted.
test("what comes after its user was forgotten is answered, and not held", async () => {
  await using at = await bench(3_600_000);
  const { asked, letGo } = at.hold();
  const first = at.resolver.resolve("ada", "FITBIT");
  await asked;
  at.resolver.forget("ada", "FITBIT");
  letGo();
  expect(await tokenOf(first)).toBe("t1");
  expect(await tokenOf(at.resolver.resolve("ada", "FITBIT"))).toBe("t2");
});
