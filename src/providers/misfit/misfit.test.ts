import { readFileSync } from "node:fs";
import { UnreadableAnswer } from "../../http/json.js";
import { cell, type Have, nothing } from "../../model/cells.js";
import { fieldsOf, type Input, type ReadPage } from "../provider.js";
import { misfit } from "./index.js";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const call = (name: string) => misfit.calls.find((each) => each.name === name)!;
const have: Have = { value: () => undefined };
const input: Input = {
  from: "2016-02-28",
  to: "2016-02-29",
  today: "2016-02-29",
  connectedOn: "2026-01-15",
  providerUserId: null,
};
const read = (name: string, answer: unknown, over: Partial<Input> = {}) =>
  call(name).read(answer, { ...input, ...over }, have, request(name, over));
const request = (name: string, over: Partial<Input> = {}) => call(name).request({ ...input, ...over }, new Set(), have);

describe("misfit", () => {
  it("is retired and names no successor", () => {
    expect(misfit.retired).toMatchObject({ since: "2023-05-11" });
    expect(misfit.retired?.successor).toBeUndefined();
  });

  it("never holds a call back for a scope", () => {
    expect(misfit.oauth.scopesAreEnforced).toBe(false);
    expect(misfit.calls.filter(({ scope }) => scope !== undefined)).toEqual([]);
  });

  it("offers nothing of heart and body", () => {
    expect([...fieldsOf(misfit)].filter((field) => /^(heart|body)\./.test(field))).toEqual([]);
  });

  it("keeps every dated request within 31 days", () => {
    for (const { reach, name } of misfit.calls.filter(({ reach }) => reach.kind === "days")) {
      expect(reach).toEqual({ kind: "days", max: 29 });
      const { start_date, end_date } = request(name, { from: "2016-02-01", to: "2016-02-29" }).query!;
      expect((Date.parse(String(end_date)) - Date.parse(String(start_date))) / 86_400_000 + 1).toBeLessThanOrEqual(31);
    }
  });
});

describe("who it is", () => {
  const step = misfit.afterConsent[0]!;

  it("is read from the profile", () => {
    expect(step.request({ providerUserId: null, memberId: "member", now: 0 })).toEqual({
      method: "GET",
      path: "/move/resource/v1/user/me/profile",
      query: undefined,
    });
    expect(step.read(fixture("profile"))).toEqual({
      providerUserId: "5f00a1b2c3d4e5f600000001",
      cells: [
        cell("profile.displayName", null, "Ada Vale"),
        cell("profile.email", null, "ada@example.test"),
        cell("profile.dateOfBirth", null, "1988-03-14"),
        cell("profile.sex", null, "FEMALE"),
        cell("profile.avatarUrl", null, "https://img.example.test/ada.png"),
      ],
    });
  });

  it("claims nothing that a sparse profile does not say", () => {
    expect(step.read(fixture("profile-sparse"))).toEqual({ providerUserId: "5f00a1b2c3d4e5f600000009", cells: [] });
  });

  it("can't be known without an id", () => {
    expect(() => step.read({ name: "Ada" })).toThrow(UnreadableAnswer);
  });
});

describe("device", () => {
  it("is the current tracker", () => {
    expect(read("device", fixture("device")).cells).toEqual([
      cell("devices.devices", null, [
        {
          id: "5f00a1b2c3d4e5f600000002",
          model: "ray",
          kind: "tracker",
          firmware: "RA0.0.14r",
          batteryPercent: 62,
          lastSyncAt: "2016-03-01T00:00:00+00:00",
        },
      ]),
    ]);
  });

  it("without an id is no device", () => {
    expect(read("device", {}).cells).toEqual([cell("devices.devices", null, [])]);
  });
});

