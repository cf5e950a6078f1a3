import type { ProviderId } from "../src/providers/index.js";
import { stillClock } from "./support/lab-gateway.js";
import { type Asked, type StandIn, startStandIn } from "./support/stand-in.js";

/** Whether days were worn, by answers as vendors were seen to give them: over HTTP, through each adapter. */

// The last of these days is the day before today: nothing proves that it has been synced to its end.
const [worn, zeros, absent, later, last] = ["2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"];
const range = `range: { from: "${worn}", to: "${last}" }`;

interface Vendor {
  readonly provider: ProviderId;
  readonly answers: (asked: Asked) => unknown;
}

const outOfRange = [
  { caloriesOut: 1640.3, max: 110, min: 30, minutes: 1440, name: "Out of Range" },
  { caloriesOut: 0, max: 134, min: 110, minutes: 0, name: "Fat Burn" },
];
const inZones = [{ caloriesOut: 1925.4, max: 110, min: 30, minutes: 1385, name: "Out of Range" }];
const fitbit: Vendor = {
  provider: "FITBIT",
  answers: ({ url: { pathname: path } }) => {
    if (path.startsWith("/1/user/-/profile.json"))
      return { user: { encodedId: "9XYZ12", timezone: "Europe/Berlin", offsetFromUTCMillis: 3_600_000 } };
    // Every day of the range has a row, and a day in the drawer zeros.
    const series = (values: readonly string[]) =>
      [worn, zeros, absent, later, last].map((dateTime, index) => ({ dateTime, value: values[index] }));
    if (path.includes("/activities/steps/")) return { "activities-steps": series(["12840", "0", "0", "7423", "0"]) };
    if (path.includes("/activities/minutesSedentary/"))
      return { "activities-minutesSedentary": series(["957", "1440", "1440", "1011", "1440"]) };
    if (path.includes("/activities/heart/"))
      return {
        "activities-heart": [58, null, null, 57, null].map((restingHeartRate, index) => ({
          dateTime: [worn, zeros, absent, later, last][index],
          value: {
            customHeartRateZones: [],
            heartRateZones: restingHeartRate === null ? outOfRange : inZones,
            ...(restingHeartRate !== null && { restingHeartRate }),
          },
        })),
      };
    return undefined;
  },
};

const civil = (date: string) => {
  const [year, month, day] = date.split("-").map(Number);
  return { year, month, day };
};
const google: Vendor = {
  provider: "GOOGLE_HEALTH",
  answers: ({ url: { pathname: path } }) => {
    if (path.endsWith("/identity")) return { name: "users/me/identity", healthUserId: "11122233344455566677" };
    if (path.endsWith("/settings")) return { name: "users/me/settings", timeZone: "Europe/Berlin", utcOffset: "3600s" };
    // Windows without wear are missing; worn and still is 0.
    if (path.includes("/steps/dataPoints:dailyRollUp"))
      return {
        rollupDataPoints: [
          [worn, { countSum: "12840" }],
          [zeros, { countSum: "0" }],
          [later, { countSum: "7423" }],
        ].map(([date, steps]) => ({ civilStartTime: { date: civil(date as string), time: {} }, steps })),
      };
    if (path.includes("/daily-resting-heart-rate/"))
      return {
        dataPoints: [worn, later].map((date, index) => ({
          dataPointName: `users/1/dataTypes/daily-resting-heart-rate/dataPoints/${date}`,
          dailyRestingHeartRate: { date: civil(date as string), beatsPerMinute: String(57 + index) },
        })),
      };
    if (path.includes("/dataTypes/")) return { rollupDataPoints: [], dataPoints: [] };
    return undefined;
  },
};

