import { type Harness, startHarness } from "../../../test/support/fitbit-lab.js";
import { startReceiver } from "../../../test/support/receiver.js";
import { person } from "../people/index.js";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const DAY = "2026-06-14";
const USER = "/1/user/-";
const get = async (path: string, who = "demo") => (await harness.ask(`${USER}${path}`, { person: who })).body;
const post = (path: string, form: Record<string, string>, who = "demo") =>
  harness.ask(`${USER}${path}`, { method: "POST", form, person: who });
const remove = (path: string, who = "demo") => harness.ask(`${USER}${path}`, { method: "DELETE", person: who });
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

test("foods and water add up to their summary and to the series", async () => {
  const calories = await get("/foods/log/caloriesIn/date/2026-06-01/2026-06-14.json");
  const water = await get("/foods/log/water/date/2026-06-01/2026-06-14.json");
  const empty = calories["foods-log-caloriesIn"].filter(({ value }: { value: string }) => value === "0");
  expect(empty.length).toBeLessThan(7);
  for (const [index, { dateTime, value }] of calories["foods-log-caloriesIn"].entries()) {
    const { foods, summary } = await get(`/foods/log/date/${dateTime}.json`);
    expect(total(foods.map((food: { loggedFood: { calories: number } }) => food.loggedFood.calories))).toBe(
      summary.calories,
    );
    expect(value).toBe(String(summary.calories));
    const drunk = await get(`/foods/log/water/date/${dateTime}.json`);
    expect(total(drunk.water.map(({ amount }: { amount: number }) => amount))).toBe(drunk.summary.water);
    expect(summary.water).toBe(drunk.summary.water);
    expect(water["foods-log-water"][index].value).toBe(String(drunk.summary.water));
  }
  expect((await get("/foods/log/goal.json")).goals.calories).toBeGreaterThan(1500);
  expect((await get("/foods/log/water/goal.json")).goal.goal).toBe(1900);
  expect((await harness.ask(`${USER}/foods/log/sugar/date/2026-06-01/2026-06-14.json`)).status).toBe(400);
});

test("nobody's food is told without the scope, and nobody's after the last sync", async () => {
  const answer = await harness.ask(`${USER}/foods/log/date/${DAY}.json`, { scopes: ["activity"] });
  expect(answer.status).toBe(403);
  const eaten = person("demo")
    .day("2026-06-15")
    .meals.filter(({ timeMs }) => timeMs <= harness.clock.nowMs);
  expect((await get("/foods/log/date/2026-06-15.json")).foods).toHaveLength(eaten.length);
});

test("a food of the catalogue and a typed-in one are logged, summed up and deleted", async () => {
  const before = (await get(`/foods/log/date/${DAY}.json`, "napper")).summary;
  const known = await post(
    "/foods/log.json",
    { foodId: "82782", mealTypeId: "2", unitId: "256", amount: "2", date: DAY },
    "napper",
  );
  expect(known.status).toBe(201);
  const { foodLog } = known.body;
  expect(foodLog.loggedFood).toMatchObject({ name: "Banana", calories: 210, mealTypeId: 2, amount: 2 });
  expect(foodLog.nutritionalValues).toMatchObject({ carbs: 54, sodium: 2 });
  expect(known.body.foodDay.summary.calories).toBe(before.calories + 210);
  const typed = await post(
    "/foods/log.json",
    { foodName: "Stew", calories: "431", mealTypeId: "7", unitId: "304", amount: "1", date: DAY },
    "napper",
  );
  expect(typed.body.foodLog.nutritionalValues).toBeUndefined();
  expect((await get(`/foods/log/date/${DAY}.json`, "napper")).summary.calories).toBe(before.calories + 210 + 431);
  const { text } = typed;
  const id = /"logId":(\d+)/.exec(text)![1];
  expect((await remove(`/foods/log/${id}.json`, "napper")).status).toBe(204);
  expect((await remove(`/foods/log/${id}.json`, "napper")).status).toBe(404);
  expect((await get(`/foods/log/date/${DAY}.json`, "napper")).summary.calories).toBe(before.calories + 210);
});

