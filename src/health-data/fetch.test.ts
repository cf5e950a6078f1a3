import type { Connection } from "../connections/connection.js";
import { UnreadableAnswer } from "../http/json.js";
import { type Cell, cell, type Have, nothing } from "../model/cells.js";
import type { Field } from "../model/fields.js";
import type { SampleSeries, SleepRecord, WorkoutRecord } from "../model/records.js";
import { addDays, epochDay } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import type { ApiRequest, Call, Outcome, ReadPage, Skipped } from "../providers/provider.js";
import { UNDATED } from "./days.js";
import { createFetcher, type Fetched, type FetchTarget, type Sender } from "./fetch.js";
import type { SyncProof } from "./freshness.js";

/** A provider whose answers are the readings themselves: what is under test is what becomes of them. */

const TODAY = "2026-11-29";
const NOW = Date.parse("2026-11-29T12:00:00Z");
const ago = (days: number) => addDays(TODAY, -days);

type Script = Outcome | (Partial<ReadPage> & { readonly error?: unknown }) | Error;
const isOutcome = (step: Script): step is Outcome => "kind" in step;
const ok: Outcome = { kind: "ok" };

interface Bench {
  readonly fetched: Fetched;
  readonly sent: ApiRequest[];
  readonly waited: number[];
  readonly reserves: number[];
  readonly unreadable: string[];
  readonly causes: ReadonlyMap<string, number>;
}

const page = (path: string): ApiRequest => ({ method: "GET", path });

interface Asked {
  readonly yields?: readonly Field[];
  readonly from?: string | null;
  readonly to?: string;
  readonly proof?: Partial<SyncProof>;
  readonly left?: number;
  readonly revisionDays?: number;
}

function callOf(yields: readonly Field[]): Call {
  return {
    name: "scripted",
    yields,
    reach: { kind: "days", max: 1000 },
    request: () => page("/first"),
    read: (answer) => {
      if (answer instanceof Error) throw answer;
      return { cells: [], covers: null, ...(answer as Partial<ReadPage>) };
    },
  };
}

async function fetchWith(script: readonly Script[] | ((at: number) => Script), asked: Asked = {}): Promise<Bench> {
  const { yields = ["activity.steps"], from = ago(3), to = TODAY, proof = {}, revisionDays = 3 } = asked;
  const sent: ApiRequest[] = [];
  const waited: number[] = [];
  const reserves: number[] = [];
  const unreadable: string[] = [];
  let causes: ReadonlyMap<string, number> = new Map();
  const sender: Sender = {
    send: async (_connection, request, { reserve }) => {
      sent.push(request);
      reserves.push(reserve);
      const step = typeof script === "function" ? script(sent.length - 1) : script[sent.length - 1]!;
      if (isOutcome(step)) return { outcome: step, body: null, requests: asked.left };
      return { outcome: ok, body: step, requests: asked.left };
    },
  };
  const fetcher = createFetcher({
    sender,
    clock: { now: () => NOW },
    delay: async (ms) => void waited.push(ms),
    onUnreadable: (_provider, _call, error) => void unreadable.push(error.message),
    onSkipped: (_provider, _call, heard) => {
      causes = heard;
    },
  });
  const call = callOf(yields);
  const target: FetchTarget = {
    provider: { revision: { days: revisionDays, freshSeconds: 900 } } as Provider,
    connection: { id: "c1", providerUserId: "u1" } as Connection,
    headerTokens: {},
    today: TODAY,
    connectedOn: "2026-01-15",
    have: { value: () => undefined } as Have,
    proof: { dataThrough: null, lastSyncDate: null, ...proof },
    reserve: 0.35,
  };
  const span = from === null ? [UNDATED, UNDATED] : [epochDay(from), epochDay(to)];
  const fetched = await fetcher.fetch(target, {
    call,
    fields: new Set(yields),
    from: span[0]!,
    to: span[1]!,
    requests: 1,
    atLeast: false,
  });
  return { fetched, sent, waited, reserves, unreadable, causes };
}

const steps = (day: string, value: number) => cell("activity.steps", day, value);
const all = { from: ago(3), to: TODAY };
/** Days with what is known of them, and whether that is for good. */
const told = ({ fetched }: Bench) =>
  fetched.cells.map(
    ({ day, known, settled }) => [day, "value" in known ? known.value : known.nothing, settled] as const,
  );
const byDay = (bench: Bench) => new Map(told(bench).map(([day, ...rest]) => [day, rest] as const));
const unavailable = { code: "UNAVAILABLE", message: "The provider's answer could not be read." };

