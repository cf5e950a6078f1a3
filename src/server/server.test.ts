import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { serverAudits } from "graphql-http";
import { createClient } from "graphql-ws";
import { SignJWT } from "jose";
import { WebSocket } from "ws";
import { endingSoon } from "../../test/support/ending-soon.js";
import { activityDay, appKey, jwtSecret, startServer, type TestServer } from "../../test/support/server-bench.js";
import { PulsegateError, StoreUnavailable } from "../errors.js";
import type { ActivityHistory, Histories, SourceReport } from "../health-data/views.js";

let running: TestServer | undefined;
async function start(...given: Parameters<typeof startServer>): Promise<TestServer> {
  running = await startServer(...given);
  return running;
}
afterEach(async () => {
  await running?.[Symbol.asyncDispose]();
  running = undefined;
});

const tokenFor = (sub: string, expiresIn = 60) =>
  new SignJWT({ sub })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
    .sign(jwtSecret);
const as = async (sub: string) => ({ authorization: `Bearer ${await tokenFor(sub)}` });
const asApp = { "x-api-key": appKey };
const closed = {
  singleUser: null,
  viewerWithoutCredentials: null,
  userTokens: { kind: "secret", secret: jwtSecret, issuer: null, audience: null },
} as const;

const OK: SourceReport = {
  provider: "FITBIT",
  status: "OK",
  message: null,
  retryAt: Date.UTC(2026, 0, 1),
  asOf: null,
  servedFromStore: false,
  reachesFrom: null,
};
const days = (...given: ActivityHistory["days"] & object): ActivityHistory => ({
  days: given,
  totals: {
    days: given.length,
    steps: 100.5,
    distance: 1_000,
    energyBurned: null,
    activeEnergyBurned: null,
    floors: null,
  },
  sources: [OK],
});
/** A raw request: fetch allows neither Host nor Origin to be set. */
function raw(
  url: string,
  headers: Record<string, string>,
  body?: string,
  method = "POST",
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode!, headers: response.headers, text });
    });
    sent.on("error", reject).end(body);
  });
}

