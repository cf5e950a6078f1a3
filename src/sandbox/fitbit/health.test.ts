import { type Harness, startHarness } from "../../../test/support/fitbit-lab.js";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const ask: Harness["ask"] = (path, options) => harness.ask(path, options);

interface Stretch {
  dateTime: string;
  level: string;
  seconds: number;
}

/** The provider document's recipe: 30-second cells, short wakes on top, runs counted. */
function overlay(log: { levels: { data: Stretch[]; shortData: Stretch[] }; startTime: string }) {
  const at = (time: string) => (Date.parse(`${time}Z`) - Date.parse(`${log.startTime}Z`)) / 30_000;
  const cells: string[] = [];
  for (const { dateTime, level, seconds } of [...log.levels.data, ...log.levels.shortData]) {
    for (let cell = 0; cell < seconds / 30; cell++) cells[at(dateTime) + cell] = level;
  }
  const counts: Record<string, number> = {};
  const minutes: Record<string, number> = {};
  for (const [index, level] of cells.entries()) {
    minutes[level] = (minutes[level] ?? 0) + 0.5;
    if (cells[index - 1] !== level) counts[level] = (counts[level] ?? 0) + 1;
  }
  return { counts, minutes, cells };
}

test("laying short wakes over the stages gives the counts and minutes of the summary", async () => {
  const { sleep } = (await ask("/1.2/user/-/sleep/date/2026-04-01/2026-06-14.json")).body;
  const staged = sleep.filter((log: { type: string }) => log.type === "stages");
  expect(staged.length).toBeGreaterThan(30);
  for (const log of staged) {
    const { counts, minutes, cells } = overlay(log);
    expect(cells.includes(undefined as unknown as string)).toBe(false);
    let sum = 0;
    for (const [level, summary] of Object.entries<{ count: number; minutes: number }>(log.levels.summary)) {
      expect(counts[level] ?? 0).toBe(summary.count);
      expect(Math.abs((minutes[level] ?? 0) - summary.minutes)).toBeLessThanOrEqual(0.5);
      sum += summary.minutes;
    }
    expect(sum).toBe(log.timeInBed);
    expect(log.duration).toBe(log.timeInBed * 60_000);
    expect(log.minutesAsleep + log.minutesAwake).toBe(log.timeInBed);
    for (const { level, seconds } of log.levels.shortData) {
      expect(level).toBe("wake");
      expect(seconds).toBeLessThanOrEqual(180);
    }
    for (const { level, seconds } of log.levels.data) if (level === "wake") expect(seconds).toBeGreaterThan(180);
  }
});

test("ranges have no averages and are newest first; a date has both averages and a summary", async () => {
  const { sleep, ...rest } = (await ask("/1.2/user/-/sleep/date/2026-06-01/2026-06-14.json")).body;
  expect(rest).toEqual({});
  const starts = sleep.map((log: { startTime: string }) => log.startTime);
  expect(starts).toEqual([...starts].sort().reverse());
  const staged = sleep.find((log: { type: string }) => log.type === "stages");
  expect(staged.levels.summary.rem.thirtyDayAvgMinutes).toBe(0);
  const day = (await ask(`/1.2/user/-/sleep/date/${staged.dateOfSleep}.json`)).body;
  const same = day.sleep.find((log: { type: string }) => log.type === "stages");
  expect(same.levels.summary.rem.thirtyDayAvgMinutes).toBeGreaterThan(0);
  expect(day.summary.totalTimeInBed).toBe(
    day.sleep.reduce((sum: number, log: { timeInBed: number }) => sum + log.timeInBed, 0),
  );
  expect(day.summary.stages.rem).toBe(same.levels.summary.rem.minutes);
});

test("naps are classic, count no sleeping, and leave the night the main sleep", async () => {
  const { sleep } = (await ask("/1.2/user/-/sleep/date/2026-06-01/2026-06-14.json", { person: "napper" })).body;
  const nap = sleep.find((log: { isMainSleep: boolean; type: string }) => !log.isMainSleep && log.type === "classic");
  expect(nap.levels).not.toHaveProperty("shortData");
  const { asleep, restless, awake } = nap.levels.summary;
  expect(asleep.count).toBe(0);
  expect(asleep).not.toHaveProperty("thirtyDayAvgMinutes");
  expect(nap.minutesAsleep).toBe(asleep.minutes);
  expect(nap.minutesAwake).toBe(restless.minutes + awake.minutes);
  expect(nap.efficiency).toBe(Math.round((100 * nap.minutesAsleep) / nap.timeInBed));
});

