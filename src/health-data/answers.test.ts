import fc from "fast-check";
import { plainRequest } from "../../test/support/plain-request.js";
import { shown } from "../../test/support/shown.js";
import { createBudgets } from "../budgets/budgets.js";
import type { Connection } from "../connections/connection.js";
import type { Field, FieldValue } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";
import { addDays, dateIn, fromEpochDay } from "../model/time.js";
import { fitbit } from "../providers/fitbit/index.js";
import { googleHealth } from "../providers/google-health/index.js";
import type { ProviderId } from "../providers/index.js";
import type { ProviderSettings } from "../providers/provider.js";
import { openStore } from "../store/open-store.js";
import { type Answer, createAnswers, type Lifetime, type Question } from "./answers.js";
import type { Ask, Freshness, ReadRequest } from "./ask.js";
import type { Fetcher } from "./fetch.js";
import { CellAges } from "./freshness.js";
import { createHistory, type History, type StoredCellEntry } from "./history.js";
import { noRetention } from "./retention.js";
import { createHealthData } from "./session.js";

const providers = [fitbit, googleHealth];
const zone = "Europe/Berlin";
const settings = (): ProviderSettings => ({ clientId: "id", clientSecret: "secret", overridden: true }) as never;
const linked = (userId: string, provider: ProviderId): Connection => ({
  id: `${userId}-${provider}`,
  userId,
  provider,
  status: "CONNECTED",
  providerUserId: null,
  legacyUserId: null,
  scopes: [],
  connectedAt: 0,
  lastAttemptAt: null,
  lastSuccessAt: null,
  dataThrough: null,
  identityReadAt: null,
  subscriptions: [],
  budgets: [],
});

/** A value that tells whose it is, of when, and after how many changes of mind. */
function value(field: Field, day: LocalDate | null, seed: number): FieldValue {
  const number = 1 + (((day === null ? 0 : Number(day.slice(-2))) * 31 + seed * 7 + field.length) % 97);
  if (field.includes("samples:"))
    return {
      start: null,
      localStart: `${day}T00:00:00`,
      stepSeconds: 60,
      offsets: [0, 60],
      values: [number, number + 1],
    };
  const at = (hour: string) => `${day}T${hour}:00:00+02:00`;
  const figures = { isMainSleep: true, minutesInBed: null, minutesAwake: null, minutesToFallAsleep: null };
  const night = { ...figures, id: `${number}`, start: at("01"), end: at("07"), minutesAsleep: number };
  if (field === "sleep.sessions")
    return [{ ...night, efficiency: null, stages: null, hypnogram: null, pending: false }];
  if (field === "goals.daily")
    return [{ metric: "STEPS", period: "DAILY", target: number, current: null, unit: "count" }] as never;
  if (field.startsWith("goals.")) return [];
  if (field === "profile.timeZone") return zone;
  if (field.startsWith("profile.")) return `${number}` as never;
  return number;
}

/** Everything that answers are made of, and whoever reads it: one who remembers, and any number who know nothing yet. */
async function startWorld() {
  const world = {
    now: Date.parse("2026-10-06T19:00:00Z"),
    seed: 0,
    failing: new Set<ProviderId>(),
    connections: new Map(["ann", "bob"].map((id) => [id, [linked(id, "FITBIT"), linked(id, "GOOGLE_HEALTH")]])),
    priority: ["FITBIT", "GOOGLE_HEALTH"] as readonly ProviderId[],
    reads: 0,
  };
  const clock = { now: () => world.now };
  const store = await openStore("memory:");
  const history = createHistory({ store, clock });
  const elsewhere = createHistory({ store, clock, onChanged: (id) => history.dropRemembered(id) });
  const counting: History = {
    ...history,
    columns: (...asked) => {
      world.reads++;
      return history.columns(...asked);
    },
  };
  const fetcher: Fetcher = {
    async fetch({ provider }, { call, from, to, fields }) {
      if (world.failing.has(provider.id))
        return { cells: [], failure: { code: "UNAVAILABLE" }, requests: 1, shared: false };
      const days: (LocalDate | null)[] = [];
      if (!Number.isFinite(from)) days.push(null);
      else for (let day = from; day <= to; day++) days.push(fromEpochDay(day));
      const settledBefore = addDays(dateIn(zone, world.now), -3);
      const cells = [...fields].flatMap((field) =>
        days.map((day): StoredCellEntry => {
          const settled = day !== null && day < settledBefore;
          const known = { value: value(field, day, world.seed) };
          return { field, day, known, at: world.now, call: call.name, settled };
        }),
      );
      return { cells, failure: null, requests: 1, shared: false };
    },
  };
  const healthData = () =>
    createHealthData({
      connections: {
        forReading: async (userId) => world.connections.get(userId) ?? [],
        sourcePriority: async () => world.priority,
        noteSuccess: async () => {},
      },
      providers,
      settings,
      history: counting,
      retention: noRetention,
      fetcher,
      budgets: createBudgets({ clock, redisUrl: null, log: { info: () => {}, warn: () => {} } }),
      clock,
      onError: (error) => {
        throw error;
      },
    });
  return { world, history, elsewhere, healthData, close: () => store.close() };
}
type World = Awaited<ReturnType<typeof startWorld>>;

