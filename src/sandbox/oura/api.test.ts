import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type Answer, clientOf, movableClock } from "../../../test/support/list-lab.js";
import { readExtract, schemaFaults } from "../../../test/support/schema-faults.js";
import { addDays, people } from "../people/index.js";
import { type OuraLab, startOuraLab } from "./index.js";

const BASE = "/v2/usercollection";
const { schemas, answers } = readExtract("oura.schemas.json");
const WHO = "collector";
const clock = movableClock(Date.parse("2026-11-20T15:00:00Z"));
let lab: OuraLab;
let get: ReturnType<typeof clientOf>["get"];
beforeAll(async () => {
  lab = await startOuraLab({ clock });
  ({ get } = clientOf(lab, WHO));
});
afterEach(() => {
  lab.clearFaults();
  lab.switches.lapsed.clear();
  lab.switches.emptyErrors = false;
});
afterAll(() => lab.close());

// biome-ignore lint/suspicious/noExplicitAny: the schema of the documents has a test of its own
type Document = any;
const list = async (name: string, start: string, end: string, more = {}): Promise<Document[]> => {
  const { status, body } = await get(`${BASE}/${name}`, { start_date: start, end_date: end, ...more });
  expect({ name, status }).toEqual({ name, status: 200 });
  return body.data;
};
const daysOf = (documents: readonly Document[]) => documents.map(({ day }) => day);
/** A fortnight at home before the clocks change, and the days around it. */
const [START, END] = ["2026-10-10", "2026-10-30"];

describe("every answer has the published shape", () => {
  const collections = Object.keys(answers).filter((path) => !path.includes("{"));

  test.each(collections)("%s", async (path) => {
    const dates: Record<string, string> = /heartrate|battery/.test(path)
      ? { start_datetime: "2026-11-10T00:00:00+09:00", end_datetime: "2026-11-12T00:00:00+09:00" }
      : { start_date: "2026-09-20", end_date: "2026-11-21" };
    const { status, body } = await get(path, dates);
    expect(status).toBe(200);
    expect(schemaFaults(schemas, schemas[answers[path]!]!, body)).toEqual([]);
    if (path.endsWith("personal_info")) return;
    expect(body.data.length).toBeGreaterThan(0);
    const one = answers[`${path}/{document_id}`];
    if (one === undefined) return;
    const single = await get(`${path}/${body.data[0].id}`);
    expect([single.status, single.body]).toEqual([200, body.data[0]]);
    expect(schemaFaults(schemas, schemas[one]!, single.body)).toEqual([]);
  });

  test("and the check sees what is wrong", async () => {
    const [sleep] = await list("sleep", START, END);
    const wrong = { ...sleep, type: "night", day: "18/10/2026", efficiency: "87", extra: 1, period: undefined };
    expect(schemaFaults(schemas, schemas["PublicModifiedSleepModel"]!, JSON.parse(JSON.stringify(wrong)))).toHaveLength(
      5,
    );
  });

  test("nobody else wears a ring", async () => {
    for (const id of people.keys()) {
      const { get: ask } = clientOf(lab, id);
      const { body } = await ask(`${BASE}/daily_sleep`, { start_date: START, end_date: END });
      expect(body.data.length > 0).toBe(id === WHO);
    }
  });
});

