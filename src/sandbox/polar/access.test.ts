import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { serve, type TestServer } from "../../../test/support/connections-bench.js";
import { consent, form, movableClock, send } from "../../../test/support/list-lab.js";
import { readExtract, schemaFaults } from "../../../test/support/schema-faults.js";
import { CLIENT, lab as definition, type PolarLab, startPolarLab } from "./index.js";
import { signatureOf } from "./webhook.js";

const { schemas } = readExtract("polar.schemas.json");
const BACK = "http://127.0.0.1:4000/oauth/polar/callback";
const WHO = "collector";
let clock: ReturnType<typeof movableClock>;
let lab: PolarLab;
let receiver: TestServer;
let says: number;
beforeEach(async () => {
  clock = movableClock(Date.parse("2026-11-20T04:00:00Z"));
  lab = await startPolarLab({ clock });
  says = 200;
  receiver = await serve(() => ({ status: says }));
});
afterEach(async () => {
  await lab.close();
  await receiver[Symbol.asyncDispose]();
});

const basic = (secret: string = CLIENT.secret) => ({
  authorization: `Basic ${Buffer.from(`${CLIENT.id}:${secret}`).toString("base64")}`,
});
const code = async () => {
  const query = { client_id: CLIENT.id, redirect_uri: BACK, state: "s", person: WHO };
  const { back } = await consent(`${lab.url}/oauth2/authorization`, query);
  return { grant_type: "authorization_code", redirect_uri: BACK, code: back!.searchParams.get("code")! };
};
const exchange = (fields: Record<string, string>, headers: Record<string, string> = basic()) =>
  form(`${lab.url}/v2/oauth2/token`, fields, headers);
const call = (method: string, path: string, headers: Record<string, string>, given?: object) =>
  send(`${lab.url}${path}`, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: given && JSON.stringify(given),
  });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const hook = (method: string, path = "", given?: object) => call(method, `/v3/webhooks${path}`, basic(), given);
const wanted = () => ({ events: ["SLEEP", "EXERCISE", "ACTIVITY_SUMMARY"], url: `${receiver.url}/webhooks/polar` });