describe("queries", () => {
  test("figures come in the asked unit, Ints rounded once, instants in Z", async () => {
    const { query, pretence } = await start();
    pretence.answer = () => days(activityDay("2026-03-01"));
    const { data, errors } = await query(`{ viewer { id activity(range: { lastDays: 1 }) {
      days { steps metres: distance kilometres: distance(unit: KILOMETER) energyBurned(unit: KILOJOULE) settled }
      totals { steps distance(unit: KILOMETER) } sources { retryAt status } } } }`);
    expect(errors).toBeUndefined();
    expect(data.viewer).toEqual({
      id: "me",
      activity: {
        days: [{ steps: 8_001, metres: 5_600, kilometres: 5.6, energyBurned: 8_368, settled: true }],
        totals: { steps: 101, distance: 1 },
        sources: [{ retryAt: "2026-01-01T00:00:00.000Z", status: "OK" }],
      },
    });
  });

  test("series go out as columns or as points, with their unit", async () => {
    const { query, pretence } = await start();
    const series = {
      start: "2026-03-01T00:00:00+01:00",
      localStart: "2026-03-01T00:00:00",
      stepSeconds: 900,
      offsets: [0, 900],
      values: [1, 2.5],
    };
    pretence.answer = () =>
      days(activityDay("2026-03-01", { series: new Map([["activity.samples:STEPS:FIFTEEN_MINUTES", series]]) }));
    const { data } = await query(
      "{ viewer { activity(range: { lastDays: 1 }) { days { samples(metric: STEPS) { unit start localStart offsets values points { time value } } } } } }",
    );
    expect(data.viewer.activity.days[0].samples).toEqual({
      unit: "count",
      start: "2026-03-01T00:00:00+01:00",
      localStart: "2026-03-01T00:00:00",
      offsets: [0, 900],
      values: [1, 2.5],
      points: [
        { time: "2026-03-01T00:00:00+01:00", value: 1 },
        { time: "2026-03-01T00:15:00+01:00", value: 2.5 },
      ],
    });
  });

  test("missing speaks of this selection, or of the names that it is given; sorted, and UNKNOWN where nothing was seen", async () => {
    const { query, pretence } = await start();
    const absent = new Map([
      ["floors", "UNSUPPORTED"],
      ["points", "NOT_RECORDED"],
      ["samples(STEPS,ONE_MINUTE)", "NOT_PERMITTED_TO_APP"],
    ] as const);
    pretence.answer = () =>
      days(activityDay("2026-03-01", { absent }), activityDay("2026-03-02", { absent, floors: 3 }));
    const { data } =
      await query(`{ viewer { activity(range: { lastDays: 2 }) { days { steps points floors elevation missing { field reason }
      named: missing(fields: ["samples(STEPS, ONE_MINUTE)", "steps"]) { field reason } } } } }`);
    const [first, second] = data.viewer.activity.days;
    expect(first.missing).toEqual([
      { field: "elevation", reason: "UNKNOWN" },
      { field: "floors", reason: "UNSUPPORTED" },
      { field: "points", reason: "NOT_RECORDED" },
    ]);
    expect(second.missing.map(({ field }: { field: string }) => field)).toEqual(["elevation", "points"]);
    expect(first.named).toEqual([{ field: "samples(STEPS,ONE_MINUTE)", reason: "NOT_PERMITTED_TO_APP" }]);
  });

  test("all aliases and all users of an operation are read in one batch, equal asks once", async () => {
    const { query, pretence } = await start(closed);
    pretence.answer = (ask) => days(activityDay("2026-03-01", { id: ask.userId }));
    const body =
      "a: activity(range: { lastDays: 1 }) { days { id steps } } b: activity(range: { lastDays: 1 }) { days { steps id } } c: activity(range: { lastDays: 2 }) { days { floors } }";
    const { data } = await query(
      `{ x: user(id: "ann") { ${body} } y: user(id: "bob") { ${body} } z: user(id: "nobody") { ${body} } }`,
      { headers: asApp },
    );
    expect(pretence.batches.map((batch) => batch.length)).toEqual([4]);
    expect(data.x.a.days[0].id).toBe("ann");
    expect(data.y.b.days[0].id).toBe("bob");
    expect(data.z).toBeNull();
  });

  test("one wrong argument takes nothing from the others", async () => {
    const { query, pretence } = await start();
    pretence.answer = () => days();
    const { status, data, errors } = await query(`{ viewer { ok: activity(range: { lastDays: 1 }) { days { steps } }
      bad: activity(range: { lastDays: 0 }) { days { steps } } worse: activity(range: { lastDays: 1 }) { days { missing(fields: ["nope"]) { field } } } } }`);
    expect(status).toBe(200);
    expect(data.viewer).toEqual({ ok: { days: [] }, bad: null, worse: null });
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT", "BAD_USER_INPUT"]);
  });

  test.each([
    ["a user", "query ($x: ID!) { user(id: $x) { id } }"],
    ["a user named by an app", "mutation ($x: ID) { disconnect(input: { provider: FITBIT, userId: $x }) { notices } }"],
    [
      "a handle",
      'mutation ($x: String!) { confirmConnection(input: { userId: "ann", handle: $x }) { connection { id } } }',
    ],
    [
      "a scope",
      'mutation ($x: String!) { connect(input: { userId: "ann", provider: FITBIT, scopes: [$x] }) { expiresAt } }',
    ],
    ["a zone", '{ user(id: "ann") { activity(range: { lastDays: 1, timeZone: $x }) { days { steps } } } }'],
    [
      "a field",
      '{ user(id: "ann") { activity(range: { lastDays: 1 }) { days { missing(fields: [$x]) { field } } } } }',
    ],
  ])("NUL, half a character or 3,000 characters in %s are BAD_USER_INPUT, and nothing is read", async (_, query) => {
    const at = await start(closed);
    const document = query.startsWith("{") ? `query ($x: String!) ${query}` : query;
    for (const x of ["a\0b", "\ud800", "x".repeat(3_000)]) {
      const { status, errors } = await at.query(document, { headers: asApp, variables: { x } });
      expect([status, errors?.map(({ extensions }) => extensions["code"])]).toEqual([400, ["BAD_USER_INPUT"]]);
    }
    expect(at.pretence.batches).toEqual([]);
  });

  test("a date that is none is BAD_USER_INPUT, written out or as a variable", async () => {
    const { query } = await start();
    const literal = await query('{ viewer { activity(range: { from: "2026-02-30" }) { days { steps } } } }');
    const variable = await query(
      "query Q($d: LocalDate) { viewer { activity(range: { from: $d }) { days { steps } } } }",
      { variables: { d: "yesterday" } },
    );
    expect([literal, variable].map(({ status, errors }) => [status, errors?.[0]?.extensions["code"]])).toEqual([
      [400, "BAD_USER_INPUT"],
      [400, "BAD_USER_INPUT"],
    ]);
  });

  test("freshness and header tokens reach the session; tokens only where they are switched on", async () => {
    const headers = {
      "cache-control": "max-age=60, no-cache, stale-if-error=5",
      "x-google-health-access-token": "t0ken",
    };
    for (const tokenResolvers of [["vault"], ["header", "vault"]] as const) {
      await using server = await startServer({ tokenResolvers });
      await server.query("{ viewer { activity(range: { lastDays: 1 }) { days { steps } } } }", { headers });
      expect(server.pretence.requests[0]).toMatchObject({
        freshness: { maxAgeSeconds: 60, noCache: true, onlyIfCached: false, staleIfErrorSeconds: 5 },
        dryRun: false,
        headerTokens: tokenResolvers.length === 2 ? { GOOGLE_HEALTH: "t0ken" } : {},
      });
    }
  });

  test("providers show what the configuration makes of them", async () => {
    const { query } = await start();
    expect((await query("{ providers { id status domains hourlyRequestLimit } }")).data.providers).toEqual([
      { id: "FITBIT", status: "RETIRED", domains: ["PROFILE", "ACTIVITY"], hourlyRequestLimit: 150 },
      { id: "GOOGLE_HEALTH", status: "AVAILABLE", domains: ["PROFILE", "ACTIVITY"], hourlyRequestLimit: 150 },
      { id: "MISFIT", status: "AVAILABLE", domains: ["PROFILE", "ACTIVITY"], hourlyRequestLimit: null },
    ]);
  });
});

