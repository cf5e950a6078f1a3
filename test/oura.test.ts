import { createHmac } from "node:crypto";
import { inZone } from "../src/model/time.js";
import { verificationToken } from "../src/providers/oura/subscriptions.js";
import { CLIENT, type OuraFace, type OuraLab, startOuraLab } from "../src/sandbox/oura/index.js";
import { addDays, datesBetween, people } from "../src/sandbox/people/index.js";
import {
  connectAndOutlive,
  grantStatusOf,
  openProviderGateway,
  type ProviderGateway,
  PUBLIC_URL,
} from "./support/provider-gateway.js";

/** A whole gateway over Oura's lab: what reading costs, what it gives, when a grant counts as dead, and notifications. */
const WHO = "collector";
const person = people.get(WHO)!;

type Bench = ProviderGateway<OuraLab>;

function bench({
  now,
  face = "moi",
  env = {},
}: {
  now?: string;
  face?: OuraFace;
  env?: ((lab: OuraLab) => Readonly<Record<string, string>>) | Readonly<Record<string, string>>;
} = {}): Promise<Bench> {
  const paths = face === "moi" ? "/oauth/v2/ext/oauth-" : "/oauth/";
  return openProviderGateway(
    { provider: "OURA", slug: "oura", who: WHO },
    (clock) => startOuraLab({ clock, face }),
    (lab) => ({
      ...{ OURA_CLIENT_ID: CLIENT.id, OURA_CLIENT_SECRET: CLIENT.secret, OURA_API_URL: lab.url },
      ...{ OURA_AUTHORIZE_URL: `${lab.url}${paths}authorize`, OURA_TOKEN_URL: `${lab.url}${paths}token` },
      OURA_REVOKE_URL: `${lab.url}${paths}revoke`,
      ...(face === "cloud" && { OURA_PORTAL: "cloud" }),
      ...(typeof env === "function" ? env(lab) : env),
    }),
    now,
  );
}

const rangeOf = (from: string, to: string) => `range: { from: "${from}", to: "${to}" }`;
const month = ["2026-10-21", "2026-11-19"] as const;
const figures = (from: string, to: string) => `
  activity(${rangeOf(from, to)}) { days { date steps distance(unit: METER) energyBurned veryActiveMinutes } }
  heart(${rangeOf(from, to)}) { days { date restingRate restingRateMethod hrvRmssd hrvWindow } }
  sleep(${rangeOf(from, to)}) { sessions { date start end isMainSleep minutesAsleep stages { stage minutes } } }
  scores(${rangeOf(from, to)}, kinds: [READINESS, SLEEP, ACTIVITY]) { scores { date kind name value scaleMax contributors { name value } } }`;
const resilience = (from: string, to: string) => `
  scores(${rangeOf(from, to)}, kinds: [RESILIENCE]) { scores { date value level contributors { name value scaleMin } } }`;
const firstPages = (paths: readonly string[]) => paths.filter((path) => !path.includes("next_token"));

