import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { form, movableClock, send } from "../../../test/support/list-lab.js";
import { readExtract, schemaFaults } from "../../../test/support/schema-faults.js";
import { startWithingsLab, type WithingsLab } from "./index.js";

const { schemas, answers } = readExtract("withings.schemas.json");
const WHO = "collector";
const clock = movableClock(Date.parse("2026-11-20T15:00:00Z"));
let lab: WithingsLab;
let token: string;
beforeAll(async () => {
  lab = await startWithingsLab({ clock });
  lab.setLimit(1_000_000);
  token = lab.issueTokens(WHO).accessToken;
});
afterEach(() => {
  Object.assign(lab.switches, { paid: true, missingScope: 401, sameArguments: "token" });
  lab.clearFaults();
});
afterAll(() => lab.close());

// biome-ignore lint/suspicious/noExplicitAny: the schema of the bodies has a test of its own
type Body = any;
const ask = (path: string, fields: Record<string, string | number>, bearer = token) => {
  const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  return form(`${lab.url}${path}`, texts, { authorization: `Bearer ${bearer}` });
};
/** The body of an answer that succeeds. */
const body = async (path: string, fields: Record<string, string | number>): Promise<Body> => {
  const { status, body: answer } = await ask(path, fields);
  expect([status, answer.status]).toEqual([200, 0]);
  return answer.body;
};
const epoch = (instant: string) => Date.parse(instant) / 1_000;
const days = (from: string, to: string) => ({ startdateymd: from, enddateymd: to });
const span = (from: string, to: string) => ({ startdate: epoch(from), enddate: epoch(to) });
const measures = async (fields: Record<string, string | number>) =>
  (await body("/measure", { action: "getmeas", ...fields })).measuregrps;
const nights = async (from: string, to: string, more = {}) =>
  (await body("/v2/sleep", { action: "getsummary", ...days(from, to), ...more })).series;
const FINE =
  "sleep_score,hr_average,hr_min,hr_max,rr_average,rr_min,rr_max,snoring,snoringepisodecount,breathing_disturbances_intensity,apnea_hypopnea_index,rmssd_start_avg,rmssd_end_avg,night_events,total_timeinbed,total_sleep_time,lightsleepduration,deepsleepduration,remsleepduration,asleepduration,wakeupduration,sleep_latency,wakeup_latency,waso,sleep_efficiency,out_of_bed_count,wakeupcount";

describe("every answer has the form that the reference gives", () => {
  const HALF_YEAR = { ...span("2026-05-20T00:00:00Z", "2026-11-20T15:00:00Z"), ...days("2026-05-20", "2026-11-20") };

  test.each(Object.entries(answers))("%s", async (call, schema) => {
    const [path, action] = call.split(" ") as [string, string];
    const { startdate, enddate, startdateymd, enddateymd } = HALF_YEAR;
    const night = {
      ...span("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"),
      data_fields: "hr,rr,snoring,sdnn_1,rmssd,mvt_score",
    };
    const given: Record<string, Record<string, string | number>> = {
      getmeas: { startdate, enddate },
      getintradayactivity: span("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"),
      get: path === "/v2/heart" ? { signalid: 4_242 } : night,
      list: { startdate, enddate },
      getsummary: { startdateymd, enddateymd, data_fields: FINE },
    };
    const answer = await body(path, { action, ...(given[action] ?? { startdateymd, enddateymd }) });
    expect(schemaFaults(schemas, schemas[schema]!, answer)).toEqual([]);
    const [list] = Object.values(answer as Record<string, unknown>).filter((each) => typeof each === "object");
    expect(Object.keys(list as object).length).toBeGreaterThan(1);
  });

  test("and the check sees what is wrong", () => {
    const wrong = {
      updatetime: "1",
      timezone: "Europe/Oslo",
      measuregrps: [{ grpid: 1, attrib: 3, measures: [{ value: 1.5 }] }],
      more: true,
    };
    expect(schemaFaults(schemas, schemas["Measures"]!, wrong).length).toBeGreaterThan(8);
  });
});