const fieldsOf: Partial<Record<Domain, readonly Field[]>> = {
  ACTIVITY: ["activity.steps", "activity.distance", "activity.samples:STEPS:FIFTEEN_MINUTES"],
  HEART: ["heart.restingRate", "heart.samples:ONE_MINUTE", "heart.samples:FIVE_MINUTES"],
  SLEEP: ["sleep.sessions"],
  PROFILE: ["profile.displayName", "profile.timeZone"],
  GOALS: ["goals.daily", "goals.weekly", "goals.weight", "goals.bodyFat", "goals.sleep"],
};
const undated = ["PROFILE", "GOALS"];
const asks: fc.Arbitrary<Ask> = fc
  .record({
    userId: fc.constantFrom("ann", "ann", "bob"),
    domain: fc.constantFrom<Domain>("ACTIVITY", "ACTIVITY", "HEART", "SLEEP", "PROFILE", "GOALS"),
    range: fc.constantFrom(
      { lastDays: 1 },
      { lastDays: 3 },
      { from: "2026-09-28", to: "2026-10-02" },
      { lastDays: 1, timeZone: "Pacific/Auckland" },
      { from: "2026-10-08", to: "2026-10-07" },
    ),
    part: fc.integer({ min: 1, max: 3 }),
    providers: fc.constantFrom<readonly ProviderId[] | null>(null, null, ["GOOGLE_HEALTH"], ["MISFIT", "FITBIT"]),
    alternatives: fc.boolean(),
  })
  .map(({ domain, part, range, ...more }) => {
    const fields = fieldsOf[domain]!;
    const isUndated = undated.includes(domain);
    const asked = new Set(isUndated ? fields : fields.slice(0, part));
    return { ...more, domain, range: isUndated ? null : range, fields: asked, goalProgress: domain === "GOALS" };
  });
const { freshness: plain } = plainRequest;
const freshnesses = fc.constantFrom<Freshness>(
  plain,
  plain,
  plain,
  { ...plain, maxAgeSeconds: 30 },
  { ...plain, maxAgeSeconds: 600 },
  { ...plain, maxAgeSeconds: 90_000 },
  { ...plain, noCache: true },
  { ...plain, onlyIfCached: true },
  { ...plain, staleIfErrorSeconds: 60 },
);

