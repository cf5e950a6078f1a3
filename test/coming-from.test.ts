/**
 * What docs/coming-from.md says of python-fitbit's calls is tried: each call that reads has an answer with figures in it, in
 * the sandbox, and each call that writes has its mutation. Calls without a counterpart are named on the page.
 */
import { readFileSync } from "node:fs";
import { type Anything, asApp, clockFrom, credentials, type Served, startServed } from "./support/served.js";

const page = readFileSync(new URL("../docs/coming-from.md", import.meta.url), "utf8");
let served: Served;
beforeAll(async () => {
  served = await startServed({ APP_KEYS: credentials.APP_KEYS }, { clock: clockFrom("2026-11-25T15:00:00Z") });
});
afterAll(() => served.close());

async function answered(selection: string, user = "demo"): Promise<Anything> {
  const { data, errors } = await served.ask(`{ user(id: "${user}") { ${selection} } }`, { headers: asApp });
  expect(errors).toBeUndefined();
  return data.user;
}
/** Whether a figure or a word is anywhere in it, beside types' names. */
function tells(value: Anything): boolean {
  if (Array.isArray(value)) return value.some(tells);
  if (value !== null && typeof value === "object") return Object.values(value).some(tells);
  return value !== null && value !== undefined && value !== 0;
}
const day = `range: { from: "2026-11-20", to: "2026-11-24" }`;

/** By the call of python-fitbit: what is asked, and the member that must tell something. */
const asked: readonly (readonly [call: string, selection: string, user?: string])[] = [
  ["user_profile_get", "profile { displayName timeZone height weight memberSince }"],
  ["activities", `activity(${day}) { days { steps distance floors energyBurned } }`],
  ["time_series", "activity(range: { lastDays: 30 }) { days { steps } }"],
  [
    "intraday_time_series",
    `activity(${day}) { days { samples(metric: STEPS, resolution: ONE_MINUTE) { offsets values } } }`,
  ],
  [
    "intraday_time_series",
    `activity(${day}) { days { samples(metric: STEPS, resolution: FIFTEEN_MINUTES) { values } } }`,
  ],
  [
    "intraday_time_series",
    `heart(range: { from: "2026-11-24", to: "2026-11-24" }) { days { samples(resolution: ONE_SECOND) { values } } }`,
  ],
  ["heart", `heart(${day}) { days { restingRate zones { kind minutes } } }`],
  ["sleep", `sleep(${day}) { sessions { start end minutesAsleep } }`],
  ["get_bodyweight", "body(range: { lastDays: 30 }) { measurements { weight bodyMassIndex } }"],
  ["get_bodyfat", "body(range: { lastDays: 30 }) { measurements { fatPercentage } }"],
  ["bp", "readings(range: { lastDays: 30 }) { bloodPressures { systolicMmHg diastolicMmHg } }", "collector"],
  ["glucose", "readings(range: { lastDays: 30 }) { bloodGlucose { value } glucoseSeries { values } }", "napper"],
  ["get_devices", "devices { devices { model batteryPercent lastSyncAt } }"],
  ["activities_daily_goal", "goals { goals { metric period target current unit } }"],
  ["foods_log", `nutrition(${day}) { entries { date name meal energyConsumed } days { energyConsumed proteinGrams } }`],
  ["foods_log_water", `nutrition(${day}) { days { water } }`],
];

const reads = asked.map(([call, selection, user = "demo"]) => [call, selection, user] as const);
test.each(reads)("%s: %s", async (call, selection, user) => {
  expect(page).toMatch(new RegExp(`\\b${call}\\b`));
  expect(tells(await answered(selection, user))).toBe(true);
});

test("each goal that python-fitbit reads is told, where Fitbit is connected", async () => {
  const { goals } = await answered("goals { goals { metric period } }", "both");
  const told = goals.goals.map(({ metric, period }: { metric: string; period: string }) => `${metric} ${period}`);
  expect(told).toEqual(
    expect.arrayContaining([
      ...["STEPS DAILY", "STEPS WEEKLY", "WEIGHT OPEN", "BODY_FAT OPEN", "ENERGY_CONSUMED DAILY", "WATER DAILY"],
    ]),
  );
});

test("a range has one form, and 1,100 days at most", async () => {
  const codeOf = async (range: string) => {
    const query = `{ user(id: "demo") { activity(range: ${range}) { days { steps } } } }`;
    return (await served.ask(query, { headers: asApp, plan: "dry-run" })).errors?.[0]?.extensions["code"] ?? "OK";
  };
  expect(await codeOf("{ lastDays: 1100 }")).toBe("OK");
  for (const range of ["{ lastDays: 1101 }", `{ from: "2026-11-01", lastDays: 3 }`, `{ to: "2026-11-01" }`])
    expect([range, await codeOf(range)]).toEqual([range, "BAD_USER_INPUT"]);
});

test("subscriptions are made, listed and taken down", async () => {
  const mutate = async (mutation: string) => {
    const { errors } = await served.ask(`mutation { ${mutation} { notices } }`, { headers: asApp });
    expect(errors).toBeUndefined();
  };
  const listed = async () => (await answered("connections { subscriptions { id domains } }", "both")).connections;
  await mutate(`subscribe(input: { userId: "both", provider: FITBIT, domains: [SLEEP] })`);
  expect(tells(await listed())).toBe(true);
  await mutate(`unsubscribe(input: { userId: "both", provider: FITBIT, domains: [SLEEP] })`);
  expect(tells(await listed())).toBe(false);
});

/** `test/operation-files.test.ts` and `test/recording-fitbit.test.ts` carry them out. */
test.each([
  ["body", "recordWeighing"],
  ["foods_log", "recordFood"],
  ["foods_log_water", "recordWater"],
  ["log_activity", "recordWorkout"],
  ["log_sleep", "recordSleep"],
  ["delete_activities", "deleteRecord"],
  ["delete_foods_log", "deleteRecord"],
  ["delete_foods_log_water", "deleteRecord"],
  ["delete_sleep", "deleteRecord"],
])("%s with data is %s, and the page says so", async (call, mutation) => {
  const { data } = await served.ask("{ __schema { mutationType { fields { name } } } }", { headers: asApp });
  expect(data.__schema.mutationType.fields).toContainEqual({ name: mutation });
  const rows = page.split("\n").filter((row) => row.startsWith("|") && row.includes(`\`${mutation}\``));
  expect(rows.some((row) => new RegExp(`\\b${call}\\b`).test(row.split("|")[1]!))).toBe(true);
});

/** Rows F18 to F32 of what has no counterpart. */
test.each([
  ...[
    "get_alarms",
    "add_alarm",
    "update_alarm",
    "delete_alarm",
    "get_badges",
    "get_friends",
    "get_friends_leaderboard",
  ],
  ...["recent_activities", "favorite_activities", "frequent_activities", "activities_list", "activity_detail"],
  ...["recent_foods", "favorite_foods", "frequent_foods", "search_foods", "food_detail", "food_units", "get_meals"],
  ...["user_profile_update", "add_favorite_activity", "delete_favorite_activity", "add_favorite_food"],
  ...["delete_favorite_food", "create_food", "delete_heart", "delete_bp", "invite_friend"],
])("%s is not carried over, and the page says why", (call) => {
  const [, table = ""] = page.split("### Not carried over");
  const row = table
    .split("\n## ")[0]!
    .split("\n")
    .find((each) => new RegExp(`\`${call}\``).test(each));
  expect(row?.split("|")[2]?.trim()).toMatch(/^[A-Z`].{12,}/);
});
