import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type Answer,
  clientOf,
  dailyRange,
  movableClock,
  onDays,
  points,
  send,
} from "../../../test/support/google-health-lab.js";
import { captured, type GoogleHealthLab, startGoogleHealthLab, tidy } from "./index.js";
import { ALL_READ_SCOPES, readScope } from "./scopes.js";

const clock = movableClock();
let lab: GoogleHealthLab;
beforeAll(async () => {
  lab = await startGoogleHealthLab({ clock });
  lab.setMinuteLimit(100_000);
});
afterAll(() => lab.close());

const infoOf = ({ body }: Answer) => body.error.details?.[0];
const client = (person = "demo", scopes?: readonly string[]) => clientOf(lab, person, scopes);

/** The same question, answered in the form of the guide. */
async function tidily<T>(ask: () => Promise<T>): Promise<T> {
  Object.assign(lab.switches, tidy);
  try {
    return await ask();
  } finally {
    Object.assign(lab.switches, captured);
  }
}

describe("as captured", () => {
  const night = { filter: onDays("sleep", "interval.civil_end_time", "2026-11-18", "2026-11-19") };
  const sleeps = async (path = points("sleep")) => (await client().get(path, night)).body.dataPoints;

  test("the merged stream sums up each stage of a night twice, the list once", async () => {
    const [listed] = await sleeps();
    const [merged] = await sleeps(`${points("sleep")}:reconcile`);
    const once = listed.sleep.summary.stagesSummary;
    expect(merged.sleep.summary.stagesSummary).toHaveLength(2 * once.length);
    expect(merged.sleep.summary.stagesSummary.filter((_: object, at: number) => at % 2 === 1)).toEqual(once);
    expect({ ...merged.sleep.summary, stagesSummary: once }).toEqual(listed.sleep.summary);
  });

  test("short awakenings have the type of the stage beneath; how long falling asleep took is 0", async () => {
    const [{ sleep }] = await sleeps();
    const [{ sleep: neat }] = await tidily(() => sleeps());
    expect(new Set(sleep.shortAwakenings.map(({ type }: { type: string }) => type))).toEqual(new Set(["LIGHT"]));
    expect(new Set(neat.shortAwakenings.map(({ type }: { type: string }) => type))).toEqual(new Set(["AWAKE"]));
    expect(sleep.stages).toEqual(neat.stages);
    expect(sleep.summary).toMatchObject({ minutesToFallAsleep: "0", minutesAfterWakeUp: "0" });
    expect(Number(neat.summary.minutesToFallAsleep)).toBeGreaterThan(0);
  });

  test("sessions say no wall clocks, samples and intervals do", async () => {
    const recent = { filter: 'exercise.interval.civil_start_time >= "2026-11-10"' };
    const [exercise] = (await client().get(points("exercise"), recent)).body.dataPoints;
    expect(Object.keys(exercise.exercise.interval).sort()).toEqual(
      ["endTime", "endUtcOffset", "startTime", "startUtcOffset"].sort(),
    );
    const [weighing] = (await client().get(points("weight"))).body.dataPoints;
    expect(weighing.weight.sampleTime.civilTime).toBeDefined();
    const [neat] = await tidily(() => sleeps());
    expect(neat.sleep.interval.civilEndTime.date).toEqual({ year: 2026, month: 11, day: 18 });
  });

  test("naps have stages, and short ones claim to be the main sleep", async () => {
    const filter = 'sleep.interval.civil_end_time >= "2026-10-01"';
    const ask = async () => (await client("napper").all(points("sleep"), { filter })).points.map(({ sleep }) => sleep);
    const naps = (await ask()).filter(({ metadata }) => metadata.nap);
    const lengthOf = ({ interval }: { interval: { startTime: string; endTime: string } }) =>
      Date.parse(interval.endTime) - Date.parse(interval.startTime);
    expect(new Set(naps.map(({ type }) => type))).toEqual(new Set(["STAGES"]));
    for (const nap of naps) expect(nap.metadata.mainSleep).toBe(lengthOf(nap) < 3_600_000 ? true : undefined);
    expect(new Set(naps.map(({ metadata }) => metadata.mainSleep)).size).toBe(2);
    const neat = (await tidily(ask)).filter(({ metadata }) => metadata.nap);
    expect(new Set(neat.map(({ type }) => type))).toEqual(new Set(["CLASSIC"]));
  });

  test("days of a rollup come newest first and bare, and zones without a minute as 0", async () => {
    const ask = (type: string) => client().post(`${points(type)}:dailyRollUp`, dailyRange("2026-11-10", "2026-11-20"));
    const rows = (await ask("active-zone-minutes")).body.rollupDataPoints;
    expect(Object.keys(rows[0]).sort()).toEqual(["activeZoneMinutes", "civilStartTime"]);
    const days = rows.map(
      ({ civilStartTime }: { civilStartTime: { date: { day: number } } }) => civilStartTime.date.day,
    );
    expect(days).toEqual([...days].sort((a, b) => b - a));
    for (const { activeZoneMinutes } of rows) expect(Object.keys(activeZoneMinutes)).toHaveLength(3);
    for (const type of ["daily-resting-heart-rate", "daily-heart-rate-variability"]) {
      const refused = await ask(type);
      expect([refused.status, infoOf(refused).reason]).toEqual([400, "UNSUPPORTED_DATA_TYPE_ACTION"]);
      expect((await tidily(() => ask(type))).status).toBe(200);
    }
  });

  test("a day has tens of thousands of pulses, five thousand a page", async () => {
    const filter = onDays("heart-rate", "sample_time.physical_time", "2026-11-17T23:00:00Z", "2026-11-18T23:00:00Z");
    const { points: samples, answers } = await client().all(points("heart-rate"), { filter, pageSize: "10000" });
    expect(answers[0]!.body.dataPoints).toHaveLength(5000);
    expect(samples.length).toBeGreaterThan(30_000);
    expect(samples.length).toBeLessThan(40_000);
  });

  test("settings and devices lack members, and locales are hyphenated", async () => {
    const settings = (await client("google").get("settings")).body;
    expect([settings.languageLocale, settings.swimUnit]).toEqual(["en-US", undefined]);
    const [tracker, scale] = (await client().get("pairedDevices")).body.pairedDevices;
    expect(tracker.lastSyncTime).toBeDefined();
    expect([scale.lastSyncTime, scale.features, scale.batteryLevel]).toEqual([undefined, undefined, undefined]);
    expect((await tidily(() => client("google").get("settings"))).body.languageLocale).toBe("en_US");
  });

  test("the first nights' variability is 0", async () => {
    const filter = 'daily_heart_rate_variability.date < "2023-01-14"';
    const path = points("daily-heart-rate-variability");
    const point = (await client("google").get(path, { filter })).body.dataPoints.at(-1);
    const value = point.dailyHeartRateVariability;
    expect(value.averageHeartRateVariabilityMilliseconds).toBe(0);
    expect(value.deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds).toBeGreaterThan(0);
  });

  test("refusals have the reasons and metadata of the captures, and a bad token none", async () => {
    const filtered = await client().get(points("sleep"), { filter: 'sleep.interval.start_time >= "2026-11-18"' });
    expect(infoOf(filtered)).toMatchObject({
      reason: "INVALID_DATA_POINT_FILTER",
      domain: "health.googleapis.com",
      metadata: { detailedReasons: "INVALID_DATA_POINT_FILTER_DATA_TYPE_MEMBER" },
    });
    const listed = await client().get(points("floors"));
    expect(infoOf(listed)).toMatchObject({ metadata: { allowed_actions: "reconcile, rollUp, dailyRollUp" } });
    const long = await client().post(`${points("heart-rate")}:dailyRollUp`, dailyRange("2026-11-01", "2026-11-16"));
    expect(infoOf(long)).toMatchObject({
      reason: "INVALID_ROLLUP_QUERY_DURATION",
      metadata: { maxDurationDays: "14" },
    });
    const headers = { authorization: "Bearer of-nobody" };
    const stranger = await send(`${lab.url}/v4/users/me/identity`, { headers });
    expect([stranger.status, infoOf(stranger)]).toEqual([401, undefined]);
  });

  test("windows of a rollup must fit one page, and a page's windows the longest range", async () => {
    const range = { startTime: "2026-11-17T00:00:00Z", endTime: "2026-11-18T00:00:00Z" };
    const ask = (body: object) => client().post(`${points("heart-rate")}:rollUp`, { range, ...body });
    expect((await ask({ windowSize: "900s" })).status).toBe(400);
    expect((await ask({ windowSize: "900s", pageSize: 95 })).status).toBe(400);
    expect((await ask({ windowSize: "900s", pageSize: 96 })).body.rollupDataPoints.length).toBeGreaterThan(50);
    expect((await tidily(() => ask({ windowSize: "900s" }))).status).toBe(200);
  });
});

