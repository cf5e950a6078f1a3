import { type Harness, startHarness } from "../../../test/support/fitbit-lab.js";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const ask: Harness["ask"] = (path, options) => harness.ask(path, options);
const total = (rows: readonly { value: number }[]) => rows.reduce((sum, { value }) => sum + value, 0);

test("every response counts, and the 151st of the hour is a 429 until the hour is over", async () => {
  const own = await startHarness({ hourlyLimit: 150 });
  own.clock.nowMs += 20 * 60_000;
  const { accessToken: token } = own.lab.issueTokens("demo");
  const first = await own.ask("/1/user/-/devices.json", { token });
  expect(first.headers.get("fitbit-rate-limit-limit")).toBe("150");
  expect(first.headers.get("fitbit-rate-limit-remaining")).toBe("149");
  expect(first.headers.get("fitbit-rate-limit-reset")).toBe("2400");
  for (let request = 2; request <= 150; request++) await own.ask("/1/user/-/nonsense.json", { token });
  const refused = await own.ask("/1/user/-/devices.json", { token });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("2400");
  expect(refused.body.errors[0]).toMatchObject({ errorType: "system", fieldName: "n/a" });
  own.lab.switches.retryAfter = false;
  const quiet = await own.ask("/1/user/-/devices.json", { token });
  expect([quiet.status, quiet.headers.get("retry-after")]).toEqual([429, null]);
  expect((await own.ask("/1/user/-/devices.json", { person: "both" })).status).toBe(200);
  own.clock.nowMs += 40 * 60_000;
  expect((await own.ask("/1/user/-/devices.json", { token })).status).toBe(200);
  await own.close();
});

test("a scope that was not granted is refused, in either style", async () => {
  const path = "/1.2/user/-/sleep/date/2026-06-15.json";
  const refused = await ask(path, { scopes: ["activity"] });
  expect(refused.status).toBe(403);
  expect(refused.body.errors[0].errorType).toBe("insufficient_scope");
  expect(refused.headers.get("fitbit-rate-limit-limit")).not.toBeNull();
  harness.lab.switches.googleStyle403 = true;
  expect((await ask(path, { scopes: ["activity"] })).body.error.status).toBe("PERMISSION_DENIED");
  harness.lab.switches.googleStyle403 = false;
  harness.lab.switches.forbiddenPath = "/br/";
  expect((await ask("/1/user/-/br/date/2026-06-15.json")).body.error.code).toBe(403);
  harness.lab.switches.forbiddenPath = null;
});

test("without the intraday right minutes are refused and days are not", async () => {
  harness.lab.switches.intraday = false;
  const minutes = await ask("/1/user/-/activities/steps/date/2026-06-12/1d/1min.json");
  const days = await ask("/1/user/-/activities/steps/date/2026-06-12/1d.json");
  harness.lab.switches.intraday = true;
  expect(minutes.status).toBe(403);
  expect(minutes.body.errors[0].errorType).toBe("insufficient_permissions");
  expect(days.status).toBe(200);
});

test.each([
  ["/1/user/-/activities/activityCalories/date/2026-05-01/2026-05-31.json", "Date range"],
  ["/1/user/-/activities/steps/date/2023-01-01/2026-01-01.json", "Date range"],
  ["/1/user/-/activities/heart/date/2025-01-01/2026-01-05.json", "Date range"],
  ["/1/user/-/hrv/date/2026-05-01/2026-05-31.json", "Date range"],
  ["/1.2/user/-/sleep/date/2026-01-01/2026-04-11.json", "Date range"],
  ["/1/user/-/body/log/weight/date/2026-05-01/2026-06-01.json", "Date range"],
  ["/1/user/-/body/log/fat/date/2026-05-01/2026-05-31.json", "Date range"],
  ["/1/user/-/activities/steps/date/2026-06-12/2026-06-11.json", "Date range"],
  ["/1/user/-/activities/date/2026-02-30.json", "date"],
  ["/1/user/-/activities/list.json?sort=asc&limit=5&offset=0", "date"],
  ["/1/user/-/activities/list.json?beforeDate=2026-06-01&sort=desc&limit=101&offset=0", "limit"],
  ["/1/user/-/activities/list.json?beforeDate=2026-06-01&sort=asc&limit=5&offset=0", "sort"],
])("%s is refused as a validation error", async (path, fieldName) => {
  const { status, body } = await ask(path);
  expect(status).toBe(400);
  expect(body.errors[0]).toMatchObject({ errorType: "validation", fieldName });
});

