/** Who may ask what, and how a mistake is answered: by a code that a program can act on. */
import { request } from "node:http";
import { SignJWT } from "jose";
import { asApp, asUser, type Served, startClosed, startServed, tokenFor } from "../support/served.js";

let closed: Served;
beforeAll(async () => {
  closed = await startClosed({ CORS_ORIGINS: "https://app.example" }, { seeded: true });
});
afterAll(() => closed.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const codes = ({ errors }: Awaited<ReturnType<Served["ask"]>>) => errors?.map(({ extensions }) => extensions["code"]);

describe("credentials", () => {
  test("a user's token speaks for that user", async () => {
    const { data } = await closed.ask("{ viewer { id connections { provider { id } } } }", {
      headers: await asUser("google"),
    });
    expect(data.viewer).toEqual({ id: "google", connections: [{ provider: { id: "GOOGLE_HEALTH" } }] });
  });

  test("an app's key speaks for any user, and for nobody in particular", async () => {
    const { data, errors } = await closed.ask('{ viewer { id } user(id: "both") { id sourcePriority } }', {
      headers: asApp,
    });
    expect(errors).toBeUndefined();
    expect(data.viewer).toBeNull();
    expect(data.user.id).toBe("both");
  });

  test("without any, nobody is answered", async () => {
    const answer = await closed.ask("{ viewer { id } }");
    expect([answer.status, codes(answer)]).toEqual([401, ["UNAUTHENTICATED"]]);
    expect(answer.data ?? null).toBeNull();
  });

  const unsigned = [
    Buffer.from('{"alg":"none"}').toString("base64url"),
    Buffer.from('{"sub":"demo","exp":9999999999}').toString("base64url"),
    "",
  ].join(".");
  test.each<[string, () => Promise<Record<string, string>> | Record<string, string>]>([
    [
      "a token of another secret",
      async () => bearer(await tokenFor("demo", 600, "another secret that is long enough")),
    ],
    ["a token that has expired", async () => bearer(await tokenFor("demo", -60))],
    ["a token without a signature", () => bearer(unsigned)],
    [
      "a token that never ends",
      async () =>
        bearer(
          await new SignJWT({ sub: "demo" })
            .setProtectedHeader({ alg: "HS256" })
            .sign(new TextEncoder().encode("a secret of the tests that is long enough")),
        ),
    ],
    ["a key that nobody was given", () => ({ "x-api-key": "guessed" })],
    ["a token and a key together", async () => ({ ...(await asUser("demo")), ...asApp })],
    ["no token at all in the header", () => bearer("")],
  ])("%s is refused", async (_, headers) => {
    const answer = await closed.ask("{ viewer { id } }", { headers: await headers() });
    expect([answer.status, codes(answer)]).toEqual([401, ["UNAUTHENTICATED"]]);
  });

  test("a WebSocket is refused in the same way", async () => {
    await expect(closed.subscribe("subscription { connectionChanged { id } }")).rejects.toMatchObject({ code: 4403 });
  });
});

describe("other people", () => {
  test("a stranger is null, not an error", async () => {
    const { data, errors } = await closed.ask('{ user(id: "nobody-we-know") { id } }', { headers: asApp });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ user: null });
  });

  test.each([
    ['{ user(id: "both") { id } }'],
    ['mutation { disconnect(input: { provider: FITBIT, userId: "both" }) { revokedAtProvider } }'],
    ['mutation { connect(input: { provider: FITBIT, userId: "both" }) { authorizationUrl } }'],
    ['mutation { backfill(input: { provider: FITBIT, userId: "both", range: { lastDays: 1 } }) { job { id } } }'],
    ['mutation { setSourcePriority(input: { providers: [MISFIT], userId: "both" }) { user { id } } }'],
    ['mutation { deleteUserData(input: { userId: "both" }) { userId } }'],
    [
      'mutation { importConnection(input: { provider: FITBIT, userId: "demo", accessToken: "t" }) { connection { id } } }',
    ],
  ])("a user's token may not say %s", async (query) => {
    const answer = await closed.ask(query, { headers: await asUser("demo") });
    expect(codes(answer)).toEqual(["FORBIDDEN"]);
  });

  test("nothing that was refused has happened", async () => {
    const { data } = await closed.ask(
      '{ user(id: "both") { sourcePriority connections { status } backfillJobs { id } } }',
      {
        headers: asApp,
      },
    );
    const { sourcePriority, connections, backfillJobs } = data.user;
    expect(sourcePriority[0]).not.toBe("MISFIT");
    expect(connections).toEqual([{ status: "CONNECTED" }, { status: "CONNECTED" }]);
    expect(backfillJobs).toEqual([]);
  });

  test("an app's key has to name the user", async () => {
    const answer = await closed.ask("mutation { disconnect(input: { provider: FITBIT }) { revokedAtProvider } }", {
      headers: asApp,
    });
    expect(codes(answer)).toEqual(["BAD_USER_INPUT"]);
  });
});