describe("a range of days", () => {
  test("includes both ends, but for activity, whose end is left out", async () => {
    const readiness = daysOf(await list("daily_readiness", START, addDays(START, 6)));
    expect(readiness).toContain(START);
    expect(readiness).toContain(addDays(START, 6));
    const activity = daysOf(await list("daily_activity", START, addDays(START, 6)));
    expect([activity[0], activity.at(-1)]).toEqual([START, addDays(START, 5)]);
    expect(daysOf(await list("daily_activity", `${START}T05:00:00+03:00`, addDays(START, 2)))).toEqual([
      addDays(START, 1),
    ]);
    expect(await list("daily_activity", START, START)).toEqual([]);
  });

  test("of sleep is by the local date of its beginning, without the end", async () => {
    const wide = await list("sleep", addDays(START, -2), addDays(END, 2));
    const after = wide.filter(
      ({ bedtime_start: start, day }) => start.slice(0, 10) === day && start.slice(11, 13) < "06",
    );
    const before = wide.filter(
      ({ bedtime_start: start, type, day }) => type === "long_sleep" && start.slice(0, 10) < day,
    );
    expect([after.length > 0, before.length > 0]).toEqual([true, true]);
    // A night begun after midnight is found by its own day alone, and not with its day as the end.
    const [{ id, day }] = after;
    expect((await list("sleep", day, addDays(day, 1))).map((each) => each.id)).toContain(id);
    expect((await list("sleep", addDays(day, -1), day)).map((each) => each.id)).not.toContain(id);
    // One begun on the evening before is not found by its day.
    expect((await list("sleep", before[0].day, addDays(before[0].day, 1))).map((each) => each.id)).not.toContain(
      before[0].id,
    );
  });

  test("is yesterday and today without dates, and nonsense is not always refused", async () => {
    const { body } = await get(`${BASE}/daily_stress`);
    expect(daysOf(body.data)).toEqual(["2026-11-19", "2026-11-20"]);
    expect(await list("daily_sleep", "1", "2")).toEqual([]);
    const whole = await list("daily_sleep", "0024-11-11", "2026-11-20");
    expect(whole.length).toBe(1_000);
    const refused = await get(`${BASE}/daily_sleep`, { start_date: "yesterday", end_date: END });
    expect([refused.status, schemaFaults(schemas, schemas["HTTPValidationError"]!, refused.body)]).toEqual([422, []]);
    for (const start_date of ["2026-02-30", "99999999999999999", "2026-11-01T25:00:00"]) {
      expect((await get(`${BASE}/sleep`, { start_date, end_date: END })).status).toBe(422);
    }
    expect(refused.body.detail[0].loc).toEqual(["query", "start_date"]);
    expect((await get(`${BASE}/daily_sleep`, { start_date: END, end_date: START })).status).toBe(400);
  });

  test("comes in pages, oldest first, whose tokens may be sent alone", async () => {
    const whole = await list("sleep", START, END);
    lab.setPageSize(7);
    try {
      const first = await get(`${BASE}/sleep`, { start_date: START, end_date: END, next_token: "" });
      const pages: Answer[] = [first];
      while (pages.at(-1)!.body.next_token) {
        const query = { next_token: pages.at(-1)!.body.next_token as string };
        pages.push(
          await get(`${BASE}/sleep`, pages.length % 2 ? query : { start_date: START, end_date: END, ...query }),
        );
      }
      expect(pages.map(({ body }) => body.data.length)).toEqual([
        ...pages.slice(1).map(() => 7),
        whole.length % 7 || 7,
      ]);
      expect(pages.flatMap(({ body }) => body.data)).toEqual(whole);
      expect(pages.at(-1)!.body.next_token).toBeNull();
      expect((await get(`${BASE}/sleep`, { next_token: "made-up" })).status).toBe(400);
    } finally {
      lab.setPageSize(1_000);
    }
    const starts = whole.map(({ bedtime_end: end }) => Date.parse(end));
    expect(starts).toEqual(starts.toSorted((left, right) => left - right));
  });

  test("can be limited to some members", async () => {
    const [sleep] = await list("sleep", START, END, { fields: "type,time_in_bed" });
    expect(Object.keys(sleep).sort()).toEqual(["day", "id", "time_in_bed", "type"]);
  });

  test("of heart rates has at most 30 days, and is the last day without dates", async () => {
    const ask = (days: number) => {
      const end = Date.parse("2026-11-20T00:00:00Z");
      const query = {
        start_datetime: new Date(end - days * 86_400_000).toISOString(),
        end_datetime: new Date(end).toISOString(),
      };
      return get(`${BASE}/heartrate`, query);
    };
    expect([(await ask(31)).status, (await ask(30)).status]).toEqual([400, 200]);
    const { body } = await get(`${BASE}/heartrate`);
    const times = body.data.map((row: Document) => row.timestamp_unix);
    expect(times.at(-1)! <= clock.nowMs && times[0] >= clock.nowMs - 86_400_000).toBe(true);
    expect(times).toEqual(times.toSorted());
    expect(times.length).toBeGreaterThan(250);
    const sources = new Set(body.data.map((row: Document) => row.source));
    expect(sources.has("sleep") && sources.has("awake")).toBe(true);
    expect((await get(`${BASE}/heartrate`, { latest: "true" })).body.data).toEqual([body.data.at(-1)]);
    expect((await get(`${BASE}/ring_battery_level`, { latest: "true" })).body.data).toHaveLength(1);
  });
});