describe("one call", () => {
  test("is a form, or a query, or a GET, with the token in a header or among the parameters", async () => {
    const whole = await measures(span("2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z"));
    const query = new URLSearchParams({
      action: "getmeas",
      startdate: "1793491200",
      enddate: "1795132800",
      access_token: token,
    });
    const { body: answer } = await send(`${lab.url}/measure?${query}`);
    expect(answer.body.measuregrps).toEqual(whole);
  });

  test("fails inside a 200", async () => {
    const outcome = async (path: string, fields: Record<string, string>, bearer = token) => {
      const { status, body: answer } = await ask(path, fields, bearer);
      expect([status, answer.body]).toEqual([200, {}]);
      return [answer.status, answer.error];
    };
    expect(await outcome("/measure", { action: "getmeas" }, "made-up")).toEqual([
      401,
      expect.stringContaining("invalid_token"),
    ]);
    expect(await outcome("/measure", { action: "dance" })).toEqual([2_554, "Not implemented"]);
    expect((await outcome("/v2/measure", { action: "getactivity", startdateymd: "2026-11-01" }))[0]).toBe(503);
    expect((await outcome("/measure", { action: "getmeas", startdate: "5" }))[0]).toBe(503);
    for (const startdate of ["-99999999999999999", "Infinity", "x"]) {
      expect((await outcome("/measure", { action: "getmeas", startdate, enddate: "99999999999999999" }))[0]).toBe(503);
    }
    expect((await outcome("/measure", { action: "getmeas", lastupdate: "99999999999999999999" }))[0]).toBe(503);
    expect((await outcome("/v2/measure", { action: "getactivity", ...days("2026-02-30", "2026-03-01") }))[0]).toBe(503);
    expect((await outcome("/v2/heart", { action: "list", startdate: "x" }))[0]).toBe(503);
    lab.setLimit(0);
    expect(await outcome("/v2/user", { action: "getdevice" })).toEqual([601, "Too Many Requests"]);
    lab.setLimit(1_000_000);
    lab.addFault({ status: 429, times: 1 });
    expect((await outcome("/v2/user", { action: "getdevice" }))[0]).toBe(601);
    lab.addFault({ status: 502, times: 1 });
    expect((await ask("/v2/user", { action: "getdevice" })).status).toBe(502);
  });

  test("without its scope is refused by a status that a switch chooses", async () => {
    const bare = lab.issueTokens(WHO, { scopes: ["user.info"] }).accessToken;
    const status = async () => (await ask("/measure", { action: "getmeas" }, bare)).body.status;
    const before = await status();
    lab.switches.missingScope = 2_555;
    expect([before, await status()]).toEqual([401, 2_555]);
    expect((await ask("/v2/user", { action: "getdevice" }, bare)).body.status).toBe(0);
  });

  test("is refused if it is the same within ten seconds, which delays that call alone", async () => {
    lab.switches.sameArguments = "all";
    const device = () => ask("/v2/user", { action: "getdevice" });
    expect((await device()).body.status).toBe(0);
    clock.nowMs += 4_000;
    expect((await device()).body).toMatchObject({
      status: 601,
      body: { wait_seconds: 6 },
      error: expect.stringContaining("10 seconds"),
    });
    expect((await ask("/v2/user", { action: "getgoals" })).body.status).toBe(0);
    clock.nowMs += 6_000;
    expect((await device()).body.status).toBe(0);
  });
});