describe("reading", () => {
  let b: Bench;
  beforeAll(async () => {
    b = await bench();
    await b.connect();
  });
  afterAll(async () => await b[Symbol.asyncDispose]());

  test("30 days of activity, resting rate, variability, nights and three scores take 4 requests, resilience one more", async () => {
    await using other = await bench();
    await other.connect();
    const all = await other.ask(figures(...month));
    const query = (end: string) => `?start_date=2026-10-20&end_date=${end}`;
    expect([...other.asked()].sort()).toEqual([
      `/v2/usercollection/daily_activity${query("2026-11-21")}`,
      `/v2/usercollection/daily_readiness${query("2026-11-20")}`,
      `/v2/usercollection/daily_sleep${query("2026-11-20")}`,
      `/v2/usercollection/sleep${query("2026-11-20")}`,
    ]);
    other.lab.forgetRequests();
    const { scores } = (await other.ask(resilience(...month))).scores;
    expect(other.asked()).toEqual([`/v2/usercollection/daily_resilience${query("2026-11-20")}`]);
    expect(scores[0]).toMatchObject({
      value: null,
      level: expect.any(String),
      contributors: [{ scaleMin: 0 }, {}, {}],
    });
    other.lab.forgetRequests();
    expect(await other.ask(figures(...month))).toEqual(all);
    expect(other.asked()).toEqual([]);
    expect(all.heart.days[0]).toMatchObject({ restingRateMethod: "LOWEST_OF_NIGHT", hrvWindow: "NIGHT" });
    expect(all.activity.days).toHaveLength(30);
  });

  test("and day by day the same is answered", async () => {
    const all = await b.ask(figures(...month));
    await using other = await bench();
    await other.connect();
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const parts: any[] = [];
    for (const day of datesBetween(...month)) parts.push(await other.ask(figures(day, day)));
    const joined = (pick: (part: typeof all) => readonly object[]) => parts.flatMap(pick);
    expect(joined(({ activity }) => activity.days)).toEqual(all.activity.days);
    expect(joined(({ heart }) => heart.days)).toEqual(all.heart.days);
    const byDate = (sessions: readonly { start: string }[]) =>
      [...sessions].sort((x, y) => Date.parse(x.start) - Date.parse(y.start));
    expect(byDate(joined(({ sleep }) => sleep.sessions) as never)).toEqual(byDate(all.sleep.sessions));
    expect(joined(({ scores }) => scores.scores)).toEqual(all.scores.scores);
  });

  test("a year takes as many requests, where a page holds it", async () => {
    await using other = await bench();
    await other.connect();
    other.lab.setPageSize(1000);
    await other.ask(`${figures("2025-11-20", "2026-11-19")}`);
    expect(other.asked()).toHaveLength(4);
    other.lab.forgetRequests();
    const year = rangeOf("2024-11-20", "2025-11-19");
    other.lab.setPageSize(50);
    const { activity } = await other.ask(`activity(${year}) { days { date steps } totals { steps } }`);
    expect(firstPages(other.asked())).toEqual([
      "/v2/usercollection/daily_activity?start_date=2024-11-19&end_date=2025-11-21",
    ]);
    // Whatever fits on one page of 50, all of the year is read.
    expect(other.asked().length).toBeGreaterThan(6);
    expect(activity.days).toHaveLength(365);
  });

  test("30 days of heart rates take two requests, and two more to tell where the days begin", async () => {
    await using other = await bench();
    await other.connect();
    other.lab.setPageSize(10_000);
    const { heart } = await other.ask(`heart(${rangeOf(...month)}) { days { date samples { values } } }`);
    expect(heart.days.length).toBeGreaterThan(20);
    const names = other.asked().map((path) => path.split("/").at(-1)!.split("?")[0]);
    expect(names.sort()).toEqual(["daily_activity", "heartrate", "heartrate", "sleep"]);
  });

  test("a night that begins after midnight is found by asking for its own day alone", async () => {
    const early = datesBetween(...month).filter((date) =>
      person.day(date).sleeps.some(({ main, startMs }) => main && startMs > person.day(date).startMs + 3_600_000),
    );
    expect(early.length).toBeGreaterThan(3);
    await using other = await bench();
    await other.connect();
    for (const date of early) {
      const { sleep } = await other.ask(`sleep(${rangeOf(date, date)}) { sessions { date start isMainSleep } }`);
      const main = sleep.sessions.find(({ isMainSleep }: { isMainSleep: boolean }) => isMainSleep);
      expect([date, main?.date, main?.start.slice(0, 10)]).toEqual([date, date, date]);
    }
    expect(other.asked()).toHaveLength(early.length);
  });

  test("every sleep stands on the local day of its end, with the offset that the person had, abroad too", async () => {
    for (const [from, to] of [
      ["2026-10-01", "2026-11-19"],
      ["2026-03-20", "2026-04-05"],
    ] as const) {
      const { sleep } = await b.ask(`sleep(${rangeOf(from, to)}) { sessions { date start end } }`);
      const slept = datesBetween(from, to).flatMap((date) => person.day(date).sleeps);
      const seen = sleep.sessions.map(({ date, start, end }: Record<string, string>) => `${date} ${start} ${end}`);
      const minute = (ms: number) => Math.round(ms / 60_000) * 60_000;
      const known = new Map(seen.map((text: string) => [minute(Date.parse(text.split(" ")[1]!)), text]));
      expect(sleep.sessions.length).toBeGreaterThan(15);
      for (const { startMs, endMs } of slept) {
        const text = known.get(minute(startMs)) as string | undefined;
        if (text === undefined) continue;
        const date = datesBetween(addDays(from, -1), to).find((each) => {
          const day = person.day(each);
          return endMs > day.startMs && endMs <= day.endMs;
        })!;
        const zone = person.zoneOn(date);
        const [shownDate, , end] = text.split(" ") as [string, string, string];
        expect([shownDate, end.slice(-6)]).toEqual([date, inZone(Date.parse(end), zone).slice(-6)]);
      }
      const evenings = sleep.sessions.filter(({ end }: { end: string }) => Number(end.slice(11, 13)) >= 18);
      if (from === "2026-10-01") expect(evenings.length).toBeGreaterThan(0);
      for (const { date, end } of evenings) expect(end.slice(0, 10)).toBe(date);
    }
  });

  test("heart rates of each day are between its own midnights, on a week of travel and where clocks change", async () => {
    for (const [from, to] of [
      ["2026-11-05", "2026-11-17"],
      ["2026-03-27", "2026-03-31"],
      ["2026-10-23", "2026-10-27"],
    ] as const) {
      const days = `heart(${rangeOf(from, to)}) { days { date samples(resolution: ONE_SECOND) { start } } }`;
      const { heart } = await b.ask(days);
      for (const { date, samples } of heart.days) {
        const { startMs, timeZone, worn } = person.day(date);
        if (worn) expect([date, samples?.start]).toEqual([date, inZone(startMs, timeZone)]);
      }
    }
  });

  test("what Oura lacks is UNSUPPORTED, and costs no request", async () => {
    await b.ask(`activity(${rangeOf(...month)}) { days { steps } }`);
    b.lab.forgetRequests();
    const { body, activity } = await b.ask(`
      body(${rangeOf(...month)}) { measurements { weight(unit: KILOGRAM) } sources { status } }
      activity(${rangeOf(...month)}) { days { date steps floors elevation(unit: METER) missing(fields: ["floors"]) { field reason } } }`);
    expect(body).toMatchObject({ measurements: null, sources: [{ status: "UNSUPPORTED" }] });
    expect(activity.days[0]).toMatchObject({ floors: null, missing: [{ reason: "UNSUPPORTED" }] });
    expect(b.asked()).toEqual([]);
  });
});

