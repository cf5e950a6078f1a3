import { readFileSync } from "node:fs";
import type { Recorded, RecordKind } from "../../model/recorded.js";
import { workoutKinds } from "../../model/records.js";
import { fitbitRecords } from "./records.js";

/** Fitbit's own description of what it takes. */
interface Parameter {
  readonly type: string;
  readonly required?: true;
  /** Names of which one is needed. */
  readonly either?: string;
  readonly requiredWith?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
}
const { writes } = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/fitbit.writes.json", import.meta.url), "utf8"),
) as { readonly writes: Readonly<Record<string, Readonly<Record<string, Parameter>>>> };

const formats: Readonly<Record<string, RegExp>> = {
  "X.XX": /^\d+(\.\d\d?)?$/,
  "yyyy-MM-dd": /^\d{4}-\d\d-\d\d$/,
  "HH:mm:ss": /^([01]\d|2[0-3])(:[0-5]\d){2}$/,
  "HH:mm": /^([01]\d|2[0-3]):[0-5]\d$/,
};

function faultsOf(path: string, form: Readonly<Record<string, string>>): readonly string[] {
  const known = writes[path] ?? {};
  const lacking = Object.entries(known).flatMap(([name, { required, either, requiredWith }]) => {
    const isNeeded =
      required || (requiredWith && requiredWith in form) || (either && !either.split("/").some((one) => one in form));
    return isNeeded && !(name in form) ? [`${name} is missing`] : [];
  });
  const wrong = Object.entries(form).flatMap(([name, value]) => {
    const parameter = known[name];
    if (!parameter) return [`${name} is not known`];
    const pattern = parameter.format ? formats[parameter.format]! : parameter.type === "integer" ? /^\d+$/ : /./;
    // The unit of a length is called an integer there, and shown as a word.
    const isWord = name === "distanceUnit" && value === "Kilometer";
    const isGood = parameter.enum ? parameter.enum.includes(value) : isWord || pattern.test(value);
    return isGood ? [] : [`${name}: ${value}`];
  });
  return [...lacking, ...wrong];
}

const time = "2026-11-20T07:11:09.250+01:00";
const [start, end] = ["2026-03-29T01:30:15+01:00", "2026-03-29T03:50:59+02:00"];
const records = {
  WEIGHING: { kind: "WEIGHING", time, weight: 72.57477, fatPercentage: 21.256 },
  WORKOUT: { kind: "WORKOUT", workout: "CYCLING", start, end, distance: 12_345.5, energyBurned: 321.5 },
  SLEEP: { kind: "SLEEP", start, end },
  WATER: { kind: "WATER", time, water: 473.176473 },
  FOOD: {
    ...{ kind: "FOOD", time, name: "Soup & bread", meal: "AFTERNOON_SNACK", energyConsumed: 412.5 },
    ...{ carbohydrateGrams: null, fatGrams: null, proteinGrams: null },
  },
} as const satisfies Record<RecordKind, Recorded>;
const recordingOf = ({ kind }: Recorded) => fitbitRecords.find((each) => each.kind === kind)!;
const entriesOf = (record: Recorded) => recordingOf(record).entries(record, "");
const formsOf = (record: Recorded) => entriesOf(record).map(({ request }) => request.form!);

it.each(Object.values(records))("sends of $kind what Fitbit's description takes", (record) => {
  const entries = entriesOf(record);
  expect(entries.length).toBe(record.kind === "WEIGHING" ? 2 : 1);
  for (const { request } of entries) expect(faultsOf(request.path, request.form!)).toEqual([]);
});