test("the sleep list pages in both directions", async () => {
  const first = (await ask("/1.2/user/-/sleep/list.json?beforeDate=2026-06-10&sort=desc&limit=3&offset=0")).body;
  expect(first.sleep).toHaveLength(3);
  expect(first.sleep.every((log: { dateOfSleep: string }) => log.dateOfSleep < "2026-06-10")).toBe(true);
  expect(first.pagination.next.startsWith(`${harness.lab.url}/1.2/user/-/sleep/list.json?`)).toBe(true);
  const second = (await ask(first.pagination.next)).body;
  expect(second.sleep[0].startTime < first.sleep[2].startTime).toBe(true);
  const last = (await ask("/1.2/user/-/sleep/list.json?afterDate=2026-06-13&sort=asc&limit=50&offset=0")).body;
  expect(last.pagination.next).toBe("");
  expect(last.sleep[0].dateOfSleep >= "2026-06-13").toBe(true);
});

test("a night may still be computed, and a day without sleep says so in zeros", async () => {
  harness.lab.switches.pendingSleepAnswers = 1;
  const path = "/1.2/user/-/sleep/date/2026-06-14.json";
  expect((await ask(path)).body).toEqual({ meta: { retryDuration: 3000, state: "pending" } });
  expect((await ask(path)).body).toHaveProperty("sleep");
  expect((await ask(path, { person: "empty" })).body).toEqual({
    sleep: [],
    summary: { totalMinutesAsleep: 0, totalSleepRecords: 0, totalTimeInBed: 0 },
  });
});

test("heart rows leave out what has no signal, and seconds stay near their minute", async () => {
  const path = "/1/user/-/activities/heart/date/2026-06-10/1d";
  const minutes = (await ask(`${path}/1min.json`)).body;
  const { dataset, datasetType, datasetInterval } = minutes["activities-heart-intraday"];
  expect([datasetType, datasetInterval]).toEqual(["minute", 1]);
  expect(dataset.length).toBeGreaterThan(1000);
  const byMinute = new Map(dataset.map((row: { time: string; value: number }) => [row.time, row.value]));
  const seconds = (await ask(`${path}/1sec/time/10:00/10:30.json`)).body["activities-heart-intraday"];
  expect(seconds.datasetType).toBe("second");
  for (const { time, value } of seconds.dataset) {
    expect(Math.abs(value - (byMinute.get(`${time.slice(0, 5)}:00`) as number))).toBeLessThanOrEqual(2);
  }
  const zones = minutes["activities-heart"][0].value.heartRateZones;
  expect(zones.reduce((sum: number, zone: { minutes?: number }) => sum + (zone.minutes ?? 0), 0)).toBe(1440);
  for (const [index, zone] of zones.entries()) if (index > 0) expect(zone.min).toBe(zones[index - 1].max + 1);
});

test("of a window the heart row has its zones beside a mean in text", async () => {
  const { body } = await ask("/1/user/-/activities/heart/date/2026-06-10/2026-06-10/1min/time/10:00/10:59.json");
  const [row] = body["activities-heart"];
  expect(row.heartRateZones).toHaveLength(4);
  const { dataset } = body["activities-heart-intraday"];
  const mean = dataset.reduce((sum: number, { value }: { value: number }) => sum + value, 0) / dataset.length;
  expect(row.value).toBe(String(Math.round(mean * 100) / 100));
});

test("unworn days list their zones without a resting rate", async () => {
  const rows = (await ask("/1/user/-/activities/heart/date/2026-06-14/30d.json", { person: "napper" })).body[
    "activities-heart"
  ];
  expect(rows).toHaveLength(30);
  const unworn = rows.filter((row: { value: object }) => !("restingHeartRate" in row.value));
  expect(unworn.length).toBeGreaterThan(0);
  const [outOfRange] = unworn[0].value.heartRateZones;
  expect(outOfRange).toMatchObject({ name: "Out of Range", minutes: 1440 });
});

