import { jest } from "@jest/globals";
import { type LabGateway, plainRequest, startLabGateway } from "../../test/support/lab-gateway.js";
import { shown } from "../../test/support/shown.js";
import type { ActivityMetric, Domain, Resolution } from "../model/records.js";
import { samplesField } from "../model/series.js";
import { datesBetween, dayTotals, person } from "../sandbox/people/index.js";
import type { Ask, ReadRequest } from "./ask.js";
import type { Histories } from "./views.js";

const figures = ["steps", "distance", "energyBurned", "activeEnergyBurned", "basalEnergyBurned", "floors", "elevation"];
const eight = [...figures, "sedentaryMinutes"];
const summary = [...eight, "lightlyActiveMinutes", "moderatelyActiveMinutes", "veryActiveMinutes"];
const october = { from: "2026-10-01", to: "2026-10-30" };

let lab: LabGateway;
const opened: LabGateway[] = [];
async function open(options?: Parameters<typeof startLabGateway>[0], ...people: string[]): Promise<LabGateway> {
  lab = await startLabGateway(options);
  opened.push(lab);
  for (const id of people.length > 0 ? people : ["demo"]) await lab.connect(id);
  lab.fitbit.forgetRequests();
  return lab;
}
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

function ask<D extends Domain>(domain: D, names: readonly string[], more: Partial<Ask> = {}): Ask<D> {
  const fields = new Set(names.map((name) => (name.includes(".") ? name : `${domain.toLowerCase()}.${name}`)));
  const base = { userId: "demo", domain, range: october, providers: null, alternatives: false, goalProgress: false };
  return { ...base, ...more, domain, fields: fields as Ask["fields"] };
}

/** One operation: its answers, what it says it cost, and what the provider saw of it. */
async function readAll(asks: readonly Ask[], request: Partial<ReadRequest> = {}) {
  // A jittered wait may have left the clock between two milliseconds.
  lab.clock.set(new Date(Math.ceil(lab.clock.now())).toISOString());
  const before = lab.fitbit.requests.length;
  const session = lab.gateway.healthData.session({ ...plainRequest, ...request });
  const answers = await session.load(asks);
  await lab.gateway.history.flush();
  const sent = lab.fitbit.requests.slice(before).filter(({ kind }) => kind === "api");
  return { answers, report: session.report(), sent };
}
async function read<D extends Domain>(one: Ask<D>, request: Partial<ReadRequest> = {}) {
  const { answers, report, sent } = await readAll([one], request);
  const answer = answers[0]! as Histories[D];
  return { answer, report, sent, source: answer.sources[0]! };
}
const steps = (more: Partial<Ask> = {}) => ask("ACTIVITY", ["steps"], more);
const today = { lastDays: 1 };
const noCache = { freshness: { ...plainRequest.freshness, noCache: true } };
const onlyIfCached = { freshness: { ...plainRequest.freshness, onlyIfCached: true } };
const walked = (date: string, id = "demo") => dayTotals(person(id), person(id).day(date)).steps;

