import { addDays, datesBetween } from "../src/sandbox/people/index.js";
import { CLIENT, startWhoopLab, type WhoopLab } from "../src/sandbox/whoop/index.js";
import {
  type Answer,
  connectAndOutlive,
  grantStatusOf,
  openProviderGateway,
  type ProviderGateway,
} from "./support/provider-gateway.js";

/** A whole gateway over WHOOP's lab: what reading costs, on which day things stand, dead grants, and notifications. */
const WHO = "collector";
const API = "/developer/v2";

interface Bench extends ProviderGateway<WhoopLab> {
  /** A page of WHOOP's own, past the gateway. */
  own(path: string, from: string, to: string): Promise<readonly Answer[]>;
}

async function bench(env: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const gateway = await openProviderGateway(
    { provider: "WHOOP", slug: "whoop", who: WHO },
    (clock) => startWhoopLab({ clock }),
    ({ url }) => ({ WHOOP_CLIENT_ID: CLIENT.id, WHOOP_CLIENT_SECRET: CLIENT.secret, WHOOP_API_URL: url, ...env }),
  );
  const { lab } = gateway;
  return {
    ...gateway,
    asked: () => gateway.asked().map((path) => path.slice(API.length).split("?")[0]!),
    async own(path, from, to) {
      const headers = { authorization: `Bearer ${lab.issueTokens(WHO).accessToken}` };
      const query = new URLSearchParams({ start: `${from}T00:00:00.000Z`, end: `${to}T00:00:00.000Z`, limit: "25" });
      const { records } = (await (await fetch(`${lab.url}${API}${path}?${query}`, { headers })).json()) as Answer;
      lab.forgetRequests();
      return records;
    },
  };
}

const rangeOf = (from: string, to: string) => `range: { from: "${from}", to: "${to}" }`;
const month = ["2026-10-21", "2026-11-19"] as const;
const figures = (from: string, to: string) => `
  activity(${rangeOf(from, to)}) { days { date energyBurned } }
  heart(${rangeOf(from, to)}) { days { date restingRate restingRateMethod hrvRmssd hrvWindow } }
  sleep(${rangeOf(from, to)}) { sessions { date start end isMainSleep minutesAsleep stages { stage minutes } } }
  vitals(${rangeOf(from, to)}) { oxygenSaturation { date value } skinTemperature { date value } respiratoryRate { date value } }
  scores(${rangeOf(from, to)}) { scores { date kind name value scaleMin scaleMax } }`;
const count = (paths: readonly string[]) =>
  Object.fromEntries([...new Set(paths)].sort().map((path) => [path, paths.filter((each) => each === path).length]));
/** The local day of an instant, by the offset beside it. */
const dayAt = (instant: string, offset: string) => {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? ["Z", "+", "00", "00"];
  const shift = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return new Date(Date.parse(instant) + shift).toISOString().slice(0, 10);
};