test("active zone minutes are the sum of their parts, day by day and minute by minute", async () => {
  const path = "/1/user/-/activities/active-zone-minutes/date";
  const rows = (await ask(`${path}/2026-05-16/2026-06-14.json`)).body["activities-active-zone-minutes"];
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.length).toBeLessThan(30);
  for (const { value } of rows) {
    const { activeZoneMinutes, ...parts } = value;
    const values = Object.values<number>(parts);
    expect(values.reduce((sum, part) => sum + part, 0)).toBe(activeZoneMinutes);
    expect(values.every((part) => part > 0)).toBe(true);
  }
  const { dateTime, value } = rows[0];
  const [intraday] = (await ask(`${path}/${dateTime}/1d/1min.json`)).body["activities-active-zone-minutes-intraday"];
  const sum = intraday.minutes.reduce(
    (all: number, each: { value: { activeZoneMinutes: number } }) => all + each.value.activeZoneMinutes,
    0,
  );
  expect(sum).toBe(value.activeZoneMinutes);
  expect(intraday.minutes[0].minute).toMatch(/^\d\d:\d\d:00$/);
});

test("what is measured at night has its own shapes, full and empty", async () => {
  const range = "2026-06-01/2026-06-14";
  const hrv = (await ask(`/1/user/-/hrv/date/${range}.json`)).body.hrv;
  expect(hrv[0].value.dailyRmssd).toBeGreaterThan(10);
  const all = (await ask(`/1/user/-/hrv/date/${hrv[0].dateTime}/all.json`)).body.hrv[0];
  expect(all.minutes[0].minute).toMatch(/^2026-.*T\d\d:\d[05]:00\.000$/);
  const oxygen = (await ask(`/1/user/-/spo2/date/${range}.json`)).body;
  for (const { value } of oxygen) {
    expect(value.min).toBeLessThan(value.avg);
    expect(value.max).toBeGreaterThan(value.avg);
  }
  expect((await ask(`/1/user/-/spo2/date/${oxygen[0].dateTime}.json`)).body).toEqual(oxygen[0]);
  expect((await ask(`/1/user/-/spo2/date/${oxygen[0].dateTime}/all.json`)).body.minutes.length).toBeGreaterThan(100);
  const breaths = (await ask(`/1/user/-/br/date/${range}.json`)).body.br;
  const full = (await ask(`/1/user/-/br/date/${range}/all.json`)).body.br;
  expect(full[0].value.fullSleepSummary).toEqual(breaths[0].value);
  const skin = (await ask(`/1/user/-/temp/skin/date/${range}.json`)).body.tempSkin;
  expect(Math.abs(skin[0].value.nightlyRelative)).toBeLessThan(2);
  const score = (await ask(`/1/user/-/cardioscore/date/${range}.json`)).body.cardioScore;
  expect(score[0].value.vo2Max).toMatch(/^\d\d(-\d\d)?$/);
  const empty = { person: "empty" };
  expect((await ask("/1/user/-/spo2/date/2026-06-10.json", empty)).body).toEqual({});
  expect((await ask("/1/user/-/hrv/date/2026-06-10.json", empty)).body).toEqual({ hrv: [] });
  expect((await ask("/1/user/-/temp/skin/date/2026-06-10.json", empty)).body).toEqual({ tempSkin: [] });
  expect((await ask("/1/user/-/devices.json", empty)).body).toEqual([]);
});

test("weight logs are numbers with an id of local time, and the series carries them on", async () => {
  const { weight } = (await ask("/1/user/-/body/log/weight/date/2026-06-14/30d.json")).body;
  expect(weight.length).toBeGreaterThan(3);
  for (const log of weight) expect(log.logId).toBe(Date.parse(`${log.date}T${log.time}Z`));
  const { fat } = (await ask("/1/user/-/body/log/fat/date/2026-06-14/30d.json")).body;
  expect(fat.length).toBe(weight.filter((log: { fat?: number }) => log.fat !== undefined).length);
  const rows = (await ask("/1/user/-/body/weight/date/2026-06-14/30d.json")).body["body-weight"];
  expect(rows).toHaveLength(30);
  const last = weight.at(-1);
  const from = rows.findIndex((row: { dateTime: string }) => row.dateTime === last.date);
  for (const row of rows.slice(from)) expect(row.value).toBe(String(last.weight));
});