describe("sleep periods", () => {
  const half = async () => [
    ...(await list("sleep", "2026-05-01", "2026-08-01")),
    ...(await list("sleep", "2026-08-01", "2026-11-21")),
  ];

  test("hold what held in recordings", async () => {
    const periods = await half();
    expect(periods.length).toBeGreaterThan(180);
    for (const period of periods) {
      const seconds = (Date.parse(period.bedtime_end) - Date.parse(period.bedtime_start)) / 1000;
      expect(seconds).toBe(period.time_in_bed);
      expect(period.total_sleep_duration + period.awake_time).toBe(period.time_in_bed);
      const { deep_sleep_duration: deep, light_sleep_duration: light, rem_sleep_duration: rem } = period;
      expect(deep + light + rem).toBe(period.total_sleep_duration);
      const date = period.bedtime_end.slice(0, 10);
      expect(period.day).toBe(period.bedtime_end.slice(11, 13) >= "18" ? addDays(date, 1) : date);
      if (["rest", "deleted"].includes(period.type)) continue;
      expect(period.efficiency).toBe(Math.round((100 * period.total_sleep_duration) / seconds));
      expect(period.sleep_phase_5_min).toHaveLength(Math.ceil(seconds / 300));
      expect(period.movement_30_sec).toHaveLength(Math.ceil(seconds / 30));
      expect(period.sleep_phase_30_sec?.length ?? Math.ceil(seconds / 30)).toBe(Math.ceil(seconds / 30));
      if (period.heart_rate === null) {
        expect([period.lowest_heart_rate, period.average_hrv, period.hrv]).toEqual([255, null, null]);
      } else {
        expect(period.heart_rate.items).toHaveLength(Math.ceil(seconds / 300));
        expect(period.hrv.items).toHaveLength(period.heart_rate.items.length);
        expect(period.lowest_heart_rate).toBeLessThan(90);
      }
    }
  });

  test("include everything that a reader must tell apart", async () => {
    const periods = await half();
    const types = new Set(periods.map(({ type }) => type));
    expect([...types].sort()).toEqual(["deleted", "late_nap", "long_sleep", "rest", "sleep"]);
    const evening = periods.filter(
      ({ day, bedtime_end: end, type }) => end.slice(0, 10) < day && !["rest", "deleted"].includes(type),
    );
    expect(evening.length).toBeGreaterThan(5);
    expect(evening.some(({ type }) => type === "sleep")).toBe(true);
    expect(periods.some(({ lowest_heart_rate: low, type }) => low === 255 && type === "sleep")).toBe(true);
    expect(periods.some(({ sleep_phase_30_sec: fine, type }) => fine === null && type === "long_sleep")).toBe(true);
  });

  test("keep the offset of their night, over a change of clocks and in Tokyo", async () => {
    const [changed] = (await list("sleep", "2026-10-24", "2026-10-26")).filter(
      ({ day, type }) => day === "2026-10-25" && type === "long_sleep",
    );
    expect([changed.bedtime_start.slice(-6), changed.bedtime_end.slice(-6)]).toEqual(["+03:00", "+02:00"]);
    const away = (await list("sleep", "2026-11-10", "2026-11-15")).map(({ bedtime_end: end }) => end.slice(-6));
    expect(new Set(away)).toEqual(new Set(["+09:00"]));
  });
});

