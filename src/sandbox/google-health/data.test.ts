import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type Answer,
  clientOf,
  dailyRange,
  movableClock,
  onDays,
  points,
} from "../../../test/support/google-health-lab.js";
import { type GoogleHealthLab, googleHealthUserId, startGoogleHealthLab, tidy } from "./index.js";
import { readScope } from "./scopes.js";

const clock = movableClock();
let lab: GoogleHealthLab;
beforeAll(async () => {
  lab = await startGoogleHealthLab({ clock, switches: tidy });
  lab.setMinuteLimit(100_000);
});
afterAll(() => lab.close());

const reasonOf = ({ body }: Answer) =>
  body.error.details?.find((detail: { "@type": string }) => detail["@type"].endsWith("ErrorInfo"))?.reason;

const DAY = "2026-11-18";
const AFTER = "2026-11-19";
const CIVIL = "interval.civil_start_time";
const sum = (values: readonly unknown[]) => values.reduce<number>((total, value) => total + Number(value), 0);

describe("filters", () => {
  const mistakes: readonly [what: string, type: string, filter: string, reason: string][] = [
    ["a hyphen in the field", "body-fat", 'body-fat.sample_time.civil_time >= "2026-11-01"', ""],
    ["another comparator", "steps", `steps.${CIVIL} > "2026-11-18"`, "_RESTRICTION_COMPARATOR"],
    ["sleep by its start", "sleep", 'sleep.interval.start_time >= "2026-11-18T00:00:00Z"', "_DATA_TYPE_MEMBER"],
    ["exercise by instants", "exercise", 'exercise.interval.start_time >= "2026-11-18T00:00:00Z"', "_DATA_TYPE_MEMBER"],
    [
      "a sample as an interval",
      "respiratory-rate-sleep-summary",
      'respiratory_rate_sleep_summary.interval.start_time >= "2026-11-18T00:00:00Z"',
      "_DATA_TYPE_MEMBER",
    ],
    [
      "an instant for a date",
      "daily-resting-heart-rate",
      'daily_resting_heart_rate.date >= "2026-11-18T00:00:00Z"',
      "_CIVIL_DATE_TIME_FORMAT",
    ],
    ["a zone in civil time", "steps", `steps.${CIVIL} >= "2026-11-18T00:00:00Z"`, "_CIVIL_DATE_TIME_FORMAT"],
    ["a day that no month has", "steps", `steps.${CIVIL} >= "2026-02-30"`, "_CIVIL_DATE_TIME_FORMAT"],
    ["a date for an instant", "steps", 'steps.interval.start_time >= "2026-11-18"', ""],
    ["single quotes", "steps", `steps.${CIVIL} >= '2026-11-18'`, "_SYNTAX"],
    ["camel case", "heart-rate", 'heartRate.sample_time.civil_time >= "2026-11-18"', "_DATA_TYPE_RESTRICTION"],
    ["another type's prefix", "steps", `distance.${CIVIL} >= "2026-11-18"`, "_DATA_TYPE_RESTRICTION"],
    [
      "both clocks",
      "steps",
      `steps.${CIVIL} >= "2026-11-18" AND steps.interval.start_time < "2026-11-19T00:00:00Z"`,
      "_DATA_TYPE_RESTRICTION",
    ],
    ["OR", "steps", `steps.${CIVIL} >= "2026-11-18" OR steps.${CIVIL} < "2026-11-19"`, "_EXPRESSION_STRUCTURE"],
    ["a small and", "steps", `steps.${CIVIL} >= "2026-11-18" and steps.${CIVIL} < "2026-11-19"`, "_UNEXPECTED_TOKEN"],
    ["nothing after AND", "steps", `steps.${CIVIL} >= "2026-11-18" AND`, "_UNEXPECTED_END_OF_INPUT"],
    ["nothing after >=", "steps", `steps.${CIVIL} >=`, "_UNEXPECTED_END_OF_INPUT"],
    ["no comparator", "steps", `steps.${CIVIL} "2026-11-18"`, "_MISSING_TOKEN"],
    ["a literal without quotes", "steps", `steps.${CIVIL} >= 2026-11-18`, "_RESTRICTION_COMPARABLE"],
  ];
  test.each(mistakes)("%s is refused by its reason", async (_, type, filter, reason) => {
    const answer = await clientOf(lab, "demo").get(points(type), { filter });
    expect(answer.status).toBe(400);
    expect(answer.body.error.status).toBe("INVALID_ARGUMENT");
    expect(reasonOf(answer)).toBe(`INVALID_DATA_POINT_FILTER${reason}`);
  });

  test("startTime is no parameter of a list", async () => {
    const answer = await clientOf(lab, "demo").get(points("steps"), { startTime: "2026-11-18T00:00:00Z" });
    expect(answer.status).toBe(400);
  });

  test("a sleep is found by its end, although it began the day before", async () => {
    const filter = onDays("sleep", "interval.civil_end_time", DAY, AFTER);
    const { points: sleeps } = await clientOf(lab, "demo").all(points("sleep"), { filter });
    expect(sleeps.length).toBeGreaterThan(0);
    for (const { sleep } of sleeps)
      expect(sleep.interval.civilEndTime.date).toEqual({ year: 2026, month: 11, day: 18 });
  });

  test("the same day by instants and by the wall clock is the same points", async () => {
    const client = clientOf(lab, "google");
    const civil = await client.all(points("steps"), { filter: onDays("steps", CIVIL, DAY, AFTER) });
    const [from, to] = [`${DAY}T05:00:00Z`, `${AFTER}T05:00:00Z`];
    const filter = onDays("steps", "interval.start_time", from, to);
    expect((await client.all(points("steps"), { filter })).points).toHaveLength(civil.points.length);
  });
});