describe("what a query costs", () => {
  it("is one call for thirty days of steps, and none the second time", async () => {
    await open();
    const first = await read(steps());
    expect(first.sent.map(({ path }) => path)).toEqual(["/1/user/-/activities/steps/date/2026-10-01/2026-10-30.json"]);
    expect(first.answer.days!.map(({ date, steps }) => [date, steps])).toEqual(
      datesBetween(october.from, october.to).map((date) => [date, walked(date)]),
    );
    expect(first.answer.totals!.steps).toBe(
      datesBetween(october.from, october.to).reduce((sum, date) => sum + walked(date), 0),
    );
    expect(first.report.upstreamCalls).toBe(1);
    const second = await read(steps());
    expect([second.sent, second.report.upstreamCalls]).toEqual([[], 0]);
    expect(shown(second.answer.days)).toEqual(shown(first.answer.days));
    expect(second.report.calls).toMatchObject([{ call: "steps-series", origin: "STORE", requests: 0, ...october }]);
  });

  it("is at most a call for each figure, and one call for one day of all of them", async () => {
    await open();
    expect((await read(ask("ACTIVITY", eight))).sent.length).toBeLessThanOrEqual(8);
    const range = { from: "2026-09-03", to: "2026-09-03" };
    const one = await read(ask("ACTIVITY", summary, { range }));
    expect(one.sent).toHaveLength(1);
    const day = one.answer.days![0]!;
    const totals = dayTotals(person("demo"), person("demo").day("2026-09-03"));
    expect([day.steps, day.floors]).toEqual([totals.steps, totals.floors]);
    expect(day.distance! / totals.distanceMeters).toBeCloseTo(1, 2);
    expect(day.energyBurned! / totals.energyKcal).toBeCloseTo(1, 2);
  });

  it("is the union's for aliases that overlap", async () => {
    await open();
    const { sent, answers } = await readAll([
      steps({ range: { from: "2026-09-01", to: "2026-09-20" } }),
      steps({ range: { from: "2026-09-10", to: "2026-09-30" } }),
      steps({ range: { from: "2026-09-15", to: "2026-09-15" } }),
    ]);
    expect(sent).toHaveLength(1);
    expect(answers.map((each) => (each as Histories["ACTIVITY"]).days!.length)).toEqual([20, 21, 1]);
  });

  it("is split where a range is longer than one request reaches", async () => {
    await open();
    const range = { from: "2026-01-01", to: "2026-03-11" };
    expect((await read(ask("ACTIVITY", ["activeEnergyBurned"], { range }))).sent).toHaveLength(3);
  });

  it("is foretold by a dry run that calls nobody", async () => {
    await open();
    const asks = [ask("ACTIVITY", eight), ask("SLEEP", ["sessions"]), ask("HEART", ["restingRate"])];
    const dry = await readAll(asks, { dryRun: true });
    expect(dry.sent).toEqual([]);
    const real = await readAll(asks);
    expect(dry.report.upstreamCalls).toBe(real.report.upstreamCalls);
    expect(real.sent).toHaveLength(real.report.upstreamCalls);
  });

  it("is foretold of what is stored and too old as of what is not stored", async () => {
    await open(undefined, "both");
    const now = steps({ userId: "both", range: today });
    await read(now);
    lab.clock.advance(3_600_000);
    const dry = await readAll([now], { dryRun: true });
    expect(dry.report.calls.map(({ origin }) => origin)).toEqual(["UPSTREAM"]);
  });

  it("is shared by equal requests at the same time", async () => {
    await open();
    // Long enough for both to ask before one is answered.
    lab.fitbit.addFault({ path: "/steps/", latencyMs: 1_000 });
    const both = await Promise.all([readAll([steps()]), readAll([steps()])]);
    expect(lab.fitbit.requests.filter(({ kind }) => kind === "api")).toHaveLength(1);
    expect(both.map(({ report }) => report.upstreamCalls).sort()).toEqual([0, 1]);
    expect(both.flatMap(({ report }) => report.calls.map(({ origin }) => origin)).sort()).toEqual([
      "SHARED",
      "UPSTREAM",
    ]);
  });

  it("is nothing twice within an operation, whatever fails and however old", async () => {
    await open();
    lab.fitbit.addFault({ path: "/steps/", status: 404 });
    const session = lab.gateway.healthData.session({ ...plainRequest, ...noCache });
    await session.load([steps({ alternatives: true })]);
    lab.clock.advance(60_000);
    await session.load([steps()]);
    expect(lab.fitbit.requests).toHaveLength(1);
  });

  it("is not what another caller's giving up leaves of it", async () => {
    await open();
    lab.fitbit.addFault({ path: "/steps/", latencyMs: 60 });
    const leaving = new AbortController();
    const gone = readAll([steps()], { signal: () => leaving.signal }).catch((error) => error);
    const staying = read(steps());
    setTimeout(() => leaving.abort(), 20);
    expect((await staying).answer.totals!.steps).toBeGreaterThan(0);
    expect(await gone).toHaveProperty("name", "AbortError");
    expect((await read(steps())).sent).toEqual([]);
  });
});