test("goals, lifetime and profile answer", async () => {
  expect((await ask("/1/user/-/activities/goals/daily.json")).body.goals.steps).toBeGreaterThan(5000);
  expect((await ask("/1/user/-/activities/goals/weekly.json")).body.goals.steps).toBeGreaterThan(35000);
  expect((await ask("/1/user/-/body/log/weight/goal.json")).body.goal.goalType).toBe("LOSE");
  expect((await ask("/1/user/-/body/log/fat/goal.json")).body.goal.fat).toBeGreaterThan(0);
  expect((await ask("/1.2/user/-/sleep/goal.json")).body.goal.minDuration).toBe(445);
  expect((await ask("/1/user/-/activities.json")).body.lifetime.total.steps).toBeGreaterThan(1_000_000);
  expect((await ask("/1/user/-/profile.json")).body.user).toMatchObject({
    timezone: "Europe/Berlin",
    offsetFromUTCMillis: 7_200_000,
  });
});

test("every version answers alike, but for the sleep of a date", async () => {
  harness.lab.switches.shuffledKeys = false;
  for (const path of ["profile.json", "activities/date/2026-06-14.json", "sleep/date/2026-06-10/2026-06-14.json"]) {
    const answers = await Promise.all(["1", "1.1", "1.2"].map((version) => ask(`/${version}/user/-/${path}`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  }
  expect((await ask("/1.3/user/-/profile.json")).status).toBe(400);
  const subscribed = await ask("/1/user/-/sleep/apiSubscriptions/s-1.json", { method: "POST" });
  expect(subscribed.body.collectionType).toBe("sleep");
});

test("sleep of version 1 is told minute by minute, and adds up to what 1.2 tells", async () => {
  const date = "sleep/date/2026-06-14.json";
  const [old, older, staged] = await Promise.all(
    ["1", "1.1", "1.2"].map((version) => ask(`/${version}/user/-/${date}`)),
  );
  expect(old!.body).toEqual(older!.body);
  const [night] = old!.body.sleep;
  const [modern] = staged!.body.sleep;
  expect(night.levels).toBeUndefined();
  expect([night.startTime, night.endTime, night.timeInBed]).toEqual([
    modern.startTime,
    modern.endTime,
    modern.timeInBed,
  ]);
  expect(night.minuteData).toHaveLength(night.timeInBed);
  expect(night.minuteData[0].dateTime).toBe(night.startTime.slice(11, 19));
  const count = (value: string) =>
    night.minuteData.filter((minute: { value: string }) => minute.value === value).length;
  expect([count("1"), count("2"), count("3")]).toEqual([
    night.minutesAsleep,
    night.restlessDuration,
    night.awakeDuration,
  ]);
  expect(night.minutesAsleep + night.minutesAwake).toBe(night.timeInBed);
  const series = (await ask("/1/user/-/sleep/minutesAsleep/date/2026-06-14/7d.json")).body["sleep-minutesAsleep"];
  expect(series).toHaveLength(7);
  expect(series.at(-1)).toEqual({ dateTime: "2026-06-14", value: String(night.minutesAsleep) });
});

test("max is everything of a body series, and no longer offered for activities", async () => {
  const rows = (await ask("/1/user/-/body/weight/date/2026-06-14/max.json")).body["body-weight"];
  expect(rows.at(-1).dateTime).toBe("2026-06-14");
  expect(rows.length).toBeGreaterThan(1095);
  const week = (await ask("/1/user/-/body/weight/date/2026-06-14/7d.json")).body["body-weight"];
  expect(rows.slice(-7)).toEqual(week);
  expect((await ask("/1/user/-/activities/steps/date/2026-06-14/max.json")).status).toBe(422);
});
