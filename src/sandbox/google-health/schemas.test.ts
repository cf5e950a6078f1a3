import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { clientOf, dailyRange, movableClock, points } from "../../../test/support/google-health-lab.js";
import { faults, schemas } from "../../../test/support/google-health-schemas.js";
import { people } from "../people/index.js";
import { DATA_TYPES, type DataType } from "./data-types.js";
import { captured, type GoogleHealthLab, startGoogleHealthLab, tidy } from "./index.js";
import { readScope } from "./scopes.js";

const SCOPES = [...new Set([...DATA_TYPES.map(({ scope }) => scope), "profile", "settings"])].map(readScope);

/** Points and totals are made by the same code for everybody: these see all of it, and the others what sets people apart. */
const SEEN_WHOLE = new Set(["google", "empty"]);

/** The last three weeks: of sparse types sixty points would be years, every workout of which has to be made up first. */
function recent({ id, kind }: DataType): { filter?: string } {
  const member = { interval: "interval.civil_start_time", sample: "sample_time.civil_time", daily: "date" };
  if (kind === "rollup" || kind === "catalogue" || id === "height" || id === "electrocardiogram") return {};
  const session = id === "sleep" ? "interval.civil_end_time" : "interval.civil_start_time";
  return { filter: `${id.replaceAll("-", "_")}.${kind === "session" ? session : member[kind]} >= "2026-10-30"` };
}

let lab: GoogleHealthLab;
beforeAll(async () => {
  lab = await startGoogleHealthLab({ clock: movableClock() });
  lab.setMinuteLimit(100_000);
});
afterAll(() => lab.close());

test("the check notices what is wrong", () => {
  const day = { year: 2026, month: 11, day: 18 };
  const point = { dailyRestingHeartRate: { date: day, beatsPerMinute: "57" } };
  expect(faults(schemas.DataPoint!, point, "")).toEqual([]);
  const wrong = {
    dailyRestingHeartRate: { date: day, beatsPerMinute: 57, mood: 1 },
    dataSource: { platform: "ELSEWHERE" },
    steps: { interval: { startTime: "2026-11-18", startUtcOffset: 3600 } },
  };
  expect(faults(schemas.DataPoint!, wrong, "")).toHaveLength(5);
});

describe.each([...people.keys()])("every answer for %s has the published shape", (personId) => {
  test.each([
    ["identity", "Identity"],
    ["profile", "Profile"],
    ["settings", "Settings"],
    ["pairedDevices", "ListPairedDevicesResponse"],
    ["irnProfile", "IrnProfile"],
  ])("%s", async (path, schema) => {
    const { status, body } = await clientOf(lab, personId, SCOPES).get(path);
    expect(status).toBe(200);
    expect(faults(schemas[schema]!, body, path)).toEqual([]);
  });

  test.each(DATA_TYPES.map((type) => [type.id, type] as const))("%s", async (id, type) => {
    const client = clientOf(lab, personId, SCOPES);
    const isWhole = SEEN_WHOLE.has(personId);
    const newest = { pageSize: isWhole ? "60" : "25", ...recent(type) };
    if (type.methods.has("list") && (isWhole || !type.methods.has("reconcile"))) {
      const { status, body } = await client.get(points(id), newest);
      expect(status).toBe(200);
      expect(faults(schemas.ListDataPointsResponse!, body, "list")).toEqual([]);
      const [first] = body.dataPoints ?? [];
      if (first && type.methods.has("get")) {
        const single = await client.get(`${points(id)}/${first.name.split("/").at(-1)}`);
        expect(faults(schemas.DataPoint!, single.body, "get")).toEqual([]);
      }
    }
    if (type.methods.has("reconcile")) {
      const { status, body } = await client.get(`${points(id)}:reconcile`, newest);
      expect(status).toBe(200);
      expect(faults(schemas.ReconcileDataPointsResponse!, body, "reconcile")).toEqual([]);
    }
    if (type.methods.has("rollUp") && isWhole) {
      const range = { startTime: "2026-11-17T00:00:00Z", endTime: "2026-11-19T00:00:00Z" };
      const asked = { range, windowSize: "900s", pageSize: 192 };
      const { status, body } = await client.post(`${points(id)}:rollUp`, asked);
      expect(status).toBe(200);
      expect(faults(schemas.RollUpDataPointsResponse!, body, "rollUp")).toEqual([]);
    }
    if (type.methods.has("dailyRollUp") && !type.rollUpKey.endsWith("PersonalRange")) {
      const { status, body } = await client.post(`${points(id)}:dailyRollUp`, dailyRange("2026-11-06", "2026-11-20"));
      expect(status).toBe(200);
      expect(faults(schemas.DailyRollUpDataPointsResponse!, body, "dailyRollUp")).toEqual([]);
    }
  });
});

test("everybody with a wearable has something of every common type", async () => {
  const client = clientOf(lab, "google", SCOPES);
  const rare = ["blood-glucose", "electrocardiogram", "irregular-rhythm-notification"];
  for (const { id, methods } of DATA_TYPES) {
    if (!methods.has("reconcile") || rare.includes(id) || id === "swim-lengths-data") continue;
    const { body } = await client.get(`${points(id)}:reconcile`, { pageSize: "1" });
    expect([id, body.dataPoints?.length]).toEqual([id, 1]);
  }
});

test("the tidy form has the published shape too", async () => {
  Object.assign(lab.switches, tidy);
  const client = clientOf(lab, "napper", SCOPES);
  for (const type of DATA_TYPES) {
    if (type.methods.has("list")) {
      const { body } = await client.get(points(type.id), { pageSize: "60", ...recent(type) });
      expect(faults(schemas.ListDataPointsResponse!, body, type.id)).toEqual([]);
    }
    if (type.methods.has("dailyRollUp")) {
      const { body } = await client.post(`${points(type.id)}:dailyRollUp`, dailyRange("2026-11-06", "2026-11-20"));
      expect(faults(schemas.DailyRollUpDataPointsResponse!, body, type.id)).toEqual([]);
    }
  }
  for (const [path, schema] of [
    ["settings", "Settings"],
    ["pairedDevices", "ListPairedDevicesResponse"],
  ] as const)
    expect(faults(schemas[schema]!, (await client.get(path)).body, path)).toEqual([]);
  Object.assign(lab.switches, captured);
});

test("switches change what is told, not its shape", async () => {
  Object.assign(lab.switches, { newestSleepUnprocessed: true, dropZeros: true, emptyPages: "always" });
  const client = clientOf(lab, "demo", SCOPES);
  const { body: empty } = await client.get(points("sleep"));
  expect(Object.keys(empty)).toEqual(["nextPageToken"]);
  const { body } = await client.get(points("sleep"), { pageToken: empty.nextPageToken });
  expect(body.dataPoints).toHaveLength(25);
  expect(faults(schemas.ListDataPointsResponse!, body, "list")).toEqual([]);
  Object.assign(lab.switches, { newestSleepUnprocessed: false, dropZeros: false, emptyPages: "sometimes" });
});

test("the first nights have no baseline of temperature, in the word for no number", async () => {
  const filter = 'daily_sleep_temperature_derivations.date < "2023-01-13"';
  const path = points("daily-sleep-temperature-derivations");
  const { body } = await clientOf(lab, "google", SCOPES).get(path, { filter });
  expect(body.dataPoints[0].dailySleepTemperatureDerivations.baselineTemperatureCelsius).toBe("NaN");
  expect(faults(schemas.ListDataPointsResponse!, body, "list")).toEqual([]);
});
