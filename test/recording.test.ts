/** What apps have Google Health keep: over real HTTP, from the mutation to the history that shows it. */
import { createHash } from "node:crypto";
import type { Answer } from "./support/provider-gateway.js";
import { openRecordingBench, type RecordingBench } from "./support/recording-bench.js";

let bench: RecordingBench;
beforeAll(async () => {
  bench = await openRecordingBench();
});
afterAll(async () => await bench[Symbol.asyncDispose]());
afterEach(() => bench.restore());

const day = "2026-11-20";
const water = (key: string, more = "amount: 330.5") =>
  `recordWater(input: { provider: GOOGLE_HEALTH, key: "${key}", time: "${day}T09:30:00+01:00", ${more} }) { id dates user { id } }`;
const soup = (key: string) =>
  `recordFood(input: { provider: GOOGLE_HEALTH, key: "${key}", time: "${day}T11:15:00Z", name: "Lentil soup", meal: MORNING_SNACK, energyKilocalories: 412.5, carbohydrateGrams: 51.25, fatGrams: 9.75, proteinGrams: 22.5 }) { id }`;
const drunk = `nutrition(range: { from: "${day}", to: "${day}" }) { days { water } entries { id time water name } }`;

describe("what is recorded shows in the next reading, under the id that was answered", () => {
  it("a weighing of weight and fat is one", async () => {
    const before = await bench.read(`body(range: { from: "${day}", to: "${day}" }) { measurements { id } }`);
    const made = await bench.mutate(
      `recordWeighing(input: { provider: GOOGLE_HEALTH, key: "w-1", time: "${day}T07:11:00+01:00", weight: 160.5, unit: POUND, fatPercentage: 21.5 }) { id dates }`,
    );
    expect(made.dates).toEqual([day]);
    const { body } = await bench.read(
      `body(range: { from: "${day}", to: "${day}" }) { measurements { id time weight(unit: POUND) fatPercentage } }`,
    );
    expect(body.measurements).toHaveLength(before.body.measurements.length + 1);
    expect(body.measurements).toContainEqual({
      ...{ id: made.id, time: `${day}T07:11:00+01:00`, weight: 160.5, fatPercentage: 21.5 },
    });
  });

  it("fat alone", async () => {
    const made = await bench.mutate(
      `recordWeighing(input: { provider: GOOGLE_HEALTH, key: "w-2", time: "${day}T07:40:00+01:00", fatPercentage: 22.25 }) { id }`,
    );
    const { body } = await bench.read(
      `body(range: { from: "${day}", to: "${day}" }) { measurements { id weight fatPercentage } }`,
    );
    expect(body.measurements).toContainEqual({ id: made.id, weight: null, fatPercentage: 22.25 });
  });

  it("a workout", async () => {
    const made = await bench.mutate(
      `recordWorkout(input: { provider: GOOGLE_HEALTH, key: "x-1", kind: CYCLING, start: "${day}T03:00:00+01:00", end: "${day}T03:31:00+01:00", distanceMeters: 9876.5, energyBurnedKilocalories: 287.5 }) { id dates }`,
    );
    const { workouts } = await bench.read(
      `workouts(range: { from: "${day}", to: "${day}" }) { workouts { id kind start durationSeconds distance energyBurned } }`,
    );
    expect(workouts.workouts).toContainEqual({
      ...{ id: made.id, kind: "CYCLING", start: `${day}T03:00:00+01:00`, durationSeconds: 1860 },
      ...{ distance: 9876.5, energyBurned: 287.5 },
    });
  });

  it("a sleep, on the day of its end", async () => {
    const made = await bench.mutate(
      `recordSleep(input: { provider: GOOGLE_HEALTH, key: "s-1", start: "2026-11-20T12:10:00+01:00", end: "2026-11-20T12:55:00+01:00" }) { id dates }`,
    );
    expect(made.dates).toEqual([day]);
    const { sleep } = await bench.read(`sleep(range: { from: "${day}", to: "${day}" }) { sessions { id start end } }`);
    expect(sleep.sessions).toContainEqual({
      ...{ id: made.id, start: `${day}T12:10:00+01:00`, end: `${day}T12:55:00+01:00` },
    });
  });

  it("water, in the unit that it is given in", async () => {
    const before = (await bench.read(drunk)).nutrition.days[0].water ?? 0;
    const made = await bench.mutate(water("d-1", "amount: 2, unit: CUP"));
    expect(made).toEqual({ id: expect.any(String), dates: [day], user: { id: bench.who } });
    const { nutrition } = await bench.read(drunk);
    expect(nutrition.days[0].water).toBeCloseTo(before + 473.176473, 6);
    expect(nutrition.entries).toContainEqual({
      ...{ id: made.id, time: `${day}T09:30:00+01:00`, water: 473.176473, name: null },
    });
  });

  it("food, and an instant in UTC with the offset of the person's own zone", async () => {
    const made = await bench.mutate(soup("f-1"));
    const { nutrition } = await bench.read(
      `nutrition(range: { from: "${day}", to: "${day}" }) { entries { id time name meal energyConsumed carbohydrateGrams fatGrams proteinGrams } }`,
    );
    expect(nutrition.entries).toContainEqual({
      ...{ id: made.id, time: `${day}T12:15:00+01:00`, name: "Lentil soup", meal: "MORNING_SNACK" },
      ...{ energyConsumed: 412.5, carbohydrateGrams: 51.25, fatGrams: 9.75, proteinGrams: 22.5 },
    });
  });
});