test("water is written in the unit of the request, changed, and deleted, one's own too", async () => {
  const logs = async () => (await harness.ask(`${USER}/foods/log/water/date/${DAY}.json`, { person: "both" })).text;
  const idsOf = (text: string) => [...text.matchAll(/"logId":(\d+)/g)].map(([, id]) => id!);
  const own = idsOf(await logs());
  const { status, text } = await post("/foods/log/water.json", { amount: "2", unit: "cup", date: DAY }, "both");
  expect(status).toBe(201);
  const [id] = idsOf(text);
  const amountOf = async () =>
    (await get(`/foods/log/water/date/${DAY}.json`, "both")).water.map(({ amount }: { amount: number }) => amount);
  expect(await amountOf()).toContain(473.176);
  expect((await post(`/foods/log/water/${id}.json`, { amount: "330" }, "both")).status).toBe(200);
  expect(await amountOf()).toContain(330);
  expect(await amountOf()).not.toContain(473.176);
  for (const one of [id, ...own]) expect((await remove(`/foods/log/water/${one}.json`, "both")).status).toBe(204);
  expect(await amountOf()).toEqual([]);
});

test("weight and fat are written apart, by the query as well", async () => {
  const time = { date: DAY, time: "06:07:08" };
  const query = new URLSearchParams({ weight: "150.5", ...time });
  const weighed = await harness.ask(`${USER}/body/log/weight.json?${query}`, {
    method: "POST",
    headers: { "accept-language": "en_US" },
  });
  expect(weighed.status).toBe(201);
  expect(weighed.body.weightLog).toMatchObject({ ...time, weight: 150.5, source: "API" });
  const fat = await post("/body/log/fat.json", { fat: "23.4", date: DAY });
  expect(fat.body.fatLog).toMatchObject({ fat: 23.4, time: "23:59:59" });
  const { weight } = await get(`/body/log/weight/date/${DAY}.json`);
  const logged = weight.find((log: { time: string }) => log.time === "06:07:08");
  expect(logged.weight).toBeCloseTo(68.266, 3);
  expect((await get(`/body/log/fat/date/${DAY}.json`)).fat.at(-1)).toMatchObject({ fat: 23.4 });
  expect((await remove(`/body/log/weight/${logged.logId}.json`)).status).toBe(204);
  expect((await remove(`/body/log/fat/${logged.logId}.json`)).status).toBe(404);
  expect((await get(`/body/log/weight/date/${DAY}.json`)).weight).toHaveLength(weight.length - 1);
});

test("an activity and a sleep are written by hand and say so", async () => {
  const walk = await post("/activities.json", {
    activityId: "90013",
    startTime: "10:20:00",
    durationMillis: "2400000",
    date: DAY,
    distance: "3.25",
    manualCalories: "171",
  });
  expect(walk.status).toBe(201);
  expect(walk.body.activityLog).toMatchObject({
    name: "Walk",
    distance: 3.25,
    calories: 171,
    startTime: "10:20",
    duration: 2_400_000,
  });
  const custom = await post("/activities.json", {
    activityName: "Juggling",
    manualCalories: "90",
    startTime: "12:00",
    durationMillis: "600000",
    date: DAY,
  });
  const { activities } = await get(`/activities/date/${DAY}.json`);
  expect(activities.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(["Walk", "Juggling"]));
  const listed = (await get("/activities/list.json?beforeDate=2026-06-15&sort=desc&limit=20&offset=0")).activities;
  expect(listed.find(({ activityName }: { activityName: string }) => activityName === "Juggling")).toMatchObject({
    logType: "manual",
  });
  const id = /"logId":(\d+)/.exec(custom.text)![1];
  expect((await remove(`/activities/${id}.json`)).status).toBe(204);
  const nap = await harness.ask("/1.2/user/-/sleep.json", {
    method: "POST",
    form: { startTime: "14:05", duration: "3000000", date: DAY },
  });
  expect(nap.body.sleep).toMatchObject({ logType: "manual", type: "classic", timeInBed: 50, dateOfSleep: DAY });
  const night = /"logId":(\d+)/.exec(nap.text)![1];
  const { sleep } = (await harness.ask(`/1.2/user/-/sleep/date/${DAY}.json`)).body;
  expect(sleep.some(({ startTime }: { startTime: string }) => startTime === `${DAY}T14:05:00.000`)).toBe(true);
  expect((await harness.ask(`/1.2/user/-/sleep/${night}.json`, { method: "DELETE" })).status).toBe(204);
  expect((await harness.ask(`/1.2/user/-/sleep/${night}.json`, { method: "DELETE" })).status).toBe(404);
});

