/** Vitals, readings and averages of the lab's people, as somebody meets them who asks for what nobody thought of. */
import type { Field } from "../../src/model/fields.js";
import { addDays } from "../../src/sandbox/people/index.js";
import {
  type Anything,
  asUser,
  clockFrom,
  credentials,
  dataRequests,
  type Served,
  startServed,
} from "../support/served.js";

const clock = clockFrom("2026-11-20T20:07:00Z");
const today = "2026-11-20";
let served: Served;
beforeAll(async () => {
  served = await startServed(credentials, { clock });
});
afterAll(() => served.close());

const ask = async (user: string, selection: string, plan?: "report" | "dry-run") =>
  await served.ask(`{ viewer { ${selection} } }`, { headers: await asUser(user), ...(plan && { plan }) });
const viewer = async (user: string, selection: string): Promise<Anything> => {
  const { data, errors } = await ask(user, selection);
  expect(errors).toBeUndefined();
  return data.viewer;
};
const codeOf = async (user: string, selection: string) =>
  ((await ask(user, selection)).errors as { extensions: { code: string } }[] | undefined)?.map(
    ({ extensions }) => extensions.code,
  );
const range = `range: { from: "${addDays(today, -30)}", to: "${addDays(today, -1)}" }`;

it("somebody whose tracker has no sensors has days without vitals, and reasons", async () => {
  const { vitals } = await viewer("napper", `vitals(${range}) { oxygenSaturation { value reason } missing { field } }`);
  expect(vitals.missing).toEqual([]);
  expect(vitals.oxygenSaturation).toHaveLength(30);
  for (const day of vitals.oxygenSaturation) expect(day).toEqual({ value: null, reason: "NOT_RECORDED" });
});

it("a watch that stopped measuring oxygen still measures breathing", async () => {
  const { vitals } = await viewer(
    "unticked",
    `vitals(${range}, providers: [GOOGLE_HEALTH]) { oxygenSaturation { date value } respiratoryRate { value } }`,
  );
  const last = vitals.oxygenSaturation.filter(({ value }: Anything) => value !== null).at(-1);
  expect([last.date < "2026-10-23", vitals.respiratoryRate.some(({ value }: Anything) => value > 10)]).toEqual([
    true,
    true,
  ]);
});

it("another source's figure beside one vital costs that vital's calls alone", async () => {
  const vitals = (oxygen: string, breathing = "") =>
    `vitals(${range}) { oxygenSaturation { value ${oxygen} } respiratoryRate { value ${breathing} } vo2Max { value } }`;
  const beside = "alternatives { source value }";
  const asked = async (selection: string) => {
    const { data, extensions } = await ask("collector", selection, "report");
    const calls = (extensions!.plan!.calls as readonly { call: string; provider: string; origin?: string }[])
      .filter(({ origin }) => origin === "UPSTREAM")
      .map(({ provider, call }) => `${provider} ${call}`);
    return { vitals: data.viewer.vitals, calls: [...new Set(calls)].sort() };
  };
  await asked(vitals(""));
  const one = await asked(vitals(beside));
  // WHOOP's recoveries are of the nights that it tells of elsewhere.
  expect(one.calls).toEqual(["OURA daily_spo2", "WHOOP recoveries", "WHOOP sleeps"]);
  expect(one.vitals.oxygenSaturation.some(({ alternatives }: Anything) => alternatives.length > 0)).toBe(true);
  const both = await asked(vitals(beside, beside));
  expect(both.calls).toEqual(["OURA sleep", "WITHINGS getsummary"]);
});

it("a difference in Fahrenheit has nothing added, and an absolute one has", async () => {
  const { vitals } = await viewer(
    "google",
    `vitals(${range}) { c: skinTemperatureDeviation { value } f: skinTemperatureDeviation(unit: FAHRENHEIT) { value }
      k: skinTemperature(unit: KELVIN) { value } a: skinTemperature { value low high } }`,
  );
  const pairs = vitals.c.map(({ value }: Anything, index: number) => [value, vitals.f[index].value]);
  for (const [c, f] of pairs) if (c !== null) expect(f).toBeCloseTo(c * 1.8, 6);
  vitals.a.forEach(({ value, low, high }: Anything, index: number) => {
    if (value !== null) expect(vitals.k[index].value).toBeCloseTo(value + 273.15, 6);
    expect([low, high]).toEqual([null, null]);
  });
});

