import { readFileSync } from "node:fs";
import type { Recorded, RecordKind } from "../../model/recorded.js";
import { workoutKinds } from "../../model/records.js";
import { googleRecords } from "./records.js";

/** Google's own description of what it takes: the extract of its discovery document. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly description?: string;
}
const { schemas } = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/google-health.schemas.json", import.meta.url), "utf8"),
) as { readonly schemas: Readonly<Record<string, Schema>> };

/** Where a value is not what the schema says, by path. */
function faultsOf(schema: Schema, value: unknown, path: string): readonly string[] {
  if (schema.$ref) return faultsOf(schemas[schema.$ref]!, value, path);
  if (schema.enum) return schema.enum.includes(value as string) ? [] : [`${path}: ${value}`];
  if (schema.items)
    return Array.isArray(value) ? value.flatMap((each, at) => faultsOf(schema.items!, each, `${path}[${at}]`)) : [path];
  if (!schema.properties) return typeof value === schema.type ? [] : [`${path} is no ${schema.type}`];
  const members = schema.properties;
  const given = value as Readonly<Record<string, unknown>>;
  const required = Object.keys(members).filter((name) => members[name]!.description?.startsWith("Required."));
  return [
    ...required.filter((name) => !(name in given)).map((name) => `${path}.${name} is missing`),
    ...Object.entries(given).flatMap(([name, each]) =>
      members[name] ? faultsOf(members[name], each, `${path}.${name}`) : [`${path}.${name} is not known`],
    ),
  ];
}

const time = "2026-11-20T07:11:00.250+01:00";
const [start, end] = ["2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"];
const records: Readonly<Record<RecordKind, Recorded>> = {
  WEIGHING: { kind: "WEIGHING", time, weight: 72.5, fatPercentage: 21.25 },
  WORKOUT: { kind: "WORKOUT", workout: "CYCLING", start, end, distance: 12_345.5, energyBurned: 321.5 },
  SLEEP: { kind: "SLEEP", start, end },
  WATER: { kind: "WATER", time, water: 330.5 },
  FOOD: {
    ...{ kind: "FOOD", time, name: "Soup", meal: "AFTERNOON_SNACK", energyConsumed: 412.5 },
    ...{ carbohydrateGrams: 51.25, fatGrams: 9.75, proteinGrams: 22.5 },
  },
};
const id = "0123456789abcdef0123456789abcdef01234567";
const entriesOf = (record: Recorded) => googleRecords.find(({ kind }) => kind === record.kind)!.entries(record, id);

it.each(Object.values(records))("sends of $kind what Google's description takes", (record) => {
  const entries = entriesOf(record);
  expect(entries.length).toBe(record.kind === "WEIGHING" ? 2 : 1);
  for (const { request } of entries) expect(faultsOf(schemas["DataPoint"]!, request.json, "point")).toEqual([]);
});

it("names each kind of workout by a type that Google has", () => {
  for (const workout of workoutKinds) {
    const [entry] = entriesOf({ ...records.WORKOUT, workout } as Recorded);
    expect(faultsOf(schemas["DataPoint"]!, entry!.request.json, workout)).toEqual([]);
  }
});

it("keeps both offsets of a span over a change of the clocks, and fractions of a second", () => {
  expect(entriesOf(records.SLEEP)[0]!.request.json).toMatchObject({
    name: `users/me/dataTypes/sleep/dataPoints/${id}`,
    sleep: {
      interval: {
        ...{ startTime: "2026-03-29T00:30:00Z", startUtcOffset: "3600s" },
        ...{ endTime: "2026-03-29T01:30:00Z", endUtcOffset: "7200s" },
      },
    },
  });
  expect(entriesOf(records.WEIGHING)[0]!.request.json).toMatchObject({
    weight: { weightGrams: 72_500, sampleTime: { physicalTime: "2026-11-20T06:11:00.250Z", utcOffset: "3600s" } },
  });
});

it("leaves out what is not said", () => {
  const [workout] = entriesOf({ ...records.WORKOUT, distance: null, energyBurned: null } as Recorded);
  expect((workout!.request.json as { exercise: object }).exercise).toMatchObject({ metricsSummary: {} });
  const plain = { ...records.FOOD, carbohydrateGrams: null, fatGrams: null, proteinGrams: null } as Recorded;
  const { nutritionLog } = entriesOf(plain)[0]!.request.json as { nutritionLog: object };
  expect(Object.keys(nutritionLog)).toEqual(["interval", "foodDisplayName", "mealType", "energy"]);
});

it("takes no other drink of the same day for its own", () => {
  const [entry] = entriesOf(records.WATER);
  const point = (milliliters: number, startTime: string, platform = "GOOGLE_WEB_API") => ({
    name: `users/7/dataTypes/hydration-log/dataPoints/${milliliters}`,
    dataSource: { platform },
    hydrationLog: {
      interval: { startTime, startUtcOffset: "3600s", endTime: startTime, endUtcOffset: "3600s" },
      amountConsumed: { milliliters },
    },
  });
  const at = "2026-11-20T06:11:00.250Z";
  const others = [point(330.5, "2026-11-20T06:12:00Z"), point(330, at), point(330.5, at, "FITBIT")];
  expect(entry!.find({ dataPoints: others })).toEqual({ alike: [] });
  expect(entry!.find({})).toEqual({ alike: [] });
  expect(entry!.find({ dataPoints: [...others, point(330.5, at)] })).toEqual({ alike: [point(330.5, at).name] });
});