test("a finished day of activity has 86,400 seconds from four o'clock, and today is shorter", async () => {
  const days = await list("daily_activity", "2026-11-01", "2026-11-21");
  const times = ["high_activity", "medium_activity", "low_activity", "sedentary", "resting", "non_wear"];
  const sum = (day: Document) => times.reduce((total, name) => total + day[`${name}_time`], 0);
  for (const day of days) {
    expect(day.timestamp.slice(11, 19)).toBe("04:00:00");
    expect(day.met.timestamp).toBe(day.timestamp.replace("04:00:00", "04:00:00.000"));
    expect(sum(day)).toBe(60 * day.met.items.length);
    expect(day.class_5_min).toHaveLength(Math.ceil(day.met.items.length / 5));
    expect(day.meters_to_target).toBe(day.target_meters - day.equivalent_walking_distance);
    // The first and the last day of the trip have other lengths.
    if (!["2026-11-08", "2026-11-15", "2026-11-20"].includes(day.day)) expect(sum(day)).toBe(86_400);
  }
  const today = days.at(-1);
  expect([today.day, sum(today) < 50_000]).toEqual(["2026-11-20", true]);
  expect(days.some(({ meters_to_target: left }) => left < 0)).toBe(true);
  expect(days.some(({ score, contributors }) => score === null && contributors.meet_daily_targets === null)).toBe(true);
});

test("figures that are none: oxygen of 0, scores without a part, a ring set up in 1970, a time zone that lies", async () => {
  const spo2 = await list("daily_spo2", "2026-09-01", "2026-11-20");
  const none = spo2.filter(({ spo2_percentage: value }) => value.average === 0);
  expect(none.length).toBeGreaterThan(2);
  expect(new Set(none.map(({ breathing_disturbance_index: index }) => index))).toEqual(new Set([null]));
  const readiness = await list("daily_readiness", "2026-09-01", "2026-11-20");
  expect(readiness.some(({ contributors }) => contributors.hrv_balance === null)).toBe(true);
  expect(readiness.some(({ timestamp }) => timestamp.endsWith("T00:00:00+00:00"))).toBe(true);
  const { body } = await get(`${BASE}/ring_configuration`);
  expect(body.data.map((ring: Document) => ring.set_up_at.slice(0, 4))).toEqual(["1970", "2022"]);
  const workouts = await list("workout", "2026-06-01", "2026-11-20");
  const mixed = workouts.filter(({ start_datetime: start, end_datetime: end }) => start.slice(-6) !== end.slice(-6));
  expect(mixed.length).toBeGreaterThan(5);
  for (const { start_datetime: start, end_datetime: end } of workouts)
    expect(Date.parse(end)).toBeGreaterThan(Date.parse(start));
});

test("a scope that is missing is a 401 of its own, and what a person did not grant is null", async () => {
  const { get: ask } = clientOf(lab, WHO, ["daily"]);
  const refused = await ask(`${BASE}/heartrate`);
  expect([refused.status, refused.body.detail]).toEqual([401, "Token is not authorized access heartrate scope."]);
  expect((await ask(`${BASE}/personal_info`)).body).toMatchObject({ id: expect.any(String), age: null, email: null });
  expect((await get(`${BASE}/personal_info`)).body).toMatchObject({ age: 40, height: 1.72, biological_sex: "female" });
  expect((await get(`${BASE}/meal`)).status).toBe(404);
  expect((await get(`${BASE}/sleep/none`)).body).toEqual({ detail: "Document not found." });
});

test("a lapsed membership is a 403 for everything but the person", async () => {
  lab.switches.lapsed.add(WHO);
  expect((await get(`${BASE}/daily_sleep`)).status).toBe(403);
  expect((await get(`${BASE}/personal_info`)).status).toBe(200);
  lab.switches.emptyErrors = true;
  const empty = await get(`${BASE}/daily_sleep`);
  expect([empty.status, empty.body]).toEqual([403, ""]);
});

test("both limits have their tier, and headers only when reached", async () => {
  expect((await get(`${BASE}/personal_info`)).headers.get("x-ratelimit-limit")).toBeNull();
  for (const [which, tier] of ["token", "app"].entries()) {
    lab.setLimit(0, which);
    const { status, headers } = await get(`${BASE}/personal_info`);
    expect([status, headers.get("x-ratelimit-tier"), headers.get("x-ratelimit-window")]).toEqual([429, tier, "300"]);
    const reset = Number(headers.get("x-ratelimit-reset")) - clock.nowMs / 1000;
    expect(Math.abs(reset - Number(headers.get("retry-after")))).toBeLessThanOrEqual(1);
    lab.setLimit(5_000, which);
  }
  expect((await get(`${BASE}/personal_info`)).headers.get("x-trace-id")).toMatch(/^[0-9a-f]{32}$/);
});