const food = { foodId: "82782", mealTypeId: "2", unitId: "256", amount: "1", date: DAY };
const mistakes: readonly [path: string, form: Record<string, string>, field: string][] = [
  ["/foods/log.json", { ...food, mealTypeId: "6" }, "mealTypeId"],
  ["/foods/log.json", { ...food, unitId: "1" }, "unitId"],
  ["/foods/log.json", { ...food, foodId: "1" }, "foodId"],
  ["/foods/log.json", { ...food, foodId: "" }, "foodId"],
  ["/foods/log.json", { ...food, amount: "-1" }, "amount"],
  ["/foods/log/water.json", { amount: "200" }, "date"],
  ["/foods/log/water.json", { amount: "200", date: "2026-06-16" }, "date"],
  ["/foods/log/water.json", { amount: "200", date: DAY, unit: "constructor" }, "unit"],
  ["/body/log/weight.json", { weight: "heavy", date: DAY }, "weight"],
  ["/body/log/weight.json", { weight: "70", date: DAY, time: "25:00:00" }, "time"],
  ["/body/log/fat.json", { fat: "101", date: DAY }, "fat"],
  ["/activities.json", { activityId: "7", startTime: "10:00", durationMillis: "1000", date: DAY }, "activityId"],
  [
    "/activities.json",
    { activityName: "Juggling", startTime: "10:00", durationMillis: "1000", date: DAY },
    "manualCalories",
  ],
  ["/sleep.json", { startTime: "10:00", duration: "86400001", date: DAY }, "duration"],
  ["/sleep.json", { startTime: "19:00", duration: "43200000", date: "2026-06-15" }, "date"],
];
test.each(mistakes)("%s with %j is refused by its field", async (path, form, field) => {
  const { status, body } = await post(path, form);
  expect([status, body.errors[0].errorType, body.errors[0].fieldName]).toEqual([400, "validation", field]);
});

test("an app that was registered as read-only, or lacks the scope, writes nothing", async () => {
  const path = `${USER}/foods/log/water.json`;
  const form = { amount: "200", date: DAY };
  const unscoped = await harness.ask(path, { method: "POST", form, scopes: ["weight"] });
  expect([unscoped.status, unscoped.body.errors[0].errorType]).toEqual([403, "insufficient_scope"]);
  harness.lab.switches.readOnly = true;
  const refused = await harness.ask(path, { method: "POST", form });
  harness.lab.switches.readOnly = false;
  expect([refused.status, refused.body.errors[0].errorType]).toEqual([403, "insufficient_permissions"]);
});

test("an answer can be lost although the write is done, and subscribers are told", async () => {
  const receiver = await startReceiver();
  try {
    harness.lab.setWebhookUrl(receiver.url);
    await harness.ask(`${USER}/foods/apiSubscriptions/1.json`, { method: "POST", person: "unticked" });
    const before = (await get(`/foods/log/water/date/${DAY}.json`, "unticked")).water.length;
    harness.lab.addFault({ method: "POST", after: true, kind: "reset", times: 1 });
    await expect(post("/foods/log/water.json", { amount: "210", date: DAY }, "unticked")).rejects.toThrow(
      "fetch failed",
    );
    expect((await get(`/foods/log/water/date/${DAY}.json`, "unticked")).water).toHaveLength(before + 1);
    const [told] = await receiver.count(1);
    expect(told!.body).toEqual([expect.objectContaining({ collectionType: "foods", date: DAY })]);
  } finally {
    harness.lab.setWebhookUrl(null);
    await receiver.close();
  }
});
