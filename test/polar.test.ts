import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addDays, heartSamples, person } from "../src/sandbox/people/index.js";
import { CLIENT, type PolarLab, startPolarLab } from "../src/sandbox/polar/index.js";
import { startWhoopLab, CLIENT as WHOOP } from "../src/sandbox/whoop/index.js";
import {
  type Answer,
  grantStatusOf,
  openProviderGateway,
  type ProviderGateway,
  PUBLIC_URL,
} from "./support/provider-gateway.js";

/** A whole gateway over Polar's lab: windows that close, a registration, clocks without a zone, and one webhook. */
const WHO = "collector";
const NOW = "2026-11-20T20:07:00Z";
const folder = mkdtempSync(join(tmpdir(), "pulsegate-polar-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Bench extends ProviderGateway<PolarLab> {
  /** What Polar was asked, whatever its kind, without its version. */
  all(): readonly string[];
}

/** The person connects on `connected`, and it is `now`. */
async function bench({
  env = {} as Readonly<Record<string, string>>,
  connected = "2026-09-01T08:00:00Z",
  lab = undefined as PolarLab | undefined,
} = {}): Promise<Bench> {
  const gateway = await openProviderGateway(
    { provider: "POLAR", slug: "polar", who: WHO },
    async (clock) => lab ?? (await startPolarLab({ clock })),
    ({ url }) => ({
      ...{ POLAR_CLIENT_ID: CLIENT.id, POLAR_CLIENT_SECRET: CLIENT.secret, POLAR_API_URL: url },
      ...{ POLAR_AUTHORIZE_URL: `${url}/oauth2/authorization`, POLAR_TOKEN_URL: `${url}/v2/oauth2/token`, ...env },
    }),
    connected,
  );
  const short = (path: string) => path.replace("/v3/", "").replace("users/", "");
  return {
    ...gateway,
    asked: () => gateway.asked().map((path) => short(path).split("?")[0]!),
    all: () =>
      gateway.lab.requests.map(({ method, path, status }) => `${method} ${short(path).split("?")[0]} ${status}`),
    async connect(options) {
      await gateway.connect(options);
      gateway.clock.set(NOW);
    },
  };
}

const rangeOf = (from: string, to: string) => `range: { from: "${from}", to: "${to}" }`;
const TODAY = "2026-11-20";
const back = (days: number) => addDays(TODAY, -days);
const figures = (from: string, to: string) => `
  activity(${rangeOf(from, to)}) { days { date steps distance(unit: METER) energyBurned activeEnergyBurned } }
  sleep(${rangeOf(from, to)}) { sessions { date start end minutesAsleep hypnogram { stage start seconds } } sources { status reachesFrom } }
  heart(${rangeOf(from, to)}) { days { date restingRate restingRateMethod hrvRmssd hrvWindow missing { field reason } } }
  scores(${rangeOf(from, to)}) { scores { date kind name value level contributors { name value } } }`;

describe("reading", () => {
  let b: Bench;
  beforeAll(async () => {
    b = await bench();
    await b.connect();
  });
  afterAll(async () => await b[Symbol.asyncDispose]());

  test("28 days take 4 requests, and none when asked again", async () => {
    await using other = await bench();
    await other.connect();
    const all = await other.ask(figures(back(27), TODAY));
    expect([...other.asked()].sort()).toEqual(["activities", "cardio-load", "nightly-recharge", "sleep"]);
    expect(all.sleep).toMatchObject({ sources: [{ status: "OK", reachesFrom: null }] });
    expect(all.sleep.sessions.length).toBeGreaterThan(20);
    expect(all.heart.days.find(({ restingRate, hrvRmssd }: Answer) => restingRate && hrvRmssd)).toMatchObject({
      restingRateMethod: "LOWEST_OF_NIGHT",
      hrvWindow: "FOUR_HOURS_OF_SLEEP",
    });
    const kinds = new Set(all.scores.scores.map(({ kind, name }: Answer) => `${kind} ${name}`));
    expect(kinds).toEqual(new Set(["READINESS Nightly Recharge", "SLEEP Sleep score", "STRAIN Cardio load"]));
    other.lab.forgetRequests();
    expect(await other.ask(figures(back(27), TODAY))).toEqual(all);
    expect(other.asked()).toEqual([]);
  });

  test("30 days take 5, and the nights of the first two are out of reach", async () => {
    await using other = await bench();
    await other.connect();
    const { sleep, heart, activity, scores } = await other.ask(figures(back(29), TODAY));
    expect([...other.asked()].sort()).toEqual([
      ...["activities", "activities", "cardio-load/period/days/180", "nightly-recharge", "sleep"],
    ]);
    expect(sleep.sources).toEqual([{ status: "OK", reachesFrom: back(27) }]);
    const lacking = (date: string) =>
      heart.days.find((day: Answer) => day.date === date)?.missing.map(({ field, reason }: Answer) => [field, reason]);
    const none = [
      ["restingRate", "OUT_OF_REACH"],
      ["hrvRmssd", "OUT_OF_REACH"],
    ];
    for (const day of [back(29), back(28)]) expect([day, lacking(day)]).toEqual([day, expect.arrayContaining(none)]);
    const days = activity.days.map(({ date }: Answer) => date);
    expect([days[0], days.at(-1)]).toEqual([back(29), TODAY]);
    const loads = scores.scores.filter(({ kind }: Answer) => kind === "STRAIN").map(({ date }: Answer) => date);
    expect(loads[0]).toBe(back(29));
    expect(scores.scores.filter(({ kind, date }: Answer) => kind !== "STRAIN" && date < back(27))).toEqual([]);
  });

  test("what was read before it went out of reach stays, however it is asked for", async () => {
    await using other = await bench();
    await other.connect();
    other.clock.set("2026-11-17T20:07:00Z");
    const query = `sleep(${rangeOf(back(29), TODAY)}) { sessions { date minutesAsleep } sources { status reachesFrom } }`;
    const before = await other.ask(query);
    other.clock.set(NOW);
    const old = ({ sleep }: Answer) => sleep.sessions.filter(({ date }: Answer) => date < back(27));
    expect(old(before).length).toBeGreaterThan(0);
    const after = await other.ask(query);
    expect([old(after), after.sleep.sources]).toEqual([old(before), [{ status: "OK", reachesFrom: null }]]);
    expect(old(await other.ask(query, true))).toEqual(old(before));
  });

  test("of before the connection there are no workouts, and nobody is asked for them", async () => {
    await using other = await bench({ connected: "2026-11-12T08:00:00Z" });
    await other.connect();
    const query = (from: string, to: string) =>
      `workouts(${rangeOf(from, to)}) { workouts { date } sources { status message reachesFrom } }`;
    expect((await other.ask(query("2026-11-01", "2026-11-11"))).workouts).toEqual({
      workouts: null,
      sources: [{ status: "OK", message: "This provider gives only more recent days.", reachesFrom: "2026-11-12" }],
    });
    expect(other.asked()).toEqual([]);
    const { workouts } = await other.ask(query("2026-11-01", TODAY));
    expect(other.asked()).toEqual(["exercises"]);
    expect(workouts.workouts.map(({ date }: Answer) => date >= "2026-11-12")).toContain(true);
    expect(workouts.workouts.map(({ date }: Answer) => date >= "2026-11-12")).not.toContain(false);
    expect(workouts.sources).toMatchObject([{ reachesFrom: "2026-11-12" }]);
  });

  test("stages and courses stand at their instants past midnight, in Helsinki, in Tokyo and where clocks change", async () => {
    const { sleep } = await b.ask(`sleep(${rangeOf(back(27), TODAY)}) { sessions { date start end
      hypnogram { stage start seconds } samples(metric: HEART_RATE) { start offsets values } } }`);
    const zones = new Set<string>();
    for (const { date, start, end, hypnogram, samples } of sleep.sessions) {
      const day = person(WHO).day(date);
      const main = day.sleeps.find((each) => each.main && each.staged)!;
      const minutes = main.segments.map(({ startMs }) => Math.floor(startMs / 60_000));
      const told = hypnogram.map((segment: Answer) => Math.floor(Date.parse(segment.start) / 60_000));
      expect([date, told.filter((minute: number) => !minutes.includes(minute))]).toEqual([date, []]);
      zones.add(start.slice(-6));
      const last = hypnogram.at(-1);
      expect(Date.parse(last.start) + last.seconds * 1000).toBe(Date.parse(end));
      const rateAt = (ms: number) => {
        const of = ms < day.startMs ? person(WHO).day(addDays(date, -1)) : day;
        return of.minutes.heartRate[Math.floor((ms - of.startMs) / 60_000)];
      };
      const wrong = samples.offsets.filter((offset: number, index: number) => {
        return rateAt(Date.parse(samples.start) + offset * 1000) !== samples.values[index];
      });
      expect([date, wrong]).toEqual([date, []]);
    }
    expect(zones).toEqual(new Set(["+02:00", "+03:00", "+09:00"]));
  });

  test.each(["2026-10-25", "2026-11-08", "2026-11-12", "2026-11-18"])(
    "the heart of %s stands at its instants, on a clock without a zone",
    async (date) => {
      const { heart } = await b.ask(`heart(${rangeOf(date, date)}) { days {
        samples(resolution: ONE_SECOND) { start offsets values } } }`);
      const { start, offsets, values } = heart.days[0].samples;
      const day = person(WHO).day(date);
      expect(Date.parse(start)).toBe(day.startMs);
      const beats = new Map(heartSamples(person(WHO), day).map(({ timeMs, bpm }) => [timeMs, bpm]));
      // In autumn, too: the clock is seen to go back.
      const told = offsets.map((offset: number, index: number) => [day.startMs + offset * 1000, values[index]]);
      expect(told.length).toBeGreaterThan(100);
      const wrong = told.filter(([at, bpm]: [number, number]) => beats.get(at) !== bpm);
      expect([date, wrong.length]).toEqual([date, 0]);
    },
  );

  test("a load of −1 is none, and so is a charge of the night", async () => {
    const { scores } = await b.ask(`scores(${rangeOf(back(27), TODAY)}) {
      scores { kind value level contributors { name value } } }`);
    const loads = scores.scores.filter(({ kind }: Answer) => kind === "STRAIN");
    const none = loads.filter(({ value }: Answer) => value === null);
    expect(none.length).toBeGreaterThan(0);
    for (const { level, contributors } of none)
      expect([level, contributors.map(({ name }: Answer) => name)]).toEqual([null, ["Strain"]]);
    const parts = scores.scores.flatMap(({ kind, contributors }: Answer) => (kind === "SLEEP" ? contributors : []));
    expect(parts.filter(({ value }: Answer) => value < 1)).toEqual([]);
    expect(loads.length - none.length).toBeGreaterThan(20);
  });

  test("days of tens of thousands of beats come a week at a time, and whole", async () => {
    await using other = await bench();
    await other.connect();
    other.lab.switches.continuousHeartRate = true;
    const { heart } = await other.ask(`heart(${rangeOf(back(3), back(1))}) { days {
      samples(resolution: ONE_SECOND) { values } } }`);
    const count = heart.days.reduce((sum: number, { samples }: Answer) => sum + samples.values.length, 0);
    expect(count).toBeGreaterThan(15_000);
    expect([...other.asked()].sort()).toEqual(["continuous-heart-rate", "exercises", "sleep"]);
    other.lab.switches.continuousHeartRate = false;
    other.lab.forgetRequests();
    await other.ask(
      `heart(${rangeOf(back(11), back(4))}) { days { samples(resolution: FIFTEEN_MINUTES) { values } } }`,
    );
    expect(other.asked()).toEqual(["continuous-heart-rate", "continuous-heart-rate"]);
  });

  test("samples of days whose offset nothing tells any more begin at no instant", async () => {
    const day = back(100);
    b.lab.forgetRequests();
    const { heart } = await b.ask(`heart(${rangeOf(day, day)}) { days {
      samples(resolution: ONE_SECOND) { start localStart values } } sources { status } }`);
    expect(heart.sources).toEqual([{ status: "OK" }]);
    expect(heart.days[0].samples).toMatchObject({ start: null, localStart: `${day}T00:00:00` });
    expect(b.asked()).toEqual(["continuous-heart-rate"]);
  });

  test("workouts have Polar's zones and load, and readings their own offset", async () => {
    const { workouts, readings, vitals } = await b.ask(`
      workouts(${rangeOf(back(27), TODAY)}) { workouts { start load loadName zones { kind minutes minRate } } }
      readings(${rangeOf(back(27), TODAY)}) { oxygenSaturations { time percent } }
      vitals(${rangeOf(back(27), TODAY)}) { skinTemperature { value } respiratoryRate { value } }`);
    expect(new Set(workouts.workouts.map(({ loadName }: Answer) => loadName))).toEqual(
      new Set(["Training load", "Cardio load"]),
    );
    expect(workouts.workouts[0].zones.map(({ kind }: Answer) => kind)).toEqual([
      "LIGHT",
      "MODERATE",
      "VIGOROUS",
      "PEAK",
    ]);
    expect(readings.oxygenSaturations.length).toBeGreaterThan(0);
    for (const { time } of readings.oxygenSaturations) expect(time).toMatch(/^2026-.*\+0[239]:00$/);
    expect(
      [vitals.skinTemperature, vitals.respiratoryRate].every((all) => all.some(({ value }: Answer) => value)),
    ).toBe(true);
  });

  test("each new weight is a weighing of its day, and the one before stays", async () => {
    await using other = await bench({ connected: "2026-10-20T08:00:00Z" });
    await other.connect();
    const body = `body(${rangeOf("2026-09-15", TODAY)}) { measurements { date weight } }`;
    other.clock.set("2026-10-20T20:00:00Z");
    const [october] = (await other.ask(body.replace(TODAY, "2026-10-20"))).body.measurements;
    expect(october.date).toBe("2026-10-02");
    other.clock.set(NOW);
    const { measurements } = (await other.ask(body)).body;
    expect(measurements.map(({ date }: Answer) => date)).toEqual(["2026-10-02", "2026-11-02"]);
    expect(measurements[0]).toEqual(october);
  });
});

describe("a connection", () => {
  const consented = async (b: Bench) => {
    const { connections } = b.serving.gateway;
    const { authorizationUrl } = await connections.begin({ userId: WHO, provider: "POLAR", domains: ["HEART"] });
    const url = new URL(authorizationUrl);
    expect(url.searchParams.get("scope")).toBe("accesslink.read_all");
    url.searchParams.set("auto", "allow");
    url.searchParams.set("person", WHO);
    const redirect = new URL((await fetch(url, { redirect: "manual" })).headers.get("location")!);
    return await fetch(`${b.serving.url}${redirect.pathname}${redirect.search}`, { redirect: "manual" });
  };

  test("is registered before anything else is asked for, once, and 409 is fine", async () => {
    await using b = await bench({ connected: NOW });
    expect((await consented(b)).status).toBeLessThan(400);
    const { providerUserId } = (await b.serving.gateway.connections.list(WHO))[0]!;
    const steps = (status: number) => [
      "GET /oauth2/authorization 302",
      "POST /v2/oauth2/token 200",
      `POST users ${status}`,
      `GET ${providerUserId} 200`,
      "GET sleep/available 200",
    ];
    expect(b.all()).toEqual(steps(200));
    b.lab.forgetRequests();
    expect((await consented(b)).status).toBeLessThan(400);
    expect(b.all()).toEqual(steps(409));
    b.lab.forgetRequests();
    b.clock.advance(3 * 86_400_000);
    expect(await grantStatusOf(b)).toEqual(["OK", "CONNECTED"]);
    expect(b.all().filter((call) => call.startsWith("POST"))).toEqual([]);
  });

  test("has a token that outlives the year that it names", async () => {
    await using b = await bench({ connected: NOW });
    await consented(b);
    b.lab.forgetRequests();
    b.clock.advance(3 * 365 * 86_400_000);
    const { profile } = await b.ask("profile { givenName sources { status } }");
    expect(profile).toEqual({ givenName: person(WHO).givenName, sources: [{ status: "OK" }] });
    expect(b.lab.requests.filter(({ kind }) => kind === "token")).toEqual([]);
  });

  test("ends at Polar when the person disconnects: the person is deleted there, and the token with it", async () => {
    await using b = await bench();
    await b.connect();
    const { connections } = b.serving.gateway;
    const connection = (await connections.list(WHO))[0]!;
    const { accessToken } = await connections.token(connection);
    const { revokedAtProvider } = await connections.disconnect({ userId: WHO, provider: "POLAR" });
    expect([revokedAtProvider, b.all()]).toEqual([true, [`DELETE ${connection.providerUserId} 204`]]);
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await fetch(`${b.lab.url}/v3/users/sleep`, { headers })).status).toBe(401);
    const other = { authorization: `Bearer ${b.lab.issueTokens(WHO).accessToken}` };
    // Nobody of that name is registered any more.
    expect((await fetch(`${b.lab.url}/v3/users/sleep`, { headers: other })).status).toBe(403);
  });

  test("is dead where its token is refused, and nobody tries to renew what can't be renewed", async () => {
    await using b = await bench();
    await b.connect();
    b.lab.revoke(WHO);
    const both = await Promise.all([grantStatusOf(b), grantStatusOf(b)]);
    expect(both[0]).toEqual(["REAUTHORIZATION_REQUIRED", "REAUTHORIZATION_REQUIRED"]);
    expect(b.lab.requests.filter(({ kind }) => kind === "token")).toEqual([]);
    b.lab.forgetRequests();
    await grantStatusOf(b);
    expect(b.all()).toEqual([]);
  });

  test("lives on where a consent is missing in Polar Flow, and says so", async () => {
    await using b = await bench();
    await b.connect();
    b.lab.switches.consentsMissing.add(WHO);
    const { sleep } = await b.ask(`sleep(${rangeOf(back(1), TODAY)}) { sessions { date } sources { status message } }`);
    expect(sleep).toEqual({
      sessions: null,
      sources: [{ status: "ACTION_REQUIRED", message: expect.stringContaining("mandatory consents in Polar Flow") }],
    });
    b.lab.switches.consentsMissing.clear();
    expect(await grantStatusOf(b)).toEqual(["OK", "CONNECTED"]);
  });

  test("is told to wait for the window that is used up", async () => {
    await using b = await bench();
    await b.connect();
    b.lab.setLimit(0);
    const { sleep } = await b.ask(`sleep(${rangeOf(back(1), TODAY)}) { sources { status retryAt } }`);
    expect(sleep.sources[0].status).toBe("RATE_LIMITED");
    const wait = Date.parse(sleep.sources[0].retryAt) - b.clock.now();
    expect([wait > 0, wait <= 86_400_000]).toEqual([true, true]);
  });
});