it("one vital by three aliases, a fragment and a skipped sibling costs its one call", async () => {
  const before = dataRequests(served.labs.googleHealth).length;
  const { extensions } = await ask(
    "google",
    `vitals(range: { lastDays: 9 }) { a: vo2Max { value } b: vo2Max { method } ...V respiratoryRate @skip(if: true) { value } }
      } } fragment V on VitalHistory { c: vo2Max { settled } } query Other { viewer { id`,
  ).catch(() => ({ extensions: undefined }) as never);
  // Two operations without a name are the caller's mistake: nothing was asked.
  expect([extensions?.plan, dataRequests(served.labs.googleHealth).length - before]).toEqual([undefined, 0]);
  const whole = await served.ask(
    `{ viewer { vitals(range: { lastDays: 9 }) { a: vo2Max { value } b: vo2Max { method } ...V respiratoryRate @skip(if: true) { value } } } }
     fragment V on VitalHistory { c: vo2Max { settled } }`,
    { headers: await asUser("google"), plan: "report" },
  );
  expect(whole.errors).toBeUndefined();
  expect(whole.extensions!.plan!.upstreamCalls).toBe(1);
});

it("a selection of sources alone asks nobody", async () => {
  const answer = await ask(
    "google",
    `vitals(${range}) { sources { status } } scores(${range}) { sources { status } }`,
    "report",
  );
  expect(answer.extensions!.plan!.upstreamCalls).toBe(0);
  expect(answer.data.viewer.scores.sources).toEqual([{ status: "UNSUPPORTED" }]);
});

it.each([
  ["a range that is upside down", `vitals(range: { from: "2026-11-02", to: "2026-11-01" }) { vo2Max { value } }`],
  ["a misspelt list", `readings(${range}) { missing(fields: ["temperature"]) { reason } }`],
  [
    "a series of no metric",
    `workouts(${range}) { workouts { missing(fields: ["samples(STEPS,ONE_MINUTE)"]) { reason } } }`,
  ],
  ["a vital's own name in a day", `activity(${range}) { days { missing(fields: ["oxygenSaturation"]) { reason } } }`],
])("%s is the caller's mistake", async (_, selection) => {
  expect(await codeOf("google", selection)).toEqual(["BAD_USER_INPUT"]);
});

it("the day of a flight westwards has all of its 31 hours", async () => {
  const { heart, google } = await viewer(
    "collector",
    `heart(range: { from: "2026-11-15", to: "2026-11-15" }, providers: [WITHINGS]) { days { zones { minutes } missing { reason } } }
     google: heart(range: { from: "2026-11-15", to: "2026-11-15" }, providers: [GOOGLE_HEALTH]) { days { zones { minutes } missing { reason } } }`,
  );
  for (const { days } of [heart, google]) {
    const [{ zones, missing }] = days;
    expect([zones[0].minutes, missing]).toEqual([31 * 60, []]);
  }
});

it("no kinds of scores at all are none, and cost nothing", async () => {
  const answer = await ask("google", `scores(${range}, kinds: []) { scores { name } }`, "report");
  expect([answer.data.viewer.scores.scores, answer.extensions!.plan!.upstreamCalls]).toEqual([null, 0]);
});

it("three years of oxygen minute by minute are too much at once", async () => {
  const readings = `readings(range: { lastDays: 1100 }) { oxygenSaturations { id time date source percent } }`;
  // Of somebody of whom none are stored: those are counted.
  expect(await codeOf("napper", readings)).toEqual(["QUERY_TOO_COSTLY"]);
});

