import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { people, person } from "../people/index.js";
import {
  consentDecision,
  consentPage,
  createLabServer,
  createLimiter,
  createRouter,
  createSyncState,
  createTokenStore,
  createWebhookSender,
  json,
  type LabServer,
  pkceChallenge,
  pkceMatches,
  redirect,
  route,
  type SyncEvent,
} from "./index.js";

const clock = {
  nowMs: Date.parse("2026-11-04T10:20:30Z"),
  now: () => clock.nowMs,
  advance(seconds: number) {
    clock.nowMs += seconds * 1000;
  },
};

describe("PKCE", () => {
  const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  test("agrees with the example of RFC 7636", () => {
    expect(pkceChallenge(verifier)).toBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  });

  test("knows plain challenges, and refuses verifiers that are wrong or too short", () => {
    expect(pkceMatches({ challenge: verifier, method: "plain" }, verifier)).toBe(true);
    expect(pkceMatches({ challenge: verifier, method: "S256" }, verifier)).toBe(false);
    expect(pkceMatches({ challenge: "short", method: "plain" }, "short")).toBe(false);
  });
});

describe("tokens", () => {
  const consent = { personId: "demo", clientId: "app", scopes: ["sleep", "weight"] };
  const verifier = "v".repeat(43);
  const asked = { ...consent, redirectUri: "http://localhost/callback", pkce: null };
  const store = (refresh: "rotating" | "reusable" | "none") =>
    createTokenStore({ clock, refresh, accessSeconds: refresh === "none" ? null : 28_800 });

  test("a code is good once, for its client, redirect URI and verifier, for ten minutes", () => {
    const tokens = store("rotating");
    const by = { clientId: "app", redirectUri: asked.redirectUri, verifier };
    const code = tokens.issueCode({ ...asked, pkce: { challenge: pkceChallenge(verifier), method: "S256" } });
    expect(tokens.redeemCode(code, { ...by, clientId: "other" })).toEqual({ ok: false, reason: "client" });
    expect(tokens.redeemCode(code, { ...by, redirectUri: null })).toEqual({ ok: false, reason: "redirect_uri" });
    expect(tokens.redeemCode(code, { ...by, verifier: null })).toEqual({ ok: false, reason: "verifier" });
    expect(tokens.redeemCode(code, by)).toMatchObject({ ok: true, tokens: { consent, expiresInSeconds: 28_800 } });
    expect(tokens.redeemCode(code, by)).toEqual({ ok: false, reason: "used" });
    const late = tokens.issueCode(asked);
    clock.advance(600);
    expect(tokens.redeemCode(late, by)).toEqual({ ok: false, reason: "expired" });
    expect(tokens.redeemCode("made-up", by)).toEqual({ ok: false, reason: "unknown" });
  });

  test("rotating refresh tokens give the same answer for two minutes, and then none", () => {
    const tokens = store("rotating");
    const first = tokens.issue(consent);
    const second = tokens.refresh(first.refreshToken!, {});
    clock.advance(120);
    expect(tokens.refresh(first.refreshToken!, {})).toEqual(second);
    clock.advance(1);
    expect(tokens.refresh(first.refreshToken!, {})).toEqual({ ok: false, reason: "used" });
    expect(second.ok && second.tokens.refreshToken).not.toBe(first.refreshToken);
    expect(tokens.check(first.accessToken).state).toBe("valid");
  });

  test("reusable ones stay, and without a policy there are none", () => {
    const tokens = store("reusable");
    const first = tokens.issue(consent);
    const second = tokens.refresh(first.refreshToken!, { clientId: "app" });
    expect(second).toMatchObject({ ok: true, tokens: { refreshToken: first.refreshToken } });
    expect(tokens.refresh(first.refreshToken!, { clientId: "other" })).toEqual({ ok: false, reason: "client" });
    expect(store("none").issue(consent)).toMatchObject({ refreshToken: null, expiresAtMs: null });
  });

  test("access tokens expire, and revoking one withdraws all of that person", () => {
    const tokens = store("rotating");
    const pair = tokens.issue(consent);
    const expired = tokens.issue(consent, { expiresInSeconds: -1 });
    const other = tokens.issue({ ...consent, personId: "both" });
    const pending = tokens.issueCode(asked);
    expect(tokens.check(expired.accessToken).state).toBe("expired");
    expect(tokens.grantedScopes("demo", "app")).toEqual(["sleep", "weight"]);
    expect(tokens.revokeToken(pair.refreshToken!)).toEqual(consent);
    expect(tokens.check(pair.accessToken)).toMatchObject({ state: "revoked", consent });
    expect(tokens.refresh(pair.refreshToken!, {})).toEqual({ ok: false, reason: "revoked" });
    expect(tokens.redeemCode(pending, { clientId: "app", redirectUri: asked.redirectUri }).ok).toBe(false);
    expect(tokens.check(other.accessToken).state).toBe("valid");
    expect([tokens.revokePerson("both"), tokens.revokePerson("both")]).toEqual([true, false]);
    expect(tokens.check("made-up")).toEqual({ state: "unknown" });
  });
});