type Step = (world: World) => unknown;
const connectionIds = ["ann-FITBIT", "ann-GOOGLE_HEALTH", "bob-FITBIT"];
const steps: fc.Arbitrary<{ name: string; take: Step }> = fc.oneof(
  fc.constantFrom(1_000, 45_000, 400_000, 4_000_000, 20_000_000).map((ms) => ({
    name: `wait ${ms}`,
    take: ({ world }: World) => {
      world.now += ms;
    },
  })),
  fc.tuple(fc.constantFrom(...connectionIds), fc.constantFrom<Domain>("ACTIVITY", "HEART")).map(([id, domain]) => ({
    name: `invalidate ${id} ${domain}`,
    take: ({ history }: World) => history.invalidate(id, domain, { from: "2026-10-01", to: "2026-10-06" }),
  })),
  fc.constantFrom(...connectionIds).map((id) => ({
    name: `forget ${id}`,
    take: ({ history }: World) => history.forget(id),
  })),
  fc.tuple(fc.constantFrom(...connectionIds), fc.boolean(), fc.nat(50)).map(([id, isElsewhere, number]) => ({
    name: `write ${id} ${isElsewhere ? "elsewhere" : "here"} ${number}`,
    take: ({ world, history, elsewhere }: World) =>
      (isElsewhere ? elsewhere : history).write(id, [
        {
          field: "activity.steps",
          day: "2026-10-01",
          known: { value: number },
          at: world.now,
          call: "x",
          settled: true,
        },
      ]),
  })),
  fc.constantFrom("Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland").map((name) => ({
    name: `move to ${name}`,
    take: ({ world, history }: World) =>
      history.write("ann-FITBIT", [
        { field: "profile.timeZone", day: null, known: { value: name }, at: world.now, call: "x", settled: false },
      ]),
  })),
  fc.constantFrom<ProviderId>("FITBIT", "GOOGLE_HEALTH").map((id) => ({
    name: `${id} fails, or works again`,
    take: ({ world }: World) => {
      if (!world.failing.delete(id)) world.failing.add(id);
      world.seed++;
    },
  })),
  fc.constant({
    name: "rank otherwise",
    take: ({ world }: World) => {
      world.priority = [...world.priority].reverse();
    },
  }),
  fc.constantFrom<Connection["status"] | null>("CONNECTED", "REAUTHORIZATION_REQUIRED", null).map((status) => ({
    name: `ann's second connection: ${status}`,
    take: ({ world }: World) => {
      const [first] = world.connections.get("ann")!;
      const second = status && { ...linked("ann", "GOOGLE_HEALTH"), status };
      world.connections.set("ann", second ? [first!, second] : [first!]);
    },
  })),
);

const operations = fc.record({
  batches: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.array(asks, { minLength: 1, maxLength: 2 })) },
    { weight: 1, arbitrary: fc.array(fc.array(asks, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 2 }) },
  ),
  freshness: freshnesses,
  dryRun: fc.constantFrom(false, false, false, true),
});
type Operation = typeof operations extends fc.Arbitrary<infer O> ? O : never;

async function run({ healthData }: { healthData: ReturnType<World["healthData"]> }, operation: Operation) {
  const request: ReadRequest = { ...plainRequest, freshness: operation.freshness, dryRun: operation.dryRun };
  const session = healthData.session(request);
  const answers: unknown[] = [];
  for (const batch of operation.batches) answers.push(shown(await session.load(batch)));
  const { upstreamCalls, calls, budgets } = session.report();
  const sorted = (list: readonly object[]) => list.map((each) => JSON.stringify(each)).sort();
  return { answers, upstreamCalls, calls: sorted(calls), budgets: sorted(budgets) };
}

const stepsToday: Operation = {
  batches: [
    [
      {
        userId: "ann",
        domain: "ACTIVITY",
        range: { lastDays: 1 },
        fields: new Set<Field>(["activity.steps"]),
        providers: ["FITBIT"],
        alternatives: false,
        goalProgress: false,
      },
    ],
  ],
  freshness: plain,
  dryRun: false,
};
const inZone = (timeZone: string): Operation => ({
  ...stepsToday,
  batches: [[{ ...stepsToday.batches[0]![0]!, range: { lastDays: 1, timeZone } }]],
});

