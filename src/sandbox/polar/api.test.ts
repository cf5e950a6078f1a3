import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { clientOf, movableClock } from "../../../test/support/list-lab.js";
import { readExtract, schemaFaults } from "../../../test/support/schema-faults.js";
import { addDays } from "../people/index.js";
import { type PolarLab, startPolarLab } from "./index.js";

const { schemas, answers } = readExtract("polar.schemas.json");
const WHO = "collector";
const TODAY = "2026-11-20";
const clock = movableClock(Date.parse(`${TODAY}T15:00:00Z`));
let lab: PolarLab;
let get: ReturnType<typeof clientOf>["get"];
let userId: string;
beforeAll(async () => {
  lab = await startPolarLab({ clock });
  lab.setLimit(1_000_000);
  lab.register(WHO, Date.parse("2026-01-01T00:00:00Z"));
  ({ get } = clientOf(lab, WHO));
  userId = lab.issueTokens(WHO).providerUserId;
});
afterEach(() => {
  lab.switches.consentsMissing.clear();
  lab.switches.continuousHeartRate = false;
  clock.nowMs = Date.parse(`${TODAY}T15:00:00Z`);
});
afterAll(() => lab.close());

// biome-ignore lint/suspicious/noExplicitAny: the schema of the records has a test of its own
type Rec = any;
const body = async (path: string, query: Record<string, string> = {}): Promise<Rec> => {
  const answer = await get(path, query);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body;
};
const FLAGS = {
  steps: "true",
  activity_zones: "true",
  inactivity_stamps: "true",
  samples: "true",
  zones: "true",
  route: "true",
};
const reads = Object.keys(answers).filter((path) => path.startsWith("/") && !path.startsWith("/v3/webhooks"));

test.each(reads)("%s has the published shape", async (path) => {
  const exercises = await body("/v3/exercises");
  const filled = path
    .replace("{user-id}", userId)
    .replace("{exerciseId}", exercises[0].id)
    .replace("{date}", "2026-11-18")
    .replace("{days}", "30")
    .replace("{months}", "2");
  const window = { from: "2026-10-30", to: "2026-11-19" };
  const answer = await body(filled, { ...FLAGS, ...window });
  expect(schemaFaults(schemas, schemas[answers[path]!]!, answer)).toEqual([]);
  expect(JSON.stringify(answer).length).toBeGreaterThan(60);
});

test("windows hold 28 days at most and begin within the last year; sleep and recharges are the last 28 days", async () => {
  const status = async (path: string, query = {}) => (await get(`/v3/users/${path}`, query)).status;
  expect(await status("activities", { from: "2026-10-01", to: "2026-10-28" })).toBe(200);
  expect(await status("activities", { from: "2026-10-01", to: "2026-10-29" })).toBe(400);
  expect(await status("activities", { from: addDays(TODAY, -365), to: addDays(TODAY, -360) })).toBe(200);
  expect(await status("activities", { from: addDays(TODAY, -366), to: addDays(TODAY, -360) })).toBe(400);
  expect(await status("activities", { from: "2026-10-05", to: "2026-10-01" })).toBe(400);
  expect(await status("continuous-heart-rate")).toBe(400);
  const dates = (list: Rec[]) => list.map(({ date, start_time: start }) => date ?? start.slice(0, 10));
  const ranges = [
    await body("/v3/users/activities"),
    (await body("/v3/users/sleep")).nights,
    (await body("/v3/users/nightly-recharge")).recharges,
  ];
  for (const list of ranges.map(dates)) {
    expect(list.length).toBeGreaterThan(18);
    expect(list.every((date: string) => date >= addDays(TODAY, -27) && date <= TODAY)).toBe(true);
  }
  const loads = await body("/v3/users/cardio-load");
  expect(dates(loads)).toEqual(Array.from({ length: 28 }, (_, back) => addDays(TODAY, back - 27)));
});