describe("one answer", () => {
  it("is cells with the call's name and the moment at which it was asked", async () => {
    const { fetched, sent } = await fetchWith([{ cells: [steps(TODAY, 4210)], covers: { from: TODAY, to: TODAY } }]);
    expect(fetched).toEqual({
      cells: [{ ...steps(TODAY, 4210), at: NOW, call: "scripted", settled: false }],
      failure: null,
      requests: 1,
      shared: false,
    });
    expect(sent).toEqual([page("/first")]);
  });

  it("fills in what its span was answered not to have, by the kind of the field", async () => {
    const yields: Field[] = ["activity.steps", "workouts.workouts", "profile.age"];
    const covers = { from: ago(1), to: TODAY };
    const { fetched } = await fetchWith([{ cells: [steps(TODAY, 4210)], covers }], { yields });
    expect(fetched.cells.map(({ field, day, known }) => [field, day, known])).toEqual([
      ["activity.steps", TODAY, { value: 4210 }],
      ["activity.steps", ago(1), { nothing: "NOT_RECORDED" }],
      ["workouts.workouts", ago(1), { value: [] }],
      ["workouts.workouts", TODAY, { value: [] }],
      ["profile.age", null, { nothing: "NOT_RECORDED" }],
    ]);
  });

  it("that there is nothing needs no body: every day that was asked for has none", async () => {
    const { fetched, sent } = await fetchWith([{ kind: "ok", isNothing: true }], { from: ago(1) });
    expect(fetched).toMatchObject({ failure: null, requests: 1 });
    expect(fetched.cells.map(({ day, known }) => [day, known])).toEqual([
      [ago(1), { nothing: "NOT_RECORDED" }],
      [TODAY, { nothing: "NOT_RECORDED" }],
    ]);
    expect(sent).toHaveLength(1);
  });

  it("proves nothing of days where it covers none", async () => {
    const { fetched } = await fetchWith([{ cells: [steps(ago(1), 5101)], covers: null }]);
    expect(fetched.cells.map(({ day }) => day)).toEqual([ago(1)]);
  });

  it("has not yet heard of days after the device's last sync", async () => {
    const bench = await fetchWith([{ covers: all }], { proof: { lastSyncDate: ago(2) } });
    expect(told(bench)).toEqual([
      [ago(3), "NOT_RECORDED", true],
      [ago(2), "NOT_RECORDED", false],
      [ago(1), "NOT_YET_SYNCED", false],
      [TODAY, "NOT_YET_SYNCED", false],
    ]);
  });
});