test("the longest ranges allowed are answered, and 422 can stand for too many points", async () => {
  const calories = "/1/user/-/activities/activityCalories/date/2026-05-01";
  expect((await ask(`${calories}/2026-05-30.json`)).body["activities-activityCalories"]).toHaveLength(30);
  harness.lab.switches.activityRangeStatus = 422;
  const { status, body } = await ask(`${calories}/2026-05-31.json`);
  harness.lab.switches.activityRangeStatus = 400;
  expect(status).toBe(422);
  expect(body).not.toHaveProperty("success");
  const window = await ask("/1/user/-/activities/steps/date/2026-06-11/2026-06-12/1min/time/08:00/09:00.json");
  expect(window.body.errors[0]).toMatchObject({ errorType: "request" });
});

test("unknown paths are a 400, what the lab does not write is not allowed, and writes need a length", async () => {
  expect((await ask("/1/user/-/nonsense.json")).status).toBe(400);
  const written = await ask("/1/user/-/body/log/weight.json?weight=70", { method: "POST" });
  expect(written.body.errors[0]).toMatchObject({ errorType: "validation", fieldName: "date" });
  const elsewhere = await ask("/1/user/-/meals.json", { method: "POST" });
  expect(elsewhere.body.errors[0].errorType).toBe("insufficient_permissions");
  expect((await ask("/1/user/ZZZZZZ/profile.json")).status).toBe(403);
});

test("rows, series and summary of a day are sums of the same minutes", async () => {
  const date = "2026-06-10";
  const summary = (await ask(`/1/user/-/activities/date/${date}.json`)).body.summary;
  const intraday = async (resource: string, detail: string) =>
    (await ask(`/1/user/-/activities/${resource}/date/${date}/1d/${detail}.json`)).body;
  const series = async (resource: string) =>
    (await ask(`/1/user/-/activities/${resource}/date/${date}/${date}.json`)).body[`activities-${resource}`][0].value;
  expect(summary.steps).toBeGreaterThan(0);
  for (const [detail, count] of [
    ["1min", 1440],
    ["5min", 288],
    ["15min", 96],
  ] as const) {
    const steps = await intraday("steps", detail);
    const { dataset, datasetInterval } = steps["activities-steps-intraday"];
    expect(dataset).toHaveLength(count);
    expect(datasetInterval).toBe(1440 / count);
    expect(total(dataset)).toBe(summary.steps);
    expect(steps["activities-steps"]).toEqual([{ dateTime: date, value: String(summary.steps) }]);
  }
  const calories = (await intraday("calories", "1min"))["activities-calories-intraday"].dataset;
  expect(Math.abs(total(calories) - summary.caloriesOut)).toBeLessThan(1);
  expect(calories[600]).toEqual({ level: expect.any(Number), mets: expect.any(Number), ...calories[600] });
  expect(await series("steps")).toBe(String(summary.steps));
  expect(await series("calories")).toBe(String(summary.caloriesOut));
  expect(await series("caloriesBMR")).toBe(String(summary.caloriesBMR));
  expect(await series("floors")).toBe(String(summary.floors));
  expect(await series("activityCalories")).toBe(String(summary.activityCalories));
  expect(summary.activityCalories).not.toBe(summary.caloriesOut - summary.caloriesBMR);
  const distance = Object.fromEntries(
    summary.distances.map((each: { activity: string; distance: number }) => [each.activity, each.distance]),
  );
  expect(Number(await series("distance"))).toBeCloseTo(distance.total, 1);
  const levels = ["veryActive", "moderatelyActive", "lightlyActive", "sedentaryActive"];
  expect(levels.reduce((sum, level) => sum + distance[level], 0)).toBeCloseTo(distance.total, 1);
});

