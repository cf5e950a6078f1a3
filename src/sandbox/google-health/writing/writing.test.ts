import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type Answer,
  clientOf,
  dailyRange,
  movableClock,
  NOW,
  onDays,
  points,
} from "../../../../test/support/google-health-lab.js";
import { faults, type Schema, schemas } from "../../../../test/support/google-health-schemas.js";
import { startReceiver } from "../../../../test/support/receiver.js";
import {
  ALL_READ_SCOPES,
  ALL_WRITE_SCOPES,
  type GoogleHealthLab,
  googleHealthUserId,
  startGoogleHealthLab,
} from "../index.js";
import { readScope, writeScope } from "../scopes.js";
import { ENUMS, MESSAGES } from "./messages.js";

let lab: GoogleHealthLab;
beforeAll(async () => {
  lab = await startGoogleHealthLab({ clock: movableClock() });
  lab.setMinuteLimit(100_000);
});
afterAll(() => lab.close());

/** Each test writes for somebody else, or of another type, so that none sees what another has written. */
const writerOf = (personId: string) => clientOf(lab, personId, [...ALL_READ_SCOPES, ...ALL_WRITE_SCOPES]);

const at = (time: string, offset = "3600s") => ({
  sampleTime: { physicalTime: `2026-11-19T${time}Z`, utcOffset: offset },
});
const during = (from: string, to: string, offset = "3600s") => ({
  interval: {
    startTime: `2026-11-19T${from}Z`,
    endTime: `2026-11-19T${to}Z`,
    startUtcOffset: offset,
    endUtcOffset: offset,
  },
});
const stage = (type: string, from: string, to: string) => ({ type, ...during(from, to).interval });

const BODIES: Readonly<Record<string, Record<string, unknown>>> = {
  weight: { weight: { ...at("06:10:20"), weightGrams: 71_450, notes: "After a run" } },
  "body-fat": { bodyFat: { ...at("06:11:20"), percentage: 22.7 } },
  height: { height: { ...at("06:12:20"), heightMillimeters: "1694" } },
  exercise: {
    exercise: {
      ...during("16:02:11", "16:41:40"),
      exerciseType: "POWER_WALKING",
      displayName: "With the dog",
      metricsSummary: { caloriesKcal: 187, distanceMillimeters: 3_204_000, steps: "4381" },
    },
    dataSource: { recordingMethod: "ACTIVELY_MEASURED", device: { displayName: "Treadmill", manufacturer: "Acme" } },
  },
  sleep: {
    sleep: {
      ...during("12:30:00", "13:20:00"),
      type: "STAGES",
      stages: [
        stage("LIGHT", "12:30:00", "12:57:00"),
        stage("DEEP", "12:57:00", "13:16:00"),
        stage("AWAKE", "13:16:00", "13:20:00"),
      ],
    },
  },
  "hydration-log": {
    hydrationLog: {
      ...during("09:30:00", "09:30:00"),
      amountConsumed: { milliliters: 330.5, userProvidedUnit: "MILLILITER" },
    },
  },
  "nutrition-log": {
    nutritionLog: {
      ...during("11:45:00", "12:15:00"),
      foodDisplayName: "Stew",
      mealType: "LUNCH",
      energy: { kcal: 543.2 },
      totalFat: { grams: 17.3 },
      totalCarbohydrate: { grams: 61.8 },
      nutrients: [{ nutrient: "PROTEIN", quantity: { grams: 29.4 } }],
    },
  },
};
const TYPES = Object.keys(BODIES);
const keyOf = (type: string) => type.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const idIn = (name: string) => name.split("/").at(-1)!;
const created = async (answer: Promise<Answer>) => {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.response;
};

