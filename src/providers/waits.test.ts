import type { Budget, BudgetState, Outcome } from "./provider.js";
import { boundedOutcome, isOfWindow, longestLimitMs, longestPauseMs, soundBudgets, waitEnd } from "./waits.js";

const now = Date.parse("2026-11-29T09:30:00Z");
const hour = 3_600_000;
const day = 24 * hour;
const inSeconds = (ms: number) => String(Math.floor(ms / 1000));

describe("a wait told by a header", () => {
  const end = (text?: string) => waitEnd(text, now, hour);

  it.each([
    ["seconds from now", "1342", now + 1_342_000],
    ["a fraction of a second", "0.5", now + 500],
    ["blanks around it", " 77 ", now + 77_000],
    ["seconds since 1970", inSeconds(now + 421_000), now + 421_000],
    ["milliseconds since 1970", String(now + 317_000), now + 317_000],
    ["the date of HTTP", "Sun, 29 Nov 2026 09:41:07 GMT", now + 667_000],
    ["the date of RFC 850", "Sunday, 29-Nov-26 09:41:08 GMT", now + 668_000],
    ["the date of asctime, which is in GMT", "Sun Nov 29 09:41:09 2026", now + 669_000],
    ["a date with an offset", "2026-11-29T10:41:10+01:00", now + 670_000],
    ["the longest of two headers", "7, 91", now + 91_000],
  ])("is read as %s", (_, text, expected) => expect(end(text)).toBe(expected));

  it.each([
    ["seconds", "3601"],
    ["seconds since 1970", inSeconds(now + 2 * hour)],
    ["milliseconds since 1970", String(now + 2 * hour)],
    ["a date", "Fri, 29 Nov 2083 09:30:00 GMT"],
    ["a number without end", "9".repeat(400)],
    ["the largest number that is no time stamp", "999999999"],
  ])("is at most the longest wait, told as %s", (_, text) => expect(end(text)).toBe(now + hour));

  it("of exactly the longest wait is left as it is", () => {
    expect([end("3599"), end("3600")]).toEqual([now + 3_599_000, now + hour]);
  });

  it.each([
    undefined,
    "",
    "0",
    "-5",
    "soon",
    "NaN",
    "Infinity",
    "0x10",
    "1e3",
    "5 apples",
    "12:30",
    "2026",
    "tomorrow GMT",
  ])("is not told by %j", (text) => expect(end(text)).toBe(text === "2026" ? now + 2_026_000 : null));

  it("is not told by a time that is over", () => {
    expect([end(inSeconds(now)), end(String(now - 1)), end("Sun, 29 Nov 2026 09:30:00 GMT")]).toEqual([
      null,
      null,
      null,
    ]);
    expect(end(String(now + 1))).toBe(now + 1);
  });
});

describe("the longest wait", () => {
  const minutely = { windowSeconds: 60 };
  const hourly = { windowSeconds: 3600 };
  const daily = { windowSeconds: 86_400 };

  it("for a limit is the longest window, and two hours where no window is known", () => {
    expect([[hourly], [minutely, daily, hourly], [minutely], []].map(longestLimitMs)).toEqual([
      hour,
      day,
      60_000,
      2 * hour,
    ]);
  });

  it("for anything else is an hour at least", () => {
    expect([[hourly], [minutely, daily], [minutely], []].map(longestPauseMs)).toEqual([hour, day, hour, 2 * hour]);
  });
});