test("no data is a 204, a 404 or an empty list", async () => {
  const day = "2026-11-30";
  const statuses: unknown[] = [];
  for (const path of ["activities", "activities/samples", "continuous-heart-rate", "sleep", "nightly-recharge"]) {
    const answer = await get(`/v3/users/${path}/${day}`);
    statuses.push([answer.status, answer.body === ""]);
  }
  expect(statuses).toEqual([
    [204, true],
    [204, true],
    [404, false],
    [404, false],
    [404, false],
  ]);
  expect((await get("/v3/users/biosensing/ecg")).status).toBe(204);
  expect((await get("/v3/users/biosensing/spo2", { from: day, to: day })).status).toBe(204);
  expect(await body("/v3/users/activities", { from: day, to: day })).toEqual([]);
  expect((await get("/v3/exercises/none")).status).toBe(404);
  for (const date of ["soon", "2026-02-30"]) {
    for (const path of ["sleep", "activities", "cardio-load"]) {
      expect((await get(`/v3/users/${path}/${date}`)).status).toBe(400);
    }
  }
  expect((await get("/v3/users/sleep/2025-01-01")).status).toBe(400);
});

test("activities are local without a zone, samples only if asked for, and hold until the next one", async () => {
  const [plain] = await body("/v3/users/activities", { from: "2026-11-17", to: "2026-11-17" });
  expect("samples" in plain).toBe(false);
  expect([plain.start_time, plain.end_time]).toEqual(["2026-11-17T00:00", "2026-11-17T23:59"]);
  expect(plain.active_duration).toMatch(/^PT(\d+H)?(\d+M)?$/);
  const one = await body("/v3/users/activities/2026-11-17", { steps: "true" });
  expect(Object.keys(one.samples)).toEqual(["date", "steps"]);
  const { samples, total_steps } = one.samples.steps;
  expect(total_steps).toBe(plain.steps);
  let sum = 0;
  for (const [index, { steps, timestamp }] of samples.entries()) {
    const until = samples[index + 1]?.timestamp ?? "2026-11-18T00:00";
    sum += (steps * (Date.parse(`${until}Z`) - Date.parse(`${timestamp}Z`))) / 60_000;
    if (index > 0) expect(steps).not.toBe(samples[index - 1].steps);
  }
  expect(sum).toBe(plain.steps);
});

test("nights add up, run past midnight in order, and some figures are none", async () => {
  const nights: Rec[] = [];
  const now = clock.nowMs;
  for (let back = 0; back < 6; back++) {
    clock.nowMs = now - back * 28 * 86_400_000;
    nights.push(...(await body("/v3/users/sleep")).nights);
  }
  expect(nights.length).toBeGreaterThan(100);
  for (const night of nights) {
    const { light_sleep: light, deep_sleep: deep, rem_sleep: rem, unrecognized_sleep_stage: unknown } = night;
    const {
      total_interruption_duration: awake,
      short_interruption_duration: short,
      long_interruption_duration: long,
    } = night;
    expect(short + long).toBe(awake);
    const zoned = /[+-]\d\d:\d\d$/;
    const start = zoned.test(night.sleep_start_time)
      ? night.sleep_start_time
      : `${night.sleep_start_time}${night.sleep_end_time.slice(-6)}`;
    expect((Date.parse(night.sleep_end_time) - Date.parse(start)) / 1_000).toBe(light + deep + rem + unknown + awake);
    expect(night.sleep_end_time.slice(0, 10)).toBe(night.date);
    const keys = Object.keys(night.hypnogram);
    expect(keys[0]).toBe(night.sleep_start_time.slice(11, 16));
    // The clock goes down once at most: at midnight.
    expect(keys.filter((key, index) => index > 0 && key < keys[index - 1]!).length).toBeLessThanOrEqual(1);
    expect(night.hypnogram[keys[0]!]).not.toBe(0);
  }
  const some = (is: (night: Rec) => boolean) => nights.some(is);
  expect(
    some(
      ({ continuity, sleep_charge: charge, sleep_rating: rating }) => continuity === 0 && charge === -1 && rating === 0,
    ),
  ).toBe(true);
  expect(some(({ heart_rate_samples: samples }) => Object.values(samples).includes(0))).toBe(true);
  expect(some(({ hypnogram }) => Object.values(hypnogram).includes(5))).toBe(true);
  expect(some(({ sleep_start_time: start }) => start.length === 19)).toBe(true);
  expect(some(({ device_id: device }) => device === "")).toBe(true);
  expect(
    some(({ sleep_start_time: start, sleep_end_time: end }) => start.endsWith("+03:00") && end.endsWith("+02:00")),
  ).toBe(true);
  expect(some(({ sleep_start_time: start, date }) => start.slice(0, 10) < date)).toBe(true);
  clock.nowMs = now;
  const recharges = (await body("/v3/users/nightly-recharge")).recharges;
  expect(recharges.some(({ beat_to_beat_avg: beats }: Rec) => beats === 0)).toBe(true);
  const loads = await body("/v3/users/cardio-load");
  const none = loads.filter(({ cardio_load_status: status }: Rec) => status === "LOAD_STATUS_NOT_AVAILABLE");
  expect(none.map((load: Rec) => [load.cardio_load, load.tolerance, load.strain >= 0])).toEqual(
    none.map(() => [-1, -1, true]),
  );
  expect([none.length, loads.some((load: Rec) => load.cardio_load === 0)]).toEqual([2, true]);
});

