import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { serve, type TestServer } from "../../../test/support/connections-bench.js";
import { clientOf, movableClock, send } from "../../../test/support/list-lab.js";
import { readExtract, schemaFaults } from "../../../test/support/schema-faults.js";
import { CLIENT, type OuraLab, startOuraLab } from "./index.js";
import { signatureOf } from "./subscriptions.js";

const { schemas } = readExtract("oura.schemas.json");
const TOKEN = "the-door-is-mine";
const WHO = "collector";
let clock: ReturnType<typeof movableClock>;
let lab: OuraLab;
let receiver: TestServer;
let says: number;
beforeEach(async () => {
  clock = movableClock(Date.parse("2026-11-20T04:00:00Z"));
  lab = await startOuraLab({ clock });
  says = 200;
  receiver = await serve(({ method, query }) =>
    method === "GET"
      ? query.get("verification_token") === TOKEN
        ? { json: { challenge: query.get("challenge") } }
        : { status: 401 }
      : { status: says },
  );
});
afterEach(async () => {
  await lab.close();
  await receiver[Symbol.asyncDispose]();
});

const app = { "x-client-id": CLIENT.id, "x-client-secret": CLIENT.secret };
const call = (method: string, path = "", body?: object, headers: Record<string, string> = app) =>
  send(`${lab.url}/v2/webhook/subscription${path}`, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
const wanted = (change = {}) => ({
  callback_url: `${receiver.url}/webhooks/oura`,
  verification_token: TOKEN,
  event_type: "create",
  data_type: "sleep",
  ...change,
});
const posts = () => receiver.seen.filter(({ method }) => method === "POST");

test("a subscription exists once its address has answered the challenge, and lives for a while", async () => {
  const made = await call("POST", "", wanted());
  expect([made.status, schemaFaults(schemas, schemas["WebhookSubscriptionModel"]!, made.body)]).toEqual([201, []]);
  expect(made.body.expiration_time).toMatch(/^2027-02-18T04:00:00\.\d{6}$/);
  expect(receiver.seen.map(({ method, query }) => [method, query.get("verification_token")])).toEqual([["GET", TOKEN]]);
  expect((await call("POST", "", wanted())).status).toBe(409);
  expect((await call("POST", "", wanted({ data_type: "workout", verification_token: "not mine" }))).status).toBe(422);
  expect((await call("POST", "", wanted({ data_type: "heartrate" }))).status).toBe(422);
  expect((await call("POST", "", wanted({ data_type: "tag", callback_url: "http://127.0.0.1:9/none" }))).status).toBe(
    422,
  );
  expect((await call("GET")).body).toEqual([made.body]);
  expect((await call("GET", `/${made.body.id}`)).body).toEqual(made.body);
  clock.nowMs += 80 * 86_400_000;
  const renewed = await call("PUT", `/renew/${made.body.id}`);
  expect(renewed.body.expiration_time).toMatch(/^2027-05-09T/);
  const changed = await call("PUT", `/${made.body.id}`, { verification_token: TOKEN, data_type: "workout" });
  expect(changed.body).toEqual({ ...renewed.body, data_type: "workout" });
  clock.nowMs += 91 * 86_400_000;
  expect((await call("GET")).body).toEqual([]);
  for (const [method, path] of [
    ["GET", ""],
    ["PUT", "/renew"],
    ["DELETE", ""],
  ]) {
    expect((await call(method!, `${path}/${made.body.id}`)).status).toBe(403);
  }
});

test("they can be removed, and belong to the app that knows its secret", async () => {
  const { body } = await call("POST", "", wanted());
  expect((await call("GET", "", undefined, { ...app, "x-client-secret": "another" })).status).toBe(401);
  expect((await call("DELETE", `/${body.id}`)).status).toBe(204);
  expect((await call("GET")).body).toEqual([]);
});

test("the signature is the one of the vendor's rule", () => {
  const body =
    '{"event_type":"update","data_type":"sleep","object_id":"o1","event_time":"2026-03-18T06:41:09+00:00","user_id":"u1"}';
  expect(signatureOf("oura-test-secret", "1790000000", body)).toBe(
    "0A4138CF6C35BB9636DB39C917ABCE5BB71D9D7E10F5B61D5F6A611058A2DB83",
  );
});

test("a sync tells subscribers of what it made and changed, and each object can be read", async () => {
  const { get } = clientOf(lab, WHO);
  for (const [event_type, data_type] of [
    ["create", "sleep"],
    ["create", "daily_sleep"],
    ["update", "daily_activity"],
  ]) {
    expect((await call("POST", "", wanted({ event_type, data_type }))).status).toBe(201);
  }
  lab.sync.sync(WHO, Date.parse("2026-11-20T09:00:00Z"), "OURA");
  clock.nowMs = Date.parse("2026-11-20T09:00:00Z");
  lab.sync.sync(WHO, Date.parse("2026-11-20T10:00:00Z"), "OURA");
  clock.nowMs = Date.parse("2026-11-20T10:00:00Z");
  await lab.idle();
  const events = posts().map(({ body }) => JSON.parse(body));
  expect(events.map(({ event_type, data_type }) => `${event_type} ${data_type}`).sort()).toEqual([
    "create daily_sleep",
    "create sleep",
    "update daily_activity",
    "update daily_activity",
  ]);
  for (const [index, { data_type, object_id, user_id }] of events.entries()) {
    const { status, body } = await get(`/v2/usercollection/${data_type}/${object_id}`);
    expect([status, body.day]).toEqual([200, "2026-11-20"]);
    expect((await get("/v2/usercollection/personal_info")).body.id).toBe(user_id);
    const { headers, body: raw } = posts()[index]!;
    const timestamp = String(headers["x-oura-timestamp"]);
    expect(headers["x-oura-signature"]).toBe(signatureOf(CLIENT.secret, timestamp, raw));
    expect(Math.abs(Number(timestamp) - clock.nowMs / 1000)).toBeLessThan(86_400);
  }
});

test("nobody hears of a person without a consent", async () => {
  await call("POST", "", wanted({ event_type: "update", data_type: "daily_activity" }));
  lab.sync.sync(WHO, clock.nowMs, "OURA");
  lab.sync.sync(WHO, clock.nowMs + 3_600_000, "OURA");
  await lab.idle();
  expect(posts()).toEqual([]);
});

test("what is not accepted is tried eleven times in all, and 410 ends the subscription", async () => {
  await call("POST", "", wanted());
  const event = { event_type: "create", data_type: "sleep", object_id: "o1" };
  says = 503;
  await lab.announce(WHO, event);
  expect(posts()).toHaveLength(11);
  says = 302;
  await lab.announce(WHO, event);
  expect(posts()).toHaveLength(12);
  await lab.announce(WHO, event, { secret: "forged", timestamp: "1", times: 2 });
  expect(
    posts()
      .slice(12)
      .map(({ headers, body }) => headers["x-oura-signature"] === signatureOf("forged", "1", body)),
  ).toEqual([true, true]);
  says = 410;
  await lab.announce(WHO, event);
  expect((await call("GET")).body).toEqual([]);
});

test("they go to the receiver's own origin if its public address leads elsewhere", async () => {
  lab.setWebhookUrl(`${receiver.url}/webhooks/oura`);
  const made = await call("POST", "", wanted({ callback_url: "https://gateway.example/webhooks/oura?x=1" }));
  expect([made.status, made.body.callback_url]).toEqual([201, "https://gateway.example/webhooks/oura?x=1"]);
  await lab.announce(WHO, { event_type: "create", data_type: "sleep", object_id: "o1" });
  expect(posts().map(({ path, query }) => [path, query.get("x")])).toEqual([["/webhooks/oura", "1"]]);
  lab.setWebhookUrl(null);
  await lab.announce(WHO, { event_type: "create", data_type: "sleep", object_id: "o2" });
  expect(posts()).toHaveLength(1);
});
