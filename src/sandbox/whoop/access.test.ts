import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { serve, type TestServer } from "../../../test/support/connections-bench.js";
import { clientOf, consent, form, movableClock, send } from "../../../test/support/list-lab.js";
import { CLIENT, lab as definition, signatureOf, startWhoopLab, type WhoopLab } from "./index.js";

const BACK = "https://gateway.example/oauth/whoop/callback";
const WHO = "collector";
let clock: ReturnType<typeof movableClock>;
let lab: WhoopLab;
let receiver: TestServer;
let says: number;
beforeEach(async () => {
  clock = movableClock(Date.parse("2026-11-20T03:00:00Z"));
  lab = await startWhoopLab({ clock });
  says = 204;
  receiver = await serve(() => ({ status: says }));
});
afterEach(async () => {
  await lab.close();
  await receiver[Symbol.asyncDispose]();
});

const client = { client_id: CLIENT.id, client_secret: CLIENT.secret };
const asked = {
  client_id: CLIENT.id,
  redirect_uri: BACK,
  state: "12345678",
  person: WHO,
  scope: "read:profile offline",
};
const token = (fields: Record<string, string>) => form(`${lab.url}/oauth/oauth2/token`, { ...client, ...fields });
const exchange = async (more = {}) => {
  const { back } = await consent(`${lab.url}/oauth/oauth2/auth`, { ...asked, ...more });
  return token({ grant_type: "authorization_code", redirect_uri: BACK, code: back!.searchParams.get("code")! });
};
const works = async (accessToken: string) => {
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await send(`${lab.url}/developer/v2/user/profile/basic`, { headers })).status === 200;
};

test("a refresh needs the scope offline, and ends both tokens at once", async () => {
  expect((await exchange({ scope: "read:profile" })).body).toEqual({
    access_token: expect.any(String),
    token_type: "bearer",
    expires_in: 3_600,
    scope: "read:profile",
  });
  const { body: first } = await exchange();
  expect(await works(first.access_token)).toBe(true);
  const refresh = { grant_type: "refresh_token", refresh_token: first.refresh_token as string, scope: "offline" };
  const { body: second } = await token(refresh);
  expect([await works(first.access_token), await works(second.access_token)]).toEqual([false, true]);
  expect(await token(refresh)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  expect(await token({ ...refresh, client_secret: "wrong" })).toMatchObject({
    status: 401,
    body: { error: "invalid_client" },
  });
});

test("a short state and a plain address are refused", async () => {
  const short = await consent(`${lab.url}/oauth/oauth2/auth`, { ...asked, state: "1234567" });
  expect(short.back!.searchParams.get("error")).toBe("invalid_state");
  const plain = { ...asked, redirect_uri: "http://localhost:4000/back" };
  expect((await consent(`${lab.url}/oauth/oauth2/auth`, plain)).status).toBe(400);
  lab.switches.refusesHttp = false;
  expect((await consent(`${lab.url}/oauth/oauth2/auth`, plain)).status).toBe(302);
});

test("the signature is the one of the vendor's rule", () => {
  const body = '{"user_id":48213,"id":"4f0b7f4e-2b3b-4dfc-9f7a-6f1c0f9f2a61","type":"sleep.updated","trace_id":"t1"}';
  expect(signatureOf("whoop-test-secret", "1790000000123", body)).toBe("dV1Ex6S5PxNCjxiE60XG/2kA7ydPynsFh6R2XmIbY8g=");
});

test("a night is told as a sleep and then as a recovery with the same id, which can be read", async () => {
  const { get } = clientOf(lab, WHO);
  lab.setWebhookUrl(`${receiver.url}/webhooks/whoop`);
  clock.nowMs = Date.parse("2026-11-20T09:00:00Z");
  const fresh = clientOf(lab, WHO).get;
  lab.sync.sync(WHO, Date.parse("2026-11-20T03:00:00Z"), "WHOOP");
  await lab.idle();
  const before = receiver.seen.length;
  lab.sync.sync(WHO, clock.nowMs, "WHOOP");
  await lab.idle();
  const events = receiver.seen.slice(before);
  const told = events.map(({ body }) => JSON.parse(body)).filter(({ type }) => type !== "workout.updated");
  expect(told.map(({ type }) => type)).toEqual(["sleep.updated", "recovery.updated"]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  const { body: sleep } = await fresh(`/developer/v2/activity/sleep/${told[0].id}`);
  expect((await fresh(`/developer/v2/cycle/${sleep.cycle_id}/recovery`)).body.sleep_id).toBe(told[1].id);
  for (const { headers, body, path } of events) {
    const timestamp = String(headers["x-whoop-signature-timestamp"]);
    expect([path, headers["x-whoop-signature"]]).toEqual([
      "/webhooks/whoop",
      signatureOf(CLIENT.secret, timestamp, body),
    ]);
    expect(timestamp).toMatch(/^\d{13}$/);
  }
  expect((await get("/developer/v2/user/profile/basic")).status).toBe(401);
});

test("an event is tried six times in all, can be forged or doubled, and ends with the address", async () => {
  lab.setWebhookUrl(receiver.url);
  says = 500;
  await lab.announce(WHO, { type: "sleep.deleted", id: "s1" });
  expect(receiver.seen).toHaveLength(6);
  says = 200;
  await lab.announce(WHO, { type: "sleep.deleted", id: "s1" }, { secret: "forged", timestamp: "1", times: 2 });
  const forged = receiver.seen
    .slice(6)
    .map(({ headers, body }) => headers["x-whoop-signature"] === signatureOf("forged", "1", body));
  expect(forged).toEqual([true, true]);
  lab.setWebhookUrl(null);
  await lab.announce(WHO, { type: "sleep.deleted", id: "s1" });
  expect(receiver.seen).toHaveLength(8);
});

test("the provider is pointed at the lab, and its limits can be lifted", async () => {
  const started = await definition.start({ clock });
  try {
    const { API_URL } = definition.environment(started);
    started.setLimit(0);
    definition.liftLimits(started);
    const headers = { authorization: `Bearer ${started.issueTokens(WHO).accessToken}` };
    expect((await send(`${API_URL}/developer/v2/user/profile/basic`, { headers })).status).toBe(200);
  } finally {
    await started.close();
  }
});