test("pulses are on the device's clock, without those of workouts, few or one every few seconds", async () => {
  const range = { from: "2026-11-16", to: "2026-11-18" };
  const count = async () => {
    const { heart_rates: days } = await body("/v3/users/continuous-heart-rate", range);
    return days.reduce((sum: number, day: Rec) => sum + day.heart_rate_samples.length, 0);
  };
  const few = await count();
  lab.switches.continuousHeartRate = true;
  expect([few > 500 && few < 1_200, (await count()) > 30_000]).toEqual([true, true]);
  const workout = (await body("/v3/exercises")).find(
    ({ start_time: start }: Rec) => start >= "2026-11-16" && start < TODAY,
  );
  const day = await body(`/v3/users/continuous-heart-rate/${workout.start_time.slice(0, 10)}`);
  const from = workout.start_time.slice(11);
  const minutes = /PT(?:(\d+)H)?(\d+)M/.exec(workout.duration)!;
  const until = new Date(
    Date.parse(`${workout.start_time}Z`) + (Number(minutes[1] ?? 0) * 60 + Number(minutes[2])) * 60_000,
  )
    .toISOString()
    .slice(11, 19);
  expect(day.heart_rate_samples.filter(({ sample_time: at }: Rec) => at > from && at < until)).toEqual([]);
});

test("exercises are those uploaded in the last 30 days, and none from before the registration", async () => {
  const all = await body("/v3/exercises");
  expect(all.length).toBeGreaterThan(5);
  expect(all.every((one: Rec) => Date.parse(one.upload_time) >= clock.nowMs - 30 * 86_400_000)).toBe(true);
  expect("samples" in all[0] || "heart_rate_zones" in all[0]).toBe(false);
  const [full] = await body("/v3/exercises", { samples: "true", zones: "true" });
  expect(full.samples[0].data).toContain("null");
  expect(full.heart_rate_zones[0]["in-zone"]).toMatch(/^PT/);
  expect(full.start_time_utc_offset * 60_000).toBe(
    Date.parse(`${full.start_time}Z`) - (Date.parse(full.upload_time) - 300_000 - durationOf(full)),
  );
  lab.register(WHO, Date.parse("2026-11-12T00:00:00Z"));
  const later = await body("/v3/exercises");
  expect(later.every((one: Rec) => one.upload_time >= "2026-11-12")).toBe(true);
  expect(later.length).toBeLessThan(all.length);
  lab.register(WHO, Date.parse("2026-01-01T00:00:00Z"));
});
/** To the whole second: the tenths are the watch's own. */
function durationOf({ duration }: Rec): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?/
    .exec(duration)!
    .map((part) => Number(part ?? 0));
  return (hours * 3_600 + minutes * 60 + Math.floor(seconds)) * 1_000;
}

test("consents that are missing at Polar are a 403, and rates are told on every answer as used", async () => {
  lab.switches.consentsMissing.add(WHO);
  expect((await get("/v3/users/sleep")).status).toBe(403);
  lab.switches.consentsMissing.clear();
  clock.nowMs += 2 * 86_400_000;
  lab.setLimit(520, 0);
  lab.setLimit(5_100, 1);
  await get("/v3/users/physical-info");
  const { headers } = await get("/v3/users/physical-info");
  expect(["usage", "limit", "reset"].map((name) => headers.get(`ratelimit-${name}`))).toEqual([
    "2, 2",
    "520, 5100",
    "900, 86400",
  ]);
  lab.setLimit(2, 0);
  const refused = await get("/v3/users/physical-info");
  expect([refused.status, refused.headers.get("ratelimit-usage")]).toEqual([429, "2, 3"]);
  lab.setLimit(1_000_000);
});