describe("goals", () => {
  it("are asked for with a day more, and a week back for the offset", () => {
    expect(request("goals")).toEqual({
      method: "GET",
      path: "/move/resource/v1/user/me/activity/goals",
      query: { start_date: "2016-02-23", end_date: "2016-03-01" },
    });
  });

  it("of one day are the one with the most points; the newest offset is the person's", () => {
    expect(read("goals", fixture("goals")).cells).toEqual([
      cell("goals.daily", null, [{ metric: "POINTS", period: "DAILY", target: 900, current: 712.4, unit: "points" }]),
      cell("profile.utcOffsetSeconds", null, 19_800),
    ]);
  });

  it("of equal points are the last listed", () => {
    const goals = [600, 700].map((targetPoints) => ({ date: "2016-02-29", points: 5, targetPoints }));
    expect(read("goals", { goals }).cells).toEqual([
      cell("goals.daily", null, [{ metric: "POINTS", period: "DAILY", target: 700, current: 5, unit: "points" }]),
    ]);
  });

  it("may be none", () => {
    expect(read("goals", { goals: [] }).cells).toEqual([cell("goals.daily", null, [])]);
  });
});

describe("summary", () => {
  it("is asked for by day, with a day more", () => {
    expect(request("summary")).toEqual({
      method: "GET",
      path: "/move/resource/v1/user/me/activity/summary",
      query: { start_date: "2016-02-28", end_date: "2016-03-01", detail: "true" },
    });
  });

  it("reads its own days alone, miles as metres, zeros as zeros", () => {
    const { cells, covers } = read("summary", fixture("summary"));
    expect(covers).toEqual({ from: "2016-02-28", to: "2016-02-29" });
    expect(cells).toEqual([
      cell("activity.steps", "2016-02-29", 6120),
      cell("activity.distance", "2016-02-29", 2.5 * 1609.344),
      cell("activity.energyBurned", "2016-02-29", 1893.5),
      cell("activity.activeEnergyBurned", "2016-02-29", 402.25),
      cell("activity.points", "2016-02-29", 712.4),
      cell("activity.steps", "2016-02-28", 0),
      cell("activity.distance", "2016-02-28", 0),
      cell("activity.energyBurned", "2016-02-28", 1511),
      cell("activity.activeEnergyBurned", "2016-02-28", 1622),
      cell("activity.points", "2016-02-28", 0),
    ]);
  });

  it("may be a lone day, and may lack figures", () => {
    expect(read("summary", { summary: { date: "2016-02-29", steps: 17 } }).cells).toEqual([
      cell("activity.steps", "2016-02-29", 17),
    ]);
  });

  it("without its list is unreadable, never no data", () => {
    expect(() => read("summary", {})).toThrow(UnreadableAnswer);
    expect(() => read("summary", { summary: { steps: 17 } })).toThrow(UnreadableAnswer);
  });
});

describe("sessions", () => {
  it("are asked for with a day more on both sides", () => {
    expect(request("sessions").query).toEqual({ start_date: "2016-02-27", end_date: "2016-03-01" });
  });

  it("are each counted once, on the local day of their start", () => {
    const { cells, covers } = read("sessions", fixture("sessions"));
    expect(covers).toEqual({ from: "2016-02-28", to: "2016-02-29" });
    expect(cells).toEqual([
      cell("workouts.workouts", "2016-02-29", [
        {
          id: "5f00a1b2c3d4e5f600000051",
          kind: "WALKING",
          name: "Walking",
          start: "2016-02-29T07:30:00+01:00",
          end: "2016-02-29T07:57:00+01:00",
          durationSeconds: 1620,
          distance: 3218.688,
          energyBurned: 107.5,
          steps: 2101,
          averageHeartRate: null,
          points: 129,
        },
        {
          id: "5f00a1b2c3d4e5f600000052",
          kind: "OTHER",
          name: "Kitesurfing",
          start: "2016-02-29T18:05:00+01:00",
          end: "2016-02-29T18:25:34+01:00",
          durationSeconds: 1234,
          distance: null,
          energyBurned: null,
          steps: null,
          averageHeartRate: null,
          points: 31.5,
        },
      ]),
    ]);
  });
});