describe("a day is settled", () => {
  const days = [5, 4, 3, 2, 1].map(ago);
  const span = { from: ago(5), to: TODAY };
  const settledOf = (bench: Bench) => days.filter((day) => byDay(bench).get(day)?.[1]);

  it("outside the revision window, where a later day has data", async () => {
    const bench = await fetchWith([{ cells: [steps(ago(3), 5301), steps(ago(1), 5101)], covers: span }], span);
    expect(settledOf(bench)).toEqual([ago(5), ago(4), ago(3)]);
  });

  it("by what it has of today", async () => {
    const bench = await fetchWith([{ cells: [steps(TODAY, 41)], covers: span }], span);
    expect(settledOf(bench)).toEqual([ago(5), ago(4), ago(3)]);
  });

  it("not on the newest day with data itself, nor after it", async () => {
    const bench = await fetchWith([{ cells: [steps(ago(4), 5401)], covers: span }], span);
    expect(settledOf(bench)).toEqual([ago(5)]);
  });

  it.each<[string, Field, readonly Cell[], boolean]>([
    ["a figure above 0", "activity.steps", [steps(ago(3), 1)], true],
    ["a figure of 0", "activity.steps", [steps(ago(3), 0)], false],
    ["energy, which is reckoned anyway", "activity.energyBurned", [cell("activity.energyBurned", ago(3), 1800)], false],
    ["basal energy", "activity.basalEnergyBurned", [cell("activity.basalEnergyBurned", ago(3), 1500)], false],
    ["sedentary minutes", "activity.sedentaryMinutes", [cell("activity.sedentaryMinutes", ago(3), 1440)], false],
    ["zones", "heart.zones.minutes", [cell("heart.zones.minutes", ago(3), [{ kind: "PEAK", minutes: 3 }])], false],
    ["a resting rate", "heart.restingRate", [cell("heart.restingRate", ago(3), 57)], true],
    ["that there is nothing", "activity.steps", [nothing("activity.steps", ago(3), "NOT_RECORDED")], false],
    ["an empty list", "workouts.workouts", [cell("workouts.workouts", ago(3), [])], false],
    ["a day that can't be", "activity.steps", [steps("2027-01-01", 999)], false],
    ["tomorrow", "activity.steps", [steps(addDays(TODAY, 1), 999)], false],
    ["a figure that nobody can have", "activity.steps", [steps(ago(3), 4_294_967_295)], false],
  ])("by %s in the days after it: see the last column", async (_, field, cells, proves) => {
    const wide = { from: ago(5), to: addDays(TODAY, 1) };
    const bench = await fetchWith([{ cells, covers: wide }], { ...wide, yields: [field] });
    expect([byDay(bench).get(ago(4))?.[1], byDay(bench).get(ago(5))?.[1]]).toEqual([proves, proves]);
  });

  it.each([
    ["above 0", [0, 71], true],
    ["of 0 alone", [0, 0], false],
  ])("by samples %s: see the last column", async (_, values, proves) => {
    const field = "activity.samples:STEPS:ONE_MINUTE";
    const series: SampleSeries = {
      start: null,
      localStart: `${ago(3)}T00:00:00`,
      stepSeconds: 60,
      offsets: [0, 60],
      values,
    };
    const bench = await fetchWith([{ cells: [cell(field, ago(3), series)], covers: span }], {
      ...span,
      yields: [field],
    });
    expect(byDay(bench).get(ago(4))?.[1]).toBe(proves);
  });

  it.each([
    [{ dataThrough: ago(3) }, [ago(5), ago(4)]],
    [{ lastSyncDate: ago(4) }, [ago(5)]],
    [{ dataThrough: ago(5), lastSyncDate: ago(3) }, [ago(5), ago(4)]],
    [{ dataThrough: ago(1) }, [ago(5), ago(4), ago(3)]],
    [{}, []],
  ] as const)("by what was known before: %j", async (proof, settled) => {
    expect(settledOf(await fetchWith([{ covers: span }], { ...span, proof }))).toEqual(settled);
  });

  it("by what was known before, where the answer's own data is older", async () => {
    const old = { cells: [steps(ago(5), 5501)], covers: span };
    expect(settledOf(await fetchWith([old], { ...span, proof: { dataThrough: ago(3) } }))).toEqual([ago(5), ago(4)]);
    const young = { cells: [steps(ago(3), 5301)], covers: span };
    expect(settledOf(await fetchWith([young], { ...span, proof: { dataThrough: ago(5) } }))).toEqual([ago(5), ago(4)]);
  });

  it("without proof after 30 days", async () => {
    const bench = await fetchWith([{ covers: { from: ago(31), to: ago(30) } }], { from: ago(31), to: ago(30) });
    expect(told(bench)).toEqual([
      [ago(31), "NOT_RECORDED", true],
      [ago(30), "NOT_RECORDED", false],
    ]);
  });

  it("never, where it has no day", async () => {
    const yields: Field[] = ["profile.age"];
    const bench = await fetchWith([{ cells: [cell("profile.age", null, 41)] }], { yields, from: null });
    expect(told(bench)).toEqual([[null, 41, false]]);
  });
});

const night = (id: string, day: string, more: Partial<SleepRecord> = {}): SleepRecord => ({
  id,
  start: `${day}T00:10:00+01:00`,
  end: `${day}T06:40:00+01:00`,
  isMainSleep: true,
  minutesInBed: 390,
  minutesAsleep: 361,
  minutesAwake: 29,
  minutesToFallAsleep: 9,
  efficiency: 92.5,
  stages: null,
  hypnogram: null,
  pending: false,
  ...more,
});
const nights = (day: string, ...own: readonly SleepRecord[]) => cell("sleep.sessions", day, own);
const sleep = { yields: ["sleep.sessions"] as Field[], from: ago(6), to: ago(4), proof: { dataThrough: TODAY } };

it("a night is settled once it is not computed any more, and not while one of its day is", async () => {
  const pending = { pending: true };
  const cells = [
    nights(ago(6), night("a", ago(6))),
    nights(ago(5), night("b", ago(5)), night("c", ago(5), pending)),
    nights(ago(4), night("d", ago(4), pending)),
  ];
  const { fetched } = await fetchWith([{ cells, covers: sleep }], sleep);
  expect(fetched.cells.map(({ day, settled }) => [day, settled])).toEqual([
    [ago(6), true],
    [ago(5), false],
    [ago(4), false],
  ]);
});

