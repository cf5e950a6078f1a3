/** A Fitbit that became Google Health is one wearable still, and what a person did not grant is not asked for. */
import { dateAt, datesBetween, dayTotals, person } from "../../src/sandbox/people/index.js";
import {
  asApp,
  asUser,
  credentials,
  dataRequests,
  type Served,
  startClosed,
  startServed,
  testTime,
} from "../support/served.js";
import { story } from "../support/story.js";

let served: Served;
const asker = (user: string) => async (query: string) => {
  const answer = await served.ask(query, { headers: await asUser(user) });
  expect(answer.errors).toBeUndefined();
  return answer.data;
};

interface Day {
  readonly date: string;
  readonly source: string;
  readonly steps: number;
  readonly alternatives: readonly { readonly source: string }[];
}
interface Goal {
  readonly metric: string;
  readonly period: string;
  readonly current: number | null;
  readonly source: string;
}
interface Source {
  readonly provider: string;
  readonly status: string;
  readonly message: string | null;
}
interface Activity {
  readonly days: readonly Day[];
  readonly totals: { readonly days: number; readonly steps: number };
  readonly sources: readonly Source[];
}
const activityOf = async (user: string, range: string): Promise<Activity> => {
  const { viewer } = await asker(user)(`{ viewer { activity(range: { ${range} }) {
    days { date source steps alternatives { source } } totals { days steps } sources { provider status message } } } }`);
  return viewer.activity;
};
const statusOf = (sources: readonly Source[]) =>
  Object.fromEntries(sources.map(({ provider, status }) => [provider, status]));

describe("somebody who changed from Fitbit to Google Health on a journey", () => {
  const who = person("switcher");
  const ask = asker(who.id);
  const changed = "2026-11-02";
  /** Paris, Los Angeles (where clocks go back on 1 November), and Paris again. */
  const [from, to] = ["2026-10-20", "2026-11-15"];
  const earlier = 'from: "2026-07-01", to: "2026-07-14"';
  const time = testTime("2026-11-02T18:00:00Z");
  const worn = datesBetween(from, to).filter((date) => who.day(date).worn);
  const before = worn.filter((date) => date < changed);

  const journey = () => activityOf(who.id, `from: "${from}", to: "${to}"`);
  const goals = async (): Promise<readonly Goal[]> =>
    (await ask("{ viewer { goals { goals { metric period current source } } } }")).viewer.goals.goals;
  /** What was lived on these days, each once. */
  const lived = (dates: readonly string[], source: string) =>
    dates.map((date) => ({ date, source, steps: dayTotals(who, who.day(date)).steps, alternatives: [] }));
  const on = (dates: readonly string[], days: readonly Day[]) => days.filter(({ date }) => dates.includes(date));

  beforeAll(async () => {
    served = await startClosed({}, time);
    const tokens = served.labs.fitbit.issueTokens(who.id);
    await served.serving.gateway.connections.importConnection({ userId: who.id, provider: "FITBIT", ...tokens });
  });
  afterAll(() => served.close());

  story("is followed from one provider to the next", (step) => {
    step("has every day of the journey", async () => {
      expect(new Set([...before.map((date) => who.day(date).timeZone)]).size).toBe(2);
      const { days, sources } = await journey();
      expect(statusOf(sources)).toEqual({ FITBIT: "OK" });
      expect(on(before, days)).toEqual(lived(before, "FITBIT"));
      await activityOf(who.id, earlier);
      expect((await goals()).map(({ source }) => source)).toContain("FITBIT");
    });

    step("keeps them when Fitbit is switched off, and is told where to go on", async () => {
      time.moveTo(Date.parse("2026-11-20T20:07:00Z"));
      served.labs.fitbit.switches.sunset = true;
      const { days, sources } = await journey();
      expect(sources).toEqual([{ provider: "FITBIT", status: "RETIRED", message: expect.any(String) }]);
      // The call that it names works as it stands, but for the app's own address.
      const [call] = sources[0]!.message!.match(/connect\(.*\) \{ authorizationUrl \}/)!;
      const connect = call.replace("https://your-app.example", served.url);
      expect((await ask(`mutation { ${connect} }`)).connect.authorizationUrl).toContain("state=");
      expect(on(before, days)).toEqual(lived(before, "FITBIT"));
      const { connections } = (await ask("{ viewer { connections { provider { id } status } } }")).viewer;
      expect(connections).toEqual([{ provider: { id: "FITBIT" }, status: "RETIRED" }]);

      // Once is enough: nobody knocks at a door that is gone.
      served.labs.fitbit.forgetRequests();
      expect(on(before, (await journey()).days)).toEqual(lived(before, "FITBIT"));
      expect(served.labs.fitbit.requests).toEqual([]);
    });

    step("goes on with Google Health, and every day is counted once", async () => {
      // The app's backend vouches for the browser: a user would have to confirm.
      const { data } = await served.ask(
        `mutation { connect(input: { provider: GOOGLE_HEALTH, userId: "${who.id}" }) { authorizationUrl } }`,
        { headers: asApp },
      );
      const page = new URL(data.connect.authorizationUrl);
      page.searchParams.set("auto", "allow");
      page.searchParams.set("person", who.id);
      expect((await fetch(page)).status).toBe(200);

      const { days, totals, sources } = await journey();
      expect(statusOf(sources)).toEqual({ FITBIT: "RETIRED", GOOGLE_HEALTH: "OK" });
      // Google has taken over what lay at Fitbit: where both have a day, it is the one wearable's, and Google tells it.
      expect(on(worn, days)).toEqual(lived(worn, "GOOGLE_HEALTH"));
      expect(new Set(days.map(({ date }) => date)).size).toBe(days.length);
      expect(totals.steps).toBe(lived(worn, "").reduce((sum, { steps }) => sum + steps, 0));
    });

    step("reaches the goals that were set at Fitbit with the steps that Google tells of", async () => {
      const { days } = await activityOf(who.id, 'from: "2026-11-16", to: "2026-11-20"');
      const current = days.at(-1)!.steps;
      expect(current).toBeGreaterThan(0);
      const week = days.reduce((sum, { steps }) => sum + steps, 0);
      expect((await goals()).filter(({ metric }) => metric === "STEPS")).toEqual([
        { metric: "STEPS", period: "DAILY", current, source: "FITBIT" },
        { metric: "STEPS", period: "WEEKLY", current: week, source: "FITBIT" },
      ]);
    });

    step("still has what Fitbit told where Google can't be asked", async () => {
      served.labs.googleHealth.addFault({ status: 503 });
      const { days, sources } = await activityOf(who.id, earlier);
      served.labs.googleHealth.clearFaults();
      expect(statusOf(sources)).toEqual({ FITBIT: "RETIRED", GOOGLE_HEALTH: "UNAVAILABLE" });
      const summer = datesBetween("2026-07-01", "2026-07-14").filter((date) => who.day(date).worn);
      expect(on(summer, days)).toEqual(lived(summer, "FITBIT"));
    });
  });
});