test("the minutes of a worn day and the time in bed are a whole day; those of an unworn one are sedentary", async () => {
  const names = ["minutesSedentary", "minutesLightlyActive", "minutesFairlyActive", "minutesVeryActive"];
  const range = "2026-05-16/2026-06-14";
  const series: Record<string, { dateTime: string; value: string }[]> = {};
  for (const name of [...names, "steps", "calories", "caloriesBMR"]) {
    series[name] = (await ask(`/1/user/-/activities/${name}/date/${range}.json`, { person: "napper" })).body[
      `activities-${name}`
    ];
  }
  const { sleep } = (await ask(`/1.2/user/-/sleep/date/${range}.json`, { person: "napper" })).body;
  let unworn = 0;
  for (const [index, { dateTime, value }] of series["steps"]!.entries()) {
    const minutes = names.reduce((sum, name) => sum + Number(series[name]![index]!.value), 0);
    const inBed = sleep
      .filter((log: { dateOfSleep: string }) => log.dateOfSleep === dateTime)
      .reduce((sum: number, log: { timeInBed: number }) => sum + log.timeInBed, 0);
    expect(minutes + inBed).toBe(1440);
    if (value === "0") {
      unworn++;
      expect(series["minutesSedentary"]![index]!.value).toBe("1440");
      expect(series["calories"]![index]!.value).toBe(series["caloriesBMR"]![index]!.value);
    }
  }
  expect(unworn).toBeGreaterThan(0);
});

test("a window's daily row is the window's", async () => {
  const path = "/1/user/-/activities/steps/date/2026-06-10/1d/1min";
  const { body } = await ask(`${path}/time/12:00/13:00.json`);
  const { dataset } = body["activities-steps-intraday"];
  expect(dataset).toHaveLength(61);
  expect(dataset[0].time).toBe("12:00:00");
  expect(dataset[60].time).toBe("13:00:00");
  expect(body["activities-steps"][0].value).toBe(String(total(dataset)));
});

test("today's rows stop at the last sync, and tomorrow is zero", async () => {
  harness.lab.sync.sync("both", Date.parse("2026-06-15T11:30:00Z"), "FITBIT");
  const rows = (await ask("/1/user/-/activities/steps/date/today/1d/1min.json", { person: "both" })).body;
  const { dataset } = rows["activities-steps-intraday"];
  expect(dataset.at(-1).time).toBe("12:29:00");
  const [tracker] = (await ask("/1/user/-/devices.json", { person: "both" })).body;
  expect(tracker.lastSyncTime).toBe("2026-06-15T12:30:00.000");
  const daily = await ask("/1/user/-/activities/steps/date/2026-06-15/2026-06-16.json", { person: "both" });
  expect(daily.body["activities-steps"]).toEqual([
    { dateTime: "2026-06-15", value: String(total(dataset)) },
    { dateTime: "2026-06-16", value: "0" },
  ]);
  harness.lab.sync.follow("both");
});

test("the hour that spring skips is empty and the day's sums still hold", async () => {
  const date = "2026-03-29";
  const rows = (await ask(`/1/user/-/activities/steps/date/${date}/1d/1min.json`)).body;
  const { dataset } = rows["activities-steps-intraday"];
  expect(dataset).toHaveLength(1440);
  expect(total(dataset.slice(120, 180))).toBe(0);
  const { summary } = (await ask(`/1/user/-/activities/date/${date}.json`)).body;
  expect(total(dataset)).toBe(summary.steps);
});