describe("points", () => {
  test("of two devices overlap on list and are one stream on reconcile, which the daily rollup sums", async () => {
    const client = clientOf(lab, "demo");
    const filter = onDays("steps", CIVIL, DAY, AFTER);
    const listed = (await client.all(points("steps"), { filter, pageSize: "10000" })).points;
    const merged = (await client.all(`${points("steps")}:reconcile`, { filter, pageSize: "10000" })).points;
    const platforms = new Set(listed.map(({ dataSource }) => dataSource.platform));
    expect(platforms).toEqual(new Set(["FITBIT", "HEALTH_CONNECT"]));
    const tracked = listed.filter(({ dataSource }) => dataSource.platform === "FITBIT");
    const total = sum(merged.map(({ steps }) => steps.count));
    expect(sum(tracked.map(({ steps }) => steps.count))).toBe(total);
    expect(sum(listed.map(({ steps }) => steps.count))).toBeGreaterThan(total);
    expect(merged.some((point) => "dataSource" in point)).toBe(false);
    const rolled = await client.post(`${points("steps")}:dailyRollUp`, dailyRange(DAY, AFTER));
    expect(rolled.body.rollupDataPoints).toHaveLength(1);
    expect(rolled.body.rollupDataPoints[0].steps.countSum).toBe(`${total}`);
    expect(rolled.body.rollupDataPoints[0].civilStartTime.time).toEqual({});
  });

  const sums: readonly [type: string, member: string, sumMember: string][] = [
    ["distance", "millimeters", "millimetersSum"],
    ["floors", "count", "countSum"],
    ["altitude", "gainMillimeters", "gainMillimetersSum"],
    ["active-energy-burned", "kcal", "kcalSum"],
  ];
  test.each(sums)("%s adds up to its daily rollup, on the day the clocks change too", async (type, member, total) => {
    const client = clientOf(lab, "demo");
    const key = type.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const filter = onDays(type, CIVIL, "2026-10-25", "2026-10-26");
    const { points: merged } = await client.all(`${points(type)}:reconcile`, { filter, pageSize: "10000" });
    const rolled = await client.post(`${points(type)}:dailyRollUp`, dailyRange("2026-10-25", "2026-10-26"));
    const own = sum(merged.map((point) => point[key][member]));
    expect(Number(rolled.body.rollupDataPoints[0][key][total])).toBeCloseTo(own, 2);
  });

  test("heart rate needs many pages, and its rollup is that of its samples", async () => {
    const client = clientOf(lab, "google");
    const window = { startTime: `${DAY}T12:00:00Z`, endTime: `${DAY}T13:00:00Z` };
    const filter = onDays("heart-rate", "sample_time.physical_time", window.startTime, window.endTime);
    const { points: samples, answers } = await client.all(points("heart-rate"), { filter });
    expect(answers[0]?.body.dataPoints).toHaveLength(50);
    const rates = samples.map(({ heartRate }) => Number(heartRate.beatsPerMinute));
    const body = { range: window, windowSize: "3600s" };
    const [hour] = (await client.post(`${points("heart-rate")}:rollUp`, body)).body.rollupDataPoints;
    expect(hour.heartRate.beatsPerMinuteAvg).toBeCloseTo(sum(rates) / rates.length, 2);
    expect(hour.heartRate.beatsPerMinuteMax).toBe(Math.max(...rates));
  });

  test("come newest first, over empty pages, each of them once", async () => {
    const client = clientOf(lab, "demo");
    const filter = onDays("steps", CIVIL, DAY, AFTER);
    const whole = await client.all(points("steps"), { filter, pageSize: "10000" });
    const pieces = await client.all(points("steps"), { filter, pageSize: "200" });
    expect(pieces.points).toEqual(whole.points);
    const starts = pieces.points.map(({ steps }) => steps.interval.startTime);
    expect(starts).toEqual(starts.toSorted().reverse());
    const empty = pieces.answers.filter(({ body }) => body.dataPoints === undefined);
    expect(empty.length).toBeGreaterThan(0);
    for (const { body } of empty) expect(body.nextPageToken).toBeTruthy();
  });

  test("of sleep and exercise never come more than 25 at once", async () => {
    const client = clientOf(lab, "demo");
    for (const type of ["sleep", "exercise"]) {
      const { body } = await client.get(points(type), { pageSize: "1000" });
      expect(body.dataPoints).toHaveLength(25);
      expect(body.nextPageToken).toBeTruthy();
    }
  });

  test("a page token is good for its own parameters only", async () => {
    const client = clientOf(lab, "demo");
    const { body } = await client.get(points("weight"), { pageSize: "3" });
    const answer = await client.get(points("weight"), { pageSize: "4", pageToken: body.nextPageToken });
    expect(answer.status).toBe(400);
  });

  test("are missing where the wearable was not worn, and zero where it lay still", async () => {
    const client = clientOf(lab, "demo");
    const body = dailyRange("2026-09-01", "2026-11-20");
    const rolled = (await client.post(`${points("steps")}:dailyRollUp`, body)).body.rollupDataPoints;
    expect(rolled.length).toBeGreaterThan(60);
    expect(rolled.length).toBeLessThan(80);
    const filter = onDays("steps", CIVIL, DAY, AFTER);
    const { points: minutes } = await client.all(`${points("steps")}:reconcile`, { filter });
    expect(minutes.some(({ steps }) => steps.count === "0")).toBe(true);
    lab.switches.dropZeros = true;
    const { points: bare } = await client.all(`${points("steps")}:reconcile`, { filter });
    lab.switches.dropZeros = false;
    expect(bare.some(({ steps }) => !("count" in steps))).toBe(true);
  });

  test("of identifiable types have a name under the health user id, by which get finds them", async () => {
    const client = clientOf(lab, "demo");
    for (const type of ["sleep", "exercise", "weight", "body-fat", "height"]) {
      const [listed] = (await client.get(points(type), { pageSize: "1" })).body.dataPoints;
      expect(listed.name.startsWith(`users/${googleHealthUserId("demo")}/dataTypes/${type}/dataPoints/`)).toBe(true);
      const id = listed.name.split("/").at(-1);
      expect((await client.get(`${points(type)}/${id}`)).body).toEqual(listed);
    }
    expect((await client.get(`${points("sleep")}/nothing`)).status).toBe(404);
  });

  test("the newest sleep can be without its stages yet", async () => {
    lab.switches.newestSleepUnprocessed = true;
    const [newest, before] = (await clientOf(lab, "demo").get(points("sleep"))).body.dataPoints;
    lab.switches.newestSleepUnprocessed = false;
    expect(newest.sleep.stages).toBeUndefined();
    expect(newest.sleep.metadata.processed).toBeUndefined();
    expect(before.sleep.metadata.processed).toBe(true);
  });
});