describe("measures", () => {
  const YEAR = span("2025-11-20T00:00:00Z", "2026-11-20T15:00:00Z");

  test("have exponents that vary within one type, groups by hand and of doubtful owners, and unknown types", async () => {
    const groups = await measures({ ...YEAR, category: 1 });
    const flat = groups.flatMap((group: Body) => group.measures.map((measure: Body) => ({ ...measure, group })));
    const units = flat.filter(({ type }: Body) => type === 1).map(({ unit }: Body) => unit);
    expect(new Set(units).size).toBeGreaterThan(2);
    for (const { type, value, unit } of flat) {
      if (type === 1) expect(Math.abs(value * 10 ** unit - 70)).toBeLessThan(15);
    }
    expect(new Set(groups.map(({ attrib }: Body) => attrib))).toEqual(new Set([0, 1, 2]));
    expect(groups.find(({ attrib }: Body) => attrib === 2)).toMatchObject({
      deviceid: null,
      model: null,
      modelid: null,
    });
    const types = new Set(flat.map(({ type }: Body) => type));
    for (const type of [1, 5, 6, 8, 9, 10, 11, 54, 71, 73, 76, 77, 88, 91, 123, 155, 170, 174, 226, 9_999])
      expect(types).toContain(type);
    const shares = flat.filter(({ type }: Body) => type === 54).map(({ value, unit }: Body) => value * 10 ** unit <= 1);
    expect(new Set(shares)).toEqual(new Set([true, false]));
    expect(flat.some(({ position }: Body) => position === 7)).toBe(true);
    expect(await measures({ ...YEAR, category: 2 })).toEqual([]);
  });

  test("of one weighing are in one group, and its pulse in another one of the same second", async () => {
    const groups = await measures(YEAR);
    const typesOf = ({ measures: own }: Body) => own.map(({ type }: Body) => type);
    const [composed] = groups.filter((group: Body) => typesOf(group).includes(6));
    expect(typesOf(composed)).toEqual(expect.arrayContaining([1, 5, 6, 8, 76, 77, 88]));
    expect(typesOf(composed)).not.toContain(11);
    const twin = groups.filter((group: Body) => group.date === composed.date && group !== composed);
    expect(twin.map(typesOf)).toEqual([expect.arrayContaining([11])]);
  });

  test("can be limited to types, and leave out what needs a paid plan", async () => {
    const only = (await measures({ ...YEAR, meastypes: "1,10" })).flatMap((group: Body) => group.measures);
    expect(new Set(only.map(({ type }: Body) => type))).toEqual(new Set([1, 10]));
    lab.switches.paid = false;
    expect((await measures({ ...YEAR, meastype: 91 })).length).toBe(0);
  });

  test("that were sent late are hidden until then, and found by lastupdate", async () => {
    const late = (await measures(YEAR)).filter(({ date, created }: Body) => created - date > 86_400);
    expect(late.length).toBeGreaterThan(4);
    const { date, created, grpid } = late[0];
    const changed = await measures({ lastupdate: created });
    expect(changed.map((group: Body) => group.grpid)).toContain(grpid);
    expect((await measures({ lastupdate: created + 1 })).map((group: Body) => group.grpid)).not.toContain(grpid);
    lab.sync.sync(WHO, (date + 3_600) * 1_000, "WITHINGS");
    try {
      expect((await measures({ startdate: date - 60, enddate: date + 60 })).length).toBe(0);
    } finally {
      lab.sync.follow(WHO);
    }
  });

  test("come in pages, whose end is told by what is missing", async () => {
    lab.setPageSize(10_000);
    const whole = await measures(YEAR);
    lab.setPageSize(100);
    try {
      const pages: Body[] = [];
      for (let offset = 0; ; ) {
        const page = await body("/measure", { action: "getmeas", ...YEAR, ...(offset > 0 && { offset }) });
        pages.push(page);
        if (!page.more) break;
        offset = page.offset;
      }
      expect(pages.map(({ more }) => more)).toEqual([...pages.slice(1).map(() => 1), undefined]);
      expect(pages.flatMap(({ measuregrps }) => measuregrps)).toEqual(whole);
      const days = await body("/v2/measure", {
        action: "getactivity",
        startdateymd: "2026-01-01",
        enddateymd: "2026-11-20",
      });
      expect([days.more, days.offset, days.activities.length]).toEqual([true, 100, 100]);
    } finally {
      lab.setPageSize(300);
    }
  });

  test("the height stands where the person became a member", async () => {
    const [height] = await measures({ meastypes: "4" });
    expect(height).toMatchObject({ attrib: 2, measures: [{ value: 172, unit: -2 }] });
  });
});

