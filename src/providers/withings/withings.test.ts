/** Withings as a whole, over HTTP against its lab: what it costs, and what it says of trouble. */
import { type StillClock, stillClock } from "../../../test/support/lab-gateway.js";
import { plainRequest } from "../../../test/support/plain-request.js";
import { readConfig } from "../../config/read-config.js";
import { createGateway } from "../../gateway.js";
import type { Ask } from "../../health-data/ask.js";
import { plan } from "../../health-data/planner.js";
import type { Histories } from "../../health-data/views.js";
import { createLogger } from "../../log.js";
import type { Field } from "../../model/fields.js";
import type { Domain } from "../../model/records.js";
import { addDays, epochDay } from "../../model/time.js";
import { people } from "../../sandbox/people/index.js";
import { lab as definition, type WithingsLab } from "../../sandbox/withings/index.js";
import { doorOf } from "../../webhooks/address.js";
import { fieldsOf } from "../provider.js";
import { withings } from "./index.js";

interface Started {
  readonly clock: StillClock;
  readonly lab: WithingsLab;
}

const YESTERDAY = "2026-11-19";
const person = people.get("collector")!;

/** A gateway over a lab: one of its own, or that of another gateway, whose clock it then has too. */
async function start(env: Readonly<Record<string, string>> = {}, beside?: Started) {
  const clock = beside?.clock ?? stillClock("2026-11-20T20:07:00Z");
  const lab = beside?.lab ?? (await definition.start({ clock, sparse: true }));
  if (!beside) definition.liftLimits(lab);
  const logged: string[] = [];
  const heard: string[] = [];
  const waited: number[] = [];
  const variables = Object.fromEntries(
    Object.entries(definition.environment(lab)).map(([name, value]) => [`WITHINGS_${name}`, value]),
  );
  const gatewayOver = async () => {
    const config = readConfig(
      {
        ...{ STORE_URL: "memory:", AUTH_JWT_SECRET: "a secret for tests that is long enough" },
        ...{ ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"), WITHINGS_REQUESTS_PER_MINUTE: "9999" },
        ...variables,
        ...env,
      },
      { providers: [withings] },
    );
    const gateway = await createGateway({
      config,
      providers: [withings as never],
      log: createLogger({ level: "debug", destination: { write: (line: string) => void logged.push(line) } }),
      clock,
      delay: async (ms) => {
        waited.push(ms);
        clock.advance(Math.ceil(ms));
      },
      tell: { notification: (what) => void heard.push(what) },
    });
    return { config, gateway };
  };
  const { config, gateway } = await gatewayOver().catch(async (error) => {
    if (!beside) await lab.close();
    throw error;
  });
  return {
    ...{ clock, lab, gateway, config, logged, heard, waited },
    connect: async (tokens = lab.issueTokens(person.id)) => {
      await gateway.connections.importConnection({ userId: person.id, provider: "WITHINGS" as never, ...tokens });
      lab.forgetRequests();
      return tokens;
    },
    read: async (asks: readonly Ask[], request = plainRequest) => {
      lab.forgetRequests();
      const answers = await gateway.healthData.session(request).load(asks);
      const calls = lab.requests.filter(({ kind }) => kind === "api");
      return { histories: answers as readonly Histories[Domain][], calls: calls.length };
    },
    [Symbol.asyncDispose]: async () => {
      await gateway.close();
      if (!beside) await lab.close();
    },
  };
}

const ask = (domain: Domain, fields: readonly Field[], days: number, to = YESTERDAY): Ask => ({
  ...{ userId: person.id, domain, fields: new Set(fields), providers: null, alternatives: false, goalProgress: false },
  range: { from: addDays(to, 1 - days), to },
});
const activity: readonly Field[] = [...fieldsOf(withings)].filter(
  (field) => field.startsWith("activity.") && !field.includes(":") && field !== "activity.timeZone",
);
const body: readonly Field[] = ["body.weight", "body.fatPercentage", "body.composition"];
const usual = (days: number) => [
  ask("ACTIVITY", activity, days),
  ask("SLEEP", ["sleep.sessions"], days),
  ask("BODY", body, days),
];
const nightly = (days: number) => ask("SLEEP", ["sleep.sessions", "sleep.hypnograms", "sleep.course:HEART_RATE"], days);

describe("costs", () => {
  const nightsOf = (histories: readonly Histories[Domain][]) =>
    new Set((histories[0] as Histories["SLEEP"]).sessions!.map(({ date }) => date)).size;

  it("3 calls for 30 days of activity, nights and body, and one for each night where its stages or HRV are wanted", async () => {
    await using at = await start();
    await at.connect();
    const first = await at.read(usual(30));
    expect(first.calls).toBe(3);
    expect((await at.read(usual(30))).calls).toBe(0);
    const stages = await at.read([nightly(30)]);
    expect(stages.calls).toBe(nightsOf(stages.histories));
    expect([stages.calls > 25, stages.calls <= 30]).toEqual([true, true]);
    // The variability came along.
    expect((await at.read([ask("HEART", ["heart.hrvRmssd", "heart.restingRate"], 30)])).calls).toBe(0);
  });

  it("10 calls for a year of them", async () => {
    await using at = await start();
    await at.connect();
    const { calls } = await at.read(usual(365));
    expect(calls).toBe(10);
    // Nor does a day more on both sides cost a request, where 30 days are asked for.
    expect((await at.read([ask("SLEEP", ["sleep.sessions"], 32)])).calls).toBe(0);
  });

  it("what no other choice of calls undercuts", () => {
    const days = (count: number) =>
      Array.from({ length: count }, (_, index) => epochDay(YESTERDAY) - count + 1 + index);
    const wanted = (fields: readonly Field[], count: number) => new Map(fields.map((field) => [field, days(count)]));
    const made = (fields: readonly Field[], count: number) =>
      plan({
        calls: withings.calls,
        wanted: wanted(fields, count),
        known: new Set<Field>(["profile.timeZone"]),
        today: epochDay(YESTERDAY) + 1,
      });
    const all = [...activity, "sleep.sessions", ...body] as const;
    const found = [made(all, 30), made(all, 365), made([...all, "sleep.hypnograms"], 30)];
    expect(found.map(({ cost, exact }) => [cost, exact])).toEqual([
      [3, true],
      [10, true],
      [33, true],
    ]);
    // Each call has one field that no other call yields: so many calls and no fewer, each as often as its reach says.
    const owners = new Map(withings.calls.flatMap((call) => call.yields.map((field) => [field, call])));
    expect(owners.size).toBe(withings.calls.flatMap(({ yields }) => yields).length);
  });

  it("nothing for what Withings does not have", async () => {
    await using at = await start();
    await at.connect();
    const lacking: readonly Ask[] = [
      ask("ACTIVITY", ["activity.sedentaryMinutes", "activity.elevation", "activity.points"], 5),
      ask("VITALS", ["vitals.skinTemperature", "vitals.stressMinutes"], 5),
      ask("READINGS", ["readings.bloodGlucose", "readings.rhythmAlerts"], 5),
      ask("SCORES", ["scores.READINESS", "scores.STRAIN"], 5),
      { ...ask("PROFILE", ["profile.displayName", "profile.dateOfBirth"], 1), range: null },
    ];
    expect((await at.read(lacking)).calls).toBe(0);
  });
});

describe("time", () => {
  it("of samples has the offset of their own day, a traveller's too", async () => {
    await using at = await start();
    await at.connect();
    const starts = async (day: string) => {
      const { histories } = await at.read([ask("HEART", ["heart.samples:ONE_SECOND"], 1, day)]);
      const [own] = (histories[0] as Histories["HEART"]).days!;
      return own!.series.get("heart.samples:ONE_SECOND")!.start;
    };
    expect(await starts("2026-11-11")).toBe("2026-11-11T00:00:00+09:00");
    expect(await starts("2026-11-18")).toBe("2026-11-18T00:00:00+02:00");
    expect(await starts("2026-08-18")).toBe("2026-08-18T00:00:00+03:00");
  });

  it("of a night in which clocks change is told with both offsets, and lasts what elapses", async () => {
    await using at = await start();
    await at.connect();
    for (const [day, before, after] of [
      ["2025-10-26", "+03:00", "+02:00"],
      ["2025-03-30", "+02:00", "+03:00"],
    ] as const) {
      const { histories } = await at.read([ask("SLEEP", ["sleep.sessions"], 1, day)]);
      const [night] = (histories[0] as Histories["SLEEP"]).sessions!.filter(({ isMainSleep }) => isMainSleep);
      expect([night!.date, night!.start.slice(-6), night!.end.slice(-6)]).toEqual([day, before, after]);
      const [truth] = person.day(day).sleeps.filter(({ main }) => main);
      const span = [Date.parse(night!.start), Date.parse(night!.end)];
      const apart = span.map((ms, index) => Math.abs(ms - [truth!.startMs, truth!.endMs][index]!));
      expect(apart.every((ms) => ms < 600_000)).toBe(true);
    }
  });
});

describe("the grant", () => {
  const aDay = [ask("ACTIVITY", ["activity.steps"], 1)];
  const statusOf = async (at: Awaited<ReturnType<typeof start>>) => {
    const { histories } = await at.read(aDay);
    const [connection] = await at.gateway.connections.list(person.id);
    return [histories[0]!.sources[0]!.status, connection!.status];
  };

  it("is gone only by the words of the token endpoint", async () => {
    await using at = await start();
    await at.connect();
    at.lab.addFault({ status: 401, path: "/v2/measure" });
    expect(await statusOf(at)).toEqual(["INSUFFICIENT_SCOPE", "CONNECTED"]);
    at.lab.clearFaults();
    at.lab.revoke(person.id);
    at.clock.advance(3_600_000);
    expect((await at.read([ask("SLEEP", ["sleep.sessions"], 1)])).histories[0]!.sources[0]!.status).toBe(
      "REAUTHORIZATION_REQUIRED",
    );
    expect(await statusOf(at)).toEqual(["REAUTHORIZATION_REQUIRED", "REAUTHORIZATION_REQUIRED"]);
  });

  it.each([
    [
      "503 for something else",
      { rewrite: () => '{"status":503,"body":{},"error":"Invalid Params: invalid client_id"}' },
    ],
    ["the same call twice", { rewrite: () => '{"status":601,"body":{"wait_seconds":8},"error":"Same arguments"}' }],
    ["an unknown status", { rewrite: () => '{"status":2,"body":{}}' }],
    ["HTML", { kind: "html" as const, status: 502 }],
  ])("stays through %s", async (_, fault) => {
    await using at = await start();
    await at.connect();
    at.clock.advance(4 * 3_600_000);
    at.lab.addFault({ ...fault, path: "/v2/oauth2" });
    expect(await statusOf(at)).toEqual(["UNAVAILABLE", "CONNECTED"]);
    at.lab.clearFaults();
    at.clock.advance(3_600_000);
    expect(await statusOf(at)).toEqual(["OK", "CONNECTED"]);
  });

  it("is withdrawn at Withings by a signed call, though the token had run out", async () => {
    await using at = await start();
    const { refreshToken } = await at.connect();
    at.clock.advance(4 * 3_600_000);
    const done = await at.gateway.connections.disconnect({ userId: person.id, provider: "WITHINGS" as never });
    expect(done.revokedAtProvider).toBe(true);
    const { CLIENT_ID, CLIENT_SECRET } = definition.environment(at.lab) as Record<string, string>;
    const refresh = { action: "requesttoken", grant_type: "refresh_token", refresh_token: refreshToken! };
    const answer = await fetch(`${at.lab.url}/v2/oauth2`, {
      method: "POST",
      body: new URLSearchParams({ ...refresh, client_id: CLIENT_ID!, client_secret: CLIENT_SECRET! }),
    });
    expect(await answer.json()).toMatchObject({ status: 503 });
  });

  it("is of the demo person where the operator says so, and of nobody else where not", async () => {
    const modeOf = async (env: Record<string, string>) => {
      await using at = await start(env);
      const begun = { userId: "ann", provider: "WITHINGS" as never, redirectTo: "http://127.0.0.1:4000/done" };
      const { authorizationUrl } = await at.gateway.connections.begin(begun);
      return new URL(authorizationUrl).searchParams;
    };
    expect((await modeOf({ WITHINGS_MODE: "demo" })).get("mode")).toBe("demo");
    const plain = await modeOf({});
    expect(plain.get("mode")).toBeNull();
    expect(plain.get("scope")!.split(",").sort()).toEqual(["user.activity", "user.info", "user.metrics"]);
    await expect(start({ WITHINGS_MODE: "test" })).rejects.toThrow("WITHINGS_MODE must be demo");
  });
});

it("the same call within ten seconds waits, and delays nobody else", async () => {
  await using at = await start();
  const tokens = await at.connect();
  await using replica = await start({}, at);
  await replica.connect(tokens);
  at.lab.switches.sameArguments = "all";
  const okOf = async (by: typeof at, asked: Ask) => {
    const { histories, calls } = await by.read([asked]);
    return [histories[0]!.sources[0]!.status, calls];
  };
  const steps = ask("ACTIVITY", ["activity.steps"], 2);
  expect(await okOf(at, steps)).toEqual(["OK", 1]);
  at.clock.advance(3_000);
  expect(await okOf(replica, ask("SLEEP", ["sleep.sessions"], 2))).toEqual(["OK", 1]);
  expect(replica.waited).toEqual([]);
  expect(await okOf(replica, steps)).toEqual(["OK", 2]);
  expect(replica.waited).toEqual([7000]);
  expect(await okOf(replica, ask("BODY", body, 2))).toEqual(["OK", 1]);
  expect(replica.waited).toEqual([7000]);
});

it("equal notifications are one for two minutes and two an hour apart, by the secret address alone, which is in no log", async () => {
  await using at = await start();
  const { providerUserId } = await at.connect();
  const { url } = doorOf(withings as never, at.config.providers["WITHINGS" as never], "https://gate.test");
  const secret = url!.split("/").at(-1)!;
  const tell = (given: string | undefined, method: "POST" | "HEAD" = "POST") => {
    const text = method === "POST" ? `userid=${providerUserId}&startdate=1795000000&enddate=1795000000&appli=1` : "";
    return at.gateway.webhooks.receive("withings", { method, headers: {}, query: {}, body: Buffer.from(text) }, given);
  };
  const statuses = [];
  for (const [afterMs, given] of [
    [0, secret],
    [10_000, secret],
    [3_600_000, secret],
    [0, "guessed"],
    [0, undefined],
  ] as const) {
    at.clock.advance(afterMs);
    statuses.push((await tell(given)).status);
    await at.gateway.webhooks.idle();
  }
  expect(statuses).toEqual([200, 200, 200, 404, 404]);
  expect(at.heard).toEqual(["accepted", "repeated", "accepted", "refused", "refused"]);
  expect((await tell(secret, "HEAD")).status).toBe(200);
  expect(at.logged.join("\n")).not.toContain(secret);
});

it("several devices of one person hide nothing of each other", async () => {
  await using at = await start();
  await at.connect();
  const readings: readonly Field[] = ["readings.pulses", "readings.bloodPressures", "readings.oxygenSaturations"];
  const { histories } = await at.read([
    ask("READINGS", readings, 60),
    ask("ACTIVITY", ["activity.steps"], 60),
    ask("HEART", ["heart.averageRate"], 60),
  ]);
  const { pulses, bloodPressures } = histories[0] as Histories["READINGS"];
  // Of a cuff and of a scale.
  const pressures = new Set(bloodPressures!.map(({ time }) => time));
  expect(pulses!.filter(({ time }) => pressures.has(time))).toHaveLength(bloodPressures!.length);
  expect(pulses!.length).toBeGreaterThan(bloodPressures!.length);
  // The watch's steps, not the phone's, on the day that both tell of.
  const worn = (histories[1] as Histories["ACTIVITY"]).days!.find(({ date }) => date === "2026-11-09")!;
  const rates = (histories[2] as Histories["HEART"]).days!.find(({ date }) => date === "2026-11-09")!;
  expect([worn.steps, rates.averageRate]).toEqual([10_791, 66]);
  const { histories: devices } = await at.read([{ ...ask("DEVICES", ["devices.devices"], 1), range: null }]);
  expect((devices[0] as Histories["DEVICES"]).devices!.map(({ kind }) => kind)).toEqual([
    ...["Scale", "Activity Tracker", "Sleep Monitor", "Blood Pressure Monitor"],
  ]);
});