it("sends figures as the forms take them: hundredths, whole kilocalories, and the clock of the person", () => {
  expect(formsOf(records.WEIGHING)).toEqual([
    { weight: "72.57", date: "2026-11-20", time: "07:11:09" },
    { fat: "21.26", date: "2026-11-20", time: "07:11:09" },
  ]);
  expect(formsOf(records.WATER)).toEqual([{ amount: "473.18", unit: "ml", date: "2026-11-20" }]);
  expect(formsOf(records.FOOD)).toEqual([
    {
      ...{ foodName: "Soup & bread", calories: "413", mealTypeId: "4", unitId: "304", amount: "1" },
      date: "2026-11-20",
    },
  ]);
  expect(formsOf(records.WORKOUT)).toEqual([
    {
      ...{ activityId: "90001", manualCalories: "322", distance: "12.35", distanceUnit: "Kilometer" },
      ...{ startTime: "01:30:15", durationMillis: "4844000", date: "2026-03-29" },
    },
  ]);
});

it("sends a sleep by the minute, as long as it was over a change of the clocks", () => {
  expect(formsOf(records.SLEEP)).toEqual([{ startTime: "01:30", duration: "4800000", date: "2026-03-29" }]);
});

it("names each kind of workout, with and without a distance", () => {
  for (const workout of workoutKinds) {
    for (const distance of [null, 3, 4321]) {
      const [entry] = entriesOf({ ...records.WORKOUT, workout, distance });
      expect(faultsOf(entry!.request.path, entry!.request.form!)).toEqual([]);
    }
  }
});

it("says what Fitbit can't keep, before anything is sent", () => {
  const lack = (record: Recorded) => recordingOf(record).lacks?.(record) ?? null;
  for (const record of Object.values(records)) expect(lack(record)).toBeNull();
  expect(lack({ ...records.WORKOUT, workout: "YOGA", energyBurned: null })).toContain("energyBurnedKilocalories");
  expect(lack({ ...records.WORKOUT, energyBurned: null })).toBeNull();
  expect(lack({ ...records.WORKOUT, energyBurned: null, distance: 4 })).toContain("energyBurnedKilocalories");
  expect(lack({ ...records.FOOD, proteinGrams: 3 })).toContain("leave them out");
  expect(lack({ ...records.SLEEP, end: "2026-03-29T01:30:59+01:00" })).toContain("less than a minute");
});

it("knows its own entry by every figure that was sent", () => {
  const [water] = entriesOf(records.WATER);
  const drunk = (amount: number, logId: unknown) => ({ amount, logId });
  const answer = { water: [drunk(473, 1), drunk(473.176, "9007199254740993"), drunk(500, 3)], summary: {} };
  expect(water!.find(answer)).toEqual({ alike: ["foods/log/water/9007199254740993"] });
  for (const unreadable of [{}, { water: 3 }, { water: [drunk(473.18, "../x")] }, { errors: [{}], water: [] }])
    expect(() => water!.find(unreadable)).toThrow();
  const [workout] = entriesOf(records.WORKOUT);
  const done = { logType: "manual", duration: 4_844_000, startTime: "2026-03-29T01:30:15.000+01:00", logId: 7 };
  const others = [
    { ...done, activityTypeId: 90001, logType: "tracker" },
    { ...done, activityTypeId: 90009 },
    { ...done, activityTypeId: 90001, duration: 4_843_000 },
    { ...done, activityTypeId: 90001, startTime: "2026-03-29T01:30:16.000+01:00" },
  ];
  expect(workout!.find({ activities: others })).toEqual({ alike: [] });
  expect(workout!.find({ activities: [...others, { ...done, activityTypeId: 90001 }] })).toEqual({
    alike: ["activities/7"],
  });
});

it("deletes each entry by a request of its own, with a length", () => {
  expect(
    recordingOf(records.WEIGHING)
      .remove(["body/log/weight/12", "sleep/34"])
      .map(({ request }) => request),
  ).toEqual([
    { method: "DELETE", path: "/1/user/-/body/log/weight/12.json", headers: { "content-length": "0" } },
    { method: "DELETE", path: "/1.2/user/-/sleep/34.json", headers: { "content-length": "0" } },
  ]);
});