test("what can be written is what Google describes", () => {
  const written = Object.fromEntries(
    Object.entries(MESSAGES).map(([name, fields]) => [name, Object.keys(fields).sort()]),
  );
  const described = Object.fromEntries(
    Object.keys(MESSAGES).map((name) => [name, Object.keys(schemas[name]!.properties!).sort()]),
  );
  expect(written).toEqual(described);
  const kinds: Readonly<Record<string, string>> = { "google-datetime": "timestamp", "google-duration": "duration" };
  const textOf = (schema: Schema): string => {
    const { items, readOnly, required, minimum, maximum } = schema;
    const value = items ?? schema;
    const words = new Set((value.enum ?? []).filter((word) => !word.endsWith("_UNSPECIFIED")));
    const named = Object.keys(ENUMS).find((name) => words.size > 0 && [...ENUMS[name]!].join() === [...words].join());
    const type = named ? `enum ${named}` : (value.$ref ?? kinds[value.format ?? ""] ?? value.format ?? value.type);
    const range = minimum === undefined ? "" : ` ${minimum}..${maximum}`;
    return `${readOnly ? "output" : type}${items ? "[]" : ""}${required ? "!" : ""}${range}`;
  };
  for (const [name, fields] of Object.entries(MESSAGES))
    for (const [field, text] of Object.entries(fields))
      expect([name, field, text]).toEqual([name, field, textOf(schemas[name]!.properties![field]!)]);
});