describe("answers that are kept", () => {
  it("are those that reading would give, whatever happened in between", async () => {
    let recalled = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(operations, { minLength: 1, maxLength: 2 }),
        fc.array(fc.tuple(fc.option(steps, { freq: 2 }), fc.nat(1), fc.option(freshnesses)), {
          minLength: 4,
          maxLength: 10,
        }),
        async (repertoire, course) => {
          const world = await startWorld();
          const remembering = world.healthData();
          for (const [step, which, otherFreshness] of course) {
            await step?.take(world);
            const operation = repertoire[which % repertoire.length]!;
            // The same asks, but another age will do.
            const last = otherFreshness ? { ...operation, freshness: otherFreshness } : operation;
            // Whoever comes first fetches what can be had: the other two read the same.
            for (const each of new Set([operation, last])) await run({ healthData: world.healthData() }, each);
            await world.history.flush();
            // An answer is kept from the second time on.
            for (let time = 0; time < 2; time++) await run({ healthData: remembering }, operation);
            world.world.reads = 0;
            const kept = await run({ healthData: remembering }, last);
            if (world.world.reads === 0) recalled++;
            expect(kept).toEqual(await run({ healthData: world.healthData() }, last));
          }
          await world.history.flush();
          await world.close();
        },
      ),
      { numRuns: 25 },
    );
    // Else it would have shown nothing.
    expect(recalled).toBeGreaterThan(3);
  });

  describe("for one person", () => {
    let world: World;
    let remembering: ReturnType<World["healthData"]>;
    beforeEach(async () => {
      world = await startWorld();
      remembering = world.healthData();
    });
    afterEach(() => world.close());
    const ask = async (operation: Operation) => {
      world.world.reads = 0;
      const { answers, upstreamCalls } = await run({ healthData: remembering }, operation);
      await world.history.flush();
      const [[history]] = answers as [[{ days: { date: string }[] | null }]];
      return { dates: history.days?.map(({ date }) => date), upstreamCalls, isRecalled: world.world.reads === 0 };
    };
    const known = (day: LocalDate) =>
      world.history.write("ann-FITBIT", [
        { field: "activity.steps", day, known: { value: 7 }, at: world.world.now, call: "steps", settled: true },
        {
          field: "profile.timeZone",
          day: null,
          known: { value: zone },
          at: world.world.now,
          call: "x",
          settled: false,
        },
      ]);

    it("are found without a look at the store once they were read twice", async () => {
      expect(await ask(stepsToday)).toMatchObject({ upstreamCalls: 1, isRecalled: false });
      for (const _time of ["first", "second"])
        expect(await ask(stepsToday)).toMatchObject({ upstreamCalls: 0, isRecalled: false });
      expect(await ask(stepsToday)).toMatchObject({ upstreamCalls: 0, isRecalled: true });
    });

    it("are not for somebody who wants them younger", async () => {
      const patient = { ...stepsToday, freshness: { ...plain, maxAgeSeconds: 600 } };
      await ask(stepsToday);
      world.world.now += 100_000;
      await ask(patient);
      await ask(patient);
      expect(await ask(patient)).toMatchObject({ upstreamCalls: 0, isRecalled: true });
      expect(await ask(stepsToday)).toMatchObject({ upstreamCalls: 1, isRecalled: false });
    });

    it("are for everybody who takes them that old", async () => {
      await ask(stepsToday);
      for (let time = 0; time < 2; time++) await ask(stepsToday);
      world.world.now += 50_000;
      for (const maxAgeSeconds of [50, 51, 600])
        expect(await ask({ ...stepsToday, freshness: { ...plain, maxAgeSeconds } })).toMatchObject({
          upstreamCalls: 0,
          isRecalled: true,
        });
      expect(await ask({ ...stepsToday, freshness: { ...plain, maxAgeSeconds: 49 } })).toMatchObject({
        upstreamCalls: 1,
        isRecalled: false,
      });
    });

    it("tell of their own cost, also where the operation asked for more meanwhile", async () => {
      const asked = stepsToday.batches[0]![0]!;
      const more = { ...asked, fields: new Set<Field>(["activity.distance"]) };
      for (let time = 0; time < 3; time++) {
        const session = remembering.session(plainRequest);
        await Promise.all([session.load([asked]), session.load([more])]);
        await world.history.flush();
      }
      const { calls } = await run({ healthData: world.healthData() }, stepsToday);
      expect((await run({ healthData: remembering }, stepsToday)).calls).toEqual(calls);
    });

    it("are none where a provider did not answer", async () => {
      world.world.failing.add("FITBIT");
      for (let time = 0; time < 3; time++) await ask(stepsToday);
      expect(await ask(stepsToday)).toMatchObject({ upstreamCalls: 1, isRecalled: false });
    });

    it("end with the day, the person's own or that of the zone asked in", async () => {
      await known("2026-10-06");
      await known("2026-10-07");
      for (const [operation, midnight] of [
        [stepsToday, "2026-10-06T22:00:00Z"],
        [inZone("Atlantic/Azores"), "2026-10-07T00:00:00Z"],
      ] as const) {
        world.world.now = Date.parse(midnight) - 1;
        await ask(operation);
        await ask(operation);
        expect(await ask(operation)).toEqual({ dates: ["2026-10-06"], upstreamCalls: 0, isRecalled: true });
        world.world.now = Date.parse(midnight);
        expect(await ask(operation)).toEqual({ dates: ["2026-10-07"], upstreamCalls: 0, isRecalled: false });
      }
    });
  });
});