describe("the same key", () => {
  /** More than a page of them, on one day. */
  const addWalks = (date: string) => {
    for (let at = 0; at < 60; at++) {
      const time = (second: number) => `${date}T12:${String(at).padStart(2, "0")}:${second}Z`;
      const interval = { startTime: time(10), startUtcOffset: "3600s", endTime: time(40), endUtcOffset: "3600s" };
      const exercise = { interval, exerciseType: "WALKING", displayName: "Walk", metricsSummary: {} };
      bench.lab.addPoint(bench.who, "exercise", { dataSource: { recordingMethod: "MANUAL" }, exercise });
    }
  };

  it("is recorded once, however often it is asked at once, and answers as it did", async () => {
    const asked = Array.from({ length: 50 }, () => bench.mutate(water("many")));
    const ids = new Set((await Promise.all(asked)).map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(await bench.mutate(water("many"))).toMatchObject({ id: [...ids][0] });
    expect(bench.creates("hydration-log")).toBe(1);
  });

  it("with another input is refused", async () => {
    await bench.mutate(water("twice"));
    expect(await bench.refusal(water("twice", "amount: 331"))).toMatchObject({ code: "BAD_USER_INPUT" });
    expect(bench.creates("hydration-log")).toBe(1);
  });

  it.each([true, false])("after a lost answer finds what became of it, ids replaced: %s", async (clientIdsReplaced) => {
    const key = `lost-${clientIdsReplaced}`;
    bench.lab.switches.clientIdsReplaced = clientIdsReplaced;
    bench.loseAnswers("hydration-log");
    const amount = clientIdsReplaced ? "amount: 412.5" : "amount: 413.5";
    const made = await bench.mutate(water(key, amount));
    expect(await bench.mutate(water(key, amount))).toEqual(made);
    const { nutrition } = await bench.read(drunk);
    const found = nutrition.entries.filter(({ id }: { id: string }) => id === made.id);
    expect(found).toMatchObject([{ water: clientIdsReplaced ? 412.5 : 413.5 }]);
    expect(bench.creates("hydration-log")).toBe(1);
  });

  it("after a lost answer finds it behind many others of its day, under an id that is not ours", async () => {
    bench.lab.switches.clientIdsReplaced = true;
    addWalks("2026-11-19");
    bench.loseAnswers("exercise");
    const early = `recordWorkout(input: { provider: GOOGLE_HEALTH, key: "early", kind: YOGA, start: "2026-11-19T04:00:00+01:00", end: "2026-11-19T04:31:00+01:00" }) { id }`;
    const { id } = await bench.mutate(early);
    expect(bench.creates("exercise")).toBe(1);
    const { workouts } = await bench.read(
      `workouts(range: { from: "2026-11-19", to: "2026-11-19" }) { workouts { id kind } }`,
    );
    expect(workouts.workouts).toContainEqual({ id, kind: "YOGA" });
  });

  it("does not take what another key recorded for its own", async () => {
    bench.lab.switches.clientIdsReplaced = true;
    const one = await bench.mutate(water("alike-1", "amount: 222"));
    // Never carried out.
    bench.lab.addFault({ path: "/hydration-log/dataPoints", method: "POST", kind: "reset", times: 1 });
    expect(await bench.refusal(water("alike-2", "amount: 222"))).toMatchObject({ code: "RECORD_OUTCOME_UNKNOWN" });
    const two = await bench.mutate(water("alike-2", "amount: 222"));
    const { nutrition } = await bench.read(drunk);
    const found = nutrition.entries.filter(({ water: ml }: { water: number }) => ml === 222);
    expect(new Set(found.map(({ id }: { id: string }) => id))).toEqual(new Set([one.id, two.id]));
    expect(two.id).not.toBe(one.id);
  });

  it("goes round in no circle where the provider's pages do", async () => {
    addWalks("2026-11-17");
    bench.lab.switches.tokensGoRound = true;
    bench.lab.addFault({ path: "/exercise/dataPoints", method: "POST", kind: "reset", times: 1 });
    const round = `recordWorkout(input: { provider: GOOGLE_HEALTH, key: "round", kind: YOGA, start: "2026-11-17T02:00:00+01:00", end: "2026-11-17T02:31:00+01:00" }) { id }`;
    expect(await bench.refusal(round)).toMatchObject({ code: "RECORD_OUTCOME_UNKNOWN" });
    expect(bench.asked()).toHaveLength(3);
  });

  it("says that the outcome is unknown where nothing tells, and is recorded once when it is asked again", async () => {
    bench.lab.switches.clientIdsReplaced = false;
    bench.lab.switches.writes = "pending";
    expect(await bench.refusal(water("later", "amount: 511"))).toMatchObject({ code: "RECORD_OUTCOME_UNKNOWN" });
    await bench.lab.finishOperations();
    bench.lab.switches.writes = "done";
    const made = await bench.mutate(water("later", "amount: 511"));
    const { nutrition } = await bench.read(drunk);
    expect(nutrition.entries.filter(({ water: ml }: { water: number }) => ml === 511)).toMatchObject([{ id: made.id }]);
  });

  it("is free again where the provider recorded nothing", async () => {
    bench.lab.switches.writes = "failed";
    expect(await bench.refusal(water("failed", "amount: 77"))).toMatchObject({ code: "PROVIDER_UNAVAILABLE" });
    bench.lab.switches.writes = "done";
    expect(await bench.mutate(water("failed", "amount: 78"))).toMatchObject({ dates: [day] });
  });
});

describe("deleting", () => {
  it("takes away what was recorded, also twice, and nothing else", async () => {
    const made = await bench.mutate(
      `recordWeighing(input: { provider: GOOGLE_HEALTH, key: "gone", time: "${day}T06:02:00+01:00", weight: 71.75, fatPercentage: 19.5 }) { id }`,
    );
    const gone = `deleteRecord(input: { id: "${made.id}" }) { id dates }`;
    expect(await bench.mutate(gone)).toEqual({ id: made.id, dates: [day] });
    expect(await bench.mutate(gone)).toEqual({ id: made.id, dates: [day] });
    const { body } = await bench.read(`body(range: { from: "2026-11-01", to: "${day}" }) { measurements { id date } }`);
    expect(body.measurements.map(({ id }: { id: string }) => id)).not.toContain(made.id);
    const measured = body.measurements.find(({ date }: { date: string }) => date < day);
    for (const id of ["", "no such id", "x".repeat(200), measured.id])
      expect(await bench.refusal(`deleteRecord(input: { id: "${id}" }) { id }`)).toMatchObject({
        code: "BAD_USER_INPUT",
      });
  });
});

describe("is refused before anything is sent:", () => {
  const weigh = (more: string) =>
    `recordWeighing(input: { provider: GOOGLE_HEALTH, key: "bad", time: "${day}T07:00:00Z", ${more} }) { id }`;
  const sleep = (start: string, end: string) =>
    `recordSleep(input: { provider: GOOGLE_HEALTH, key: "bad", start: "${start}", end: "${end}" }) { id }`;
  const food = (name: string, kcal: number) =>
    `recordFood(input: { provider: GOOGLE_HEALTH, key: "bad", time: "${day}T07:00:00Z", name: "${name}", energyKilocalories: ${kcal} }) { id }`;
  it.each([
    ["a weight of 700 kg", weigh("weight: 700"), /from 1 to 650 kg/],
    ["a weight of 700 kg in stone", weigh("weight: 110.3, unit: STONE"), /from 1 to 650 kg/],
    ["a fat of 95 %", weigh("fatPercentage: 95"), /from 1 to 90 %/],
    ["a weighing of nothing", weigh(""), /a weight, a fatPercentage or both/],
    ["a sleep of 40 hours", sleep("2026-11-18T00:00:00Z", "2026-11-19T16:00:00Z"), /within 24 hours/],
    ["an end before the start", sleep("2026-11-19T08:00:00Z", "2026-11-19T07:00:00Z"), /after start/],
    ["a time in the future", sleep("2026-11-20T20:00:00Z", "2026-11-21T07:00:00Z"), /end must not be in the future/],
    ["a time before all wearables", sleep("1969-01-01T00:00:00Z", "1969-01-01T07:00:00Z"), /before 2000-01-01/],
    ["a food of -1 kcal", food("Air", -1), /from 0 to 10000 kcal/],
    ["a name of 201 characters", food("x".repeat(201), 5), /1 to 200 characters/],
    ["a name of 10,000 characters", food("x".repeat(10_000), 5), /more than 256 characters/],
    ["an empty key", water(""), /key must have 1 to 200/],
    ["a drink of nothing", water("bad", "amount: 0"), /from 1 to 10000 ml/],
  ])("%s", async (_what, mutation, sentence) => {
    const refused = await bench.refusal(mutation);
    expect(refused).toMatchObject({ code: "BAD_USER_INPUT", message: expect.stringMatching(sentence) });
    expect(bench.asked()).toEqual([]);
  });

  it("a provider that takes no records", async () => {
    const mutation = `recordWater(input: { provider: OURA, key: "o", time: "${day}T07:00:00Z", amount: 200 }) { id }`;
    expect(await bench.refusal(mutation)).toMatchObject({ code: "UNSUPPORTED" });
  });

  it("a scope that was not granted, which is asked for by name alone", async () => {
    await using own = await openRecordingBench();
    await own.connect("reading");
    expect(await own.refusal(water("scope"))).toMatchObject({
      ...{ code: "INSUFFICIENT_SCOPE", message: expect.stringContaining("nutrition.writeonly") },
    });
    expect(own.asked()).toEqual([]);
  });
});

it("keeps nothing of a record but its id and its days, and forgets these with the person", async () => {
  await using own = await openRecordingBench();
  for (const key of ["a", "b", "c", "d", "e"]) await own.mutate(water(key, "amount: 412.5"));
  await own.mutate(soup("f"));
  const { id } = await own.mutate(soup("g"));
  await own.mutate(`deleteRecord(input: { id: "${id}" }) { id }`);
  expect((await own.rows("records")).length).toBeGreaterThan(5);
  expect(JSON.stringify(await own.rows("records"))).not.toMatch(/Lentil|412\.5/);
  expect(await own.audited()).toEqual(expect.arrayContaining(["record", "delete-record"]));
  await own.mutate("deleteUserData(input: {}) { userId }");
  expect(await own.rows("records")).toEqual([]);
  expect(await own.rows("record-ids")).toEqual([]);
});

it("keeps that a key was used, and nothing else, where the data of the connection are deleted", async () => {
  await using own = await openRecordingBench();
  const made = await own.mutate(water("before", "amount: 611"));
  await own.mutate("disconnect(input: { provider: GOOGLE_HEALTH, deleteData: true }) { notices }");
  expect(await own.rows("records")).toEqual([{ spent: true }]);
  expect(await own.rows("record-ids")).toEqual([]);
  await own.connect("writing");
  for (const amount of [611, 612])
    expect(await own.refusal(water("before", `amount: ${amount}`))).toMatchObject({ code: "BAD_USER_INPUT" });
  expect(await own.refusal(`deleteRecord(input: { id: "${made.id}" }) { id }`)).toMatchObject({
    code: "BAD_USER_INPUT",
  });
  // The provider keeps its own.
  const { nutrition } = await own.read(drunk);
  expect(nutrition.entries.filter(({ water: ml }: { water: number }) => ml === 611)).toHaveLength(1);
  expect(own.creates("hydration-log")).toBe(0);
  expect(await own.mutate(water("after", "amount: 613"))).toMatchObject({ dates: [day] });
});

it("records nothing where the operator said READ_ONLY=1", async () => {
  await using careful = await openRecordingBench({ READ_ONLY: "1" });
  expect(await careful.refusal(water("careful"))).toMatchObject({ code: "FORBIDDEN" });
  expect(await careful.refusal('deleteRecord(input: { id: "any" }) { id }')).toMatchObject({ code: "FORBIDDEN" });
  expect(careful.asked()).toEqual([]);
});

it("records and deletes nothing for an app key that may only read", async () => {
  const keys = ["reader", "writer"].map((key) => [key, createHash("sha256").update(key).digest("hex")] as const);
  const [reading, writing] = keys.map(([key, sha256]) => `${key}:${sha256}`) as [string, string];
  await using keyed = await openRecordingBench({ APP_KEYS: `${reading}:ro,${writing}`, SINGLE_USER: "" });
  const ask = async (key: string, mutation: string) => {
    const answer = await fetch(`${keyed.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ query: `mutation { made: ${mutation.replace("input: {", `input: { userId: "demo",`)} }` }),
    });
    const { data, errors } = (await answer.json()) as Answer;
    return errors?.[0].extensions.code ?? data.made;
  };
  expect(await ask("reader", water("key"))).toBe("FORBIDDEN");
  expect(keyed.asked()).toEqual([]);
  const { id } = await ask("writer", water("key"));
  expect(await ask("reader", `deleteRecord(input: { id: "${id}" }) { id }`)).toBe("FORBIDDEN");
  expect(await ask("reader", water("key"))).toBe("FORBIDDEN");
  expect(await ask("writer", water("key"))).toMatchObject({ id });
});
