/** What apps have Fitbit keep, which knows no ids of ours: over real HTTP, from the mutation to the history that shows it. */
import { openFitbitRecordingBench, type RecordingBench } from "./support/recording-bench.js";

type Bench = Awaited<ReturnType<typeof openFitbitRecordingBench>>;
let bench: RecordingBench<Bench["lab"]>;
beforeAll(async () => {
  bench = await openFitbitRecordingBench();
});
afterAll(async () => await bench[Symbol.asyncDispose]());
afterEach(() => bench.restore());

const day = "2026-11-20";
const range = `range: { from: "${day}", to: "${day}" }`;
const water = (key: string, ml: number) =>
  `recordWater(input: { provider: FITBIT, key: "${key}", time: "${day}T09:30:00Z", amount: ${ml} }) { id dates }`;
const drunk = async (ml: number): Promise<readonly string[]> => {
  const { nutrition } = await bench.read(`nutrition(${range}) { entries { id water } }`);
  return nutrition.entries
    .filter((entry: { water: number | null }) => entry.water === ml)
    .map(({ id }: { id: string }) => id);
};
const weigh = (key: string, time: string, more: string) =>
  `recordWeighing(input: { provider: FITBIT, key: "${key}", time: "${time}", ${more} }) { id dates }`;
const lost = { path: "/foods/log/water.json", method: "POST", kind: "reset", times: 1 } as const;
/** What was lost on the way does not come any more. */
const settle = () => bench.clock.advance(61_000);

describe("what is recorded shows in the next reading, under the id that was answered, and can be deleted", () => {
  const gone = async (id: string) => {
    const deletion = `deleteRecord(input: { id: "${id}" }) { id dates }`;
    const done = await bench.mutate(deletion);
    expect(await bench.mutate(deletion)).toEqual(done);
  };

  it("a weighing of weight and fat is one, at the person's own time", async () => {
    const before = await bench.read(`body(${range}) { measurements { id } }`);
    const made = await bench.mutate(weigh("w-1", `${day}T12:41:05+05:30`, "weight: 81.25, fatPercentage: 21.5"));
    const read = `body(${range}) { measurements { id time weight fatPercentage } }`;
    const { measurements } = (await bench.read(read)).body;
    expect(measurements).toHaveLength(before.body.measurements.length + 1);
    expect(measurements).toContainEqual({
      ...{ id: made.id, time: `${day}T07:11:05+00:00`, weight: 81.25, fatPercentage: 21.5 },
    });
    await gone(made.id);
    expect((await bench.read(`body(${range}) { measurements { id } }`)).body).toEqual(before.body);
  });

  it.each([
    ["CYCLING", "distanceMeters: 12345, energyBurnedKilocalories: 287", { distance: 12_350, energyBurned: 287 }],
    ["ROWING", "energyBurnedKilocalories: 288.25", { distance: null, energyBurned: 288 }],
  ])("a workout of %s", async (kind, more, figures) => {
    const made = await bench.mutate(
      `recordWorkout(input: { provider: FITBIT, key: "${kind}", kind: ${kind}, start: "${day}T03:00:00Z", end: "${day}T03:31:00Z", ${more} }) { id }`,
    );
    const read = `workouts(${range}) { workouts { id kind start durationSeconds distance energyBurned } }`;
    expect((await bench.read(read)).workouts.workouts).toContainEqual({
      ...{ id: made.id, kind, start: `${day}T03:00:00+00:00`, durationSeconds: 1860, ...figures },
    });
    await gone(made.id);
    expect((await bench.read(read)).workouts.workouts).not.toContainEqual(expect.objectContaining({ id: made.id }));
  });

  it("a sleep, on the day of its end", async () => {
    const made = await bench.mutate(
      `recordSleep(input: { provider: FITBIT, key: "s-1", start: "${day}T13:10:40Z", end: "${day}T13:55:20Z" }) { id dates }`,
    );
    expect(made.dates).toEqual([day]);
    const read = `sleep(${range}) { sessions { id start end } }`;
    expect((await bench.read(read)).sleep.sessions).toContainEqual({
      ...{ id: made.id, start: `${day}T13:10:00+00:00`, end: `${day}T13:55:00+00:00` },
    });
    await gone(made.id);
    expect((await bench.read(read)).sleep.sessions).not.toContainEqual(expect.objectContaining({ id: made.id }));
  });

  it("water and food, of which Fitbit knows the day", async () => {
    const drink = await bench.mutate(water("d-1", 331.25));
    const meal = await bench.mutate(
      `recordFood(input: { provider: FITBIT, key: "f-1", time: "${day}T12:15:00Z", name: "Lentil soup & bread", meal: DINNER, energyKilocalories: 412 }) { id }`,
    );
    const read = `nutrition(${range}) { entries { id date time name meal energyConsumed water } }`;
    const { entries } = (await bench.read(read)).nutrition;
    const nothing = { time: null, name: null, meal: null, energyConsumed: null, water: null };
    expect(entries).toContainEqual({ ...nothing, id: drink.id, date: day, water: 331.25 });
    expect(entries).toContainEqual({
      ...{ ...nothing, id: meal.id, date: day, name: "Lentil soup & bread", meal: "DINNER", energyConsumed: 412 },
    });
    await gone(drink.id);
    await gone(meal.id);
    expect(await drunk(331.25)).toEqual([]);
  });
});