describe("the days beyond the edge", () => {
  it("are left out, be they records, samples or figures: what is told of them may be a part", async () => {
    const workout = { id: "w" } as WorkoutRecord;
    const span = { from: ago(2), to: ago(1) };
    for (const [field, value] of [
      ["activity.steps", 5000],
      ["workouts.workouts", [workout]],
      ["sleep.sessions", [night("x", ago(3))]],
      ["heart.samples:ONE_MINUTE", { start: null, localStart: "", stepSeconds: 60, offsets: [0], values: [60] }],
    ] as [Field, never][]) {
      const cells = [ago(3), TODAY].map((day) => cell(field, day, value));
      const { fetched } = await fetchWith([{ cells, covers: null }], { ...span, yields: [field] });
      expect([field, fetched.cells]).toEqual([field, []]);
    }
  });

  it("are kept where the call says that it covers them", async () => {
    const cells = [steps(ago(5), 5501), steps(ago(4), 5401)];
    const covers = { from: ago(4), to: TODAY };
    const bench = await fetchWith([{ cells, covers }], { from: ago(1), to: TODAY });
    expect(told(bench).map(([day, value]) => [day, value])).toEqual([
      [ago(4), 5401],
      [ago(3), "NOT_RECORDED"],
      [ago(2), "NOT_RECORDED"],
      [ago(1), "NOT_RECORDED"],
      [TODAY, "NOT_RECORDED"],
    ]);
  });
});

describe("pages", () => {
  it("are one answer: records by id, series by time, figures by the last word", async () => {
    const field = "heart.samples:ONE_MINUTE" as const;
    const yields: Field[] = ["sleep.sessions", field, "activity.steps"];
    const series = (offsets: readonly number[], values: readonly number[]) =>
      cell(field, ago(1), { start: null, localStart: `${ago(1)}T00:00:00`, stepSeconds: 60, offsets, values });
    const first = [
      nights(ago(1), night("a", ago(1)), night("b", ago(1), { minutesAsleep: 301 })),
      series([0, 120], [61, 63]),
      steps(ago(1), 5001),
    ];
    const second = [
      nights(ago(1), night("b", ago(1), { minutesAsleep: 302 }), night("c", ago(1))),
      series([60], [62]),
      steps(ago(1), 5002),
    ];
    const covers = { from: ago(1), to: ago(1) };
    const { fetched, sent } = await fetchWith(
      [
        { cells: first, next: page("/2") },
        { cells: second, covers },
      ],
      {
        yields,
        ...covers,
      },
    );
    expect(sent.map(({ path }) => path)).toEqual(["/first", "/2"]);
    expect(fetched.requests).toBe(2);
    const [sleeps, samples, figure] = fetched.cells.map(({ known }) => (known as { value: unknown }).value);
    expect((sleeps as SleepRecord[]).map(({ id, minutesAsleep }) => [id, minutesAsleep])).toEqual([
      ["a", 361],
      ["b", 302],
      ["c", 361],
    ]);
    expect(samples).toMatchObject({ offsets: [0, 60, 120], values: [61, 62, 63] });
    expect(figure).toBe(5002);
  });

  it("prove nothing of days without cells until the last one does", async () => {
    const bench = await fetchWith([
      { next: page("/2") },
      { cells: [steps(ago(1), 5101)], covers: { from: ago(2), to: ago(1) } },
    ]);
    expect(told(bench).map(([day, value]) => [day, value])).toEqual([
      [ago(1), 5101],
      [ago(2), "NOT_RECORDED"],
    ]);
  });

  it("of which one fails are no answer at all: what was read so far is not kept", async () => {
    const failure = { code: "UNAVAILABLE" } as const;
    const first = { cells: [steps(ago(1), 5101)], covers: all, next: page("/2") };
    const { fetched, sent } = await fetchWith([first, { kind: "failed", failure }]);
    expect(fetched).toEqual({ cells: [], failure, requests: 2, shared: false });
    expect(sent).toHaveLength(2);
    const unread = await fetchWith([first, new UnreadableAnswer("steps is not a list")]);
    expect(unread.fetched).toEqual({ cells: [], failure: unavailable, requests: 2, shared: false });
    expect(unread.unreadable).toEqual(["steps is not a list"]);
  });

  const endless = (next: (at: number) => string) => (at: number) => ({
    cells: [steps(ago(1), at)],
    next: page(next(at)),
  });

  it.each<[string, (at: number) => Script, number]>([
    ["to themselves", endless(() => "/2"), 2],
    ["to the first", endless(() => "/first"), 1],
    ["in a circle", endless((at) => `/${at % 2}`), 3],
    ["to the same in another order", endless((at) => (at % 2 ? "/p?a=1&b=2" : "/p?b=2&a=1")), 2],
    ["on and on", endless((at) => `/p${at}`), 200],
    ["on and on with the same data", (at) => ({ cells: [steps(ago(1), 7)], next: page(`/p${at}`) }), 2],
    ["on and on without anything", (at) => ({ next: page(`/p${at}`) }), 20],
  ])("that lead %s end the reading, and nothing of them is kept", async (_, script, requests) => {
    const { fetched, sent, unreadable } = await fetchWith(script);
    expect(fetched).toEqual({ cells: [], failure: unavailable, requests, shared: false });
    expect(sent).toHaveLength(requests);
    expect(unreadable).toHaveLength(1);
  });

  it("are told apart by every part of their request", async () => {
    const requests: ApiRequest[] = [
      { ...page("/first"), method: "POST" },
      { ...page("/first"), base: "OTHER" },
      { ...page("/first"), query: { p: 1 } },
      { ...page("/first"), query: { p: 2 } },
      { ...page("/first"), json: { p: 1 } },
      { ...page("/first"), form: { p: "1" } },
    ];
    const { fetched } = await fetchWith((at) => ({ cells: [steps(ago(1), at)], next: requests[at] }));
    expect([fetched.failure, fetched.requests]).toEqual([null, 7]);
    const same = await fetchWith((at) => ({
      cells: [steps(ago(1), at)],
      next: at ? page("/p?q=1") : { ...page("/p"), query: { q: 1 } },
    }));
    expect(same.fetched.requests).toBe(2);
  });

  it("may be empty now and then, 19 in a row, and 200 in all", async () => {
    const gap = (at: number): Script =>
      at === 19 || at === 39
        ? { cells: [steps(ago(1), at)], next: page(`/p${at}`) }
        : { next: at < 58 ? page(`/p${at}`) : undefined };
    const { fetched } = await fetchWith(gap);
    expect([fetched.failure, fetched.requests]).toEqual([null, 59]);
    // An empty list says no more than an empty page.
    const bare = cell("devices.devices", null, []);
    const lists = await fetchWith((at) => ({ cells: [bare], next: at < 18 ? page(`/p${at}`) : undefined }), {
      yields: ["devices.devices"],
      from: null,
    });
    expect([lists.fetched.failure, lists.fetched.requests]).toEqual([null, 19]);
    const long = await fetchWith((at) => ({
      cells: [steps(ago(1), at)],
      next: at < 199 ? page(`/p${at}`) : undefined,
    }));
    expect([long.fetched.failure, long.fetched.requests]).toEqual([null, 200]);
  });
});