describe("callers", () => {
  const rateLimits = "{ connections { provider { id } rateLimits { scope } } }";

  test("a user token speaks for its user, and for nobody else", async () => {
    const { query } = await start(closed);
    const headers = await as("ann");
    expect((await query("{ viewer { id } }", { headers })).data).toEqual({ viewer: { id: "ann" } });
    const named = await query(
      'mutation { setSourcePriority(input: { userId: "bob", providers: [] }) { user { id } } }',
      { headers },
    );
    expect(named.errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
    const read = await query('{ user(id: "bob") { id } }', { headers });
    expect([read.data, read.errors?.[0]?.extensions["code"]]).toEqual([{ user: null }, "FORBIDDEN"]);
    const imported = await query(
      'mutation { importConnection(input: { userId: "ann", provider: FITBIT, accessToken: "x" }) { connection { id } } }',
      { headers },
    );
    expect(imported.errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
  });

  test("an app key has no viewer, and names the user", async () => {
    const { query } = await start(closed);
    expect((await query("{ viewer { id } }", { headers: asApp })).data).toEqual({ viewer: null });
    const unnamed = await query("mutation { disconnect(input: { provider: FITBIT }) { notices } }", { headers: asApp });
    expect(unnamed.errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
    const named = await query(
      'mutation { disconnect(input: { provider: FITBIT, userId: "ann" }) { user { id } revokedAtProvider } }',
      { headers: asApp },
    );
    expect(named.data.disconnect).toEqual({ user: { id: "ann" }, revokedAtProvider: true });
  });

  test("an app key of one person has that person as viewer, and names nobody else", async () => {
    const bound = { name: "wall", sha256: createHash("sha256").update("wall key").digest(), userId: "ann" };
    const server = await start({ ...closed, appKeys: [{ ...bound, readOnly: false }] });
    const headers = { "x-api-key": "wall key" };
    const codeOf = async (query: string) => (await server.query(query, { headers })).errors?.[0]?.extensions["code"];
    expect((await server.query("{ viewer { id } }", { headers })).data).toEqual({ viewer: { id: "ann" } });
    expect(await codeOf('{ user(id: "bob") { id } }')).toBe("FORBIDDEN");
    expect(await codeOf('mutation { disconnect(input: { provider: FITBIT, userId: "bob" }) { notices } }')).toBe(
      "FORBIDDEN",
    );
    expect(await codeOf('mutation { disconnect(input: { provider: FITBIT, userId: "ann" }) { notices } }')).toBe(
      undefined,
    );
    expect(await codeOf("mutation { disconnect(input: { provider: FITBIT }) { notices } }")).toBe(undefined);
    // What all users share is the operator's business: a key of one person is not the operator's.
    const { data } = await server.query(`{ viewer ${rateLimits} }`, { headers });
    expect(data.viewer.connections[0].rateLimits).toEqual([{ scope: "CONNECTION" }]);
  });

  test("an app key that may only read is refused every mutation, before anything of it runs", async () => {
    for (const userId of [null, "ann"]) {
      const sha256 = createHash("sha256").update("reader").digest();
      await using server = await startServer({ ...closed, appKeys: [{ name: "r", sha256, userId, readOnly: true }] });
      const headers = { "x-api-key": "reader" };
      const { status, errors } = await server.query(
        'mutation { setSourcePriority(input: { userId: "ann", providers: [] }) { user { id } } }',
        { headers },
      );
      expect([status, errors?.[0]?.extensions["code"]]).toEqual([403, "FORBIDDEN"]);
      const read = await server.query("{ viewer { id } providers { id } }", { headers });
      expect(read.errors).toBeUndefined();
    }
  });

  test("app-wide limits are shown to app keys alone", async () => {
    const { query } = await start(closed);
    const user = await query(`{ viewer ${rateLimits} }`, { headers: await as("ann") });
    const app = await query(`{ user(id: "ann") ${rateLimits} }`, { headers: asApp });
    expect(user.data.viewer.connections[0].rateLimits).toEqual([{ scope: "CONNECTION" }]);
    expect(app.data.user.connections[0].rateLimits).toEqual([{ scope: "CONNECTION" }, { scope: "APP" }]);
  });

  test("without credentials, and with wrong ones, UNAUTHENTICATED", async () => {
    const { query } = await start(closed);
    for (const headers of [
      {},
      { "x-api-key": "wrong" },
      { authorization: "Bearer a.b.c" },
      { authorization: "Basic abc" },
      { authorization: `Bearer ${await tokenFor("ann", -60)}` },
    ]) {
      const {
        status,
        errors,
        headers: answered,
      } = await query("{ viewer { id } }", { headers: headers as Record<string, string> });
      expect([status, errors?.[0]?.extensions["code"], answered.get("www-authenticate")]).toEqual([
        401,
        "UNAUTHENTICATED",
        "Bearer",
      ]);
    }
  });

  test("wrong credentials are wrong even where none are needed", async () => {
    const { query } = await start();
    expect(
      (await query("{ viewer { id } }", { headers: { "x-api-key": "wrong" } })).errors?.[0]?.extensions["code"],
    ).toBe("UNAUTHENTICATED");
  });
});

describe("errors", () => {
  test("what nobody meant to say is masked, with an id under which the log has it", async () => {
    const { query, pretence } = await start();
    const answer = await query("{ viewer { id heart(range: { lastDays: 1 }) { days { restingRate } } } }", {
      headers: { "x-request-id": "req-1" },
    });
    expect(answer.data).toEqual({ viewer: { id: "me", heart: null } });
    expect(answer.errors).toEqual([
      {
        message: "Something went wrong on our side.",
        locations: expect.anything(),
        path: ["viewer", "heart"],
        extensions: { code: "INTERNAL_SERVER_ERROR", requestId: "req-1" },
      },
    ]);
    expect(pretence.errors[0]?.details).toMatchObject({ requestId: "req-1", path: "viewer.heart" });
  });

  test("a store that can't answer is said to be away for now, and named in the log alone", async () => {
    const away = new StoreUnavailable("PostgreSQL can't answer (53300).");
    const { query, pretence, url } = await start({}, { webhooks: { receive: () => Promise.reject(away) } });
    pretence.answer = () => new StoreUnavailable("PostgreSQL can't answer (57P01).");
    const answer = await query("{ viewer { activity(range: { lastDays: 1 }) { days { steps } } } }");
    expect(answer.errors?.[0]).toMatchObject({
      message: "The gateway can't answer for now; try again in a moment.",
      extensions: { code: "SERVICE_UNAVAILABLE" },
    });
    const door = await fetch(`${url}/webhooks/fitbit`, { method: "POST" });
    expect([door.status, await door.text()]).toEqual([503, expect.stringContaining("SERVICE_UNAVAILABLE")]);
    expect(pretence.errors.map(({ details }) => (details as { err: Error }).err.message)).toEqual([
      "PostgreSQL can't answer (57P01).",
      "PostgreSQL can't answer (53300).",
    ]);
  });

  test("a value that does not fit is not quoted", async () => {
    const { query, pretence } = await start();
    pretence.answer = () => days(activityDay("2026-03-01", { points: "61 secret bpm" as never }));
    const answer = await query("{ viewer { activity(range: { lastDays: 1 }) { days { points } } } }");
    expect(answer.errors?.[0]?.extensions["code"]).toBe("INTERNAL_SERVER_ERROR");
    expect(JSON.stringify([answer, pretence.errors])).not.toContain("secret");
  });

  test("errors of ours keep code, sentence and details", async () => {
    const { query, pretence } = await start();
    pretence.answer = () => new PulsegateError("PROVIDER_UNAVAILABLE", "Later.", { provider: "FITBIT" });
    const { errors } = await query("{ viewer { activity(range: { lastDays: 1 }) { days { steps } } } }");
    expect(errors?.[0]).toMatchObject({
      message: "Later.",
      extensions: { code: "PROVIDER_UNAVAILABLE", provider: "FITBIT" },
    });
    expect(errors?.[0]?.extensions).not.toHaveProperty("http");
  });

  test("GraphQL's own are kept, and show no stack", async () => {
    const { query } = await start();
    const parse = await query("{ viewer {");
    const validation = await query("{ viewerr { id } }");
    expect([parse, validation].map(({ status, errors }) => [status, errors?.[0]?.extensions])).toEqual([
      [400, { code: "GRAPHQL_PARSE_FAILED" }],
      [400, { code: "GRAPHQL_VALIDATION_FAILED" }],
    ]);
    const nulled = await query(
      "query Q($u: LengthUnit) { viewer { activity(range: { lastDays: 1 }) { days { distance(unit: $u) } } } }",
      { variables: { u: null } },
    );
    expect(nulled.errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
  });

  test("too much is QUERY_TOO_COSTLY, before anything is read", async () => {
    const { query, pretence } = await start();
    const seconds = await query(
      "{ viewer { heart(range: { lastDays: 400 }) { days { samples(resolution: ONE_SECOND) { values } } } } }",
    );
    const tokens = await query(`{ viewer { ${"id ".repeat(9_000)} } }`);
    for (const { status, errors } of [seconds, tokens])
      expect([status, errors?.[0]?.extensions["code"]]).toEqual([400, "QUERY_TOO_COSTLY"]);
    expect(pretence.batches).toEqual([]);
  });

  test("a body that is too long or no JSON is refused without being quoted", async () => {
    const { url } = await start();
    const post = (body: string) =>
      fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body });
    expect((await post(`{"query":"${"x".repeat(300_000)}"}`)).status).toBe(413);
    const broken = await post('{"secret');
    expect([broken.status, (await broken.text()).includes("secret")]).toEqual([400, false]);
  });

  test("callers have a limit of their own", async () => {
    const { query } = await start({}, { rateLimit: { user: 2, app: 2, stranger: 2 } });
    await query("{ __typename }");
    await query("{ __typename }");
    const { status, headers, errors } = await query("{ __typename }");
    expect([status, errors?.[0]?.extensions["code"]]).toEqual([429, "RATE_LIMITED"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("plan", () => {
  const query = "{ viewer { activity(range: { lastDays: 1 }) { days { steps } } } }";
  const resetsAt = Date.UTC(2026, 0, 1);
  const budget = { userId: "ann", provider: "FITBIT", windowSeconds: 60, limit: 5, remaining: 4, resetsAt } as const;
  const call = {
    userId: "ann",
    provider: "FITBIT",
    call: "heart-series",
    from: "2026-01-01",
    to: "2026-01-01",
    requests: 1,
    atLeast: false,
    origin: "UPSTREAM",
  } as const;
  const ofOtherRelease = { ...call, call: "toString" } as const;
  const report = {
    upstreamCalls: 1,
    calls: [call, ofOtherRelease],
    budgets: [
      { ...budget, scope: "CONNECTION" },
      { ...budget, scope: "APP" },
    ],
  } as const;
  const shown = { ...budget, resetsAt: "2026-01-01T00:00:00.000Z" };

  test("a report comes beside the data", async () => {
    const server = await start();
    server.pretence.report = report;
    const { data, extensions } = await server.query(query, { extensions: { plan: "report" } });
    expect(data.viewer.activity.days).toHaveLength(1);
    expect(extensions.plan).toEqual({
      upstreamCalls: 1,
      calls: [
        { ...call, domains: ["HEART"] },
        { ...ofOtherRelease, domains: [] },
      ],
      budgets: [{ ...shown, scope: "CONNECTION" }],
    });
    expect((await server.query(query)).extensions).toBeUndefined();
  });

  test("app keys see app-wide budgets", async () => {
    const server = await start(closed);
    server.pretence.report = report;
    const { extensions } = await server.query(
      '{ user(id: "ann") { activity(range: { lastDays: 1 }) { days { steps } } } }',
      { extensions: { plan: "report" }, headers: asApp },
    );
    expect(extensions.plan.budgets).toEqual([
      { ...shown, scope: "CONNECTION" },
      { ...shown, scope: "APP" },
    ]);
  });

  test("a dry run plans, and answers no data", async () => {
    const server = await start();
    const { data, errors, extensions } = await server.query(query, { extensions: { plan: "dry-run" } });
    expect([data, errors]).toEqual([null, undefined]);
    expect(extensions.plan.upstreamCalls).toBe(0);
    expect(server.pretence.requests[0]?.dryRun).toBe(true);
  });

  test("unknown plans and mutations on trial are mistakes", async () => {
    const server = await start();
    const unknown = await server.query(query, { extensions: { plan: "maybe" } });
    const mutation = await server.query("mutation { deleteUserData(input: {}) { userId } }", {
      extensions: { plan: "dry-run" },
    });
    for (const { status, errors } of [unknown, mutation])
      expect([status, errors?.[0]?.extensions["code"]]).toEqual([400, "BAD_USER_INPUT"]);
  });
});

describe("the open door", () => {
  const body = JSON.stringify({ query: "{ viewer { id } }" });
  const json = { "content-type": "application/json" };

  test("foreign hosts, foreign pages and forwarded requests are refused without credentials", async () => {
    const { url } = await start();
    const wrong = [
      { host: "evil.example" },
      { host: "127.0.0.1.evil.example" },
      { origin: "https://evil.example" },
      { origin: "null" },
      { "x-forwarded-for": "203.0.113.9" },
      { forwarded: "for=203.0.113.9" },
    ];
    for (const headers of wrong) {
      const { status, text } = await raw(`${url}/graphql`, { ...json, ...headers } as never, body);
      expect([headers, status, JSON.parse(text).errors[0].extensions.code]).toEqual([headers, 403, "FORBIDDEN"]);
    }
  });

  test("our own name and pages, and those that the operator named, may", async () => {
    const { url } = await start({ publicUrl: "https://pulse.example" });
    const right = [
      {},
      { host: "localhost:4000" },
      { host: "[::1]:4000" },
      { host: "pulse.example" },
      { origin: url },
      { origin: "https://pulse.example" },
      { origin: "https://app.example" },
    ];
    for (const headers of right) {
      const { status } = await raw(`${url}/graphql`, { ...json, ...headers } as never, body);
      expect([headers, status]).toEqual([headers, 200]);
    }
  });

  test("with credentials, where they come from does not matter", async () => {
    const { url } = await start();
    const { status } = await raw(
      `${url}/graphql`,
      { ...json, ...asApp, host: "pulse.example", "x-forwarded-for": "203.0.113.9" },
      body,
    );
    expect(status).toBe(200);
  });

  test("only named origins are let in by CORS", async () => {
    const { url } = await start(closed);
    const preflight = (origin: string) =>
      raw(
        `${url}/graphql`,
        { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
        undefined,
        "OPTIONS",
      );
    const named = await preflight("https://app.example");
    expect(named).toMatchObject({
      status: 204,
      headers: {
        "access-control-allow-origin": "https://app.example",
        "access-control-allow-headers": "authorization",
      },
    });
    expect((await preflight("https://evil.example")).headers).not.toHaveProperty("access-control-allow-origin");
  });

  test("a form of another page does not pass as a query", async () => {
    const { url } = await start();
    const form = await raw(`${url}/graphql`, { "content-type": "text/plain" }, body);
    const link = await raw(`${url}/graphql?query=${encodeURIComponent("{viewer{id}}")}`, {}, undefined, "GET");
    expect([form.status, link.status]).toEqual([expect.not.stringMatching("200"), 400]);
    expect(form.status).toBeGreaterThanOrEqual(400);
  });
});

describe("other doors", () => {
  test("health, readiness, metrics", async () => {
    const { url, query } = await start(
      {},
      { checks: { store: async () => {}, redis: async () => Promise.reject(new Error("redis://secret")) } },
    );
    await query("{ __typename }");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: "not ready", store: "ok", redis: "unreachable" },
    ]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('pulsegate_graphql_operations_total{type="query",outcome="ok"} 1');
    expect(metrics).toContain('pulsegate_http_request_seconds_count{route="/graphql",method="POST",status="200"} 1');
  });

  test("answers are private, and say no more than they must", async () => {
    const { query } = await start();
    const { headers } = await query("{ __typename }");
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
      "x-request-id": expect.any(String),
    });
    expect(headers.has("x-powered-by")).toBe(false);
  });

  test("an idle connection stays open for longer than balancers keep theirs", async () => {
    const { query } = await start();
    const { headers } = await query("{ __typename }");
    const [, seconds] = /timeout=(\d+)/.exec(headers.get("keep-alive") ?? "")!;
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  test("webhooks get the raw body up to the provider's limit", async () => {
    const { url, pretence } = await start();
    const post = (slug: string, body: string) =>
      fetch(`${url}/webhooks/${slug}`, { method: "POST", headers: { "content-type": "application/json" }, body });
    expect((await post("fitbit", '{ "a" :1}')).status).toBe(204);
    expect(pretence.webhooks).toEqual([{ slug: "fitbit", body: '{ "a" :1}' }]);
    expect((await post("fitbit", "x".repeat(65))).status).toBe(413);
    const inPieces = await raw(`${url}/webhooks/fitbit`, { "transfer-encoding": "chunked" }, "x".repeat(65));
    expect([inPieces.status, JSON.parse(inPieces.text).errors[0].extensions.code]).toEqual([413, "BAD_REQUEST"]);
    expect((await post("misfit", "{}")).status).toBe(404);
    expect((await post("nobody", "{}")).status).toBe(404);
    expect((await fetch(`${url}/webhooks/fitbit`, { method: "PUT", body: "x" })).status).toBe(405);
  });

  test("a webhook that breaks off halfway, or is compressed, is not passed on", async () => {
    const { url, server, pretence } = await start();
    const came = once(server.httpServer, "request");
    const half = request(`${url}/webhooks/fitbit`, { method: "POST", headers: { "content-length": 8 } });
    half.on("error", () => {}).write("half");
    const [, response] = await came;
    half.destroy();
    await once(response, "close");
    const compressed = await raw(`${url}/webhooks/fitbit`, { "content-encoding": "gzip" }, "{}");
    expect(compressed.status).toBe(415);
    expect((await raw(`${url}/webhooks/fitbit`, {}, "")).status).toBe(204);
    expect(pretence.webhooks).toEqual([{ slug: "fitbit", body: "" }]);
  });

  test("consent ends where the app said, else on a page of ours", async () => {
    const { url } = await start(closed);
    const redirected = await fetch(
      `${url}/oauth/fitbit/callback?to=${encodeURIComponent("https://app.example/done")}`,
      { redirect: "manual" },
    );
    expect([redirected.status, redirected.headers.get("location")]).toEqual([
      302,
      "https://app.example/done?provider=fitbit&status=connected",
    ]);
    const page = await fetch(`${url}/oauth/<b>/callback`);
    expect([page.status, (await page.text()).includes("<b>")]).toEqual([200, false]);
  });

  describe("a consent's code", () => {
    const visits = (at: TestServer) => at.pretence.callbacks.length;

    test.each([
      ["a HEAD", "HEAD", {}, 200],
      ["a browser that fetches ahead", "GET", { "sec-purpose": "prefetch" }, 503],
      ["a browser that renders ahead", "GET", { "sec-purpose": "prefetch;prerender" }, 503],
      ["an older browser", "GET", { purpose: "prefetch" }, 503],
      ["an even older one", "GET", { "x-moz": "prefetch" }, 503],
      ["a preview", "GET", { "x-purpose": "preview" }, 503],
      ["a POST", "POST", {}, 405],
      ["an OPTIONS", "OPTIONS", {}, 405],
    ])("is not used up by %s", async (_, method, headers, status) => {
      const at = await start(closed);
      const answer = await raw(`${at.url}/oauth/fitbit/callback?state=s&code=c`, headers as never, undefined, method);
      expect([answer.status, visits(at)]).toEqual([status, 0]);
      if (status === 405) expect(answer.headers["allow"]).toBe("GET, HEAD");
      const own = await raw(`${at.url}/oauth/fitbit/callback?state=s&code=c`, {}, undefined, "GET");
      expect([own.status, visits(at)]).toEqual([200, 1]);
    });

    test("is taken though strangers have used up what their address may ask, and the other way round", async () => {
      const at = await start(closed, { rateLimit: { user: 9, app: 9, stranger: 2 } });
      const status = async (path: string, headers: Record<string, string> = {}) =>
        (await raw(`${at.url}${path}`, headers, undefined, "GET")).status;
      const query = "/graphql?query={__typename}";
      for (let n = 0; n < 2; n++) await status(query);
      expect(await status(query)).toBe(429);
      const callback = "/oauth/fitbit/callback?state=s&code=c";
      expect([await status(callback), await status(callback)]).toEqual([200, 200]);
      const refused = await raw(`${at.url}${callback}`, {}, undefined, "GET");
      expect([refused.status, Number(refused.headers["retry-after"])]).toEqual([429, expect.any(Number)]);
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
      expect(refused.headers["content-type"]).toContain("text/html");
      expect(refused.text).toContain("Reload this page in a minute");
      expect(visits(at)).toBe(2);
    });

    test("that can't be dealt with is answered with a page that says what to do, and a line in the log", async () => {
      const at = await start(closed);
      at.pretence.callbackFails = true;
      const answer = await raw(`${at.url}/oauth/fitbit/callback?state=s&code=c`, {}, undefined, "GET");
      expect([answer.status, answer.text.includes("Something went wrong on our side")]).toEqual([503, true]);
      expect(at.pretence.errors.map(({ message }) => message)).toEqual(["a consent could not be completed"]);
    });
  });

  describe("behind a proxy", () => {
    const twice = { rateLimit: { user: 2, app: 2, stranger: 2 } };
    const ask = async (url: string, forwarded: string, path = "/graphql?query={__typename}") =>
      (await raw(`${url}${path}`, { "x-forwarded-for": forwarded }, undefined, "GET")).status;

    test.each(["/graphql?query={__typename}", "/oauth/fitbit/callback?state=s&code=c"])(
      "that is trusted, each stranger has a limit of their own at %s",
      async (path) => {
        const { url } = await start({ ...closed, trustedProxies: ["loopback"] }, twice);
        for (let n = 0; n < 2; n++) expect(await ask(url, "198.51.100.7", path)).not.toBe(429);
        expect(await ask(url, "198.51.100.7", path)).toBe(429);
        expect(await ask(url, "198.51.100.8", path)).not.toBe(429);
        // What a stranger wrote before the proxy added their address does not help them.
        expect(await ask(url, "198.51.100.9, 198.51.100.7", path)).toBe(429);
      },
    );

    test.each(["/graphql?query={__typename}", "/oauth/fitbit/callback?state=s&code=c"])(
      "that nobody named, an address made up does not help at %s",
      async (path) => {
        const { url } = await start({ ...closed, trustedProxies: ["192.0.2.0/24"] }, twice);
        for (const forwarded of ["198.51.100.1", "198.51.100.2"]) expect(await ask(url, forwarded, path)).not.toBe(429);
        expect(await ask(url, "198.51.100.3", path)).toBe(429);
      },
    );

    test("trusted or not, what asks for no credentials is refused", async () => {
      const { url } = await start({ trustedProxies: ["loopback"] });
      expect(await ask(url, "198.51.100.7")).toBe(403);
    });
  });

  test("explorers: Apollo Sandbox for browsers at /graphql, GraphiQL from here alone; none where switched off", async () => {
    const { url } = await start();
    const html = { accept: "text/html" };
    expect(await (await fetch(`${url}/graphql`, { headers: html })).text()).toContain("embeddable-sandbox");
    const page = await fetch(`${url}/graphiql`);
    const text = await page.text();
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    expect(text).not.toMatch(/https?:\/\//);
    for (const [, asset] of text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g))
      expect((await fetch(`${url}/${asset}`)).status).toBe(200);
    expect((await fetch(`${url}/graphiql/package.json`)).status).toBe(404);
    expect((await fetch(`${url}/graphiql/__proto__`)).status).toBe(404);
    await using off = await startServer({ explorer: false });
    expect((await fetch(`${off.url}/graphiql`)).status).toBe(404);
    expect((await fetch(`${off.url}/graphql`, { headers: html })).status).toBe(400);
  });

  test("whoever hangs up ends the work for them, and is no failure of ours", async () => {
    const { url, pretence, query } = await start();
    const caller = new AbortController();
    const ended = new Promise<unknown>((resolve) => {
      pretence.answer = async () => {
        const signal = pretence.requests[0]!.signal!();
        const gone = new Promise((left) => signal.addEventListener("abort", left));
        caller.abort();
        await gone;
        resolve(signal.reason);
        return signal.reason;
      };
    });
    const body = JSON.stringify({ query: "{ viewer { heart(range: { lastDays: 1 }) { days { date } } } }" });
    const headers = { "content-type": "application/json" };
    const asked = fetch(`${url}/graphql`, { method: "POST", headers, body, signal: caller.signal });
    await expect(asked).rejects.toThrow("aborted");
    expect(await ended).toMatchObject({ name: "CallerHungUp" });
    pretence.answer = () => new Error("boom");
    await query("{ viewer { heart(range: { lastDays: 1 }) { days { date } } } }");
    expect(pretence.errors.map(({ details }) => details)).toMatchObject([{ err: { message: "boom" } }]);
  });

  test("introspection can be switched off", async () => {
    const { query } = await start({ introspection: false });
    expect((await query("{ __schema { types { name } } }")).errors?.[0]?.extensions["code"]).toBe(
      "GRAPHQL_VALIDATION_FAILED",
    );
  });

  test("the explorers offer the operations of the repository, the first query first", async () => {
    await using on = await startServer({ explorer: true });
    const script = await (await fetch(`${on.url}/graphiql/start.js`)).text();
    const [, list] = /^const examples = (.+);$/m.exec(script)!;
    const examples = JSON.parse(list!) as readonly { readonly name: string; readonly query: string }[];
    expect(examples[0]!.query).toBe(await readFile("schema/operations/first-query.graphql", "utf8"));
    const files = (await readdir("schema/operations")).filter((name) => name.endsWith(".graphql"));
    expect(examples.map(({ name }) => `${name}.graphql`).sort()).toEqual(files.sort());
    const page = await (await fetch(`${on.url}/graphql`, { headers: { accept: "text/html" } })).text();
    expect(page).toContain("query FirstQuery");
  });

  test("where Apollo's servers are out of reach, their page leads to what is served from here", async () => {
    await using on = await startServer({ explorer: true });
    const page = await (await fetch(`${on.url}/graphql`, { headers: { accept: "text/html" } })).text();
    const [, address] = /<script src="([^"]+)"><\/script>/.exec(page)!;
    // Before the script that may never come.
    expect(page.indexOf(address!)).toBeLessThan(page.indexOf("embeddable-sandbox.umd"));
    const script = await fetch(new URL(address!, `${on.url}/graphql`));
    expect(script.headers.get("content-type")).toContain("javascript");
    expect(await script.text()).toContain('"graphiql"');
    await using off = await startServer({ explorer: false });
    expect((await fetch(new URL(address!, `${off.url}/graphql`))).status).toBe(404);
  });
});

describe("subscriptions", () => {
  const clientOf = ({ url }: TestServer, connectionParams: Record<string, unknown> = {}) =>
    createClient({
      url: `${url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams,
      retryAttempts: 0,
    });
  const update = {
    userId: "me",
    provider: "FITBIT",
    domain: "ACTIVITY",
    dates: ["2026-03-01"],
    receivedAt: Date.UTC(2026, 2, 1),
    origin: "LIVE",
  } as const;

  test("each event is answered from fresh data, and leaving stops the listening", async () => {
    const server = await start();
    let asked = 0;
    server.pretence.answer = () => days(activityDay("2026-03-01", { steps: ++asked }));
    const client = clientOf(server);
    const events = client.iterate({
      query:
        "subscription { dataUpdated(domains: [ACTIVITY]) { provider dates receivedAt user { id activity(range: { lastDays: 1 }) { days { steps } } } } }",
    });
    server.pretence.updates.send({ ...update, domain: "SLEEP" });
    server.pretence.updates.send(update);
    server.pretence.updates.send(update);
    const [first, second] = [(await events.next()).value, (await events.next()).value];
    expect(first?.data?.["dataUpdated"]).toMatchObject({
      provider: "FITBIT",
      dates: ["2026-03-01"],
      receivedAt: "2026-03-01T00:00:00.000Z",
      user: { id: "me", activity: { days: [{ steps: 1 }] } },
    });
    expect(second?.data?.["dataUpdated"]).toMatchObject({ user: { activity: { days: [{ steps: 2 }] } } });
    await events.return?.();
    await client.dispose();
    await waitUntil(() => server.pretence.updates.ended === 1);
  });

  test("credentials come with connection_init, and end the socket when they end", async () => {
    const server = await start(closed);
    const refused = clientOf(server);
    await expect(refused.iterate({ query: "{ viewer { id } }" }).next()).rejects.toMatchObject({ code: 4403 });
    const client = await endingSoon(async (seconds) => {
      const short = clientOf(server, { Authorization: `Bearer ${await tokenFor("ann", seconds)}` });
      expect((await short.iterate({ query: "{ viewer { id } }" }).next()).value).toEqual({
        data: { viewer: { id: "ann" } },
      });
      return short;
    });
    await expect(client.iterate({ query: "subscription { dataUpdated { provider } }" }).next()).rejects.toMatchObject({
      code: 4403,
      reason: "Token expired",
    });
  });

  test("the same identity rules, limits and masks as over HTTP", async () => {
    const server = await start(closed);
    server.pretence.jobs.set("j1", {
      id: "j1",
      userId: "bob",
      status: "RUNNING",
      daysDone: 1,
      daysTotal: 2,
      resumesAt: null,
    });
    const client = clientOf(server, { authorization: `Bearer ${await tokenFor("ann")}` });
    const codeOf = async (query: string) => {
      const failure = await client
        .iterate({ query })
        .next()
        .then(
          (step) => step.value?.errors,
          (errors) => errors,
        );
      return failure?.[0]?.extensions?.code;
    };
    expect(await codeOf('subscription { dataUpdated(userId: "bob") { provider } }')).toBe("FORBIDDEN");
    expect(await codeOf('subscription { backfillProgress(jobId: "j1") { id } }')).toBe("BAD_USER_INPUT");
    expect(await codeOf("{ viewer { heart(range: { lastDays: 1 }) { days { restingRate } } } }")).toBe(
      "INTERNAL_SERVER_ERROR",
    );
    expect(
      await codeOf(
        "{ viewer { heart(range: { lastDays: 400 }) { days { samples(resolution: ONE_SECOND) { values } } } } }",
      ),
    ).toBe("QUERY_TOO_COSTLY");
    expect(await codeOf("{ nope }")).toBe("GRAPHQL_VALIDATION_FAILED");
    expect(await codeOf("{ nope")).toBe("GRAPHQL_PARSE_FAILED");
    await client.dispose();
  });

  test("an app may follow any job", async () => {
    const server = await start(closed);
    server.pretence.jobs.set("j1", {
      id: "j1",
      userId: "bob",
      status: "RUNNING",
      daysDone: 1,
      daysTotal: 2,
      resumesAt: null,
    });
    const client = clientOf(server, { "X-Api-Key": appKey });
    const job = await client
      .iterate({ query: 'subscription { backfillProgress(jobId: "j1") { status daysDone resumesAt } }' })
      .next();
    expect(job.value?.data).toEqual({ backfillProgress: { status: "RUNNING", daysDone: 1, resumesAt: null } });
    await client.dispose();
  });

  test("pages of other origins are refused without credentials", async () => {
    const server = await start();
    const headers = { origin: "https://evil.example" };
    class FromElsewhere extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers });
      }
    }
    const client = createClient({
      url: `${server.url.replace("http", "ws")}/graphql`,
      webSocketImpl: FromElsewhere,
      retryAttempts: 0,
    });
    await expect(client.iterate({ query: "{ viewer { id } }" }).next()).rejects.toMatchObject({ code: 4403 });
  });
});

test("GraphQL over HTTP: nothing that the specification demands is broken", async () => {
  const { url } = await start();
  const broken: string[] = [];
  for (const audit of serverAudits({ url: `${url}/graphql`, fetchFn: fetch })) {
    const result = await audit.fn();
    if (result.status === "error") broken.push(`${audit.name}: ${result.reason}`);
  }
  expect(broken).toEqual([]);
});

test("closing lets a running request finish, and says so beforehand", async () => {
  const server = await startServer();
  let answered: (history: Histories["ACTIVITY"]) => void = () => {};
  const begun = new Promise<void>((resolve) => {
    server.pretence.answer = () => {
      resolve();
      return new Promise((answer) => {
        answered = answer;
      }) as never;
    };
  });
  const running = server.query("{ viewer { activity(range: { lastDays: 1 }) { days { steps } } } }");
  await begun;
  const closing = server.server.close();
  answered(days());
  const { data } = await running;
  await closing;
  expect(data).toBeDefined();
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
});

async function waitUntil(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}