describe("in the lab's world", () => {
  const now = "2026-11-20T20:07:00Z";
  beforeAll(async () => {
    const time = testTime(now);
    served = await startServed(credentials, time);
    // What was refused in the moment of consent may have been refused before it.
    time.moveTo(time.clock.now() + 60_000);
  });
  afterAll(() => served.close());

  test("a wearable that Fitbit and Google Health both tell of is one source, and no alternative to itself", async () => {
    const who = person("napper");
    const { days, sources } = await activityOf(who.id, 'from: "2026-11-01", to: "2026-11-18"');
    expect(statusOf(sources)).toEqual({ FITBIT: "OK", GOOGLE_HEALTH: "OK", MISFIT: "OK" });
    const worn = days.filter(({ date }) => who.day(date).worn);
    expect(worn.length).toBeGreaterThan(10);
    for (const { source, alternatives } of worn) {
      expect([source, alternatives]).toEqual(["GOOGLE_HEALTH", [{ source: "MISFIT" }]]);
    }
  });

  describe("somebody who left a box unticked", () => {
    const who = person("unticked");
    const ask = asker(who.id);
    const today = dateAt(who, Date.parse(now));
    const both = ["GOOGLE_HEALTH", "FITBIT"];

    test("is told so for that domain, and has all others", async () => {
      const { fitbit, googleHealth } = served.labs;
      const range = "range: { lastDays: 7 }";
      const query = `{ viewer {
        sleep(${range}) { sessions { date } sources { provider status message } }
        activity(${range}) { days { date steps } sources { provider status } }
        workouts(${range}) { workouts { id } sources { provider status } } } }`;
      const first = (await ask(query)).viewer;
      expect(first.sleep.sources).toEqual(
        both.map((provider) => ({ provider, status: "INSUFFICIENT_SCOPE", message: expect.stringContaining("grant") })),
      );
      expect(first.sleep.sessions).toBeNull();
      for (const { sources } of [first.activity, first.workouts])
        expect(sources).toEqual(both.map((provider) => ({ provider, status: "OK" })));
      const { steps } = first.activity.days.find(({ date }: Day) => date < today && who.day(date).worn);
      expect(steps).toBeGreaterThan(0);
      const asked = [...dataRequests(fitbit, who.id), ...dataRequests(googleHealth, who.id)];
      expect(asked.filter(({ path }) => path.includes("sleep"))).toEqual([]);
      expect((await ask(query)).viewer).toEqual(first);
      expect([...dataRequests(fitbit, who.id), ...dataRequests(googleHealth, who.id)]).toHaveLength(asked.length);
    });

    test("is not asked for it again and again where only the provider knew", async () => {
      const { fitbit } = served.labs;
      const query = `{ viewer { heart(range: { lastDays: 5 }, providers: [FITBIT]) {
        days { date restingRate hrvRmssd missing { field reason } } sources { provider status } } } }`;
      fitbit.switches.forbiddenPath = "/hrv/";
      const hrvRequests = () => dataRequests(fitbit, who.id).filter(({ path }) => path.includes("/hrv/"));
      const first = (await ask(query)).viewer.heart;
      expect(hrvRequests().map(({ status }) => status)).toEqual([403]);
      expect(first.sources).toEqual([{ provider: "FITBIT", status: "OK" }]);
      for (const { restingRate, hrvRmssd, missing } of first.days) {
        expect([restingRate > 0, hrvRmssd]).toEqual([true, null]);
        expect(missing).toEqual([{ field: "hrvRmssd", reason: "NOT_PERMITTED_TO_APP" }]);
      }
      expect((await ask(query)).viewer.heart).toEqual(first);
      expect(hrvRequests()).toHaveLength(1);
    });
  });
});