describe("a kept answer", () => {
  const range = { from: "2026-10-01", to: "2026-10-05" };
  const question = (change: Partial<Ask> = {}): Question => ({
    userId: "ann",
    asks: [{ domain: "ACTIVITY", range, fields: new Set(["activity.steps"]), providers: null, ...change } as Ask],
    freshness: { maxAgeSeconds: null, noCache: false, onlyIfCached: false, staleIfErrorSeconds: null },
    connections: [linked("ann", "FITBIT")],
    priority: ["FITBIT"],
  });
  const answer = { histories: [], costs: [] } as unknown as Answer;
  /** Of cells that are fresh for any request. */
  const lifetime = (until: number, ages = new CellAges()): Lifetime => ({ until, ages, weight: 1 });
  function bench() {
    const clock = { time: 1_000, now: () => clock.time };
    let change = (_: string) => {};
    const watch = (listener: typeof change) => {
      change = listener;
    };
    const answers = createAnswers({ history: { watch } as never, clock });
    /** Twice, since an answer is kept from the second time on. */
    const keep = (until: number) => {
      for (let time = 0; time < 2; time++) answers.begin(question())(answer, lifetime(until));
    };
    return { clock, answers, keep, change: (id: string) => change(id) };
  }

  test("is kept from the second time on that it was asked for", () => {
    const { answers } = bench();
    answers.begin(question())(answer, lifetime(2_000));
    expect(answers.find(question())).toBeUndefined();
    answers.begin(question())(answer, lifetime(2_000));
    expect(answers.find(question())).toBe(answer);
  });

  test("is found from the moment on that it was asked for, to its last one", () => {
    const { clock, answers, keep } = bench();
    keep(2_000);
    const found = [999, 1_000, 2_000, 2_001].map((time) => {
      clock.time = time;
      return answers.find(question()) === answer;
    });
    expect(found).toEqual([false, true, true, false]);
  });

  test("is not kept where anything changed while it was made", () => {
    const { answers, change, keep } = bench();
    answers.begin(question())(answer, lifetime(2_000));
    const keepLate = answers.begin(question());
    change("ann-FITBIT");
    keepLate(answer, lifetime(2_000));
    expect(answers.find(question())).toBeUndefined();
    keep(2_000);
    change("ann-FITBIT");
    expect(answers.find(question())).toBeUndefined();
  });

  test.each([
    ["another first day", { range: { ...range, from: "2026-10-02" } }],
    ["another last day", { range: { ...range, to: "2026-10-04" } }],
    ["days counted from today", { range: { lastDays: 5 } }],
    ["days of another zone", { range: { ...range, timeZone: "Asia/Tokyo" } }],
    ["other fields", { fields: new Set(["activity.floors"]) }],
    ["other providers", { providers: ["FITBIT"] }],
    ["a wish for alternatives", { alternatives: true }],
    ["a wish for alternatives to another figure", { alternativesTo: new Set(["vitals.oxygenSaturation"]) }],
    ["a wish to know when it was worn", { worn: true }],
    ["a wish for progress", { goalProgress: true }],
  ])("is no answer to %s", (_, change) => {
    const { answers, keep } = bench();
    keep(2_000);
    expect(answers.find(question())).toBe(answer);
    expect(answers.find(question(change as Partial<Ask>))).toBeUndefined();
    expect(answers.find({ ...question(), userId: "bob" })).toBeUndefined();
  });
});