describe("sleeps", () => {
  it("are asked for with a day more on both sides", () => {
    expect(request("sleeps").query).toEqual({ start_date: "2016-02-27", end_date: "2016-03-01" });
  });

  it("belong to the day of waking and keep their stages", () => {
    expect(read("sleeps", fixture("sleeps")).cells).toEqual([
      cell("sleep.sessions", "2016-02-29", [
        {
          id: "5f00a1b2c3d4e5f600000004",
          start: "2016-02-28T23:10:00+01:00",
          end: "2016-02-29T05:50:00+01:00",
          isMainSleep: null,
          minutesInBed: 400,
          minutesAsleep: 395,
          minutesAwake: 5,
          minutesToFallAsleep: null,
          efficiency: 98.75,
          stages: [
            { stage: "ASLEEP", minutes: 315, count: 2 },
            { stage: "DEEP", minutes: 80, count: 1 },
            { stage: "AWAKE", minutes: 5, count: 1 },
          ],
          hypnogram: [
            { stage: "ASLEEP", start: "2016-02-28T23:10:00+01:00", seconds: 5400 },
            { stage: "DEEP", start: "2016-02-29T00:40:00+01:00", seconds: 4800 },
            { stage: "AWAKE", start: "2016-02-29T02:00:00+01:00", seconds: 300 },
            { stage: "ASLEEP", start: "2016-02-29T02:05:00+01:00", seconds: 13_500 },
          ],
          pending: false,
        },
      ]),
    ]);
  });

  it("are clamped, sorted, and left open where a value is not known", () => {
    const [{ known } = { known: null }] = read("sleeps", fixture("sleeps-odd")).cells;
    expect(known).toMatchObject({
      value: [
        {
          id: "out-of-window-unsorted-repeated",
          end: "2016-02-29T14:00:30-05:00",
          // 3630 s: 60.5 minutes, rounded half up once.
          minutesInBed: 61,
          // 1200 s + 1800 s
          minutesAsleep: 50,
          // 90 s
          minutesAwake: 2,
          efficiency: (100 * 3000) / 3630,
          stages: [
            { stage: "ASLEEP", minutes: 20, count: 1 },
            { stage: "DEEP", minutes: 30, count: 1 },
            { stage: "AWAKE", minutes: 2, count: 1 },
          ],
          hypnogram: [
            { stage: "ASLEEP", start: "2016-02-29T13:00:00-05:00", seconds: 1200 },
            { stage: "DEEP", start: "2016-02-29T13:20:00-05:00", seconds: 1800 },
            { stage: "AWAKE", start: "2016-02-29T13:59:00-05:00", seconds: 90 },
          ],
        },
        {
          id: "no-details",
          minutesInBed: 31,
          minutesAsleep: null,
          minutesAwake: null,
          efficiency: null,
          stages: null,
          hypnogram: null,
        },
        { id: "awake-only", minutesInBed: 10, minutesAsleep: 0, minutesAwake: 10, efficiency: 0 },
        {
          id: "zero-duration",
          minutesInBed: 0,
          minutesAsleep: null,
          minutesAwake: null,
          efficiency: null,
          stages: null,
          hypnogram: null,
        },
      ],
    });
  });
});