describe("on request", () => {
  test("a night in progress is listed without its end", async () => {
    clock.nowMs = Date.parse("2026-11-18T02:07:00Z");
    lab.switches.nightsInProgress.add("demo");
    const [newest, before] = (await client().get(points("sleep"))).body.dataPoints;
    lab.switches.nightsInProgress.clear();
    const [last] = (await client().get(points("sleep"))).body.dataPoints;
    clock.nowMs = movableClock().nowMs;
    expect(Object.keys(newest.sleep.interval).sort()).toEqual(["startTime", "startUtcOffset"]);
    expect([newest.sleep.stages, newest.sleep.summary]).toEqual([undefined, undefined]);
    expect(before).toEqual(last);
  });

  test("a type is in preview, a scope is missed by its other name, and clocks match nothing", async () => {
    lab.switches.privatePreviewTypes.add("weight");
    lab.switches.missingScopeReason = "MISSING_OAUTH_SCOPE";
    lab.switches.civilSampleFilters = "match nothing";
    try {
      expect(infoOf(await client().get(points("weight"))).reason).toBe("API_PRIVATE_PREVIEW_ACCESS_DENIED");
      const missed = await client("demo", [readScope("sleep")]).get(points("steps"));
      expect([missed.status, infoOf(missed).reason]).toEqual([403, "MISSING_OAUTH_SCOPE"]);
      const byClock = await client().get(points("body-fat"), {
        filter: 'body_fat.sample_time.civil_time >= "2026-01-01"',
      });
      expect(byClock.body).toEqual({});
      const instant = 'body_fat.sample_time.physical_time >= "2026-01-01T00:00:00Z"';
      expect((await client().get(points("body-fat"), { filter: instant })).body.dataPoints.length).toBeGreaterThan(0);
    } finally {
      lab.switches.privatePreviewTypes.clear();
      lab.switches.missingScopeReason = "ACCESS_TOKEN_SCOPE_INSUFFICIENT";
      lab.switches.civilSampleFilters = "work";
    }
  });

  test("page tokens lead back to where they came from", async () => {
    lab.switches.tokensGoRound = true;
    const first = await client().get(points("weight"), { pageSize: "2" });
    const again = await client().get(points("weight"), { pageSize: "2", pageToken: first.body.nextPageToken });
    lab.switches.tokensGoRound = false;
    expect(again.body).toEqual(first.body);
  });

  test("a fault names its reason", async () => {
    lab.addFault({ status: 403, reason: "DISALLOWED_OAUTH_SCOPES", times: 1 });
    const refused = await client().get("identity");
    expect([refused.status, infoOf(refused).reason]).toEqual([403, "DISALLOWED_OAUTH_SCOPES"]);
  });
});