describe("what can't be used", () => {
  const lost = (day: string | null, reason: Skipped["reason"] = "PROVIDER_ERROR"): Skipped => ({
    field: "sleep.sessions",
    day,
    reason,
    why: `a night ${reason}`,
  });
  const knowns = ({ fetched }: Bench) => fetched.cells.map(({ day, known, settled }) => [day, known, settled]);

  it("costs its own day, which is asked for again, and no other", async () => {
    const [a, b] = [night("a", ago(6)), night("b", ago(5))];
    const cells = [nights(ago(6), a), nights(ago(5), b)];
    const bench = await fetchWith(
      [{ cells, covers: sleep, skipped: [lost(ago(5)), lost(ago(4)), lost(ago(9))] }],
      sleep,
    );
    expect(knowns(bench)).toEqual([
      [ago(6), { value: [a] }, true],
      [ago(5), { value: [b], lacks: "PROVIDER_ERROR" }, false],
      [ago(4), { nothing: "PROVIDER_ERROR" }, false],
    ]);
    expect(bench.causes).toEqual(new Map([["a night PROVIDER_ERROR", 3]]));
  });

  it("and is not over yet is not yet synced; an error beside it is graver", async () => {
    const a = night("a", ago(5));
    const skipped = [lost(ago(6), "NOT_YET_SYNCED"), lost(ago(5), "NOT_YET_SYNCED")];
    expect(knowns(await fetchWith([{ cells: [nights(ago(5), a)], covers: sleep, skipped }], sleep))).toEqual([
      [ago(5), { value: [a], lacks: "NOT_YET_SYNCED" }, false],
      [ago(6), { nothing: "NOT_YET_SYNCED" }, false],
      [ago(4), { value: [] }, true],
    ]);
    for (const order of [skipped, skipped.toReversed()]) {
      const both = [...order, lost(ago(6)), lost(ago(5)), ...order];
      const bench = await fetchWith([{ cells: [nights(ago(5), a)], covers: sleep, skipped: both }], sleep);
      expect(new Map(knowns(bench).map(([day, known]) => [day, known]))).toEqual(
        new Map([
          [ago(5), { value: [a], lacks: "PROVIDER_ERROR" }],
          [ago(6), { nothing: "PROVIDER_ERROR" }],
          [ago(4), { value: [] }],
        ]),
      );
    }
  });

  it("and may be of any day keeps the days without data open", async () => {
    const a = night("a", ago(5));
    const bench = await fetchWith([{ cells: [nights(ago(5), a)], covers: sleep, skipped: [lost(null)] }], sleep);
    expect(knowns(bench)).toEqual([
      [ago(5), { value: [a], lacks: "PROVIDER_ERROR" }, true],
      [ago(6), { value: [], lacks: "PROVIDER_ERROR" }, false],
      [ago(4), { value: [], lacks: "PROVIDER_ERROR" }, false],
    ]);
    const reasons = async (...skipped: Skipped[]) =>
      knowns(await fetchWith([{ cells: [nights(ago(5), a)], covers: sleep, skipped }], sleep)).map(
        ([, known]) => (known as { lacks?: string }).lacks,
      );
    const open = "NOT_YET_SYNCED";
    expect(await reasons(lost(null, open))).toEqual([open, open, open]);
    for (const skipped of [
      [lost(null, open), lost(null)],
      [lost(null), lost(null, open)],
    ])
      expect(await reasons(...skipped)).toEqual(Array(3).fill("PROVIDER_ERROR"));
  });

  it.each<[string, Asked, Partial<ReadPage>]>([
    [
      "days",
      {},
      { covers: all, skipped: [{ field: "activity.steps", day: null, reason: "PROVIDER_ERROR", why: "no day" }] },
    ],
    ["nights", { yields: ["sleep.sessions"] }, { covers: all, skipped: [lost(null), lost(ago(2))] }],
    [
      "devices",
      { yields: ["devices.devices"], from: null },
      {
        cells: [cell("devices.devices", null, [])],
        skipped: [{ field: "devices.devices", day: null, reason: "PROVIDER_ERROR", why: "no name" }],
      },
    ],
  ])("makes an answer without another record unavailable: of %s", async (_what, asked, answer) => {
    const { fetched, unreadable, causes } = await fetchWith([answer], asked);
    expect(fetched).toEqual({ cells: [], failure: unavailable, requests: 1, shared: false });
    expect(unreadable).toEqual([expect.stringContaining("none of the records of scripted can be read")]);
    expect(causes.size).toBe(0);
  });

  it("that is not over yet and tells no day is no damage", async () => {
    const skipped: Skipped[] = [{ field: "sleep.sessions", day: null, reason: "NOT_YET_SYNCED", why: "goes on" }];
    const { fetched } = await fetchWith([{ covers: { from: TODAY, to: TODAY }, skipped }], {
      yields: ["sleep.sessions"],
    });
    expect(fetched).toMatchObject({ failure: null, cells: [{ day: TODAY, known: { value: [] }, settled: false }] });
  });

  it("of a field with no other makes its days unknown, and nothing of another field's", async () => {
    const yields: Field[] = ["activity.steps", "workouts.workouts"];
    const covers = { from: ago(1), to: TODAY };
    const skipped: Skipped[] = [{ field: "workouts.workouts", day: null, reason: "PROVIDER_ERROR", why: "no start" }];
    const { fetched } = await fetchWith([{ cells: [steps(TODAY, 4210)], covers, skipped }], { yields });
    expect(fetched.cells.map(({ field, day, known, settled }) => [field, day, known, settled])).toEqual([
      ["activity.steps", TODAY, { value: 4210 }, false],
      ["activity.steps", ago(1), { nothing: "NOT_RECORDED" }, false],
      ["workouts.workouts", ago(1), { nothing: "PROVIDER_ERROR" }, false],
      ["workouts.workouts", TODAY, { nothing: "PROVIDER_ERROR" }, false],
    ]);
  });

  it("of an undated list leaves it lacking", async () => {
    const skipped: Skipped[] = [{ field: "devices.devices", day: null, reason: "PROVIDER_ERROR", why: "no name" }];
    const asked = { yields: ["devices.devices"] as Field[], from: null };
    const bare = { id: "7", model: null, kind: null, firmware: null, batteryPercent: null, lastSyncAt: null };
    const some = await fetchWith([{ cells: [cell("devices.devices", null, [bare])], skipped }], asked);
    expect(knowns(some)).toEqual([[null, { value: [bare], lacks: "PROVIDER_ERROR" }, false]]);
  });

  it("since nobody can have it is null with the reason, and asked for again", async () => {
    const cells = [steps(ago(3), -1), steps(ago(2), 5201), steps(ago(1), 4_294_967_295), steps("2026-02-30", 17)];
    const bench = await fetchWith([{ cells, covers: all }], { proof: { dataThrough: TODAY } });
    expect(told(bench)).toEqual([
      [ago(3), "PROVIDER_ERROR", false],
      [ago(2), 5201, false],
      [ago(1), "PROVIDER_ERROR", false],
      [TODAY, "NOT_RECORDED", false],
    ]);
    expect(bench.causes).toEqual(
      new Map([
        ["activity.steps is not what a person can have", 2],
        ["activity.steps is of a day that can't be", 1],
      ]),
    );
  });

  it("on one page is still lacking where another page has more of the day", async () => {
    const bad = night("bad", ago(5), { end: ago(9) });
    const good = night("a", ago(5));
    const [one, two] = [{ cells: [nights(ago(5), bad)] }, { cells: [nights(ago(5), good)] }];
    for (const [first, last] of [
      [one, two],
      [two, one],
    ] as const) {
      const bench = await fetchWith(
        [
          { ...first, next: page("/2") },
          { ...last, covers: { from: ago(5), to: ago(5) } },
        ],
        sleep,
      );
      expect(knowns(bench)).toEqual([[ago(5), { value: [good], lacks: "PROVIDER_ERROR" }, false]]);
    }
    // Which of the pages it was on makes no difference.
    const half = night("h", ago(5), { minutesAsleep: -1 });
    const later = await fetchWith([{ ...two, next: page("/2") }, { cells: [nights(ago(5), half)] }], sleep);
    expect(later.fetched.cells[0]!.known).toMatchObject({ lacks: "PROVIDER_ERROR" });
    const bench = await fetchWith(
      [
        { cells: [nights(ago(5), half)], next: page("/2") },
        { ...two, covers: null },
      ],
      sleep,
    );
    expect(bench.fetched.cells[0]!.known).toMatchObject({ lacks: "PROVIDER_ERROR" });
  });
});