describe("an outcome", () => {
  const hourly: Budget = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, window: "clock" };
  const minutely: Budget = { scope: "APP", windowSeconds: 60, limit: 100, window: "first" };
  const daily: Budget = { scope: "APP", windowSeconds: 86_400, limit: 10_000, window: "first" };
  const reading = {
    scope: "CONNECTION",
    windowSeconds: 3600,
    limit: 140,
    remaining: 37,
    resetsAt: now + 71_000,
  } as const;
  const ok = (change: Partial<BudgetState>, declared = [hourly]) =>
    boundedOutcome({ kind: "ok", budgets: [{ ...reading, ...change }] }, declared, now);
  const limited = (retryAt: number | undefined, declared: readonly Budget[], budgets: readonly BudgetState[] = []) => {
    const failure = { code: "RATE_LIMITED", message: "m", ...(retryAt === undefined ? {} : { retryAt }) } as const;
    const bounded = boundedOutcome({ kind: "failed", failure, budgets }, declared, now);
    return bounded.kind === "failed" ? bounded.failure.retryAt : bounded;
  };

  it("within reason is left as it is", () => {
    const outcomes: Outcome[] = [
      { kind: "ok", budgets: [reading] },
      { kind: "ok" },
      { kind: "ok", isNothing: true },
      { kind: "pending", retryAfterMs: 3400, budgets: [reading] },
      { kind: "failed", failure: { code: "RATE_LIMITED", retryAt: now + 9000, message: "m" }, budgets: [reading] },
      { kind: "failed", failure: { code: "REJECTED" } },
    ];
    for (const outcome of outcomes) expect(boundedOutcome(outcome, [hourly], now)).toEqual(outcome);
  });

  it("waits for a limit no longer than the window of the budget that was hit", () => {
    const far = now + 57 * 365 * day;
    expect(limited(far, [hourly])).toBe(now + hour);
    expect(limited(far, [minutely, daily])).toBe(now + day);
    expect(limited(far, [])).toBe(now + 2 * hour);
    const hitMinute = { scope: "APP", windowSeconds: 60, limit: 100, remaining: 0, resetsAt: now + 5000 } as const;
    expect(limited(far, [minutely, daily], [hitMinute])).toBe(now + 60_000);
    expect(limited(far, [minutely, daily], [{ ...hitMinute, remaining: 1 }])).toBe(now + day);
  });

  it("waits for an outage no longer than an hour, or than the longest window", () => {
    const down = (declared: readonly Budget[]) =>
      boundedOutcome({ kind: "failed", failure: { code: "UNAVAILABLE", retryAt: now + 9 * day } }, declared, now);
    expect(down([minutely])).toEqual({ kind: "failed", failure: { code: "UNAVAILABLE", retryAt: now + hour } });
    expect(down([daily])).toMatchObject({ failure: { retryAt: now + day } });
  });

  it.each([Number.NaN, now, now - 1, Number.NEGATIVE_INFINITY])("knows no wait from %d", (retryAt) =>
    expect(limited(retryAt, [hourly])).toBeUndefined(),
  );

  it.each([
    [Number.POSITIVE_INFINITY, 1000],
    [Number.NaN, 1000],
    [-3, 1000],
    [999, 1000],
    [1001, 1001],
    [9e15, hour],
  ])("asks again for what is being computed within reason: %d ms is %d", (retryAfterMs, expected) =>
    expect(boundedOutcome({ kind: "pending", retryAfterMs }, [hourly], now)).toEqual({
      kind: "pending",
      retryAfterMs: expected,
    }),
  );

  it.each<[string, Partial<BudgetState>, Partial<BudgetState>]>([
    ["a remainder below nothing", { remaining: -8 }, { remaining: 0 }],
    ["a remainder above the limit", { remaining: 141 }, { remaining: 140 }],
    ["a remainder without end", { remaining: Number.POSITIVE_INFINITY }, { remaining: 140 }],
    ["half a request", { remaining: 36.9 }, { remaining: 36 }],
    ["a limit below nothing", { limit: -1 }, { limit: 150 }],
    ["no limit at all", { limit: 0 }, { limit: 150 }],
    ["a limit of one", { limit: 1 }, { limit: 1, remaining: 1 }],
    ["the largest limit", { limit: 1_000_000 }, { limit: 1_000_000 }],
    ["a limit beyond all reason", { limit: 1_000_001 }, { limit: 150 }],
    ["a limit that is no number", { limit: Number.NaN }, { limit: 150 }],
    ["half a limit", { limit: 99.5 }, { limit: 150 }],
    ["a window of decades", { resetsAt: now + 57 * 365 * day }, { resetsAt: now + hour }],
    ["a window without end", { resetsAt: Number.POSITIVE_INFINITY }, { resetsAt: now + hour }],
    ["a fraction of a millisecond", { resetsAt: now + 0.25 }, { resetsAt: now + 1 }],
  ])("brings %s within reason", (_, change, expected) =>
    expect(ok(change)).toEqual({ kind: "ok", budgets: [{ ...reading, ...expected }] }),
  );

  it.each<Partial<BudgetState>>([
    { remaining: Number.NaN },
    { resetsAt: Number.NaN },
    { resetsAt: now },
    { scope: "APP", limit: -1 },
    { windowSeconds: 60, limit: -1 },
  ])("says nothing of a budget by %j", (change) => expect(ok(change)).toEqual({ kind: "ok" }));
});

describe("a stored reading", () => {
  const reading = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, remaining: 0, resetsAt: now + hour } as const;

  it("is kept as it is, at its bounds too", () => {
    const stored = [
      reading,
      { ...reading, remaining: 150 },
      { ...reading, resetsAt: now - day },
      { ...reading, windowSeconds: 31 * 86_400 },
    ];
    expect(soundBudgets(stored, now)).toBe(stored);
  });

  it.each([
    { resetsAt: now + hour + 1 },
    { resetsAt: Date.parse("2083-01-01T00:00:00Z") },
    { resetsAt: Number.POSITIVE_INFINITY },
    { resetsAt: null },
    { remaining: -1 },
    { remaining: 151 },
    { remaining: 1.5 },
    { limit: 0, remaining: 0 },
    { limit: 1_000_001 },
    { windowSeconds: 0, resetsAt: now - 1 },
    { windowSeconds: 31 * 86_400 + 1 },
    { windowSeconds: "x" },
  ])("is dropped, and the others kept, by %j", (change) => {
    const other = { ...reading, windowSeconds: 60, resetsAt: now + 59_000 };
    const odd = { ...reading, ...change } as unknown as BudgetState;
    expect(soundBudgets([odd, other, null as unknown as BudgetState], now)).toEqual([other]);
  });

  it("in a row without any is none", () => {
    expect(soundBudgets(undefined, now)).toEqual([]);
    expect(soundBudgets("odd" as unknown as BudgetState[], now)).toEqual([]);
  });

  it("is of the window that lasts, from its first millisecond to its last", () => {
    const at = (ms: number) => isOfWindow(reading, ms);
    expect([at(now - 1), at(now), at(now + hour - 1), at(now + hour)]).toEqual([false, true, true, false]);
  });
});