describe("arguments", () => {
  const ask = async (selection: string) =>
    await closed.ask(`{ viewer { id ${selection} } }`, { headers: await asUser("both") });
  const days = (range: string) => `activity(range: { ${range} }) { days { steps } }`;

  test.each([
    ["a reversed range", 'from: "2026-02-02", to: "2026-02-01"'],
    ["a range of more than 1,100 days", 'from: "2001-01-01"'],
    ["no days at all", "lastDays: 0"],
    ["an end without a beginning", 'to: "2026-02-01"'],
    ["both forms at once", 'from: "2026-02-01", lastDays: 3'],
    ["a zone that does not exist", 'lastDays: 3, timeZone: "Mars/Olympus"'],
  ])("%s is the caller's mistake, and takes nothing from the rest", async (_, range) => {
    const answer = await ask(`${days(range)} devices { sources { status } }`);
    expect(answer.errors).toMatchObject([{ path: ["viewer", "activity"], extensions: { code: "BAD_USER_INPUT" } }]);
    expect(answer.data.viewer).toMatchObject({
      ...{ id: "both", activity: null },
      devices: { sources: [{ status: "OK" }, { status: "OK" }] },
    });
  });

  test.each([
    ["a day that no calendar has", days('from: "2026-02-30"')],
    ["a date in another notation", days('from: "30.01.2026"')],
    ["a provider that nobody knows", "activity(range: { lastDays: 1 }, providers: [GARMIN]) { days { steps } }"],
    ["a field that nobody knows", "heartbeat"],
  ])("%s is refused before anybody is called", async (_, selection) => {
    closed.labs.fitbit.forgetRequests();
    const answer = await ask(selection);
    expect(answer.status).toBe(400);
    expect(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"]).toContain(codes(answer)?.[0]);
    expect(answer.errors![0]!.message.length).toBeGreaterThan(10);
    expect(closed.labs.fitbit.requests).toEqual([]);
  });

  test("more than anybody could look at is too costly, and says so", async () => {
    const answer = await ask(
      "heart(range: { lastDays: 1000 }) { days { samples(resolution: ONE_SECOND) { points { value } } } }",
    );
    expect(codes(answer)).toEqual(["QUERY_TOO_COSTLY"]);
  });
});

describe("pages and names", () => {
  /** `fetch` sets Host and Origin itself. */
  const send = (url: string, headers: Record<string, string>, method = "POST") =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
      const sent = request(`${url}/graphql`, { method, headers: { "content-type": "application/json", ...headers } });
      sent.on("error", reject).on("response", (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      sent.end(method === "POST" ? '{"query":"{ viewer { id } }"}' : undefined);
    });

  test("without credentials, only this machine's own names and pages are answered", async () => {
    const open = await startServed();
    const { host, port } = new URL(open.url);
    const ask = (headers: Record<string, string>) => send(open.url, { host, ...headers });
    try {
      for (const headers of [{}, { host: `localhost:${port}` }, { origin: open.url }] as Record<string, string>[])
        expect(await ask(headers)).toMatchObject({ status: 200, body: expect.stringContaining('"demo"') });
      const refused: Record<string, string>[] = [
        { host: "rebound.example" },
        { origin: "https://evil.example" },
        { origin: "null" },
        { "x-forwarded-for": "203.0.113.9" },
        { forwarded: "for=203.0.113.9" },
      ];
      for (const headers of refused) {
        const answer = await ask(headers);
        expect([answer.status, JSON.parse(answer.body).errors[0].extensions.code]).toEqual([403, "FORBIDDEN"]);
        expect(answer.body).not.toContain("demo");
      }
    } finally {
      await open.close();
    }
  });

  test("with credentials, a name is as good as another; pages need CORS_ORIGINS", async () => {
    const headers = await asUser("demo");
    expect((await send(closed.url, { ...headers, host: "health.example.org" })).status).toBe(200);
    const allowed = await send(closed.url, { origin: "https://app.example" }, "OPTIONS");
    expect(allowed.headers["access-control-allow-origin"]).toBe("https://app.example");
    const foreign = await send(closed.url, { origin: "https://evil.example" }, "OPTIONS");
    expect(foreign.headers["access-control-allow-origin"]).toBeUndefined();
  });
});