describe("the rate limiter", () => {
  test("counts to its limit within a clock hour, and starts anew with the next", () => {
    clock.nowMs = Date.parse("2026-11-04T10:20:30.500Z");
    const limiter = createLimiter({ clock, limit: 2, windowSeconds: 3600, align: "clock" });
    expect(limiter.take("demo")).toMatchObject({ allowed: true, remaining: 1, resetSeconds: 2370 });
    expect(limiter.take("demo").allowed).toBe(true);
    expect(limiter.take("demo")).toMatchObject({ allowed: false, remaining: 0 });
    expect(limiter.take("both").allowed).toBe(true);
    clock.advance(2370);
    expect(limiter.peek("demo")).toMatchObject({ allowed: true, remaining: 2 });
  });

  test("or within a window that begins with the first request", () => {
    const limiter = createLimiter({ clock, limit: 1, windowSeconds: 60, align: "first" });
    expect(limiter.take("demo")).toMatchObject({ allowed: true, resetSeconds: 60 });
    clock.advance(59);
    expect(limiter.take("demo")).toMatchObject({ allowed: false, resetSeconds: 1 });
    clock.advance(1);
    expect(limiter.take("demo").allowed).toBe(true);
  });
});

describe("the server", () => {
  let lab: LabServer;

  beforeEach(async () => {
    const answer = createRouter(
      [
        route("GET", "/1/user/:user/steps/:date.json", (request, { user, date }) => {
          request.identify("demo");
          return json(200, { user, date, logId: 6120483759201837465n, token: request.bearer });
        }),
        route("POST", "/v4/:type/dataPoints:rollUp", (_, { type }) => json(200, { type })),
        route("POST", "/echo", (request) => json(201, { json: request.json(), form: [...request.form().keys()] })),
      ],
      (_, allowed) => json(allowed.length > 0 ? 405 : 404, { allowed }),
    );
    lab = await createLabServer({
      clock,
      maxBodyBytes: 100,
      kindOf: (_, path) => (path.startsWith("/1/") ? "api" : "other"),
      onRequest: answer,
      renderError: (status) => json(status, { errors: [{ errorType: `fault ${status}` }] }),
    });
  });

  afterEach(() => lab.close());

  const steps = (init?: RequestInit) => fetch(`${lab.url}/1/user/-/steps/2026-11-04.json?access_token=abc&x=1`, init);

  test("answers by route, writes 64-bit ids as numbers, and logs without secrets", async () => {
    const response = await steps({ headers: { authorization: "Bearer abc" } });
    expect(await response.text()).toBe('{"user":"-","date":"2026-11-04","logId":6120483759201837465,"token":"abc"}');
    expect(response.headers.get("date")).toBe(new Date(clock.now()).toUTCString());
    expect((await fetch(`${lab.url}/echo`)).status).toBe(405);
    expect(lab.requests).toEqual([
      {
        method: "GET",
        path: "/1/user/-/steps/2026-11-04.json?access_token=hidden&x=1",
        kind: "api",
        personId: "demo",
        status: 200,
      },
      { method: "GET", path: "/echo", kind: "other", personId: null, status: 405 },
    ]);
    lab.forgetRequests();
    expect(lab.requests).toEqual([]);
  });

  test("takes a colon inside a part of the path for itself", async () => {
    const rollUp = await fetch(`${lab.url}/v4/heart%20rate/dataPoints:rollUp`, { method: "POST" });
    expect(await rollUp.json()).toEqual({ type: "heart rate" });
    expect((await fetch(`${lab.url}/v4/steps/dataPoints:other`, { method: "POST" })).status).toBe(404);
  });

  test("reads bodies up to its limit", async () => {
    const post = (body: string) => fetch(`${lab.url}/echo`, { method: "POST", body });
    expect(await (await post('{"a":1}')).json()).toMatchObject({ json: { a: 1 } });
    expect((await post("x".repeat(101))).status).toBe(413);
  });

  test("a status fault hits API requests as often as asked, in the provider's words", async () => {
    lab.addFault({ status: 503, times: 1 });
    expect((await fetch(`${lab.url}/echo`, { method: "POST", body: "a=1" })).status).toBe(201);
    const response = await steps();
    expect([response.status, await response.json()]).toEqual([503, { errors: [{ errorType: "fault 503" }] }]);
    expect((await steps()).status).toBe(200);
  });

  test("faults wait for each other, keep to their path, and can be cleared", async () => {
    lab.addFault({ path: "/steps/", status: 500, times: 1 });
    lab.addFault({ path: "/steps/", status: 429, times: 1 });
    lab.addFault({ path: "/echo", status: 401 });
    expect([(await steps()).status, (await steps()).status, (await steps()).status]).toEqual([500, 429, 200]);
    expect((await fetch(`${lab.url}/echo`)).status).toBe(401);
    lab.clearFaults();
    expect((await fetch(`${lab.url}/echo`)).status).toBe(405);
  });

  test("malformed answers are cut, and a gateway answers in HTML", async () => {
    lab.addFault({ kind: "malformed", times: 1 });
    const cut = await (await steps()).text();
    expect(() => JSON.parse(cut)).toThrow();
    lab.addFault({ kind: "html", times: 1 });
    const page = await steps();
    expect([page.status, page.headers.get("content-type")]).toEqual([502, "text/html;charset=UTF-8"]);
  });

  test("an answer is rewritten, and has other headers, for one request", async () => {
    lab.addFault({ rewrite: (body) => `\uFEFF${body}`, headers: { "Content-Type": "text/plain" }, times: 1 });
    const response = await steps();
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain"]);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(JSON.parse(bytes.subarray(3).toString())).toEqual(await (await steps()).json());
    lab.addFault({ status: 429, headers: { "retry-after": "1795951413" }, times: 1 });
    const refused = await steps();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1795951413"]);
  });

  test("a body ends, or stops without an end, in its middle", async () => {
    const whole = await (await steps()).text();
    lab.addFault({ kind: "cut", times: 1 });
    const cut = await steps();
    expect(cut.headers.get("content-length")).toBe(String(Buffer.byteLength(whole)));
    await expect(cut.text()).rejects.toThrow();
    lab.addFault({ kind: "stall", times: 1 });
    const stalled = await steps();
    const reader = stalled.body!.getReader();
    const { value } = await reader.read();
    expect(whole.startsWith(Buffer.from(value!).toString())).toBe(true);
    expect(value!.length).toBe(Math.ceil(Buffer.byteLength(whole) / 2));
    await reader.cancel();
  });

  test("connections are reset, hang, or take their time", async () => {
    lab.addFault({ kind: "reset", times: 1 });
    await expect(steps()).rejects.toThrow();
    lab.addFault({ kind: "hang", times: 1 });
    const patience = new AbortController();
    const hanging = expect(steps({ signal: patience.signal })).rejects.toThrow();
    // The fault is for this request: given up before it is there, it would be left for the next one.
    while (lab.requests.length < 2) await new Promise(setImmediate);
    patience.abort();
    await hanging;
    lab.addFault({ latencyMs: 60, times: 1 });
    const started = performance.now();
    expect((await steps()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(50);
    expect(lab.requests.map(({ status }) => status)).toEqual([0, 0, 200]);
  });

  test("redirects keep what the client's URI already had", () => {
    const { status, headers } = redirect("http://localhost/back?a=1", { code: "x y", state: null }, "#_=_");
    expect([status, headers?.["location"]]).toEqual([302, "http://localhost/back?a=1&code=x+y#_=_"]);
  });
});

describe("consent", () => {
  const requested = ["sleep", "weight", "profile"];
  const decide = (query: string) => consentDecision(new URLSearchParams(query), requested);

  test("waits for the form, takes what it ticks, and can be denied", () => {
    expect(decide("client_id=app")).toBeNull();
    expect(decide("decision=allow&person=both&grant=sleep&grant=other")).toEqual({
      allowed: true,
      personId: "both",
      scopes: ["sleep"],
    });
    expect(decide("decision=deny&grant=sleep")).toEqual({ allowed: false });
  });

  test("tests decide in the URL", () => {
    const allowed = { allowed: true, personId: "demo", scopes: requested };
    expect(decide("auto=allow")).toEqual(allowed);
    expect(decide("auto=allow&drop_scopes=sleep,weight")).toEqual({ ...allowed, scopes: ["profile"] });
    expect(decide("auto=deny")).toEqual({ allowed: false });
  });

  test("the page labels its fields and escapes what the client sent", () => {
    const page = consentPage({
      providerName: "Fitbit",
      clientName: "<Pulsegate>",
      people: people.values(),
      scopes: [{ id: "sleep", label: "Sleep" }],
      query: new URLSearchParams({ state: '"><script>', person: "napper", auto: "" }),
    });
    expect(page).toContain("&lt;Pulsegate&gt;");
    expect(page).toContain('name="state" value="&quot;&gt;&lt;script&gt;"');
    expect(page).toContain('<option value="napper" selected>');
    expect(page).toContain('<label><input type="checkbox" name="grant" value="sleep" checked> Sleep</label>');
    expect(page).not.toContain('name="auto"');
  });
});

describe("webhooks", () => {
  test("are tried again until accepted, without sleeping, and every attempt is logged", async () => {
    const answers = [500, 200, 204];
    const received: string[] = [];
    const receiver = createServer((request, response) => {
      received.push(`${request.rawHeaders.includes("X-Fitbit-Signature")}`);
      request.resume();
      response.writeHead(answers.shift() ?? 204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", () => resolve()));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const waits: number[] = [];
    const sender = createWebhookSender({
      clock,
      retries: 3,
      accepts: (status) => status === 204,
      delayMs: (retry) => retry * 1000,
      wait: async (delayMs) => void waits.push(delayMs),
    });
    sender.send({ url, body: "[]", headers: { "X-Fitbit-Signature": "abc" }, personId: "demo" });
    await sender.idle();
    expect(sender.deliveries).toMatchObject([{ accepted: true, settled: true, message: { personId: "demo" } }]);
    expect(sender.deliveries[0]!.attempts.map(({ status }) => status)).toEqual([500, 200, 204]);
    expect([received, waits]).toEqual([
      ["true", "true", "true"],
      [1000, 2000],
    ]);
    await new Promise((resolve) => receiver.close(resolve));

    const lost = await sender.send({ url, body: "[]", headers: {} });
    expect([lost.accepted, lost.attempts.length, lost.attempts[0]!.status]).toEqual([false, 4, null]);
    await sender.close();
  });
});

describe("syncing", () => {
  test("follows the clock by quarters of an hour until told otherwise", () => {
    clock.nowMs = Date.parse("2026-11-04T10:29:59Z");
    const state = createSyncState(clock);
    const quarter = Date.parse("2026-11-04T10:15:00Z");
    expect(state.syncedUntil("demo", "FITBIT")).toBe(quarter);
    state.sync("demo", quarter - 3_600_000, "FITBIT");
    expect(state.syncedUntil("demo", "FITBIT")).toBe(quarter - 3_600_000);
    expect(state.syncedUntil("demo", "MISFIT")).toBe(quarter);
    state.follow("demo");
    expect(state.syncedUntil("demo", "FITBIT")).toBe(quarter);
  });

  test("by the clock is announced once, from where the wearable was, and takes nothing back", () => {
    clock.nowMs = Date.parse("2026-11-04T10:29:59Z");
    const state = createSyncState(clock);
    const events: SyncEvent[] = [];
    state.onSync((event) => {
      if (event.personId === "demo" && event.provider === "FITBIT") events.push(event);
    });
    state.tick();
    expect(events).toEqual([]);
    state.sync("demo", clock.now(), "FITBIT");
    state.follow("demo");
    expect(state.syncedUntil("demo", "FITBIT")).toBe(clock.now());
    const synced = clock.now();
    clock.nowMs = Date.parse("2026-11-04T10:31:00Z");
    state.tick();
    state.tick();
    const quarter = Date.parse("2026-11-04T10:30:00Z");
    expect(events.slice(1)).toMatchObject([{ fromMs: synced, untilMs: quarter, dates: ["2026-11-04"] }]);
    state.sync("demo", quarter - 60_000, "FITBIT");
    clock.nowMs += 900_000;
    state.tick();
    expect(events).toHaveLength(2);
  });

  test("tells which local days got new minutes, but not of a step back", () => {
    const state = createSyncState(clock);
    const events: SyncEvent[] = [];
    const stop = state.onSync((event) => events.push(event));
    const start = person("demo").day("2026-11-03").startMs;
    state.sync("demo", start - 60_000, "MISFIT");
    expect(events).toEqual([]);
    state.sync("demo", person("demo").day("2026-11-03").endMs, "MISFIT");
    expect(events).toMatchObject([{ personId: "demo", provider: "MISFIT", dates: ["2026-11-02", "2026-11-03"] }]);
    stop();
    state.sync("demo", clock.now());
    expect(events).toHaveLength(1);
  });
});