describe("trouble", () => {
  it.each([{ error: { code: 500 } }, { errors: ["system"] }])("inside a 200 (%j) is trouble", async (body) => {
    const { fetched } = await fetchWith([{ cells: [steps(TODAY, 7)], covers: all, ...body } as Script]);
    expect(fetched).toEqual({ cells: [], failure: unavailable, requests: 1, shared: false });
  });

  it.each([new TypeError("no such thing"), new RangeError("no such day")])(
    "of a reader (%p) is an unreadable answer",
    async (error) => {
      const { fetched, unreadable } = await fetchWith([error]);
      expect(fetched.failure).toEqual(unavailable);
      expect(unreadable).toEqual([error.message]);
    },
  );

  it("that is our own defect is not hidden", async () => {
    await expect(fetchWith([new SyntaxError("ours")])).rejects.toThrow("ours");
  });

  it.each(["INSUFFICIENT_SCOPE", "NOT_PERMITTED_TO_APP"] as const)("%s is itself an answer", async (code) => {
    const yields: Field[] = ["activity.steps", "profile.age"];
    const refusal: Outcome = { kind: "failed", failure: { code } };
    const { fetched } = await fetchWith([refusal], { yields, from: ago(1), to: TODAY });
    const cellOf = (field: Field, day: string | null) => ({
      field,
      day,
      known: { nothing: code },
      at: NOW,
      call: "scripted",
      settled: false,
    });
    expect(fetched.cells).toEqual([
      cellOf("activity.steps", ago(1)),
      cellOf("activity.steps", TODAY),
      cellOf("profile.age", null),
    ]);
    expect(fetched.failure).toEqual({ code });
  });

  it.each(["UNAVAILABLE", "RATE_LIMITED", "TOKEN_REJECTED", "REJECTED"] as const)("%s is none", async (code) => {
    const { fetched } = await fetchWith([{ kind: "failed", failure: { code } }]);
    expect(fetched.cells).toEqual([]);
  });

  it("leaves to others what its asker is told to", async () => {
    const later: Outcome = { kind: "pending", retryAfterMs: 1000 };
    expect((await fetchWith([later, { cells: [steps(TODAY, 6100)] }])).reserves).toEqual([0.35, 0.35]);
  });

  it("that a closed budget kept back is RATE_LIMITED until then", async () => {
    const limited: Outcome = { kind: "failed", failure: { code: "RATE_LIMITED", retryAt: NOW + 7000 } };
    expect((await fetchWith([limited], { left: 0 })).fetched).toEqual({
      cells: [],
      failure: { code: "RATE_LIMITED", retryAt: NOW + 7000 },
      requests: 0,
      shared: false,
    });
  });

  it("that never left for the provider costs nothing", async () => {
    const failed: Outcome = { kind: "failed", failure: { code: "UNAVAILABLE" } };
    const unsent = await fetchWith([failed], { left: 0 });
    expect(unsent.fetched.requests).toBe(0);
    // Repeats after trouble are one request of the plan.
    const thrice = await fetchWith([failed], { left: 3 });
    expect(thrice.fetched.requests).toBe(1);
  });

  it("of an answer still being computed is waited for, ten seconds in all", async () => {
    const later = (retryAfterMs: number): Outcome => ({ kind: "pending", retryAfterMs });
    const done = { cells: [steps(TODAY, 6100)] };
    const patient = await fetchWith([later(4000), later(6000), done]);
    expect([patient.waited, patient.fetched.requests, patient.fetched.failure]).toEqual([[4000, 6000], 3, null]);
    const tired = await fetchWith([later(4000), later(6001), done]);
    expect([tired.waited, tired.fetched.requests, tired.fetched.failure]).toEqual([
      [4000],
      2,
      { code: "UNAVAILABLE", retryAt: NOW + 6001 },
    ]);
  });
});