describe("a grant", () => {
  const tokenCalls = (b: Bench) => b.lab.requests.filter(({ kind }) => kind === "token").length;

  test("is dead where its refresh token is not known any more, and after a refusal of a renewed token", async () => {
    await using b = await bench();
    await connectAndOutlive(b);
    b.lab.revoke(WHO);
    expect(await grantStatusOf(b)).toEqual(["REAUTHORIZATION_REQUIRED", "REAUTHORIZATION_REQUIRED"]);
    expect(tokenCalls(b)).toBe(1);
  });

  test("is dead where the portal that is asked did not issue its refresh token", async () => {
    await using b = await bench({ env: ({ url }) => ({ OURA_TOKEN_URL: `${url}/oauth/token` }) });
    await connectAndOutlive(b);
    expect(await grantStatusOf(b)).toEqual(["REAUTHORIZATION_REQUIRED", "REAUTHORIZATION_REQUIRED"]);
  });

  test("is alive where the app's secret is wrong, the membership has lapsed, a scope is missing, or Oura is in trouble", async () => {
    await using stranger = await bench({ env: { OURA_CLIENT_SECRET: "another" } });
    await connectAndOutlive(stranger);
    const [status, connection] = await grantStatusOf(stranger);
    expect([status === "REAUTHORIZATION_REQUIRED", connection]).toEqual([false, "CONNECTED"]);

    await using b = await bench();
    await b.connect();
    b.lab.switches.lapsed.add(WHO);
    expect(await grantStatusOf(b)).toEqual(["ACTION_REQUIRED", "CONNECTED"]);
    b.lab.switches.lapsed.clear();
    b.lab.addFault({ status: 503 });
    expect(await grantStatusOf(b)).toEqual(["UNAVAILABLE", "CONNECTED"]);
    b.lab.clearFaults();
    b.clock.advance(60_000);
    expect(await grantStatusOf(b)).toEqual(["OK", "CONNECTED"]);
  });

  test("without a scope is not refreshed for it", async () => {
    await using b = await bench();
    // Nobody has said which scopes the token has: the answer shows it.
    const { scopes: _, ...tokens } = b.lab.issueTokens(WHO, { scopes: ["heartrate"] });
    await b.serving.gateway.connections.importConnection({ userId: WHO, provider: "OURA", ...tokens });
    b.lab.forgetRequests();
    expect(await grantStatusOf(b)).toEqual(["INSUFFICIENT_SCOPE", "CONNECTED"]);
    expect(tokenCalls(b)).toBe(0);
  });

  test.each(["moi", "cloud"] as const)(
    "of the portal %s is made by its consent page, and is gone after disconnect though the token had run out",
    async (face) => {
      await using b = await bench({ face });
      const { connections } = b.serving.gateway;
      const { authorizationUrl } = await connections.begin({ userId: WHO, provider: "OURA", domains: ["HEART"] });
      const url = new URL(authorizationUrl);
      const scopes = face === "moi" ? "extapi:daily extapi:heartrate" : "daily heartrate";
      expect([url.searchParams.get("scope"), url.searchParams.has("code_challenge")]).toEqual([scopes, face === "moi"]);
      expect(url.searchParams.get("redirect_uri")).toBe(`${PUBLIC_URL}/oauth/oura/callback`);
      url.searchParams.set("auto", "allow");
      url.searchParams.set("person", WHO);
      const back = new URL((await fetch(url, { redirect: "manual" })).headers.get("location")!);
      const answer = await fetch(`${b.serving.url}${back.pathname}${back.search}`, { redirect: "manual" });
      expect(answer.status).toBeLessThan(400);
      expect(await grantStatusOf(b)).toEqual(["OK", "CONNECTED"]);
      b.clock.advance(40 * 86_400_000);
      const { revokedAtProvider } = await connections.disconnect({ userId: WHO, provider: "OURA" });
      expect(revokedAtProvider).toBe(true);
      expect(b.lab.requests.filter(({ path }) => path.includes("revoke"))).toMatchObject([{ status: 200 }]);
    },
  );
});