describe("the same key", () => {
  it("is recorded once, however often it is asked at once", async () => {
    const ids = (await Promise.all(Array.from({ length: 50 }, () => bench.mutate(water("many", 401))))).map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(1);
    expect(bench.creates("/foods/log/water.json")).toBe(1);
    expect(await drunk(401)).toEqual([ids[0]]);
  });

  it("after a lost answer finds what was recorded, and not what the person typed into Fitbit's own app", async () => {
    const { accessToken } = bench.lab.issueTokens(bench.who);
    const typed = await fetch(`${bench.lab.url}/1/user/-/foods/log/water.json`, {
      ...{ method: "POST", headers: { authorization: `Bearer ${accessToken}` } },
      body: new URLSearchParams({ date: day, amount: "402", unit: "ml" }),
    });
    expect(typed.status).toBe(201);
    bench.lab.addFault(lost);
    expect(await bench.refusal(water("after", 402))).toMatchObject({ code: "RECORD_OUTCOME_UNKNOWN" });
    settle();
    bench.loseAnswers("/foods/log/water.json");
    const made = await bench.mutate(water("after", 402));
    expect(await bench.mutate(water("after", 402))).toEqual(made);
    const both = await drunk(402);
    expect([both.length, both.includes(made.id)]).toEqual([2, true]);
    expect(bench.creates("/foods/log/water.json")).toBe(3);
    await bench.mutate(`deleteRecord(input: { id: "${made.id}" }) { id }`);
    expect(await drunk(402)).toEqual(both.filter((id) => id !== made.id));
  });

  it("after a lost request waits until it can't come any more, and is then sent again", async () => {
    bench.lab.addFault(lost);
    expect(await bench.refusal(water("lost", 403))).toMatchObject({ code: "RECORD_OUTCOME_UNKNOWN" });
    const soon = await bench.refusal(water("lost", 403));
    expect(soon).toMatchObject({ code: "RECORD_OUTCOME_UNKNOWN", message: expect.stringContaining("in a minute") });
    expect(bench.creates("/foods/log/water.json")).toBe(1);
    settle();
    const made = await bench.mutate(water("lost", 403));
    expect(await drunk(403)).toEqual([made.id]);
  });

  it("does not take what another key recorded meanwhile for its own", async () => {
    bench.lab.addFault(lost);
    await bench.refusal(water("first", 404));
    const second = await bench.mutate(water("second", 404));
    settle();
    const first = await bench.mutate(water("first", 404));
    expect(first.id).not.toBe(second.id);
    expect(new Set(await drunk(404))).toEqual(new Set([first.id, second.id]));
  });

  it("sends a weighing's other half alone after the first was recorded", async () => {
    const mutation = weigh("halves", `${day}T06:20:00Z`, "weight: 80.5, fatPercentage: 19.75");
    bench.lab.addFault({ path: "/body/log/fat.json", method: "POST", status: 400, times: 1 });
    expect(await bench.refusal(mutation)).toMatchObject({ code: "BAD_USER_INPUT" });
    const { id } = await bench.mutate(mutation);
    expect(bench.creates("/body/log/weight.json")).toBe(1);
    const { body } = await bench.read(`body(${range}) { measurements { id weight fatPercentage } }`);
    expect(body.measurements).toContainEqual({ id, weight: 80.5, fatPercentage: 19.75 });
  });
});

describe("is refused before it is sent:", () => {
  it.each([
    ["a row without energy", `kind: ROWING, start: "${day}T03:00:00Z", end: "${day}T03:31:00Z"`, "recordWorkout"],
    [
      "proteins of a typed food",
      `time: "${day}T09:30:00Z", name: "Egg", energyKilocalories: 80, proteinGrams: 7`,
      "recordFood",
    ],
    ["a sleep of seconds", `start: "${day}T03:00:10Z", end: "${day}T03:00:40Z"`, "recordSleep"],
  ])("%s", async (_what, input, mutation) => {
    const refused = await bench.refusal(`${mutation}(input: { provider: FITBIT, key: "no", ${input} }) { id }`);
    expect(refused).toMatchObject({ code: "UNSUPPORTED" });
    expect(bench.asked()).toEqual([]);
  });

  it("a second weighing of one second, which could not be told from the first", async () => {
    await bench.mutate(weigh("one", `${day}T06:02:03Z`, "weight: 82.25"));
    const again = await bench.refusal(weigh("two", `${day}T06:02:03Z`, "weight: 82.75"));
    expect(again).toMatchObject({ code: "BAD_USER_INPUT", message: expect.stringContaining("another record") });
    expect(bench.creates("/body/log/weight.json")).toBe(1);
  });

  it("an app that is registered for reading alone", async () => {
    bench.lab.switches.readOnly = true;
    const refused = await bench.refusal(water("read-only", 405));
    expect(refused).toMatchObject({ code: "UNSUPPORTED", message: expect.stringContaining("Read & Write") });
    bench.lab.switches.readOnly = false;
    expect(await bench.mutate(water("read-only", 405))).toMatchObject({ dates: [day] });
  });

  it("a Fitbit that is switched off, and one that can't be looked through", async () => {
    // A gateway that was told once asks no more.
    await using own = await openFitbitRecordingBench();
    own.lab.addFault({ path: "/foods/log/water/date", status: 500, times: 2 });
    expect(await own.refusal(water("blind", 406))).toMatchObject({ code: "PROVIDER_UNAVAILABLE" });
    expect(own.creates("/foods/log/water.json")).toBe(0);
    own.lab.addFault({ status: 410, times: 1 });
    expect(await own.refusal(water("blind", 406))).toMatchObject({ code: "PROVIDER_RETIRED" });
  });
});
