import fc from "fast-check";
import { type LabGateway, startLabGateway, stillClock } from "../../test/support/lab-gateway.js";
import { createLogger } from "../log.js";
import { createBreaker } from "./breaker.js";

const log = createLogger({ level: "silent" });
const bench = () => {
  const clock = stillClock("2026-11-20T20:07:00Z");
  const told: [string, boolean][] = [];
  const breaker = createBreaker({ clock, log, onChange: (provider, isOpen) => void told.push([provider, isOpen]) });
  /** One request that takes this long, and whether it left. */
  const ask = async (isDown: boolean | null, tookMs = 0, provider: "FITBIT" | "OURA" = "FITBIT") => {
    let left = false;
    await breaker.send(
      provider,
      async () => {
        left = true;
        clock.advance(tookMs);
      },
      () => isDown,
    );
    return left;
  };
  return { clock, breaker, ask, told };
};

describe("a provider is found to be down", () => {
  test("after three requests without an answer over five seconds, and others are asked on", async () => {
    const { ask, told, breaker } = bench();
    for (const tookMs of [2_499, 2_400]) expect(await ask(true, tookMs)).toBe(true);
    expect(told).toEqual([]);
    expect(await ask(true, 101)).toBe(true);
    expect(told).toEqual([["FITBIT", true]]);
    expect(await ask(true)).toBe(false);
    expect(breaker.openUntil("OURA")).toBeNull();
    expect(await ask(true, 0, "OURA")).toBe(true);
  });

  test("not by a moment's trouble, by two long waits, or by failures with an answer between them", async () => {
    const { ask, told, clock } = bench();
    for (let at = 0; at < 50; at++) await ask(true, 99);
    expect(told).toEqual([]);
    await ask(false);
    for (const _time of [1, 2]) await ask(true, 10_000);
    await ask(false);
    await ask(true, 10_000);
    clock.advance(60_000);
    expect(told).toEqual([]);
  });

  test("not by what our own budgets refuse, which is no answer either", async () => {
    const { ask, told } = bench();
    for (const _time of [1, 2]) await ask(true, 4_000);
    for (const _time of [1, 2, 3]) await ask(null, 4_000);
    expect(told).toEqual([]);
    await ask(true, 4_000);
    expect(told).toEqual([["FITBIT", true]]);
  });
});

describe("while it is down", () => {
  const down = async () => {
    const made = bench();
    for (const _time of [1, 2, 3]) await made.ask(true, 10_000);
    return made;
  };

  test("nothing leaves before the wait is over, then one request does, and its answer ends it", async () => {
    const { breaker, clock, ask, told } = await down();
    clock.advance(breaker.openUntil("FITBIT")! - clock.now() - 1);
    expect(await ask(false)).toBe(false);
    clock.advance(1);
    const trial = breaker.send(
      "FITBIT",
      () => Promise.resolve("answer"),
      () => false,
    );
    // All others wait for what becomes of the one that was sent.
    expect(breaker.openUntil("FITBIT")).toBeGreaterThan(clock.now());
    expect(await ask(false)).toBe(false);
    expect(await trial).toBe("answer");
    expect(told).toEqual([
      ["FITBIT", true],
      ["FITBIT", false],
    ]);
    expect(await ask(true)).toBe(true);
  });

  test("each trial that fails doubles the wait, up to a minute", async () => {
    const { breaker, clock, ask, told } = await down();
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      const waitMs = breaker.openUntil("FITBIT")! - clock.now();
      waits.push(waitMs);
      clock.advance(waitMs);
      expect(await ask(true)).toBe(true);
    }
    for (const [round, waitMs] of waits.entries()) {
      const whole = Math.min(5_000 * 2 ** round, 60_000);
      expect(waitMs).toBeGreaterThanOrEqual(whole / 2);
      expect(waitMs).toBeLessThanOrEqual(whole);
    }
    expect(told).toEqual([["FITBIT", true]]);
  });

  test("a trial that its caller gives up is followed by another", async () => {
    const { breaker, clock, ask } = await down();
    clock.advance(60_000);
    await expect(
      breaker.send(
        "FITBIT",
        () => Promise.reject(new Error("given up")),
        () => null,
      ),
    ).rejects.toThrow();
    expect(await ask(false)).toBe(true);
  });

  test("what was sent before is no trial", async () => {
    const { breaker, clock, ask, told } = bench();
    const late: (() => void)[] = [];
    const sent = [1, 2, 3, 4].map(() =>
      breaker.send(
        "FITBIT",
        () => new Promise<void>((resolve) => void late.push(resolve)),
        () => true,
      ),
    );
    clock.advance(10_000);
    for (const answer of late) answer();
    await Promise.all(sent);
    expect(told).toEqual([["FITBIT", true]]);
    expect(breaker.openUntil("FITBIT")! - clock.now()).toBeLessThanOrEqual(5_000);
    clock.advance(5_000);
    expect(await ask(false)).toBe(true);
  });
});