const ouraDay = (day: string, steps: number, nonWear: number) => ({
  ...{ id: `0c4e7a52-1b6d-4f0e-9d3b-${day.replaceAll("-", "")}0000`, day, timestamp: `${day}T04:00:00+01:00`, steps },
  ...{ active_calories: steps / 20, total_calories: 1_640 + steps / 20, equivalent_walking_distance: steps },
  ...{ high_activity_time: 0, medium_activity_time: 0, low_activity_time: 0, sedentary_time: 86_400 - nonWear },
  ...{ resting_time: 0, non_wear_time: nonWear, target_calories: 400, score: null, class_5_min: null },
});
const oura: Vendor = {
  provider: "OURA",
  answers: ({ url: { pathname: path } }) => {
    if (path.includes("personal_info")) return { id: "7d1f5c0a-93e2-4b7e-8a51-2f6c90d4e1b3" };
    const data = path.includes("daily_activity")
      ? [ouraDay(worn!, 9_214, 2_400), ouraDay(zeros!, 0, 86_400), ouraDay(later!, 6_105, 1_800)]
      : path.endsWith("/sleep")
        ? [worn, zeros, later].map((day, index) => ({
            ...{ id: `sleep-${index}`, day, type: "long_sleep", bedtime_start: `${day}T00:12:00+01:00` },
            ...{ bedtime_end: `${day}T06:47:00+01:00`, time_in_bed: 23_700, lowest_heart_rate: [51, 255, 53][index] },
          }))
        : [];
    return { data, next_token: null };
  },
};

const withings: Vendor = {
  provider: "WITHINGS",
  answers: ({ form }) => {
    const ok = (content: object) => ({ status: 0, body: content });
    const action = form.get("action");
    if (action === "getmeas") return ok({ updatetime: 1_773_000_000, timezone: "Europe/Oslo", measuregrps: [] });
    if (action === "getsummary") {
      const nights = [worn, later].map((date, index) => ({
        ...{ id: index + 1, timezone: "Europe/Oslo", model: 32, date, data: { hr_min: 48 + index } },
        startdate: Date.parse(`${date}T00:20:00+01:00`) / 1000,
        enddate: Date.parse(`${date}T07:05:00+01:00`) / 1000,
      }));
      return ok({ series: nights, more: false, offset: 0 });
    }
    const row = (date: string | undefined, steps: number) => ({
      date,
      timezone: "Europe/Oslo",
      steps,
      is_tracker: true,
    });
    return ok({ activities: [row(later, 7_316), row(worn, 8_316), row(zeros, 0)], more: false, offset: 0 });
  },
};

describe.each([fitbit, google, oura, withings])("$provider", ({ provider, answers }) => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn(provider, ["ada"], answers, stillClock("2026-03-14T20:00:00Z"));
  });
  afterAll(async () => await standIn.close());
  const viewer = async (selection: string) => await standIn.user("ada", selection);

  // A 0 is a day in the drawer but for Google, which has no row for such a day.
  const still = provider === "GOOGLE_HEALTH";
  const steps: Readonly<Record<string, readonly (number | null)[]>> = {
    FITBIT: [12_840, 0, 0, 7_423, 0],
    GOOGLE_HEALTH: [12_840, 0, null, 7_423, null],
    OURA: [9_214, 0, null, 6_105, null],
    WITHINGS: [8_316, 0, null, 7_316, null],
  };

  it("says of each captured day whether it was worn, and keeps the figure", async () => {
    const { activity } = await viewer(
      `activity(${range}) { days { date steps worn } statistics { steps { days excluded { date reason } } } }`,
    );
    const days = activity.days as { date: string; steps: number | null; worn: boolean | null }[];
    expect(days.map((day) => [day.date, day.steps, day.worn])).toEqual(
      [
        [worn, true],
        [zeros, still],
        [absent, false],
        [later, true],
        [last, null],
      ].map(([date, isWorn], index) => [date, steps[provider]![index], isWorn]),
    );
    const [{ steps: counted }] = activity.statistics;
    // No day after the last one with data proves that it was synced to its end.
    expect(counted.days).toBe(still ? 2 : 1);
    expect(counted.excluded.map(({ reason }: { reason: string }) => reason)).toEqual([
      ...(still ? ["NOT_WORN"] : ["NOT_WORN", "NOT_WORN"]),
      "NOT_COMPLETE",
      "NOT_COMPLETE",
    ]);
    // It does not depend on what else is selected.
    const alone = await viewer(`activity(${range}) { days { worn } }`);
    expect(alone.activity.days).toEqual(days.map(({ worn: isWorn }) => ({ worn: isWorn })));
  });

  it("says so of hearts, but where the witness is of the night", async () => {
    const { heart } = await viewer(`heart(${range}) { days { date worn } }`);
    const ofNight = provider === "OURA" || provider === "WITHINGS";
    expect((heart.days as { worn: boolean | null }[]).map((day) => day.worn)).toEqual(
      ofNight ? [true, null, null, true, null] : [true, false, false, true, null],
    );
  });
});