test("a token has no end and no successor, and a code used twice ends it", async () => {
  const given = await code();
  expect((await exchange(given, basic("wrong"))).status).toBe(400);
  const { body } = await exchange(given);
  expect(body).toEqual({
    access_token: expect.any(String),
    token_type: "bearer",
    expires_in: 31_535_999,
    x_user_id: expect.any(Number),
  });
  lab.register(WHO);
  clock.nowMs += 3 * 365 * 86_400_000;
  expect((await call("GET", "/v3/users/physical-info", bearer(body.access_token))).status).toBe(200);
  expect(await exchange(given)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  expect((await call("GET", "/v3/users/physical-info", bearer(body.access_token))).status).toBe(401);
});

test("nothing is given before the registration, which is made once; a deletion ends the token", async () => {
  const { accessToken, providerUserId } = lab.issueTokens(WHO);
  const own = bearer(accessToken);
  expect((await call("GET", "/v3/users/sleep", own)).status).toBe(403);
  expect((await call("POST", "/v3/users", own, {})).status).toBe(400);
  const made = await call("POST", "/v3/users", own, { "member-id": "m-1" });
  expect([made.status, made.body["member-id"], made.body["registration-date"]]).toEqual([
    200,
    "m-1",
    "2026-11-20T04:00:00.000Z",
  ]);
  expect(schemaFaults(schemas, schemas["user"]!, made.body)).toEqual([]);
  expect((await call("POST", "/v3/users", own, { "member-id": "m-2" })).status).toBe(409);
  expect(
    (await call("POST", "/v3/users", bearer(lab.issueTokens("demo").accessToken), { "member-id": "m-1" })).status,
  ).toBe(409);
  expect((await call("GET", `/v3/users/${providerUserId}`, own)).body).toEqual(made.body);
  expect((await call("GET", "/v3/users/1", own)).status).toBe(204);
  expect((await call("DELETE", "/v3/users/1", own)).status).toBe(403);
  expect((await call("GET", "/v3/users/sleep", own)).status).toBe(200);
  expect((await call("DELETE", `/v3/users/${providerUserId}`, own)).status).toBe(204);
  expect((await call("GET", "/v3/users/sleep", own)).status).toBe(401);
});

test("the webhook is pinged without a signature, exists once, and shows its key once", async () => {
  expect((await call("GET", "/v3/webhooks", bearer("x"))).status).toBe(401);
  expect((await hook("GET")).body).toEqual({ data: [] });
  says = 400;
  const failed = await hook("POST", "", wanted());
  expect([failed.status, failed.body.error.error_type]).toEqual([400, "WebhookPingFailedException"]);
  says = 200;
  const made = await hook("POST", "", wanted());
  expect([made.status, schemaFaults(schemas, schemas["createdWebhook"]!, made.body)]).toEqual([201, []]);
  const [, ping] = receiver.seen;
  expect([
    ping!.headers["polar-webhook-event"],
    ping!.headers["polar-webhook-signature"],
    JSON.parse(ping!.body),
  ]).toEqual(["PING", undefined, { timestamp: "2026-11-20T04:00:00Z", event: "PING" }]);
  expect((await hook("POST", "", wanted())).status).toBe(409);
  const { id } = made.body.data;
  expect((await hook("GET")).body).toEqual({ data: [{ id, ...wanted(), active: true }] });
  const changed = await hook("PATCH", `/${id}`, { events: ["SLEEP"] });
  expect(changed.body).toEqual({ data: [{ id, events: ["SLEEP"], url: wanted().url, active: true }] });
  expect(receiver.seen).toHaveLength(2);
  expect((await hook("PATCH", `/${id}`, { events: ["DREAM"] })).status).toBe(400);
  expect((await hook("DELETE", "/another")).status).toBe(404);
  expect((await hook("DELETE", `/${id}`)).status).toBe(204);
  expect((await hook("POST", "/activate")).status).toBe(204);
  expect((await call("GET", "/v3/notifications", basic())).status).toBe(204);
});

test("the signature is the one of the vendor's rule", () => {
  const body =
    '{"event":"EXERCISE","user_id":5150,"entity_id":"q7RtZ1","timestamp":"2026-03-17T17:20:00Z","url":"https://www.polaraccesslink.com/v3/exercises/q7RtZ1"}';
  expect(signatureOf("polar-test-secret", body)).toBe(
    "a9bed2f7dca4b7d2b124bd9b5d3428970407ef5045b779b2826596b50438a9aa",
  );
});

test("a sync is told, a night twice, and what is told can be read", async () => {
  const { accessToken, providerUserId } = lab.issueTokens(WHO);
  lab.register(WHO);
  const { body: made } = await hook("POST", "", wanted());
  clock.nowMs = Date.parse("2026-11-20T15:00:00Z");
  lab.sync.sync(WHO, Date.parse("2026-11-20T04:00:00Z"), "POLAR");
  await lab.idle();
  const before = receiver.seen.length;
  lab.sync.sync(WHO, clock.nowMs, "POLAR");
  await lab.idle();
  const told = receiver.seen.slice(before);
  const events = told.map(({ body }) => JSON.parse(body));
  expect(events.filter(({ event }) => event === "SLEEP")).toHaveLength(2);
  expect(events.filter(({ event }) => event === "ACTIVITY_SUMMARY")).toHaveLength(1);
  for (const [index, { user_id, url }] of events.entries()) {
    expect(String(user_id)).toBe(providerUserId);
    const { headers, body } = told[index]!;
    expect(headers["polar-webhook-signature"]).toBe(signatureOf(made.data.signature_secret_key, body));
    const { pathname } = new URL(url);
    expect((await call("GET", pathname, bearer(accessToken))).status).toBe(200);
  }
});

test("a week without a success switches the webhook off, until it is activated", async () => {
  await hook("POST", "", wanted());
  says = 204;
  await lab.announce(WHO, "SLEEP", { date: "2026-11-20" });
  expect(receiver.seen).toHaveLength(5);
  clock.nowMs += 7 * 86_400_000;
  await lab.announce(WHO, "SLEEP", { date: "2026-11-27" });
  expect((await hook("GET")).body.data[0].active).toBe(false);
  await lab.announce(WHO, "SLEEP", { date: "2026-11-28" });
  expect(receiver.seen).toHaveLength(9);
  expect((await hook("POST", "/activate")).status).toBe(200);
  says = 200;
  await lab.announce(WHO, "SLEEP", { date: "2026-11-28" }, { key: "forged", times: 2 });
  const forged = receiver.seen
    .slice(9)
    .map(({ headers, body }) => headers["polar-webhook-signature"] === signatureOf("forged", body));
  expect(forged).toEqual([true, true]);
});

test("the provider is pointed at the lab, and its limits can be lifted", async () => {
  const started = await definition.start({ clock });
  try {
    const { API_URL, TOKEN_URL } = definition.environment(started);
    started.setLimit(0);
    definition.liftLimits(started);
    const { accessToken } = started.issueTokens(WHO);
    const answer = await send(`${API_URL}/v3/users`, {
      method: "POST",
      headers: bearer(accessToken),
      body: '{"member-id":"m"}',
    });
    expect([answer.status, TOKEN_URL]).toEqual([200, `${started.url}/v2/oauth2/token`]);
  } finally {
    await started.close();
  }
});