describe("one bad record", () => {
  const skipped = ({ skipped = [] }: ReadPage) =>
    skipped.map(({ field, day, reason }) => [field, day, reason].filter(Boolean).join(" "));
  const broken = [null, 7, "x", [], {}];

  it("of the summary costs its own day, a bad figure only itself", () => {
    const day = (date: unknown, some: object = {}) => ({ date, steps: 9, points: 4.5, ...some });
    const reading = read("summary", {
      summary: [day("2016-02-28", { steps: "many" }), day("someday"), ...broken, day("2016-02-29", { distance: {} })],
    });
    expect(reading.cells).toEqual([
      nothing("activity.steps", "2016-02-28", "PROVIDER_ERROR"),
      cell("activity.points", "2016-02-28", 4.5),
      cell("activity.steps", "2016-02-29", 9),
      nothing("activity.distance", "2016-02-29", "PROVIDER_ERROR"),
      cell("activity.points", "2016-02-29", 4.5),
    ]);
    expect(reading.skipped).toHaveLength(6 * 5);
    expect(new Set(skipped(reading))).toEqual(
      new Set(
        ["steps", "distance", "energyBurned", "activeEnergyBurned", "points"].map(
          (name) => `activity.${name} PROVIDER_ERROR`,
        ),
      ),
    );
  });

  it("of a day that is listed twice counts as listed last", () => {
    const summary = [
      { date: "2016-02-29", steps: 9, points: 4.5 },
      { date: "2016-02-29", steps: 8 },
    ];
    expect(read("summary", { summary }).cells).toEqual([cell("activity.steps", "2016-02-29", 8)]);
  });

  const sleep = (id: unknown, some: object = {}) => ({
    id,
    startTime: "2016-02-27T23:10:00+01:00",
    duration: 24_000,
    ...some,
  });

  it.each([
    [{ duration: undefined }, "2016-02-27"],
    [{ duration: -1 }, "2016-02-27"],
    [{ duration: "long" }, "2016-02-27"],
    [{ startTime: "last night" }, null],
    [{ sleepDetails: {} }, "2016-02-28"],
    [{ sleepDetails: [{ datetime: "x", value: 2 }] }, "2016-02-28"],
    [{ id: null }, "2016-02-28"],
  ])("of sleep loses one night of three: %j", (wrong, day) => {
    const sleeps = [sleep("a"), sleep("b", wrong), sleep("c", { duration: 26_000 })];
    const reading = read("sleeps", { sleeps }, { from: "2016-02-27" });
    expect(reading.cells).toEqual([
      cell("sleep.sessions", "2016-02-28", [
        expect.objectContaining({ id: "a", end: "2016-02-28T05:50:00+01:00" }),
        expect.objectContaining({ id: "c", end: "2016-02-28T06:23:20+01:00" }),
      ] as never),
    ]);
    expect(skipped(reading)).toEqual([["sleep.sessions", day, "PROVIDER_ERROR"].filter(Boolean).join(" ")]);
  });

  it("of the sessions loses that one", () => {
    const session = (id: unknown, some: object = {}) => ({
      id,
      startTime: "2016-02-28T18:00:00+01:00",
      duration: 1861,
      ...some,
    });
    const sessions = [
      session("a"),
      session("b", { duration: undefined }),
      session("c", { duration: -1 }),
      session(undefined),
      session({}),
      ...broken,
      session("a", { duration: 0 }),
    ];
    const reading = read("sessions", { sessions });
    expect(reading.cells).toEqual([
      cell("workouts.workouts", "2016-02-28", [
        expect.objectContaining({ id: "a", durationSeconds: 0, end: "2016-02-28T18:00:00+01:00" }),
      ] as never),
    ]);
    expect(skipped(reading)).toEqual([
      ...Array(4).fill("workouts.workouts 2016-02-28 PROVIDER_ERROR"),
      ...Array(5).fill("workouts.workouts PROVIDER_ERROR"),
    ]);
  });

  it("of the goals leaves the goal of the day and the offset of another", () => {
    const goals = [
      { date: "2016-02-29", points: 5, targetPoints: 650 },
      { date: "2016-02-29", points: 9, targetPoints: "much" },
      { date: "2016-02-28", points: 3, targetPoints: 600, timeZoneOffset: -3.5 },
      ...broken,
    ];
    const reading = read("goals", { goals });
    expect(reading.cells).toEqual([
      cell("goals.daily", null, [{ metric: "POINTS", period: "DAILY", target: 650, current: 5, unit: "points" }]),
      cell("profile.utcOffsetSeconds", null, -12_600),
    ]);
    expect(skipped(reading)).toEqual(Array(6).fill("goals.daily PROVIDER_ERROR"));
  });

  it("of a device that synced at no time there is, or has no name, is still a device", () => {
    const devices = (some: object) => read("device", { id: "1", ...some }).cells[0]!.known;
    const device = { id: "1", model: null, kind: "tracker", firmware: null, batteryPercent: null, lastSyncAt: null };
    expect(devices({})).toEqual({ value: [device] });
    expect(devices({ lastSyncTime: 1e20 })).toEqual({ value: [device] });
    expect(devices({ lastSyncTime: "x", batteryLevel: {} })).toEqual({ value: [device] });
  });

  it.each(misfit.calls.map(({ name }) => name))(
    "that is the whole answer of %s, or an error in it, is no answer",
    (name) => {
      const list = { summary: "summary", sessions: "sessions", sleeps: "sleeps", goals: "goals" }[name];
      const wrongs = [
        null,
        undefined,
        "text",
        7,
        [],
        { error_code: 429, error_message: "m" },
        { errors: ["x"], id: "1" },
      ];
      for (const wrong of [...wrongs, ...(list ? [{}, { [list]: "x" }, { [list]: 7 }, { [list]: {} }] : [])])
        expect(() => read(name, wrong)).toThrow(UnreadableAnswer);
    },
  );
});