describe("notifications", () => {
  const subscribe = (b: Bench) =>
    b.serving.gateway.subscriptions.subscribe({ userId: WHO, provider: "POLAR", domains: ["SLEEP", "ACTIVITY"] });
  const hooks = (b: Bench) => b.all().filter((call) => call.includes("webhooks"));
  const nights = `sleep(${rangeOf(back(27), TODAY)}) { sessions { date } }`;
  const settled = async (b: Bench) => {
    await b.lab.idle();
    await b.serving.gateway.webhooks.idle();
    b.clock.advance(5_000);
  };

  test("come by one webhook, whose ping is answered while our own request for it is open", async () => {
    await using b = await bench();
    await b.connect();
    expect((await subscribe(b)).notices).toEqual([]);
    expect(hooks(b)).toEqual(["GET webhooks 200", "POST webhooks 201"]);
    b.lab.forgetRequests();
    await subscribe(b);
    expect(hooks(b)).toEqual(["GET webhooks 200"]);
  });

  test("of a night cause it to be read again, once, though it is told twice; forged and missing signatures nothing", async () => {
    await using b = await bench();
    await b.connect();
    await subscribe(b);
    await b.ask(nights);
    b.lab.forgetRequests();
    const date = back(20);
    await b.lab.announce(WHO, "SLEEP", { date }, { key: "forged" });
    const unsigned = await fetch(`${b.serving.url}/webhooks/polar`, {
      method: "POST",
      body: JSON.stringify({ event: "SLEEP", user_id: 1, date, timestamp: "2026-11-20T20:00:00Z" }),
    });
    expect(unsigned.status).toBe(401);
    await settled(b);
    await b.ask(nights);
    expect(b.asked()).toEqual([]);
    await b.lab.announce(WHO, "SLEEP", { date }, { times: 2 });
    const answers = b.lab.deliveries.slice(-2).map(({ attempts }) => attempts.map(({ status }) => status));
    expect(answers).toEqual([[200], [200]]);
    await settled(b);
    await b.ask(nights);
    expect(b.asked()).toEqual(["sleep"]);
  });

  test("of an exercise look up its day with the person's token", async () => {
    await using b = await bench();
    await b.connect();
    await subscribe(b);
    const workouts = `workouts(${rangeOf(back(27), TODAY)}) { workouts { date } }`;
    await b.ask(workouts);
    const headers = { authorization: `Bearer ${b.lab.issueTokens(WHO).accessToken}` };
    const [{ id }] = (await (await fetch(`${b.lab.url}/v3/exercises`, { headers })).json()) as Answer;
    b.lab.forgetRequests();
    await b.lab.announce(WHO, "EXERCISE", { entity_id: id });
    await settled(b);
    expect(b.asked()).toEqual([`exercises/${id}`]);
    await b.ask(workouts);
    expect(b.asked().slice(1)).toEqual(["exercises"]);
  });

  test("are verified after a restart and a rotation of the keys, by the key that Polar showed once", async () => {
    const STORE_URL = `sqlite:${join(folder, "kept.db")}`;
    const [old, fresh] = ["old", "new"].map((name) => Buffer.alloc(32, name).toString("base64"));
    const first = await bench({ env: { STORE_URL, ENCRYPTION_KEYS: old! } });
    await first.connect();
    await subscribe(first);
    await first.ask(nights);
    await first.serving.close();
    await using b = await bench({ env: { STORE_URL, ENCRYPTION_KEYS: `${fresh},${old}` }, lab: first.lab });
    b.clock.set(NOW);
    b.lab.setWebhookUrl(`${b.serving.url}/webhooks/polar`);
    b.lab.forgetRequests();
    await b.lab.announce(WHO, "SLEEP", { date: back(20) });
    expect(b.lab.deliveries.at(-1)?.attempts.at(-1)?.status).toBe(200);
    await settled(b);
    await b.ask(nights);
    expect(b.asked()).toEqual(["sleep"]);
    await subscribe(b);
    expect(hooks(b)).toEqual(["GET webhooks 200"]);
  });

  test("are made anew where the key was lost, and switched on again where Polar switched them off", async () => {
    await using b = await bench();
    await b.connect();
    const headers = {
      authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString("base64")}`,
      "content-type": "application/json",
    };
    const foreign = JSON.stringify({ events: ["SLEEP"], url: `${PUBLIC_URL}/webhooks/polar` });
    const made = await fetch(`${b.lab.url}/v3/webhooks`, { method: "POST", headers, body: foreign });
    expect(made.status).toBe(201);
    b.lab.forgetRequests();
    await subscribe(b);
    expect(hooks(b).map((call) => call.replace(/webhooks\/\w+/, "webhooks/:id"))).toEqual([
      "GET webhooks 200",
      "DELETE webhooks/:id 204",
      "POST webhooks 201",
    ]);
    await fetch(`${b.lab.url}/v3/webhooks/deactivate`, { method: "POST", headers });
    b.lab.forgetRequests();
    await subscribe(b);
    expect(hooks(b)).toEqual(["GET webhooks 200", "POST webhooks/activate 200"]);
    await b.lab.announce(WHO, "SLEEP", { date: back(1) });
    expect(b.lab.deliveries.at(-1)?.attempts.at(-1)?.status).toBe(200);
  });
});

test("a day of two wearables is the one's or the other's, by the order of sources, and never a mixture", async () => {
  await using b = await bench();
  const strap = await startWhoopLab({ clock: b.clock });
  await using both = await bench({
    env: { WHOOP_CLIENT_ID: WHOOP.id, WHOOP_CLIENT_SECRET: WHOOP.secret, WHOOP_API_URL: strap.url },
    lab: { ...b.lab, close: async () => {} },
  });
  try {
    await both.connect();
    b.clock.set(NOW);
    const { connections } = both.serving.gateway;
    await connections.importConnection({ userId: WHO, provider: "WHOOP", ...strap.issueTokens(WHO) });
    const heart = `heart(${rangeOf(back(10), back(1))}) { days { date source restingRate hrvRmssd } }`;
    const alone = async (only: string) => (await both.ask(heart.replace(")", `, providers: [${only}])`))).heart.days;
    const [polar, whoop] = [await alone("POLAR"), await alone("WHOOP")];
    for (const order of [
      ["POLAR", "WHOOP"],
      ["WHOOP", "POLAR"],
    ]) {
      const answer = await fetch(`${both.serving.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          query: "mutation ($p: [ProviderId!]!) { setSourcePriority(input: { providers: $p }) { user { id } } }",
          variables: { p: order },
        }),
      });
      expect(((await answer.json()) as Answer).errors).toBeUndefined();
      const { days } = (await both.ask(heart)).heart;
      expect(new Set(days.map(({ source }: Answer) => source)).has(order[0]!)).toBe(true);
      for (const day of days) {
        const own = day.source === "POLAR" ? polar : whoop;
        expect(own).toContainEqual(day);
      }
      const first = order[0] === "POLAR" ? polar : whoop;
      const witnessed = first.filter(({ restingRate }: Answer) => restingRate !== null);
      for (const day of witnessed) expect(days).toContainEqual(day);
    }
  } finally {
    await strap.close();
  }
});