describe("days of activity", () => {
  const activities = async (from: string, to: string, more = {}) =>
    (await body("/v2/measure", { action: "getactivity", ...days(from, to), ...more })).activities;

  test("include both ends, stand in their own zone, and some come from a phone", async () => {
    const rows = await activities("2026-10-01", "2026-11-20");
    expect([rows[0].date, rows.at(-1).date]).toEqual(["2026-10-01", "2026-11-20"]);
    const zones = Object.fromEntries(rows.map(({ date, timezone }: Body) => [date, timezone]));
    expect([zones["2026-11-08"], zones["2026-11-12"]]).toEqual(["Europe/Helsinki", "Asia/Tokyo"]);
    const external = rows.filter(({ brand }: Body) => brand === 18);
    expect(external.map((row: Body) => [row.deviceid, row.is_tracker, "hr_average" in row])).toEqual(
      external.map(() => [null, false, false]),
    );
    const perDate = (date: string) => rows.filter((row: Body) => row.date === date).length;
    expect(external.map(({ date }: Body) => perDate(date)).toSorted()).toEqual(expect.arrayContaining([1, 2]));
    for (const { active, moderate, intense, calories, totalcalories } of rows) {
      expect(active).toBe(moderate + intense);
      expect(calories).toBeLessThan(totalcalories);
    }
  });

  test("hold the fields that were asked for alone", async () => {
    const [row] = await activities("2026-11-17", "2026-11-17", { data_fields: "steps,elevation" });
    expect(Object.keys(row).toSorted()).toEqual([
      "brand",
      "date",
      "deviceid",
      "elevation",
      "hash_deviceid",
      "is_tracker",
      "model",
      "modelid",
      "modified",
      "steps",
      "timezone",
    ]);
  });

  test("in detail: the first 24 hours alone, the newest day without dates, a list if there is nothing", async () => {
    const series = async (fields: Record<string, string | number>) =>
      (await body("/v2/measure", { action: "getintradayactivity", ...fields })).series;
    const week = Object.keys(await series(span("2026-11-10T00:00:00Z", "2026-11-17T00:00:00Z"))).map(Number);
    expect(Math.max(...week) - Math.min(...week)).toBeLessThan(86_400);
    const newest = Object.keys(await series({})).map(Number);
    expect(Math.max(...newest)).toBeGreaterThan(clock.nowMs / 1_000 - 1_800);
    expect(await series(span("2019-01-01T00:00:00Z", "2019-01-02T00:00:00Z"))).toEqual([]);
    const pulses: Body[] = Object.values(
      await series({ ...span("2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z"), data_fields: "heart_rate,rr" }),
    );
    expect(pulses.every((slot) => slot.heart_rate > 30 && !("steps" in slot))).toBe(true);
    expect(pulses.some((slot) => "rr" in slot)).toBe(true);
    lab.switches.paid = false;
    const free: Body[] = Object.values(await series({ ...span("2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z") }));
    expect(free.some((slot) => "rr" in slot)).toBe(false);
    const [steps, total] = [
      await series(span("2026-11-16T22:00:00Z", "2026-11-17T22:00:00Z")),
      await activities("2026-11-17", "2026-11-17"),
    ];
    const sum = Object.values(steps as Record<string, Body>).reduce((all, { steps: each = 0 }) => all + each, 0);
    expect(sum).toBe(total.find((row: Body) => row.is_tracker).steps);
  });

  test("workouts: some without a reading, some with nothing but a pause that is null", async () => {
    const { series } = await body("/v2/measure", { action: "getworkouts", ...days("2026-03-01", "2026-11-20") });
    expect(series.some(({ data }: Body) => Object.keys(data).length === 1 && data.algo_pause_duration === null)).toBe(
      true,
    );
    expect(series.some(({ data }: Body) => data.hr_average === 0 && data.calories > 0)).toBe(true);
    expect(series.some(({ data }: Body) => data.manual_calories > 0)).toBe(true);
    const few = await body("/v2/measure", {
      action: "getworkouts",
      ...days("2026-03-01", "2026-11-20"),
      data_fields: "steps",
    });
    expect(new Set(few.series.flatMap(({ data }: Body) => Object.keys(data)))).toEqual(new Set(["steps"]));
  });
});