test("whatever happens, a provider that answers at last is asked again within a minute", async () => {
  const event = fc.record({
    isDown: fc.constantFrom(true, true, false, null),
    tookMs: fc.nat(12_000),
    idleMs: fc.nat(9_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      const { ask, clock, breaker } = bench();
      for (const { isDown, tookMs, idleMs } of events) {
        await ask(isDown, tookMs);
        clock.advance(idleMs);
        expect((breaker.openUntil("FITBIT") ?? 0) - clock.now()).toBeLessThanOrEqual(60_000);
      }
      clock.advance(60_000);
      expect(await ask(false)).toBe(true);
      expect(breaker.openUntil("FITBIT")).toBeNull();
    }),
  );
});

describe("over HTTP", () => {
  let lab: LabGateway;
  beforeAll(async () => {
    lab = await startLabGateway();
    await lab.connect("demo");
  });
  afterAll(() => lab.close());

  test("a provider that is down is asked by one request in a while, and callers hear when", async () => {
    const { gateway, fitbit, clock } = lab;
    const [connection] = await gateway.connections.list("demo");
    const ask = () => gateway.api.send(connection!, { method: "GET", path: "/1/user/-/devices.json" });
    expect((await ask()).kind).toBe("ok");
    fitbit.addFault({ status: 503 });
    for (const idleMs of [6_000, 0]) {
      expect(await ask()).toMatchObject({ kind: "failed", outcome: { failure: { code: "UNAVAILABLE" } } });
      clock.advance(idleMs);
    }
    fitbit.forgetRequests();
    const refused = await ask();
    expect(refused).toMatchObject({ kind: "failed", requests: 0, outcome: { failure: { code: "UNAVAILABLE" } } });
    const { retryAt } = (refused.outcome as { failure: { retryAt: number } }).failure;
    expect(retryAt).toBeGreaterThan(clock.now());
    expect(fitbit.requests).toHaveLength(0);
    clock.advance(retryAt - clock.now());
    // Of a hundred at once, one leaves.
    await Promise.all(Array.from({ length: 100 }, ask));
    expect(fitbit.requests).toHaveLength(1);
    fitbit.clearFaults();
    clock.advance(60_000);
    expect((await Promise.all([ask(), ask()])).map(({ kind }) => kind).sort()).toEqual(["failed", "ok"]);
    expect((await ask()).kind).toBe("ok");
  });

  test("a token endpoint that is down costs the next person nothing, and is asked by one of them in a while", async () => {
    const { gateway, fitbit, clock } = lab;
    const people = ["both", "switcher", "napper", "collector"];
    for (const id of people) await lab.connect(id);
    const tokenOf = async (id: string) => {
      const [connection] = await gateway.connections.list(id);
      return await gateway.connections.token(connection!).then(
        () => "renewed",
        ({ failure }: { failure: { code: string; retryAt?: number } }) => failure,
      );
    };
    clock.advance(9 * 3_600_000);
    fitbit.addFault({ kind: "reset", path: "/oauth2/token" });
    for (const id of people.slice(0, 3)) {
      clock.advance(3_000);
      expect(await tokenOf(id)).toMatchObject({ code: "UNAVAILABLE" });
    }
    fitbit.forgetRequests();
    const refused = await tokenOf("collector");
    expect(refused).toMatchObject({ code: "UNAVAILABLE", retryAt: expect.any(Number) });
    expect(fitbit.requests).toHaveLength(0);
    fitbit.clearFaults();
    clock.advance(60_000);
    expect(await tokenOf("collector")).toBe("renewed");
    for (const id of people) expect(await tokenOf(id)).toBe("renewed");
  });
});