describe("reading", () => {
  let b: Bench;
  beforeAll(async () => {
    b = await bench();
    await b.connect();
  });
  afterAll(async () => await b[Symbol.asyncDispose]());

  test("30 days of energy, heart, nights, vitals and all scores take 6 requests, and none when asked again", async () => {
    await using other = await bench();
    await other.connect();
    const all = await other.ask(figures(...month));
    expect(count(other.asked())).toEqual({ "/activity/sleep": 2, "/cycle": 2, "/recovery": 2 });
    expect(all.heart.days.filter(({ restingRate }: Answer) => restingRate !== null).length).toBeGreaterThan(20);
    expect(all.heart.days[0]).toMatchObject({ restingRateMethod: "DEEP_SLEEP", hrvWindow: "DEEP_SLEEP" });
    const kinds = new Set(all.scores.scores.map(({ name, scaleMax }: Answer) => `${name} ${scaleMax}`));
    expect(kinds).toEqual(new Set(["Recovery 100", "Strain 21", "Sleep performance 100"]));
    other.lab.forgetRequests();
    expect(await other.ask(figures(...month))).toEqual(all);
    expect(other.asked()).toEqual([]);
  });

  test("30 days of strain alone need the sleeps too, and a week of everything takes 3 requests", async () => {
    await using other = await bench();
    await other.connect();
    await other.ask(`scores(${rangeOf(...month)}, kinds: [STRAIN]) { scores { value } }`);
    expect(count(other.asked())).toEqual({ "/activity/sleep": 2, "/cycle": 2 });
    other.lab.forgetRequests();
    await other.ask(figures("2026-09-01", "2026-09-07"));
    expect(count(other.asked())).toEqual({ "/activity/sleep": 1, "/cycle": 1, "/recovery": 1 });
  });

  test("and day by day the same is answered", async () => {
    const all = await b.ask(figures(...month));
    await using other = await bench();
    await other.connect();
    const parts: Answer[] = [];
    for (const day of datesBetween(...month)) {
      // Three requests of the hundred that all people have in a minute.
      other.clock.advance(20_000);
      parts.push(await other.ask(figures(day, day)));
    }
    const joined = (pick: (part: Answer) => readonly object[]) => parts.flatMap(pick);
    expect(joined(({ activity }) => activity.days)).toEqual(all.activity.days);
    expect(joined(({ heart }) => heart.days)).toEqual(all.heart.days);
    expect(joined(({ vitals }) => vitals.oxygenSaturation)).toEqual(all.vitals.oxygenSaturation);
    expect(joined(({ scores }) => scores.scores)).toEqual(all.scores.scores);
  });

  // Weeks of a flight to Tokyo, of a cycle whose offset is Z, and of both changes of the clocks.
  test.each([
    ["2026-11-05", "2026-11-19"],
    ["2026-03-22", "2026-04-04"],
    ["2026-10-18", "2026-10-31"],
  ])("recovery and strain stand on the waking day, from %s to %s", async (from, to) => {
    const { scores } = (await b.ask(figures(from, to))).scores;
    const [sleeps, recoveries, cycles] = await Promise.all(
      ["/activity/sleep", "/recovery", "/cycle"].map((path) => b.own(path, addDays(from, -1), addDays(to, 1))),
    );
    const daysOf = (kind: string) =>
      new Map(scores.filter((each: Answer) => each.kind === kind).map(({ date, value }: Answer) => [date, value]));
    const [recovered, strained] = [daysOf("READINESS"), daysOf("STRAIN")];
    let seen = 0;
    for (const sleep of sleeps!.filter(({ nap }) => nap === false)) {
      const day = dayAt(sleep.end, sleep.timezone_offset);
      if (day < from || day > to) continue;
      const recovery = recoveries!.find(({ sleep_id }) => sleep_id === sleep.id);
      const cycle = cycles!.find(({ id }) => id === sleep.cycle_id);
      if (recovery?.score) expect([day, recovered.get(day)]).toEqual([day, recovery.score.recovery_score]);
      if (cycle?.score) expect([day, strained.get(day)]).toEqual([day, cycle.score.strain]);
      seen += Number(Boolean(recovery?.score && cycle?.score));
    }
    expect(seen).toBeGreaterThanOrEqual(8);
  });

  test("the cycle that runs is today's, and neither complete nor settled", async () => {
    const [running] = await b.own("/cycle", "2026-11-19", "2026-11-21");
    expect(running.end).toBeUndefined();
    const today = "2026-11-20";
    const { activity, scores } = await b.ask(`
      activity(${rangeOf("2026-11-19", today)}) { days { date energyBurned settled } }
      scores(${rangeOf("2026-11-19", today)}, kinds: [STRAIN]) { scores { date value settled } sources { message } }`);
    expect(scores.sources[0].message).toBe("What is not over yet is left out (2026-11-20).");
    expect(activity.days.find(({ date }: Answer) => date === today)).toMatchObject({
      energyBurned: expect.closeTo(running.score.kilojoule / 4.184, 3),
      settled: false,
    });
    expect(scores.scores.at(-1)).toEqual({ date: today, value: running.score.strain, settled: false });
  });

  test("workouts have zones and WHOOP's strain as their load", async () => {
    const { workouts } = await b.ask(`workouts(${rangeOf(...month)}) {
      workouts { kind name load loadName averageHeartRate maxHeartRate zones { kind minutes } } }`);
    expect(workouts.workouts.find(({ load }: Answer) => load !== null)).toMatchObject({
      ...{ load: expect.any(Number), loadName: "Strain", maxHeartRate: expect.any(Number) },
      zones: ["BELOW_ZONES", "LIGHT", "MODERATE", "VIGOROUS", "PEAK"].map((kind) => ({
        kind,
        minutes: expect.any(Number),
      })),
    });
  });

  test("a night that can't be read leaves its day's recovery unknown, and never says that there is none", async () => {
    await using other = await bench();
    await other.connect();
    const spoil = (body: string) => body.replaceAll('"cycle_id"', '"cycle"');
    other.lab.addFault({ path: "/activity/sleep", rewrite: spoil });
    const { heart } = await other.ask(`heart(${rangeOf("2026-11-18", "2026-11-19")}) {
      days { restingRate settled missing(fields: ["restingRate"]) { reason } } }`);
    const unknown = { restingRate: null, settled: false, missing: [{ reason: "PROVIDER_ERROR" }] };
    expect(heart.days).toEqual([unknown, unknown]);
  });

  test("a member without measurements has neither height nor weight, and is not in trouble", async () => {
    await using other = await bench();
    await other.connect();
    other.lab.addFault({ path: "/user/measurement/body", status: 404 });
    const { profile } = await other.ask(
      "profile { givenName height(unit: METER) weight(unit: KILOGRAM) missing { field reason } sources { status } }",
    );
    expect(profile).toMatchObject({
      height: null,
      weight: null,
      givenName: expect.any(String),
      sources: [{ status: "OK" }],
    });
    expect(profile.missing).toEqual(expect.arrayContaining([{ field: "height", reason: "NOT_RECORDED" }]));
  });
});