describe("readings that are stored", () => {
  const days = 1095;
  const first = addDays(today, -days);
  const three = `range: { from: "${first}", to: "${addDays(today, -1)}" }`;
  const points = `readings(${three}) { glucoseSeries { points { time value } } }`;
  const oxygen = `readings(${three}) { oxygenSaturations { id time date source percent } }`;

  /** Stores one value for each day of three years, as if it had been fetched. */
  async function store(user: string, field: Field, value: (day: string, index: number) => unknown) {
    const { gateway } = served.serving;
    const connections = await gateway.connections.list(user);
    const { id } = connections.find(({ provider }) => provider === "GOOGLE_HEALTH")!;
    const cells = Array.from({ length: days }, (_, index) => {
      const day = addDays(first, index);
      return { field, day, known: { value: value(day, index) }, at: clock.now(), call: "test", settled: true };
    });
    await gateway.history.write(id, cells as never);
  }
  const course = (day: string) => ({
    ...{ start: `${day}T00:00:00+01:00`, localStart: `${day}T00:00:00`, stepSeconds: 300 },
    offsets: Array.from({ length: 288 }, (_, index) => index * 300),
    values: Array.from({ length: 288 }, (_, index) => 4 + index / 100),
  });
  const seldom = (day: string, index: number) =>
    index % 365 < 3 ? [{ id: `o${index}`, time: `${day}T08:00:00+01:00`, percent: 95 + (index % 3) }] : [];

  it("decide what is too much: a sensor's three years are, three readings a year are not", async () => {
    await store("google", "readings.oxygenSaturations", seldom);
    await store("google", "readings.glucoseCourse", course);
    const before = dataRequests(served.labs.googleHealth).length;
    expect(await codeOf("google", points)).toEqual(["QUERY_TOO_COSTLY"]);
    expect((await viewer("google", oxygen)).readings.oxygenSaturations).toHaveLength(9);
    // As columns the same figures are a small part of that.
    const { readings } = await viewer("google", points.replace("points { time value }", "values"));
    expect(readings.glucoseSeries).toHaveLength(days);
    expect(dataRequests(served.labs.googleHealth)).toHaveLength(before);
  });

  it("are added up over all aliases, and a dry run is refused as well", async () => {
    await store("google", "readings.glucoseCourse", course);
    const year = (back: number) =>
      `readings(range: { from: "${addDays(today, -back - 200)}", to: "${addDays(today, -back - 1)}" }) { glucoseSeries { points { time value } } }`;
    expect(await codeOf("google", year(0))).toBeUndefined();
    const all = [0, 200, 400, 600, 800].map((back) => `a${back}: ${year(back)}`).join(" ");
    expect((await codeOf("google", all))!.every((code) => code === "QUERY_TOO_COSTLY")).toBe(true);
    // Equal ones are read once, and written as often as they are asked for.
    const equal = [0, 1, 2, 3, 4].map((alias) => `a${alias}: ${year(0)}`).join(" ");
    expect(await codeOf("google", equal)).toContain("QUERY_TOO_COSTLY");
    const dry = await ask("google", points, "dry-run");
    expect(dry.errors!.map(({ extensions }) => extensions["code"])).toEqual(["QUERY_TOO_COSTLY"]);
  });
});

it("statistics cost exactly what the days with their witness cost", async () => {
  const span = `range: { from: "2026-06-01", to: "2026-08-29" }`;
  const callsOf = async (selection: string) =>
    (await ask("google", selection, "dry-run"))
      .extensions!.plan!.calls.map(({ call, requests }) => `${call} ${requests}`)
      .sort();
  const days = await callsOf(`activity(${span}) { days { steps distance } }`);
  expect(await callsOf(`activity(${span}) { statistics(by: WEEK) { distance { mean } } }`)).toEqual(days);
  expect(await callsOf(`activity(${span}) { days { distance worn } }`)).toEqual(days);
  expect(await callsOf(`heart(${span}) { statistics { hrvRmssd { mean } } }`)).toEqual(
    await callsOf(`heart(${span}) { days { restingRate hrvRmssd } }`),
  );
  expect(await callsOf(`sleep(${span}) { statistics(by: MONTH) { bedtimeMinutes { median } } }`)).toEqual(
    await callsOf(`sleep(${span}) { sessions { start } }`),
  );
});

it("bedtimes on either side of midnight average between them", async () => {
  const { sleep } = await viewer(
    "google",
    `sleep(${range}) { sessions { start isMainSleep } statistics { bedtimeMinutes { days mean minimum maximum } minutesAsleep { days } } }`,
  );
  const [{ bedtimeMinutes, minutesAsleep }] = sleep.statistics;
  expect(bedtimeMinutes.days).toBe(minutesAsleep.days);
  expect(bedtimeMinutes.minimum).toBeGreaterThan(480);
  expect(bedtimeMinutes.maximum).toBeLessThan(960);
  expect(bedtimeMinutes.mean).toBeGreaterThan(bedtimeMinutes.minimum);
});