describe.each(TYPES)("%s", (type) => {
  const key = keyOf(type);

  test("that is written is in every answer about its day, with the client that wrote it", async () => {
    const client = writerOf("switcher");
    expect(faults(schemas.DataPoint!, BODIES[type], "body")).toEqual([]);
    const { status, body } = await client.post(points(type), BODIES[type]);
    expect(status).toBe(200);
    expect(faults(schemas.Operation!, body, "operation")).toEqual([]);
    expect(body.done).toBe(true);
    const { "@type": entity, ...point } = body.response;
    expect(entity).toBe("type.googleapis.com/google.devicesandservices.health.v4.DataPoint");
    expect(faults(schemas.DataPoint!, point, "point")).toEqual([]);
    expect(point.dataSource).toMatchObject({
      platform: "GOOGLE_WEB_API",
      application: { googleWebClientId: lab.app.clientId },
      recordingMethod: type === "exercise" ? "ACTIVELY_MEASURED" : "UNKNOWN",
    });
    expect((await client.get(`${points(type)}/${idIn(point.name)}`)).body).toEqual(point);
    const newest = { pageSize: "9" };
    expect((await client.get(points(type), newest)).body.dataPoints).toContainEqual(point);
    const merged = (await client.get(`${points(type)}:reconcile`, newest)).body.dataPoints;
    expect(merged.map(({ dataPointName }: { dataPointName: string }) => dataPointName)).toContain(point.name);
    expect(Object.keys(point[key])).toEqual(expect.arrayContaining(Object.keys(BODIES[type]![key] as object)));
  });

  test("of this client can be changed and deleted", async () => {
    const client = writerOf("both");
    const identified = { food: "users/me/dataTypes/food/dataPoints/80851" };
    const body =
      type === "nutrition-log" ? withMember(type, { ...identified, foodDisplayName: undefined }) : BODIES[type];
    const { name } = await created(client.post(points(type), body));
    const path = `${points(type)}/${idIn(name)}`;
    const later = { ...(BODIES[type]![key] as object), ...(type === "nutrition-log" && identified) };
    const isSample = "sampleTime" in later;
    const moved = isSample
      ? { ...later, ...at("07:55:00", "0s") }
      : { ...later, ...during("14:05:00", "14:55:00", "0s"), stages: undefined };
    const changed = await created(client.patch(path, { name, [key]: moved }));
    expect(changed.name).toBe(name);
    expect((await client.get(path)).body[key].interval?.endTime ?? "2026-11-19T14:55:00Z").toBe("2026-11-19T14:55:00Z");
    expect((await client.get(path)).body[key].sampleTime?.utcOffset ?? "0s").toBe("0s");
    const gone = await client.post(`${points(type)}:batchDelete`, { names: [name] });
    expect(gone.body).toMatchObject({ done: true, response: { "@type": "type.googleapis.com/google.protobuf.Empty" } });
    expect((await client.get(path)).status).toBe(404);
    expect((await client.patch(path, { [key]: moved })).status).toBe(404);
    const again = await client.post(`${points(type)}:batchDelete`, { names: [name] });
    expect(again.status).toBe(404);
  });

  test("of another app can only be read", async () => {
    const client = writerOf("collector");
    const name = lab.addPoint("collector", type, BODIES[type]);
    const path = `${points(type)}/${idIn(name)}`;
    const { body } = await client.get(path);
    expect(body.dataSource.application.googleWebClientId).not.toBe(lab.app.clientId);
    const refusals = [
      await client.patch(path, BODIES[type]),
      await client.post(`${points(type)}:batchDelete`, { names: [name] }),
    ];
    for (const { status, body } of refusals) expect([status, body.error.status]).toEqual([403, "PERMISSION_DENIED"]);
    expect((await client.get(path)).body).toEqual(body);
  });

  test("is not written without its scope", async () => {
    const others = ALL_WRITE_SCOPES.filter((scope) => accepts(type) !== scope);
    const client = clientOf(lab, "napper", [...ALL_READ_SCOPES, ...others]);
    for (const answer of [
      await client.post(points(type), BODIES[type]),
      await client.patch(`${points(type)}/1234`, BODIES[type]),
      await client.post(`${points(type)}:batchDelete`, { names: [] }),
      await client.post("dataTypes/-/dataPoints:batchDelete", { names: [`users/me/${points(type)}/1234`] }),
    ])
      expect([answer.status, answer.body.error.details[0].reason]).toEqual([403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"]);
  });
});

function accepts(type: string): string {
  if (type === "exercise") return writeScope("activity_and_fitness");
  if (type === "sleep") return writeScope("sleep");
  return writeScope(type.endsWith("-log") ? "nutrition" : "health_metrics_and_measurements");
}

function withMember(type: string, member: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { [keyOf(type)]: { ...(BODIES[type]![keyOf(type)] as object), ...member } };
}

describe("a body is refused with its place", () => {
  const huge = "9".repeat(30);
  const mistakes: readonly [what: string, type: string, body: unknown, field: string][] = [
    ["no value", "weight", {}, "data_point.weight"],
    ["another type's value", "weight", BODIES["body-fat"], "data_point"],
    ["two values", "weight", { ...BODIES.weight, ...BODIES["body-fat"] }, "data_point"],
    ["a member that does not exist", "weight", withMember("weight", { mood: 1 }), "data_point.weight"],
    ["a point's member that does not exist", "weight", { ...BODIES.weight, mood: 1 }, "data_point"],
    ["no weight", "weight", withMember("weight", { weightGrams: undefined }), "data_point.weight.weight_grams"],
    [
      "a weight above the range",
      "weight",
      withMember("weight", { weightGrams: 1e6 + 1 }),
      "data_point.weight.weight_grams",
    ],
    [
      "a weight that is none",
      "weight",
      withMember("weight", { weightGrams: "heavy" }),
      "data_point.weight.weight_grams",
    ],
    [
      "an endless weight",
      "weight",
      withMember("weight", { weightGrams: "Infinity" }),
      "data_point.weight.weight_grams",
    ],
    [
      "a percentage above 100",
      "body-fat",
      withMember("body-fat", { percentage: 100.1 }),
      "data_point.body_fat.percentage",
    ],
    [
      "half a millimetre",
      "height",
      withMember("height", { heightMillimeters: 1700.5 }),
      "data_point.height.height_millimeters",
    ],
    [
      "a number too long",
      "height",
      withMember("height", { heightMillimeters: huge }),
      "data_point.height.height_millimeters",
    ],
    [
      "no offset",
      "weight",
      withMember("weight", { sampleTime: { physicalTime: "2026-11-19T06:00:00Z" } }),
      "data_point.weight.sample_time.utc_offset",
    ],
    [
      "an offset as a clock",
      "weight",
      withMember("weight", at("06:00:00", "+01:00")),
      "data_point.weight.sample_time.utc_offset",
    ],
    [
      "an offset of two days",
      "weight",
      withMember("weight", at("06:00:00", "172800s")),
      "data_point.weight.sample_time.utc_offset",
    ],
    [
      "a time without a zone",
      "weight",
      withMember("weight", { sampleTime: { physicalTime: "2026-11-19T06:00:00", utcOffset: "0s" } }),
      "data_point.weight.sample_time.physical_time",
    ],
    [
      "next week",
      "weight",
      withMember("weight", { sampleTime: { physicalTime: "2026-11-27T06:00:00Z", utcOffset: "0s" } }),
      "data_point.weight",
    ],
    [
      "an end before the start",
      "exercise",
      withMember("exercise", during("16:41:40", "16:02:11")),
      "data_point.exercise.interval",
    ],
    [
      "an unknown workout",
      "exercise",
      withMember("exercise", { exerciseType: "JOGGING" }),
      "data_point.exercise.exercise_type",
    ],
    [
      "a gap in the night",
      "sleep",
      withMember("sleep", { stages: [stage("LIGHT", "12:30:00", "12:57:00"), stage("DEEP", "12:58:00", "13:20:00")] }),
      "data_point.sleep.stages[1]",
    ],
    [
      "stages shorter than the night",
      "sleep",
      withMember("sleep", { stages: [stage("LIGHT", "12:30:00", "12:57:00")] }),
      "data_point.sleep.stages",
    ],
    [
      "too much water",
      "hydration-log",
      withMember("hydration-log", { amountConsumed: { milliliters: 100_001 } }),
      "data_point.hydration_log.amount_consumed.milliliters",
    ],
    [
      "a food without a name",
      "nutrition-log",
      withMember("nutrition-log", { foodDisplayName: "" }),
      "data_point.nutrition_log",
    ],
    [
      "a food that nobody knows",
      "nutrition-log",
      withMember("nutrition-log", { food: "users/me/dataTypes/food/dataPoints/1" }),
      "data_point.nutrition_log.food",
    ],
    [
      "a list that is none",
      "nutrition-log",
      withMember("nutrition-log", { nutrients: {} }),
      "data_point.nutrition_log.nutrients",
    ],
    [
      "an id that is too short",
      "weight",
      { ...BODIES.weight, name: "users/me/dataTypes/weight/dataPoints/abc" },
      "data_point.name",
    ],
    [
      "an id of another type",
      "weight",
      { ...BODIES.weight, name: "users/me/dataTypes/sleep/dataPoints/abcd" },
      "data_point.name",
    ],
  ];
  test.each(mistakes)("%s", async (_, type, body, field) => {
    const client = writerOf("unticked");
    const { status, body: answer } = await client.post(points(type), body);
    expect([status, answer.error.status]).toEqual([400, "INVALID_ARGUMENT"]);
    const [detail] = answer.error.details;
    expect(detail["@type"]).toBe("type.googleapis.com/google.rpc.BadRequest");
    expect(detail.fieldViolations.map(({ field }: { field: string }) => field)).toEqual([field]);
  });

  test("that is no JSON, a list or longer than the service reads", async () => {
    const client = writerOf("unticked");
    expect((await client.post(points("weight"), [BODIES.weight])).status).toBe(400);
    expect((await client.post(points("weight"), null)).status).toBe(400);
    const long = withMember("weight", { notes: "x".repeat(1_100_000) });
    expect((await client.post(points("weight"), long)).status).toBe(413);
    expect(
      (await client.get(points("weight"))).body.dataPoints.every(
        ({ weight }: { weight: { notes?: string } }) => !weight.notes,
      ),
    ).toBe(true);
  });

  test("and a type that nobody writes says what it offers", async () => {
    const { status, body } = await writerOf("unticked").post(points("steps"), { steps: { count: "1" } });
    expect(status).toBe(400);
    expect(body.error.details[0]).toMatchObject({
      reason: "UNSUPPORTED_DATA_TYPE_ACTION",
      metadata: { allowed_actions: "list, reconcile, rollUp, dailyRollUp" },
    });
  });
});

describe("what the service makes of it", () => {
  test("both spellings bind, numbers may be text, and what only the service sets is ignored", async () => {
    const body = {
      weight: {
        sample_time: { physical_time: "2026-11-18T08:09:10+01:00", utc_offset: "3600s" },
        weight_grams: "70120.5",
      },
      dataSource: { platform: "NEST", recordingMethod: "MANUAL" },
    };
    const point = await created(writerOf("unticked").post(points("weight"), body));
    expect(point.weight.sampleTime.physicalTime).toBe("2026-11-18T07:09:10Z");
    expect(point.weight.weightGrams).toBe(70_120.5);
    expect(point.dataSource).toMatchObject({ platform: "GOOGLE_WEB_API", recordingMethod: "MANUAL" });
  });

  test("names of workouts are the service's, but for the unknown kind", async () => {
    const client = writerOf("unticked");
    const walk = await created(client.post(points("exercise"), BODIES.exercise));
    expect(walk.exercise.displayName).toBe("Power walking");
    const other = await created(client.post(points("exercise"), withMember("exercise", { exerciseType: "OTHER" })));
    expect(other.exercise.displayName).toBe("With the dog");
  });

  test("a sleep is summed up", async () => {
    const { sleep } = await created(writerOf("unticked").post(points("sleep"), BODIES.sleep));
    expect(sleep.summary).toMatchObject({
      minutesInSleepPeriod: "50",
      minutesAsleep: "46",
      minutesAwake: "4",
      minutesAfterWakeUp: "4",
    });
    expect(sleep.metadata.processed).toBe(true);
  });

  test("an identified food brings its figures along, and an anonymous one stays as it is", async () => {
    const client = writerOf("unticked");
    const food = "users/me/dataTypes/food/dataPoints/81409";
    const serving = { amount: 3, foodMeasurementUnit: "users/me/dataTypes/food-measurement-unit/dataPoints/slice" };
    const body = { nutritionLog: { ...during("07:20:00", "07:21:00"), food, serving } };
    const { nutritionLog } = await created(client.post(points("nutrition-log"), body));
    expect(nutritionLog).toMatchObject({
      foodDisplayName: "Rye bread",
      energy: { kcal: 249 },
      totalFat: { grams: 3.3 },
    });
    expect(nutritionLog.nutrients).toContainEqual({ nutrient: "SODIUM", quantity: { grams: 0.633 } });
    const anonymous = await created(client.post(points("nutrition-log"), BODIES["nutrition-log"]));
    const { status, body: refusal } = await client.patch(
      `${points("nutrition-log")}/${idIn(anonymous.name)}`,
      BODIES["nutrition-log"],
    );
    expect([status, refusal.error.status]).toEqual([400, "FAILED_PRECONDITION"]);
  });

  test("rollups count it, and for self-sources nothing else", async () => {
    const client = writerOf("demo");
    const day = { ...dailyRange("2026-11-10", "2026-11-20"), windowSizeDays: 10 };
    const own = { ...day, dataSourceFamily: "users/me/dataSourceFamilies/self-sources" };
    const rolled = async (type: string, body: object) =>
      (await client.post(`${points(type)}:dailyRollUp`, body)).body.rollupDataPoints?.[0];
    const before = await rolled("hydration-log", day);
    expect(await rolled("hydration-log", own)).toBeUndefined();
    await created(client.post(points("hydration-log"), BODIES["hydration-log"]));
    await created(client.post(points("nutrition-log"), BODIES["nutrition-log"]));
    await created(client.post(points("weight"), BODIES.weight));
    const after = await rolled("hydration-log", day);
    expect(after.hydrationLog.amountConsumed.millilitersSum).toBeCloseTo(
      before.hydrationLog.amountConsumed.millilitersSum + 330.5,
      3,
    );
    expect((await rolled("hydration-log", own)).hydrationLog).toEqual({
      amountConsumed: { millilitersSum: 330.5, userProvidedUnitLast: "MILLILITER" },
    });
    expect((await rolled("nutrition-log", own)).nutritionLog).toEqual({
      energy: { kcalSum: 543.2 },
      totalCarbohydrate: { gramsSum: 61.8 },
      totalFat: { gramsSum: 17.3 },
      nutrients: [{ nutrient: "PROTEIN", quantity: { gramsSum: 29.4 } }],
    });
    expect((await rolled("weight", own)).weight).toEqual({ weightGramsAvg: 71_450 });
    expect(await rolled("steps", own)).toBeUndefined();
  });

  test("who may only write reads back what they have written, and nothing else", async () => {
    const client = clientOf(lab, "google", [readScope("settings"), ...ALL_WRITE_SCOPES]);
    for (const type of ["sleep", "weight"]) {
      expect((await client.get(points(type))).body).toEqual({});
      const { "@type": _, ...point } = await created(client.post(points(type), BODIES[type]));
      const foreign = lab.addPoint("google", type, BODIES[type]);
      expect((await client.get(points(type))).body.dataPoints).toEqual([point]);
      expect((await client.get(`${points(type)}:reconcile`)).body.dataPoints).toHaveLength(1);
      expect((await client.get(`${points(type)}/${idIn(point.name)}`)).body).toEqual(point);
      expect((await client.get(`${points(type)}/${idIn(foreign)}`)).status).toBe(404);
    }
  });

  test("before the account was made and ahead of the wearable's sync it is there at once", async () => {
    const clock = movableClock();
    const held = await startGoogleHealthLab({ clock });
    try {
      held.sync.sync("google", NOW - 3 * 86_400_000);
      const client = clientOf(held, "google", [...ALL_READ_SCOPES, ...ALL_WRITE_SCOPES]);
      const old = { sampleTime: { physicalTime: "2019-05-06T07:08:09Z", utcOffset: "0s" } };
      for (const time of [at("06:10:20"), old])
        await created(client.post(points("weight"), withMember("weight", { ...time, weightGrams: 68_000 })));
      const { points: listed } = await client.all(points("weight"), { pageSize: "100" });
      expect(listed[0].weight.sampleTime.physicalTime).toBe("2026-11-19T06:10:20Z");
      expect(listed.at(-1).weight.sampleTime.physicalTime).toBe("2019-05-06T07:08:09Z");
      const filter = onDays("steps", "interval.civil_start_time", "2026-11-19", "2026-11-20");
      expect((await client.get(points("steps"), { filter })).body).toEqual({});
    } finally {
      await held.close();
    }
  });
});

describe("deleting", () => {
  test("several types at once goes by the collection of all, and all of it or nothing", async () => {
    const client = writerOf("google");
    const names: string[] = [];
    for (const type of ["weight", "hydration-log"])
      names.push((await created(client.post(points(type), BODIES[type]))).name);
    const [weighing] = (await client.get(points("weight"), { filter: 'weight.sample_time.civil_time < "2026-11-18"' }))
      .body.dataPoints;
    expect((await client.post(`${points("weight")}:batchDelete`, { names })).status).toBe(400);
    const all = "dataTypes/-/dataPoints:batchDelete";
    expect((await client.post(all, { names: [...names, weighing.name] })).status).toBe(403);
    expect((await client.post(all, { names: [...names, `${names[0]}0`] })).status).toBe(404);
    expect((await client.get(`${points("weight")}/${idIn(names[0]!)}`)).status).toBe(200);
    expect((await client.post(all, { names })).status).toBe(200);
    expect((await client.get(`${points("weight")}/${idIn(names[0]!)}`)).status).toBe(404);
  });

  test("takes one to ten thousand names", async () => {
    const client = writerOf("google");
    const path = `${points("weight")}:batchDelete`;
    const names = Array.from({ length: 10_001 }, (_, index) => `users/me/${points("weight")}/${index}`);
    for (const body of [{}, { names: [] }, { names }, { names: "all" }, { names: ["weight"] }])
      expect((await client.post(path, body)).status).toBe(400);
    expect((await client.post(path, { names: names.slice(1) })).status).toBe(404);
  });
});

describe("switches", () => {
  test("ids that clients choose are replaced, or kept and taken once", async () => {
    const client = writerOf("empty");
    const body = { ...BODIES.weight, name: "users/me/dataTypes/weight/dataPoints/my-own-weight" };
    const first = await created(client.post(points("weight"), body));
    const second = await created(client.post(points("weight"), body));
    expect(new Set([first.name, second.name, body.name]).size).toBe(3);
    lab.switches.clientIdsReplaced = false;
    const kept = await created(client.post(points("weight"), body));
    expect(idIn(kept.name)).toBe("my-own-weight");
    const again = await client.post(points("weight"), body);
    expect([again.status, again.body.error.status]).toEqual([409, "ALREADY_EXISTS"]);
    lab.switches.clientIdsReplaced = true;
  });

  test("operations can be pending until they are carried out, and can fail", async () => {
    const client = writerOf("empty");
    lab.switches.writes = "pending";
    const { body } = await client.post(points("body-fat"), BODIES["body-fat"]);
    expect(Object.keys(body)).toEqual(["name"]);
    expect((await client.get(points("body-fat"))).body).toEqual({});
    await lab.finishOperations();
    expect((await client.get(points("body-fat"))).body.dataPoints).toHaveLength(1);
    lab.switches.writes = "failed";
    const failed = await client.post(points("body-fat"), BODIES["body-fat"]);
    lab.switches.writes = "done";
    expect(failed.body).toMatchObject({ done: true, error: { code: 13 } });
    expect(faults(schemas.Operation!, failed.body, "operation")).toEqual([]);
    expect((await client.get(points("body-fat"))).body.dataPoints).toHaveLength(1);
  });

  test("an answer can be lost, replaced or late although the write is done", async () => {
    const client = writerOf("empty");
    const count = async () => (await client.get(points("hydration-log"))).body.dataPoints?.length ?? 0;
    const write = () => client.post(points("hydration-log"), BODIES["hydration-log"]);
    lab.addFault({ method: "POST", path: "dataPoints", after: true, kind: "reset", times: 1 });
    await expect(write()).rejects.toThrow("fetch failed");
    expect(await count()).toBe(1);
    lab.addFault({ method: "POST", path: "dataPoints", after: true, status: 500, times: 1 });
    expect((await write()).status).toBe(500);
    expect(await count()).toBe(2);
    lab.addFault({ method: "POST", path: "dataPoints", after: true, latencyMs: 600_000, times: 1 });
    const giveUp = new AbortController();
    const late = fetch(`${lab.url}/v4/users/me/${points("hydration-log")}`, {
      method: "POST",
      headers: { authorization: `Bearer ${lab.issueTokens("empty", { scopes: ALL_WRITE_SCOPES }).accessToken}` },
      body: JSON.stringify(BODIES["hydration-log"]),
      signal: giveUp.signal,
    });
    late.catch(() => undefined);
    while ((await count()) < 3);
    giveUp.abort();
    await expect(late).rejects.toThrow("abort");
    lab.addFault({ method: "POST", path: "dataPoints", status: 500, times: 1 });
    expect((await write()).status).toBe(500);
    expect(await count()).toBe(3);
  });
});

test("subscribers are told of what was written, changed and deleted, in its own span", async () => {
  const told = await startGoogleHealthLab({ clock: movableClock() });
  const receiver = await startReceiver();
  try {
    told.addSubscriber({ endpointUri: receiver.url, secret: "Bearer a-secret" });
    const client = clientOf(told, "google", [...ALL_READ_SCOPES, ...ALL_WRITE_SCOPES]);
    const { name } = await created(client.post(points("hydration-log"), BODIES["hydration-log"]));
    const id = idIn(name);
    const later = { ...during("21:05:00", "21:06:00"), amountConsumed: { milliliters: 180 } };
    await created(client.patch(`${points("hydration-log")}/${id}`, { hydrationLog: later }));
    told.switches.writes = "pending";
    await client.post(`${points("hydration-log")}:batchDelete`, { names: [name] });
    await told.notifications.idle();
    expect(receiver.received).toHaveLength(2);
    await told.finishOperations();
    const messages = receiver.received.map(({ body }) => body.data);
    expect(messages.map(({ operation, recordId }) => [operation, recordId])).toEqual([
      ["UPSERT", undefined],
      ["UPSERT", undefined],
      ["DELETE", id],
    ]);
    const startsOf = ({ intervals }: { intervals: { physicalTimeInterval: { startTime: string } }[] }) =>
      intervals.map(({ physicalTimeInterval }) => physicalTimeInterval.startTime);
    const [before, after] = ["2026-11-19T09:30:00Z", "2026-11-19T21:05:00Z"];
    expect(messages.map(startsOf)).toEqual([[before], [before, after], [after]]);
    expect(new Set(messages.map(({ dataType }) => dataType))).toEqual(new Set(["hydration-log"]));
    expect(new Set(messages.map(({ healthUserId }) => healthUserId))).toEqual(new Set([googleHealthUserId("google")]));
    // Who did not consent to be read is not spoken of.
    const silent = clientOf(told, "napper", ALL_WRITE_SCOPES);
    told.switches.writes = "done";
    await created(silent.post(points("hydration-log"), BODIES["hydration-log"]));
    await told.notifications.idle();
    expect(receiver.received).toHaveLength(3);
  } finally {
    await told.close();
    await receiver.close();
  }
});