describe("samples", () => {
  const range = { from: "2026-10-06", to: "2026-10-06" };
  const series = async (metric: ActivityMetric | "HEART", resolution: Resolution) => {
    const field = samplesField(metric, resolution);
    const got = await read(ask(metric === "HEART" ? "HEART" : "ACTIVITY", [field], { range }));
    return { ...got, series: got.answer.days![0]!.series.get(field)! };
  };

  it("come in each resolution, and a fresh finer series answers a coarser one", async () => {
    await open();
    const minutes = await series("STEPS", "ONE_MINUTE");
    expect(minutes.sent).toHaveLength(1);
    expect(minutes.series.values.reduce((a, b) => a + b, 0)).toBe(walked("2026-10-06"));
    for (const [resolution, step] of [
      ["FIVE_MINUTES", 300],
      ["FIFTEEN_MINUTES", 900],
    ] as const) {
      const coarser = await series("STEPS", resolution);
      expect(coarser.sent).toEqual([]);
      expect(coarser.series.stepSeconds).toBe(step);
      expect(coarser.series.values.reduce((a, b) => a + b, 0)).toBe(walked("2026-10-06"));
    }
    expect((await series("HEART", "FIFTEEN_MINUTES")).sent).toHaveLength(1);
    expect((await series("HEART", "ONE_SECOND")).sent).toHaveLength(1);
    expect((await series("HEART", "ONE_MINUTE")).sent).toEqual([]);
  });

  it("say that the app may not have them, and are not asked for day after day", async () => {
    await open({ lab: { switches: { intraday: false } } });
    const field = samplesField("HEART", "ONE_MINUTE");
    const many = await read(ask("HEART", [field]));
    expect(many.answer.days![0]!.absent.get("samples(ONE_MINUTE)")).toBe("NOT_PERMITTED_TO_APP");
    expect(many.source.status).toBe("OK");
    expect(many.sent.length).toBeLessThanOrEqual(5);
    // After the consent, which may have changed it.
    lab.clock.advance(1_000);
    const one = { from: "2026-09-06", to: "2026-09-06" };
    expect((await read(ask("HEART", [field], { range: one }))).sent).toHaveLength(1);
    expect((await read(ask("HEART", [field], { range: one }))).sent).toEqual([]);
  });

  it("that are wanted in two resolutions are fetched in the finer one alone", async () => {
    await open();
    const fields = [samplesField("STEPS", "FIVE_MINUTES"), samplesField("STEPS", "ONE_MINUTE")];
    const both = await read(ask("ACTIVITY", fields, { range }));
    expect(both.sent).toHaveLength(1);
    const sums = fields.map((field) => both.answer.days![0]!.series.get(field)!.values.reduce((a, b) => a + b, 0));
    expect(sums).toEqual([walked("2026-10-06"), walked("2026-10-06")]);
  });
});

describe("a provider that can't be asked", () => {
  it("is not, once its limit is used up: what is stored stands in", async () => {
    await open(undefined, "both");
    const mine = { userId: "both" };
    await read(steps({ ...mine, range: today }));
    lab.fitbit.setHourlyLimit(1);
    lab.clock.advance(120_000);
    await read(steps({ ...mine, range: today }), noCache);
    const stale = await read(steps({ ...mine, range: today }));
    expect(stale.sent).toEqual([]);
    expect(stale.source).toMatchObject({ status: "STALE", servedFromStore: true });
    expect(stale.source.retryAt).toBe(Date.parse("2026-11-20T21:00:00Z"));
    expect(stale.answer.days![0]!.steps).toBeGreaterThan(0);
    const unknown = await read(steps(mine));
    expect(unknown.sent).toEqual([]);
    expect(unknown.source).toMatchObject({ status: "RATE_LIMITED", servedFromStore: false });
    expect(unknown.answer.days).toBeNull();
    const mixed = await read(ask("ACTIVITY", ["steps", "floors"], { ...mine, range: today }));
    expect(mixed.source.status).toBe("RATE_LIMITED");
    expect(mixed.answer.days![0]!.absent.get("floors")).toBe("NOT_FETCHED");
    lab.clock.set("2026-11-20T21:00:01Z");
    lab.fitbit.setHourlyLimit(150);
    expect((await read(steps({ ...mine, range: today }))).source.status).toBe("OK");
  });

  it("does not have its last request taken by several at once", async () => {
    await open();
    await read(steps({ range: today }));
    lab.fitbit.resetRateLimits();
    lab.fitbit.setHourlyLimit(3);
    await read(ask("ACTIVITY", ["activeZoneMinutes"]));
    const { sent } = await read(ask("ACTIVITY", eight));
    expect(sent).toHaveLength(2);
    expect(sent.filter(({ status }) => status === 429)).toEqual([]);
  });

  it.each([
    ["an error", { status: 500 }],
    ["a broken answer", { kind: "malformed" }],
    ["a gateway's page", { kind: "html" }],
    ["silence", { kind: "hang" }],
  ] as const)("through %s takes nothing of what is stored, and leaves no empty list", async (_, fault) => {
    await open({ env: { UPSTREAM_TIMEOUT_MS: "100" } });
    const stored = await read(steps({ range: today }));
    lab.clock.advance(120_000);
    lab.fitbit.addFault(fault);
    const again = await read(steps({ range: today }));
    expect(again.source).toMatchObject({ status: "STALE", servedFromStore: true, asOf: stored.source.asOf });
    expect(shown(again.answer.days)).toEqual(shown(stored.answer.days));
    const nothing = await readAll([ask("SLEEP", ["sessions"]), ask("WORKOUTS", ["workouts"]), ask("BODY", ["weight"])]);
    expect(nothing.answers).toMatchObject([{ sessions: null }, { workouts: null }, { measurements: null }]);
    expect(nothing.answers.map((each) => (each as Histories["SLEEP"]).sources[0]!.status)).toEqual(
      Array(3).fill("UNAVAILABLE"),
    );
  });

  it("because it was switched off is asked once, and its history stays", async () => {
    await open();
    const stored = await read(steps());
    lab.fitbit.switches.sunset = true;
    const off = await read(ask("ACTIVITY", [samplesField("STEPS", "ONE_MINUTE")]));
    expect(off.sent.length).toBeLessThanOrEqual(5);
    expect(off.source.status).toBe("RETIRED");
    const later = await read(steps(), noCache);
    expect([later.sent, later.source.status]).toEqual([[], "RETIRED"]);
    expect(shown(later.answer.days)).toEqual(shown(stored.answer.days));
    const never = await read(steps({ range: { from: "2026-05-01", to: "2026-05-02" } }));
    expect([never.sent, never.answer.days]).toEqual([[], null]);
  });

  it("for want of a scope costs nothing", async () => {
    await open(undefined, "both");
    await lab.connect("demo", { scopes: ["activity", "profile"] });
    lab.fitbit.forgetRequests();
    const { sent, source, answer } = await read(ask("SLEEP", ["sessions"]));
    expect([sent, source.status, answer.sessions]).toEqual([[], "INSUFFICIENT_SCOPE", null]);
    const part = await read(
      ask("HEART", ["restingRate", "hrvRmssd"], { range: { from: "2026-10-06", to: "2026-10-06" } }),
    );
    expect(part.source.status).toBe("OK");
    expect(part.answer.days![0]!.absent.get("hrvRmssd")).toBe("INSUFFICIENT_SCOPE");
  });

  it("says that it lacks a scope where only the preparation does", async () => {
    await open(undefined, "both");
    await lab.connect("demo", { scopes: ["sleep"] });
    const { sent, source } = await read(ask("SLEEP", ["sessions"]));
    expect([sent, source.status]).toEqual([[], "INSUFFICIENT_SCOPE"]);
  });

  it("by the caller's wish answers what is stored and calls nobody", async () => {
    await open();
    const { sent, answer } = await read(steps(), onlyIfCached);
    expect([sent, answer.days]).toEqual([[], null]);
    await read(steps());
    expect((await read(steps(), onlyIfCached)).answer.days).toHaveLength(30);
  });
});