describe("exports and partial answers", () => {
  const newest = async () =>
    (await client().get(points("exercise"), { fields: "dataPoints(name)" })).body.dataPoints[0];

  test("fields cuts an answer, list by list", async () => {
    const { body } = await client().get(points("sleep"), {
      fields: "nextPageToken,dataPoints/sleep(type,summary/minutesAsleep)",
    });
    expect(Object.keys(body).sort()).toEqual(["dataPoints", "nextPageToken"]);
    for (const point of body.dataPoints) {
      expect(Object.keys(point)).toEqual(["sleep"]);
      expect(Object.keys(point.sleep).sort()).toEqual(["summary", "type"]);
      expect(Object.keys(point.sleep.summary)).toEqual(["minutesAsleep"]);
    }
    expect(Object.keys(await newest())).toEqual(["name"]);
    expect((await client().get("settings", { fields: "*" })).body).toEqual((await client().get("settings")).body);
    expect((await client().get("settings", { fields: "timeZone(" })).status).toBe(400);
  });

  test("an exercise is exported for who may see activity and location, as a file or in JSON", async () => {
    const id = (await newest()).name.split("/").at(-1);
    const path = `${points("exercise")}/${id}:exportExerciseTcx`;
    const able = client("demo", [readScope("activity_and_fitness"), readScope("location")]);
    const file = await able.get(path, { alt: "media", partialData: "true" });
    expect(file.headers.get("content-type")).toBe("application/vnd.garmin.tcx+xml");
    expect(file.body).toContain("<TrainingCenterDatabase");
    expect(file.body).toContain("<HeartRateBpm>");
    const bare = await able.get(path);
    expect(bare.body.tcxData).not.toContain("<Track>");
    expect((await client().get(path)).status).toBe(403);
    expect((await able.get(`${points("exercise")}/1:exportExerciseTcx`)).status).toBe(404);
  });

  test("foods are nobody's, and belong to no time and no family", async () => {
    const eater = client("demo", [...ALL_READ_SCOPES, readScope("nutrition")]);
    for (const type of ["food", "food-measurement-unit"]) {
      expect((await eater.get(points(type))).body).toEqual({});
      const family = { dataSourceFamily: "users/me/dataSourceFamilies/all-sources" };
      expect((await eater.get(points(type), family)).status).toBe(400);
      expect(infoOf(await eater.get(`${points(type)}:reconcile`)).reason).toBe("UNSUPPORTED_DATA_TYPE_ACTION");
      expect((await eater.get(points(type), { filter: 'food.date >= "2026-11-18"' })).status).toBe(400);
    }
  });
});