describe("notifications", () => {
  const subscribe = (b: Bench) =>
    b.serving.gateway.subscriptions.subscribe({ userId: WHO, provider: "OURA", domains: ["SLEEP", "ACTIVITY"] });
  const app = { "x-client-id": CLIENT.id, "x-client-secret": CLIENT.secret };
  const listed = async (b: Bench) => {
    const answer = await fetch(`${b.lab.url}/v2/webhook/subscription`, { headers: app });
    return (await answer.json()) as { id: string; event_type: string; data_type: string; expiration_time: string }[];
  };
  const calls = (b: Bench) =>
    b.lab.requests
      .filter(({ path }) => path.startsWith("/v2/webhook/subscription"))
      .map(({ method, path, status }) => `${method} ${path.replace(/[0-9a-f-]{36}/, ":id")} ${status}`);
  const count = (all: readonly string[]) =>
    Object.fromEntries([...new Set(all)].map((one) => [one, all.filter((each) => each === one).length]));

  test("are subscribed to one by one, each challenge being answered while our own call is open", async () => {
    await using b = await bench();
    await b.connect();
    const { notices } = await subscribe(b);
    expect(notices).toEqual([]);
    expect(count(calls(b))).toEqual({
      "GET /v2/webhook/subscription 200": 1,
      "POST /v2/webhook/subscription 201": 33,
    });
    const pairs = (await listed(b)).map(({ event_type, data_type }) => `${event_type} ${data_type}`);
    expect(new Set(pairs).size).toBe(33);
    b.lab.forgetRequests();
    await subscribe(b);
    expect(count(calls(b))).toEqual({ "GET /v2/webhook/subscription 200": 1 });
  });

  test("are continued after a broken attempt, and renewed a week ahead", async () => {
    await using b = await bench();
    await b.connect();
    let made = 0;
    b.lab.addFault({ path: "/v2/webhook/subscription", rewrite: (body) => (++made > 12 ? "{" : body) });
    await expect(subscribe(b)).rejects.toThrow("could not be asked to notify");
    b.lab.clearFaults();
    const before = (await listed(b)).length;
    expect(before).toBeGreaterThan(5);
    expect(before).toBeLessThan(33);
    b.lab.forgetRequests();
    await subscribe(b);
    expect(count(calls(b))["POST /v2/webhook/subscription 201"]).toBe(33 - before);
    const ends = Date.parse(`${(await listed(b))[0]!.expiration_time}Z`);
    b.clock.set(new Date(ends - 6 * 86_400_000).toISOString());
    b.lab.forgetRequests();
    await subscribe(b);
    expect(count(calls(b))).toEqual({
      "GET /v2/webhook/subscription 200": 1,
      "PUT /v2/webhook/subscription/renew/:id 200": 33,
    });
  });

  test("of a pair that leads elsewhere are led here, and ours of what is not read are removed", async () => {
    await using b = await bench();
    await b.connect();
    await subscribe(b);
    const tell = (method: string, path: string, body: object) =>
      fetch(`${b.lab.url}/v2/webhook/subscription${path}`, {
        method,
        headers: { ...app, "content-type": "application/json" },
        body: JSON.stringify({ verification_token: verificationToken(CLIENT.secret), ...body }),
      });
    const ours = { callback_url: `${PUBLIC_URL}/webhooks/oura`, event_type: "update" };
    expect((await tell("POST", "", { ...ours, data_type: "tag" })).status).toBe(201);
    const [first] = await listed(b);
    // The lab leads every origin to the gateway, and so the challenge too.
    const elsewhere = { callback_url: "https://old.test/webhooks/oura" };
    expect((await tell("PUT", `/${first!.id}`, elsewhere)).status).toBe(200);
    b.lab.forgetRequests();
    await subscribe(b);
    expect(count(calls(b))).toEqual({
      "GET /v2/webhook/subscription 200": 1,
      "PUT /v2/webhook/subscription/:id 200": 1,
      "DELETE /v2/webhook/subscription/:id 204": 1,
    });
    expect((await listed(b)).map((one) => (one as never as typeof ours).callback_url)).toEqual(
      Array.from({ length: 33 }, () => ours.callback_url),
    );
  });

  const notify = async (b: Bench, event: object, { secret = CLIENT.secret as string, age = 0, upper = true } = {}) => {
    const body = JSON.stringify(event);
    const timestamp = String(Math.floor(b.clock.now() / 1000) - age);
    const hex = createHmac("sha256", secret)
      .update(timestamp + body)
      .digest("hex");
    const headers = { "x-oura-timestamp": timestamp, "x-oura-signature": upper ? hex.toUpperCase() : hex };
    return (await fetch(`${b.serving.url}/webhooks/oura`, { method: "POST", headers, body })).status;
  };

  test("are believed by their signature alone, and cause only the day of their object to be read again", async () => {
    await using b = await bench();
    await b.connect();
    await subscribe(b);
    const month30 = `sleep(${rangeOf(...month)}) { sessions { date } }`;
    await b.ask(month30);
    const { data } = (await (
      await fetch(`${b.lab.url}/v2/usercollection/sleep?start_date=2026-10-25&end_date=2026-10-27`, {
        headers: { authorization: `Bearer ${b.lab.issueTokens(WHO).accessToken}` },
      })
    ).json()) as { data: { id: string; bedtime_end: string; type: string }[] };
    const night = data.find(({ type }) => type === "long_sleep")!;
    const { providerUserId } = b.lab.issueTokens(WHO);
    const event = {
      ...{ event_type: "update", data_type: "sleep", object_id: night.id, user_id: providerUserId },
      event_time: "2026-11-20T19:00:00+00:00",
    };
    b.lab.forgetRequests();
    expect(await notify(b, event, { secret: "forged" })).toBe(401);
    expect(await notify(b, event, { age: 3 * 3600 })).toBe(401);
    await b.serving.gateway.webhooks.idle();
    await b.ask(month30);
    expect(b.asked()).toEqual([]);
    expect(await notify(b, event, { upper: false })).toBe(204);
    await b.serving.gateway.webhooks.idle();
    b.clock.advance(5_000);
    const date = night.bedtime_end.slice(0, 10);
    expect(b.asked()).toEqual([`/v2/usercollection/sleep/${night.id}`]);
    await b.ask(month30);
    const query = `start_date=${addDays(date, -1)}&end_date=${addDays(date, 1)}`;
    expect(b.asked().slice(1)).toEqual([`/v2/usercollection/sleep?${query}`]);
    // The same once more is nothing new.
    b.lab.forgetRequests();
    expect(await notify(b, event)).toBe(204);
    await b.serving.gateway.webhooks.idle();
    await b.ask(month30);
    expect(b.asked()).toEqual([]);
  });

  test("of a body that says nothing are refused or left alone", async () => {
    await using b = await bench();
    await b.connect();
    expect(await notify(b, [])).toBe(400);
    expect(await notify(b, { event_type: "update", data_type: "meal", object_id: "m", user_id: "u" })).toBe(204);
    expect((await fetch(`${b.serving.url}/webhooks/oura`, { method: "POST", body: "{}" })).status).toBe(401);
    const door = `${b.serving.url}/webhooks/oura?challenge=abc&verification_token=`;
    expect((await fetch(`${door}guess`)).status).toBe(401);
  });
});