describe("whose days these are", () => {
  it("a day without the wearable is the provider's zero, and its heart is not recorded", async () => {
    await open();
    const unworn = datesBetween("2026-08-01", "2026-10-30").find((date) => !person("demo").day(date).worn)!;
    const range = { from: unworn, to: unworn };
    expect((await read(steps({ range }))).answer.days![0]!.steps).toBe(0);
    const heart = await read(ask("HEART", ["restingRate"], { range }));
    expect(heart.answer.days![0]!.restingRate).toBeNull();
    expect(["NOT_RECORDED", "UNKNOWN"]).toContain(heart.answer.days![0]!.absent.get("restingRate"));
  });

  it("an empty account answers empty lists", async () => {
    await open(undefined, "empty");
    const mine = { userId: "empty" };
    const { answers } = await readAll([
      ask("SLEEP", ["sessions"], mine),
      ask("WORKOUTS", ["workouts"], mine),
      ask("DEVICES", ["devices"], { ...mine, range: null }),
    ]);
    expect(answers).toMatchObject([{ sessions: [] }, { workouts: [] }, { devices: [] }]);
  });

  it("the day of the clock change is whole", async () => {
    await open();
    const range = { from: "2026-10-25", to: "2026-10-25" };
    const field = samplesField("STEPS", "FIFTEEN_MINUTES");
    const { answer } = await read(ask("ACTIVITY", ["steps", field], { range }));
    const series = answer.days![0]!.series.get(field)!;
    expect(answer.days![0]!.steps).toBe(walked("2026-10-25"));
    expect(series.start).toBe("2026-10-25T00:00:00+02:00");
    expect(series.offsets.at(-1)).toBe(25 * 3600 - 900);
    expect(series.values.reduce((a, b) => a + b, 0)).toBe(walked("2026-10-25"));
  });

  it("today is today where the person lives", async () => {
    await open({ now: "2026-11-20T20:07:00Z" }, "unticked", "napper");
    const day = async (userId: string) => (await read(steps({ userId, range: today }))).answer.days![0]!.date;
    expect([await day("unticked"), await day("napper")]).toEqual(["2026-11-21", "2026-11-20"]);
  });

  it("nobody reads another's", async () => {
    await open(undefined, "demo", "both");
    const { answers } = await readAll([steps(), steps({ userId: "both" }), steps({ userId: "nobody" })]);
    const of = (index: number) => (answers[index] as Histories["ACTIVITY"]).days?.map((day) => day.steps) ?? null;
    const dates = datesBetween(october.from, october.to);
    expect(of(0)).toEqual(dates.map((date) => walked(date)));
    expect(of(1)).toEqual(dates.map((date) => walked(date, "both")));
    expect(of(2)).toBeNull();
  });

  it("a token that the caller sent along reads apart", async () => {
    await open({ env: { TOKEN_RESOLVERS: "header,vault" } });
    const headerTokens = { FITBIT: lab.fitbit.issueTokens("both").accessToken };
    const theirs = await read(steps(), { headerTokens });
    expect(theirs.answer.days!.at(-1)!.steps).toBe(walked(october.to, "both"));
    expect((await read(steps(), { headerTokens })).sent).toEqual([]);
    expect((await read(steps())).answer.days!.at(-1)!.steps).toBe(walked(october.to));
    expect((await read(steps(), { headerTokens: { FITBIT: "another" } })).answer.days).toBeNull();
  });
});

