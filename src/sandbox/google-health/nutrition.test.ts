import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  clientOf,
  dailyRange,
  movableClock,
  NOW,
  onDays,
  points,
  send,
} from "../../../test/support/google-health-lab.js";
import { addDays, person } from "../people/index.js";
import { type GoogleHealthLab, startGoogleHealthLab } from "./index.js";
import { readScope } from "./scopes.js";

const clock = movableClock();
let lab: GoogleHealthLab;
beforeAll(async () => {
  lab = await startGoogleHealthLab({ clock });
  lab.setMinuteLimit(100_000);
});
afterAll(() => lab.close());

const CIVIL = "interval.civil_start_time";
const [FIRST, AFTER] = ["2026-11-01", "2026-11-21"];
const logs = async (personId: string, type: string) => {
  const filter = onDays(type, CIVIL, FIRST, AFTER);
  return (await clientOf(lab, personId).all(points(type), { filter })).points;
};
interface Rolled {
  readonly civilStartTime: { readonly date: { readonly day: number } };
  readonly nutritionLog: {
    readonly energy: { readonly kcalSum: number };
    readonly nutrients?: readonly { readonly nutrient: string; readonly quantity: { readonly gramsSum: number } }[];
  };
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const dayOf = (interval: { startTime: string; startUtcOffset: string }) =>
  new Date(Date.parse(interval.startTime) + Number.parseInt(interval.startUtcOffset, 10) * 1000)
    .toISOString()
    .slice(0, 10);

test("what was eaten and drunk adds up to the daily rollup, and days without a log are not in it", async () => {
  const client = clientOf(lab, "google");
  const eaten = await logs("google", "nutrition-log");
  const days = new Set(eaten.map(({ nutritionLog }) => dayOf(nutritionLog.interval)));
  const answer = await client.post(`${points("nutrition-log")}:dailyRollUp`, dailyRange(FIRST, AFTER));
  const rolled = new Map(
    (answer.body.rollupDataPoints as Rolled[]).map(({ civilStartTime, nutritionLog }) => [
      `2026-11-${String(civilStartTime.date.day).padStart(2, "0")}`,
      nutritionLog,
    ]),
  );
  expect([...rolled.keys()].sort()).toEqual([...days].sort());
  expect(days.size).toBeLessThan(20);
  for (const [date, sums] of rolled) {
    const own = eaten.map(({ nutritionLog }) => nutritionLog).filter(({ interval }) => dayOf(interval) === date);
    expect(sums.energy.kcalSum).toBeCloseTo(total(own.map(({ energy }) => energy.kcal)), 3);
    const proteins = own.flatMap(({ nutrients = [] }) =>
      nutrients.filter(({ nutrient }: never) => nutrient === "PROTEIN"),
    );
    const protein = sums.nutrients?.find(({ nutrient }) => nutrient === "PROTEIN");
    expect(protein?.quantity.gramsSum).toBeCloseTo(total(proteins.map(({ quantity }) => quantity.grams)), 2);
  }
  const drunk = await logs("google", "hydration-log");
  const water = await client.post(`${points("hydration-log")}:dailyRollUp`, dailyRange(FIRST, AFTER));
  const sums = water.body.rollupDataPoints.map(
    (one: { hydrationLog: { amountConsumed: { millilitersSum: number } } }) =>
      one.hydrationLog.amountConsumed.millilitersSum,
  );
  expect(total(sums)).toBeCloseTo(total(drunk.map(({ hydrationLog }) => hydrationLog.amountConsumed.milliliters)), 2);
});

test("windows of hours have the logs that begin in them", async () => {
  const client = clientOf(lab, "demo");
  const [log] = await logs("demo", "hydration-log");
  const { startTime } = log.hydrationLog.interval;
  const from = `${startTime.slice(0, 13)}:00:00Z`;
  const range = { startTime: from, endTime: new Date(Date.parse(from) + 3_600_000).toISOString() };
  const { body } = await client.post(`${points("hydration-log")}:rollUp`, { range, windowSize: "3600s", pageSize: 1 });
  const inside = (await logs("demo", "hydration-log")).filter(({ hydrationLog }) =>
    hydrationLog.interval.startTime.startsWith(startTime.slice(0, 13)),
  );
  expect(body.rollupDataPoints[0].hydrationLog.amountConsumed.millilitersSum).toBeCloseTo(
    total(inside.map(({ hydrationLog }) => hydrationLog.amountConsumed.milliliters)),
    3,
  );
});

test("foods of the catalogue have figures and a serving, typed-in ones have a name and an energy", async () => {
  const eaten = (await logs("demo", "nutrition-log")).map(({ nutritionLog }) => nutritionLog);
  const [known, typed] = [eaten.filter(({ food }) => food), eaten.filter(({ food }) => !food)];
  expect(known.length).toBeGreaterThan(30);
  expect(typed.length).toBeGreaterThan(0);
  for (const one of typed)
    expect(Object.keys(one).sort()).toEqual(["energy", "foodDisplayName", "interval", "mealType"]);
  for (const { serving, nutrients, totalFat } of known) {
    expect(serving.amount).toBeGreaterThan(0);
    expect(totalFat.grams).toBeGreaterThan(0);
    expect(nutrients[0].nutrient).toBe("PROTEIN");
  }
  // Not every food says everything, and a zero is said.
  const grams = known.flatMap(({ nutrients }) =>
    nutrients.map(({ quantity }: { quantity: { grams: number } }) => quantity.grams),
  );
  expect(new Set(known.map(({ nutrients }) => nutrients.length)).size).toBeGreaterThan(2);
  expect(grams).toContain(0);
});

test("some people log on most days, some only drinks, some nothing", async () => {
  const days = async (personId: string, type: string, key: string) =>
    new Set((await logs(personId, type)).map((point) => dayOf(point[key].interval))).size;
  expect(await days("demo", "nutrition-log", "nutritionLog")).toBeGreaterThan(12);
  expect(await days("demo", "nutrition-log", "nutritionLog")).toBeLessThan(20);
  expect(await days("switcher", "nutrition-log", "nutritionLog")).toBe(0);
  expect(await days("switcher", "hydration-log", "hydrationLog")).toBeGreaterThan(10);
  for (const personId of ["unticked", "empty"]) expect(await logs(personId, "hydration-log")).toEqual([]);
});

test("nobody eats or drinks outside of their day, however short a journey made it", () => {
  for (const personId of ["demo", "switcher", "collector"])
    for (let date = "2026-10-20"; date < AFTER; date = addDays(date, 1)) {
      const day = person(personId).day(date);
      for (const { timeMs } of [...day.meals, ...day.drinks])
        expect(timeMs >= day.startMs && timeMs < day.endMs).toBe(true);
      const ids = [...day.meals, ...day.drinks].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
});

test("a log arrives with the sync that follows it, and is announced", async () => {
  const own = await startGoogleHealthLab({ clock });
  try {
    const newest = person("demo").day("2026-11-19").meals.at(-1)!;
    own.sync.sync("demo", newest.timeMs);
    const filter = onDays("nutrition-log", CIVIL, "2026-11-19", "2026-11-20");
    const ask = async () =>
      (await clientOf(own, "demo").get(points("nutrition-log"), { filter })).body.dataPoints ?? [];
    const before = await ask();
    own.addSubscriber({ endpointUri: "http://127.0.0.1:9/", secret: "Bearer s", dataTypes: ["nutrition-log"] });
    own.notifications.setUrl(null);
    own.sync.sync("demo", NOW);
    expect((await ask()).length).toBeGreaterThan(before.length);
  } finally {
    await own.close();
  }
});

test("the scope can be refused to the app, and left unticked by the person", async () => {
  const scope = [readScope("sleep"), readScope("nutrition")];
  const query = (drop: string) =>
    new URLSearchParams({
      client_id: lab.app.clientId,
      redirect_uri: "http://127.0.0.1/callback",
      response_type: "code",
      scope: scope.join(" "),
      auto: "allow",
      person: "demo",
      ...(drop && { drop_scopes: drop }),
    });
  const consent = (drop = "") => send(`${lab.url}/o/oauth2/v2/auth?${query(drop)}`);
  const granted = async (drop?: string) =>
    new URL((await consent(drop)).headers.get("location")!).searchParams.get("scope")!.split(" ");
  expect(await granted()).toEqual(scope);
  expect(await granted("nutrition.readonly")).toEqual([scope[0]]);
  lab.switches.refusedScopes.add("nutrition");
  const refused = await consent();
  lab.switches.refusedScopes.clear();
  expect(refused.status).toBe(400);
  expect(refused.body).toContain("invalid_scope");
  const { status } = await clientOf(lab, "demo", [readScope("sleep")]).get(points("nutrition-log"));
  expect(status).toBe(403);
});