describe("a grant", () => {
  const heart = `heart(${rangeOf("2026-11-18", "2026-11-19")}) { days { restingRate } sources { status message } }`;
  const refusal = (status: number, error: string) => ({
    path: "/oauth/oauth2/token",
    status,
    rewrite: () => JSON.stringify({ error }),
  });

  test("is dead where its refresh token is not known any more", async () => {
    await using b = await bench();
    await connectAndOutlive(b);
    b.lab.revoke(WHO);
    expect(await grantStatusOf(b)).toEqual(["REAUTHORIZATION_REQUIRED", "REAUTHORIZATION_REQUIRED"]);
    expect(b.lab.requests.filter(({ kind }) => kind === "token")).toHaveLength(1);
  });

  test("is alive where the app's secret is wrong or WHOOP is in trouble", async () => {
    await using stranger = await bench({ WHOOP_CLIENT_SECRET: "another" });
    await connectAndOutlive(stranger);
    const [status, connection] = await grantStatusOf(stranger);
    expect([status === "REAUTHORIZATION_REQUIRED", connection]).toEqual([false, "CONNECTED"]);
    await using b = await bench();
    await connectAndOutlive(b);
    b.lab.addFault(refusal(503, "invalid_grant"));
    expect(await grantStatusOf(b)).toEqual(["UNAVAILABLE", "CONNECTED"]);
  });

  test("is refreshed once for all who wait, with the scope that keeps it alive, and goes on after the next refresh too", async () => {
    await using b = await bench();
    await connectAndOutlive(b);
    const both = await Promise.all([b.ask(heart), b.ask(`workouts(${rangeOf(...month)}) { sources { status } }`)]);
    expect(both.map((each) => Object.values<Answer>(each)[0].sources[0].status)).toEqual(["OK", "OK"]);
    expect(b.lab.requests.filter(({ kind }) => kind === "token")).toHaveLength(1);
    b.clock.advance(7_200_000);
    expect(await grantStatusOf(b)).toEqual(["OK", "CONNECTED"]);
  });

  test("is revoked with the person's own token, though that had run out", async () => {
    await using b = await bench();
    await connectAndOutlive(b);
    const { revokedAtProvider } = await b.serving.gateway.connections.disconnect({ userId: WHO, provider: "WHOOP" });
    expect(revokedAtProvider).toBe(true);
    expect(b.lab.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      "POST /oauth/oauth2/token 200",
      `DELETE ${API}/user/access 204`,
    ]);
  });
});

describe("notifications", () => {
  const month30 = `sleep(${rangeOf(...month)}) { sessions { date } } heart(${rangeOf(...month)}) { days { date restingRate } }`;

  test("of a recovery cause its waking day alone to be read again, once, and forged or old ones nothing", async () => {
    await using b = await bench();
    await b.connect();
    await b.ask(month30);
    const sleep = (await b.own("/activity/sleep", "2026-10-25", "2026-10-27")).find(({ nap }) => nap === false);
    const event = { type: "recovery.updated", id: sleep.id };
    await b.lab.announce(WHO, event, { secret: "forged" });
    await b.lab.announce(WHO, event, { timestamp: String(b.clock.now() - 301_000) });
    await b.serving.gateway.webhooks.idle();
    await b.ask(month30);
    expect(b.asked()).toEqual([]);
    await b.lab.announce(WHO, event, { times: 2 });
    await b.serving.gateway.webhooks.idle();
    b.clock.advance(5_000);
    expect(b.asked()).toEqual([`/activity/sleep/${sleep.id}`]);
    b.lab.forgetRequests();
    await b.ask(month30);
    expect(count(b.asked())).toEqual({ "/recovery": 1 });
  });
});