describe("what is settled", () => {
  it("is asked again when a notification says so, and only then", async () => {
    await open();
    const range = { from: "2026-10-01", to: "2026-10-15" };
    const { answer } = await read(steps({ range }));
    expect(answer.days!.every(({ settled }) => settled)).toBe(true);
    const [connection] = await lab.gateway.connections.forReading("demo", {});
    lab.clock.advance(20_000);
    await lab.gateway.history.invalidate(connection!.id, "ACTIVITY", { from: "2026-10-05", to: "2026-10-05" });
    lab.clock.advance(1);
    expect((await read(steps({ range }))).sent.map(({ path }) => path)).toEqual([
      expect.stringContaining("2026-10-05"),
    ]);
    lab.clock.advance(86_400_000);
    expect((await read(steps({ range }))).sent).toEqual([]);
    // The zone is read again daily, with other work.
    const again = (await read(steps({ range }), noCache)).sent.map(({ path }) => path);
    expect(again.sort()).toEqual([expect.stringContaining("/steps/"), "/1/user/-/profile.json"]);
  });

  it("never is today; and how far the data reaches is remembered", async () => {
    await open(undefined, "both");
    const { answer } = await read(steps({ userId: "both", range: { lastDays: 20 } }));
    expect(answer.days!.at(-1)!.settled).toBe(false);
    expect(answer.days![0]!.settled).toBe(true);
    const dataThrough = async () => (await lab.gateway.connections.forReading("both", {}))[0]!.dataThrough;
    for (let turn = 0; turn < 50 && (await dataThrough()) === null; turn++) await new Promise(setImmediate);
    expect(await dataThrough()).toBe("2026-11-20");
  });
});

describe("taking turns", () => {
  it("is between callers, however many operations each of them has", async () => {
    await open();
    await read(steps());
    const clock = jest.spyOn(performance, "now");
    try {
      // Every part of the work takes as long as anything may hold the loop.
      let now = 0;
      clock.mockImplementation(() => (now += 5));
      const done: string[] = [];
      const asks = [1, 2, 3, 4, 5].map((lastDays) => steps({ range: { lastDays } }));
      const session = async (owner: string) => {
        await lab.gateway.healthData.session({ ...plainRequest, ...onlyIfCached, owner }).load(asks);
        done.push(owner);
      };
      await Promise.all(["greedy", "greedy", "greedy", "greedy", "ann"].map(session));
      expect(done[0]).toBe("ann");
    } finally {
      clock.mockRestore();
    }
  });
});

describe("goals", () => {
  it("know where the person stands", async () => {
    await open(undefined, "both");
    const { answer } = await read(ask("GOALS", ["daily"], { userId: "both", range: null, goalProgress: true }));
    const daily = answer.goals!.find(({ metric, period }) => metric === "STEPS" && period === "DAILY")!;
    const now = await read(steps({ userId: "both", range: today }));
    expect(daily.current).toBe(now.answer.days![0]!.steps);
    const weekly = answer.goals!.find(({ metric, period }) => metric === "STEPS" && period === "WEEKLY")!;
    const before = datesBetween("2026-11-16", "2026-11-19").reduce((sum, date) => sum + walked(date, "both"), 0);
    expect(weekly.current).toBe(before + daily.current!);
  });
});