describe("the same request at the same time", () => {
  /** A sender that answers when it is told to, and says by which signals it was asked to stop. */
  function bench() {
    const asked: { signal?: AbortSignal; answer: () => void }[] = [];
    const sender: Sender = {
      send: (_connection, _request, { signal }) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
          asked.push({ signal, answer: () => resolve({ outcome: ok, body: { cells: [steps(TODAY, 4210)] } }) });
        }),
    };
    const fetcher = createFetcher({ sender, clock: { now: () => NOW }, delay: async () => {} });
    const call = callOf(["activity.steps", "activity.floors"]);
    const fetch = (over: { id?: string; fields?: Field[]; from?: string; to?: string } = {}, signal?: AbortSignal) =>
      fetcher.fetch(
        {
          provider: { revision: { days: 3, freshSeconds: 900 } } as Provider,
          connection: { id: over.id ?? "c1" } as Connection,
          headerTokens: {},
          today: TODAY,
          connectedOn: "2026-01-15",
          have: { value: () => undefined } as Have,
          proof: { dataThrough: null, lastSyncDate: null },
          reserve: 0,
        },
        {
          call,
          fields: new Set(over.fields ?? ["activity.steps"]),
          from: epochDay(over.from ?? ago(1)),
          to: epochDay(over.to ?? TODAY),
          requests: 1,
          atLeast: false,
        },
        signal,
      );
    return { asked, fetch };
  }

  it("is sent once; whoever is first to have the answer counts it", async () => {
    const { asked, fetch } = bench();
    const both = [fetch(), fetch()];
    expect(asked).toHaveLength(1);
    asked[0]!.answer();
    const [first, second] = await Promise.all(both);
    expect([first!.requests, first!.shared]).toEqual([1, false]);
    expect([second!.requests, second!.shared]).toEqual([0, true]);
    expect(second!.cells).toEqual(first!.cells);
    // What is over is not shared.
    void fetch();
    expect(asked).toHaveLength(2);
  });

  it("is another one for other days, fields and connections", () => {
    const { asked, fetch } = bench();
    for (const over of [{}, { id: "c2" }, { fields: ["activity.floors"] as Field[] }, { from: ago(2) }, { to: ago(1) }])
      void fetch(over);
    expect(asked).toHaveLength(5);
    const fields: Field[] = ["activity.steps", "activity.floors"];
    void fetch({ fields });
    void fetch({ fields: fields.toReversed() });
    expect(asked).toHaveLength(6);
  });

  it("goes on for those who still wait, and is given up with the last of them", async () => {
    const { asked, fetch } = bench();
    const [leaver, stayer] = [new AbortController(), new AbortController()];
    const left = fetch({}, leaver.signal);
    const stayed = fetch({}, stayer.signal);
    leaver.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    expect(asked[0]!.signal!.aborted).toBe(false);
    asked[0]!.answer();
    expect(await stayed).toMatchObject({ requests: 1, shared: false });

    const alone = new AbortController();
    const last = fetch({}, alone.signal);
    alone.abort(new Error("gone"));
    await expect(last).rejects.toThrow("gone");
    expect(asked[1]!.signal!.aborted).toBe(true);
    // Nobody is handed what was given up.
    const next = fetch();
    expect(asked).toHaveLength(3);
    asked[2]!.answer();
    expect(await next).toMatchObject({ requests: 1, shared: false });
  });

  it("is not sent for who has already given up", async () => {
    const { asked, fetch } = bench();
    await expect(fetch({}, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
    expect(asked).toEqual([]);
  });
});