test("units follow the header, in its documented spelling only", async () => {
  const weight = async (language?: string) =>
    (
      await ask("/1/user/-/profile.json", {
        headers: language === undefined ? {} : { "accept-language": language },
      })
    ).body.user.weight;
  const kilograms = await weight();
  expect(await weight("en_US")).toBeCloseTo(kilograms / 0.45359237, 2);
  expect(await weight("en_GB")).toBeCloseTo(kilograms / 6.35029318, 2);
  expect(await weight("en-US,en;q=0.9")).toBe(kilograms);
  expect(await weight("*")).toBe(kilograms);
  const path = "/1/user/-/activities/list.json?beforeDate=2026-06-15&sort=desc&limit=20&offset=0";
  const far = (log: { distance?: number }) => log.distance !== undefined;
  const km = (await ask(path)).body.activities.find(far);
  const miles = (await ask(path, { headers: { "accept-language": "en_US" } })).body.activities.find(far);
  expect(km.distanceUnit).toBe("Kilometer");
  expect(miles.distanceUnit).toBe("Mile");
  expect(miles.distance * 1.609344).toBeCloseTo(km.distance, 3);
});

test("the exercise list is followed page by page on the lab's own host, each log once, ids whole", async () => {
  const ids: string[] = [];
  let next = "/1/user/-/activities/list.json?afterDate=2026-05-01&sort=asc&limit=4&offset=0";
  let previous = "";
  while (next !== "") {
    const { status, body, text } = await ask(next);
    expect(status).toBe(200);
    for (const [, id] of text.matchAll(/"logId":(\d+)/g)) ids.push(id!);
    for (const { startTime } of body.activities) {
      expect(startTime).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+02:00$/);
      expect(startTime > previous).toBe(true);
      previous = startTime;
    }
    next = body.pagination.next;
    if (next !== "") expect(next.startsWith(`${harness.lab.url}/1/user/-/activities/list.json?offset=`)).toBe(true);
  }
  expect(ids.length).toBeGreaterThan(8);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.some((id) => BigInt(id) > 2n ** 53n && String(Number(id)) !== id)).toBe(true);
  const before = await ask("/1/user/-/activities/list.json?beforeDate=2026-06-15&sort=desc&limit=100&offset=0");
  expect(before.body.activities[0].startTime < "2026-06-15").toBe(true);
});

test("workouts keep their own arithmetic", async () => {
  const { activities } = (await ask("/1/user/-/activities/list.json?beforeDate=2026-06-15&sort=desc&limit=60&offset=0"))
    .body;
  for (const log of activities) {
    expect(log.duration).toBeGreaterThanOrEqual(log.activeDuration);
    const zones = log.activeZoneMinutes.minutesInHeartRateZones;
    const weighted = zones.reduce(
      (sum: number, zone: { minutes: number; minuteMultiplier: number }) => sum + zone.minutes * zone.minuteMultiplier,
      0,
    );
    expect(log.activeZoneMinutes.totalMinutes).toBe(weighted);
    if (log.distance === undefined) expect(log).not.toHaveProperty("distanceUnit");
    else expect(log.pace).toBeCloseTo(log.activeDuration / 1000 / log.distance, 6);
  }
  const withHeart = activities.find((log: { tcxLink?: string }) => log.tcxLink);
  const bare = await ask(withHeart.tcxLink);
  expect(bare.text).not.toContain("<Track>");
  expect((await ask(`${withHeart.tcxLink}?includePartialTCX=true`)).text).toContain("<HeartRateBpm>");
});

test("faults speak Fitbit's language", async () => {
  harness.lab.addFault({ path: "/devices", status: 500, times: 1 });
  const broken = await ask("/1/user/-/devices.json");
  expect(broken.body.errors[0]).toMatchObject({ fieldName: "500", message: expect.stringContaining("Error id") });
  harness.lab.addFault({ path: "/devices", status: 429, times: 1 });
  expect((await ask("/1/user/-/devices.json")).headers.get("fitbit-rate-limit-remaining")).toBe("0");
  expect((await ask("/1/user/-/devices.json")).status).toBe(200);
});