describe("rollups", () => {
  const ask = (type: string, body: object) => clientOf(lab, "demo").post(`${points(type)}:dailyRollUp`, body);

  test("reach 14 days for four types and 90 for the others", async () => {
    for (const type of ["heart-rate", "active-minutes", "total-calories", "calories-in-heart-rate-zone"]) {
      expect((await ask(type, dailyRange("2026-11-01", "2026-11-15"))).status).toBe(200);
      expect((await ask(type, dailyRange("2026-11-01", "2026-11-16"))).status).toBe(400);
    }
    expect((await ask("steps", dailyRange("2026-08-01", "2026-10-30"))).status).toBe(200);
    expect((await ask("steps", dailyRange("2026-08-01", "2026-10-31"))).status).toBe(400);
  });

  test("of 14 days take no page size beyond them", async () => {
    const week = dailyRange("2026-11-12", "2026-11-19");
    expect((await ask("total-calories", { ...week, pageSize: 1440 })).status).toBe(400);
    expect((await ask("total-calories", { ...week, pageSize: 7 })).status).toBe(200);
    expect((await ask("steps", { ...week, pageSize: 1440 })).status).toBe(200);
  });

  test("want their dates nested and their start at midnight", async () => {
    const flat = { range: { start: { year: 2026, month: 11, day: 18 }, end: { year: 2026, month: 11, day: 19 } } };
    expect((await ask("steps", flat)).status).toBe(400);
    const { range } = dailyRange(DAY, AFTER);
    const late = { range: { ...range, start: { ...range.start, time: { hours: 8 } } } };
    expect((await ask("steps", late)).status).toBe(400);
    const lastSecond = {
      range: { start: range.start, end: { date: range.start.date, time: { hours: 23, minutes: 59 } } },
    };
    expect((await ask("steps", lastSecond)).body.rollupDataPoints).toHaveLength(1);
  });

  test("burn more in total than by activity", async () => {
    const [total] = (await ask("total-calories", dailyRange(DAY, AFTER))).body.rollupDataPoints;
    const [active] = (await ask("active-energy-burned", dailyRange(DAY, AFTER))).body.rollupDataPoints;
    expect(total.totalCalories.kcalSum).toBeGreaterThan(active.activeEnergyBurned.kcalSum + 500);
  });

  test("begin their windows where the range begins, and cut the last one", async () => {
    const body = { range: { startTime: `${DAY}T10:10:00Z`, endTime: `${DAY}T11:25:00Z` }, windowSize: "1800s" };
    const { body: answer } = await clientOf(lab, "demo").post(`${points("total-calories")}:rollUp`, body);
    const ends = answer.rollupDataPoints.map(({ endTime }: { endTime: string }) => endTime.slice(11, 16));
    expect(ends).toEqual(["10:40", "11:10", "11:25"]);
  });
});