describe("nights", () => {
  test("hold what held in recordings", async () => {
    const series = await nights("2026-01-01", "2026-11-20", { data_fields: FINE });
    const staged = series.filter(({ data }: Body) => data.lightsleepduration !== null);
    expect(staged.length).toBeGreaterThan(200);
    for (const { data, startdate, enddate, date, timezone } of series) {
      expect(data.sleep_latency + data.waso + data.wakeup_latency).toBe(data.wakeupduration);
      expect(data.total_sleep_time + data.wakeupduration).toBe(data.total_timeinbed);
      expect(data.sleep_efficiency).toBe(Math.round((100 * data.total_sleep_time) / data.total_timeinbed) / 100);
      expect(enddate - startdate > data.total_timeinbed).toBe(data.out_of_bed_count > 0);
      expect(new Intl.DateTimeFormat("sv", { timeZone: timezone }).format(enddate * 1_000)).toBe(date);
    }
    for (const { data } of staged) {
      expect(data.lightsleepduration + data.deepsleepduration + data.remsleepduration).toBe(data.total_sleep_time);
    }
    const silent = series.filter(({ data }: Body) => data.snoring === -1);
    expect(silent.length / series.length).toBeGreaterThan(0.05);
    expect(silent.every(({ data }: Body) => data.breathing_disturbances_intensity === -1)).toBe(true);
    expect(series.some(({ data }: Body) => data.out_of_bed_count === 1)).toBe(true);
    const external = series.filter(({ data }: Body) => data.lightsleepduration === null);
    expect(external.every(({ data }: Body) => data.asleepduration === data.total_sleep_time)).toBe(true);
    expect(external.length).toBeGreaterThan(10);
    const order = series.map(({ startdate }: Body) => startdate);
    expect(order).not.toEqual(order.toSorted((left: number, right: number) => right - left));
    expect(new Set(series.map(({ model }: Body) => model))).toEqual(new Set([16, 32]));
  });

  test("have fifteen fields by default, or those asked for; and none of a paid plan without one", async () => {
    const [plain] = (await nights("2026-11-17", "2026-11-20")).filter(({ data }: Body) => data.lightsleepduration);
    expect(Object.keys(plain.data)).toHaveLength(15);
    lab.switches.paid = false;
    const free = await nights("2026-11-01", "2026-11-20", { data_fields: "rmssd_start_avg,hr_min" });
    expect(new Set(free.flatMap(({ data }: Body) => Object.keys(data)))).toEqual(new Set(["hr_min"]));
  });

  test("have stages in a call of their own, in no order, with what was asked for, and none out of bed", async () => {
    const series = await nights("2026-10-01", "2026-11-20", { data_fields: FINE });
    const mats = series.filter(({ model, data }: Body) => model === 32 && data.lightsleepduration !== null);
    const restless = mats.find(({ data }: Body) => data.out_of_bed_count === 1);
    for (const night of [mats[0], restless]) {
      const { startdate, enddate, data } = night;
      const stages = await body("/v2/sleep", { action: "get", startdate, enddate, data_fields: "hr,rmssd" });
      const sorted = stages.series.toSorted((left: Body, right: Body) => left.startdate - right.startdate);
      expect(stages.series).not.toEqual(sorted);
      expect([sorted[0].startdate, sorted.at(-1).enddate]).toEqual([startdate, enddate]);
      const seconds = (...states: number[]) =>
        sorted
          .filter(({ state }: Body) => states.includes(state))
          .reduce((sum: number, each: Body) => sum + each.enddate - each.startdate, 0);
      expect([seconds(1), seconds(2), seconds(3), seconds(0), seconds(15)]).toEqual([
        data.lightsleepduration,
        data.deepsleepduration,
        data.remsleepduration,
        data.wakeupduration,
        0,
      ]);
      expect(sorted.every((each: Body) => (each.enddate - each.startdate) % 60 === 0)).toBe(true);
      const pulses = sorted.flatMap(({ hr }: Body) => Object.values(hr));
      // The minutes out of bed have a pulse too, which is in no segment.
      if (night === mats[0] && data.out_of_bed_count === 0) expect(Math.min(...pulses)).toBe(data.hr_min);
      expect("rr" in sorted[0]).toBe(false);
    }
    const month = await body("/v2/sleep", { action: "get", ...span("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z") });
    expect(month.series.every(({ startdate }: Body) => startdate < epoch("2026-10-02T00:00:00Z"))).toBe(true);
  });
});

test("somebody without a device has empty lists, which stand for objects too", async () => {
  const { accessToken } = lab.issueTokens("demo");
  expect((await ask("/v2/user", { action: "getgoals" }, accessToken)).body).toEqual({ status: 0, body: { goals: [] } });
  expect((await ask("/v2/user", { action: "getdevice" }, accessToken)).body.body).toEqual({ devices: [] });
  const { body: answer } = await ask(
    "/v2/measure",
    { action: "getactivity", ...days("2026-11-01", "2026-11-20") },
    accessToken,
  );
  expect(answer.body).toEqual({ activities: [], more: false, offset: 0 });
});