describe("refusals", () => {
  test("what a type does not offer is the type's fault, what nobody offers is not found", async () => {
    const client = clientOf(lab, "demo");
    for (const path of ["total-calories", "floors", "calories-burned", "resting-heart-rate"]) {
      const answer = await client.get(points(path));
      expect([answer.status, reasonOf(answer)]).toEqual([400, "INVALID_PARENT_DATA_TYPE_COLLECTION"]);
    }
    expect((await client.post(`${points("steps")}:dailyRollup`, {})).status).toBe(404);
    expect((await client.get(`${points("steps")}%3Areconcile`)).status).toBe(404);
  });

  test("data source families are known ones, and none for a list of sleep", async () => {
    const client = clientOf(lab, "demo");
    const family = (name: string) => ({ dataSourceFamily: `users/me/dataSourceFamilies/${name}` });
    const wrong = await client.get(`${points("steps")}:reconcile`, family("all"));
    expect(reasonOf(wrong)).toBe("INVALID_DATA_POINT_DATA_SOURCE_FAMILY");
    expect((await client.get(points("sleep"), family("all-sources"))).status).toBe(400);
    expect((await client.get(`${points("sleep")}:reconcile`, family("google-wearables"))).status).toBe(200);
    expect((await client.get(points("steps"), family("self-sources"))).body).toEqual({});
  });

  test("a scope that was not granted is missed by name, whatever else was", async () => {
    const client = clientOf(lab, "demo", [readScope("sleep")]);
    const answer = await client.get(points("steps"));
    expect([answer.status, reasonOf(answer)]).toEqual([403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"]);
    expect((await client.get("settings")).status).toBe(403);
    expect((await client.get("identity")).status).toBe(200);
    expect((await client.get(points("sleep"))).status).toBe(200);
    expect((await clientOf(lab, "demo", [readScope("location")]).get("identity")).status).toBe(403);
  });

  test("strides need the activity scope beside the profile's", async () => {
    const bare = await clientOf(lab, "demo", [readScope("profile")]).get("profile");
    expect(Object.keys(bare.body).sort()).toEqual(["age", "membershipStartDate", "name"]);
  });

  test("more than 300 requests a minute are too many for one person, and not for another", async () => {
    const own = await startGoogleHealthLab({ clock, switches: { retryAfter: true } });
    try {
      const [demo, google] = [clientOf(own, "demo"), clientOf(own, "google")];
      for (let i = 0; i < 300; i++) expect((await demo.get("identity")).status).toBe(200);
      const refused = await demo.get("identity");
      expect([refused.status, reasonOf(refused)]).toEqual([429, "RATE_LIMIT_EXCEEDED"]);
      expect(refused.body.error.status).toBe("RESOURCE_EXHAUSTED");
      expect(refused.headers.get("retry-after")).toBe("60");
      expect((await google.get("identity")).status).toBe(200);
      clock.nowMs += 60_000;
      expect((await demo.get("identity")).status).toBe(200);
    } finally {
      clock.nowMs -= 60_000;
      await own.close();
    }
  });

  test("the project, the account and the consent can each be what is wrong", async () => {
    const client = clientOf(lab, "demo");
    lab.switches.serviceDisabled = true;
    expect(reasonOf(await client.get("identity"))).toBe("SERVICE_DISABLED");
    lab.switches.serviceDisabled = false;
    lab.switches.accountsNotLinked.add("demo");
    const unlinked = await client.get("identity");
    expect([unlinked.status, unlinked.body.error.status]).toEqual([400, "FAILED_PRECONDITION"]);
    lab.switches.accountsNotLinked.clear();
    lab.switches.consentsLost.add("demo");
    expect(reasonOf(await client.get("identity"))).toBe("RESOURCE_PERMISSION_DENIED");
    lab.switches.consentsLost.clear();
    expect((await client.get("identity")).status).toBe(200);
  });
});
