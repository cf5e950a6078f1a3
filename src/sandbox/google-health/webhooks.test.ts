import { createPublicKey, createSign, verify } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { movableClock, NOW, send } from "../../../test/support/google-health-lab.js";
import { type GoogleHealthLab, googleHealthUserId, startGoogleHealthLab } from "./index.js";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const SECRET = "Bearer a-long-random-value";
const clock = movableClock();
let lab: GoogleHealthLab;
let receiver: Server;
let received: Received[];
let endpointUri: string;
/** What the receiver says to data; verification it always passes unless this is 500. */
let answerWith: number;

beforeEach(async () => {
  clock.nowMs = NOW;
  received = [];
  answerWith = 204;
  lab = await startGoogleHealthLab({ clock });
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const knows = request.headers.authorization === SECRET;
    const verification = body.toString() === '{"type":"verification"}';
    if (!verification) received.push({ headers: request.headers, body });
    response.statusCode = !knows ? 401 : verification && answerWith !== 500 ? 201 : answerWith;
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  endpointUri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/google-health`;
});
afterEach(async () => {
  await lab.close();
  await new Promise((resolve) => receiver.close(resolve));
});

/** As any client of Google would do it: the key file, RFC 7523, nothing of the lab's. */
async function serviceToken(change: Readonly<Record<string, unknown>> = {}, spoil = "") {
  const { client_email, private_key, private_key_id, token_uri } = JSON.parse(lab.serviceAccountJson);
  const iat = Math.floor(clock.nowMs / 1000);
  const scope = "https://www.googleapis.com/auth/cloud-platform";
  const claims = { iss: client_email, scope, aud: token_uri, iat, exp: iat + 3600, ...change };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT", kid: private_key_id })}.${part(claims)}`;
  const signature = createSign("RSA-SHA256").update(`${signed}${spoil}`).sign(private_key, "base64url");
  const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  const body = new URLSearchParams({ grant_type, assertion: `${signed}.${signature}` });
  return send(token_uri, { method: "POST", body });
}

async function admin(method: string, path: string, json?: object) {
  const { body } = await serviceToken();
  const headers = { authorization: `Bearer ${body.access_token}`, "content-type": "application/json" };
  const url = `${lab.url}/v4/projects/${lab.projectNumber}/subscribers${path}`;
  return send(url, { method, headers, ...(json && { body: JSON.stringify(json) }) });
}

const payload = (dataTypes: readonly string[], policy = "AUTOMATIC") => ({
  endpointUri,
  subscriberConfigs: [{ dataTypes, subscriptionCreatePolicy: policy }],
  endpointAuthorization: { secret: SECRET },
});

/** Written from the description of Tink's format alone: prefix, key id, DER; x and y out of the protobuf. */
async function signatureHolds({ headers, body }: Received): Promise<boolean> {
  const value = Buffer.from(String(headers["google-health-api-signature"]), "base64");
  const { body: keySet } = await send(lab.keySetUrl);
  const id = value.readUInt32BE(1);
  const entry = keySet.key.find(
    (key: { keyId: number; status: string }) => key.keyId === id && key.status === "ENABLED",
  );
  if (value[0] !== 1 || !entry) return false;
  const message = Buffer.from(entry.keyData.value, "base64");
  const fields = new Map<number, Buffer>();
  for (let at = 0; at < message.length; ) {
    const [tag, length] = [message[at]!, message[at + 1]!];
    fields.set(tag >> 3, message.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  expect(fields.get(2)?.toString("hex")).toBe("080310021802");
  const coordinate = (number: number) => fields.get(number)!.subarray(-32).toString("base64url");
  const key = createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x: coordinate(3), y: coordinate(4) } });
  return verify("sha256", body, { key, dsaEncoding: "der" }, value.subarray(5));
}

const items = () => received.flatMap(({ body }) => [JSON.parse(body.toString())].flat().map(({ data }) => data));

test("a service account gets a token for an assertion signed with its key, and for no other", async () => {
  const { status, body } = await serviceToken();
  expect([status, body.token_type, body.expires_in]).toEqual([200, "Bearer", 3599]);
  expect((await serviceToken({}, "tampered")).body.error).toBe("invalid_grant");
  expect((await serviceToken({ aud: "https://elsewhere.example" })).body.error).toBe("invalid_grant");
  expect((await serviceToken({ exp: Math.floor(clock.nowMs / 1000) - 1 })).body.error).toBe("invalid_grant");
  expect((await serviceToken({ scope: "openid" })).body.error).toBe("invalid_scope");
});

test("subscribers belong to the project: a person's token does not open them", async () => {
  const url = `${lab.url}/v4/projects/${lab.projectNumber}/subscribers`;
  const headers = { authorization: `Bearer ${lab.issueTokens("demo").accessToken}` };
  expect((await send(url, { headers })).status).toBe(403);
  expect((await send(url)).status).toBe(401);
});

test("a subscriber is created once its endpoint knows the secret, listed, changed and deleted", async () => {
  const created = await admin("POST", "?subscriberId=my-sub", payload(["steps"]));
  expect(created.status).toBe(200);
  expect(created.body).toMatchObject({ done: true, response: { state: "ACTIVE" } });
  expect((await admin("POST", "?subscriberId=my-sub", payload(["steps"]))).status).toBe(409);
  const [listed] = (await admin("GET", "")).body.subscribers;
  expect(listed).toMatchObject({ endpointUri, endpointAuthorization: { secretSet: true } });
  expect(JSON.stringify(listed)).not.toContain(SECRET);
  const { subscriberConfigs } = payload(["sleep", "weight"]);
  expect((await admin("PATCH", "/my-sub?updateMask=subscriberConfigs", { subscriberConfigs })).status).toBe(200);
  expect((await admin("GET", "")).body.subscribers[0].subscriberConfigs).toEqual(subscriberConfigs);
  expect((await admin("GET", "/my-sub")).status).toBe(404);
  expect((await admin("DELETE", "/my-sub")).status).toBe(200);
  expect((await admin("GET", "")).body).toEqual({});
});

test("an endpoint that fails its verification is not registered", async () => {
  answerWith = 500;
  const { status, body } = await admin("POST", "?subscriberId=my-sub", payload(["steps"]));
  expect([status, body.error.status]).toEqual([400, "FAILED_PRECONDITION"]);
  const plain = { ...payload(["steps"]), endpointUri: "http://app.example.org/hook" };
  expect((await admin("POST", "?subscriberId=my-sub", plain)).status).toBe(400);
  expect((await admin("POST", "?subscriberId=my-sub", payload(["vo2-max"]))).status).toBe(400);
});

test("a sync tells the types that have something new, without values and with a signature that holds", async () => {
  lab.issueTokens("demo");
  lab.sync.sync("demo", NOW - 4 * 3_600_000);
  await admin("POST", "?subscriberId=my-sub", payload(["steps", "heart-rate", "sleep", "daily-resting-heart-rate"]));
  lab.sync.sync("demo", NOW - 3 * 3_600_000);
  await lab.notifications.idle();
  expect(
    items()
      .map(({ dataType }) => dataType)
      .sort(),
  ).toEqual(["daily-resting-heart-rate", "heart-rate", "steps"]);
  const steps = items().find(({ dataType }) => dataType === "steps");
  expect(steps).toMatchObject({ healthUserId: googleHealthUserId("demo"), operation: "UPSERT", version: "1" });
  expect(steps.intervals[0].physicalTimeInterval.startTime).toBe("2026-11-20T11:00:00Z");
  expect(steps.intervals[0].civilIso8601TimeInterval.startTime).toBe("2026-11-20T12:00:00");
  const daily = items().find(({ dataType }) => dataType === "daily-resting-heart-rate");
  expect(daily.intervals[0].physicalTimeInterval).toBeUndefined();
  expect(daily.intervals[0].civilDateTimeInterval.endDateTime.time).toEqual({});
  expect(received[0]?.headers.authorization).toBe(SECRET);
  for (const message of received) expect(await signatureHolds(message)).toBe(true);
});

test("keys rotate, and a disabled key signs nothing that holds", async () => {
  lab.addSubscriber({ endpointUri, secret: SECRET });
  await lab.announce("demo", "steps", ["2026-11-18"]);
  lab.keys.rotate({ disableOld: true });
  await lab.announce("demo", "steps", ["2026-11-19"]);
  expect(await Promise.all(received.map(signatureHolds))).toEqual([false, true]);
});

test("forged messages look like one, and are not", async () => {
  lab.addSubscriber({ endpointUri, secret: SECRET });
  for (const forgery of ["stranger", "altered"] as const) {
    received = [];
    await lab.announce("demo", "steps", ["2026-11-18"], { forgery });
    expect(items()[0].dataType).toBe("steps");
    expect(await signatureHolds(received[0]!)).toBe(false);
  }
  received = [];
  await lab.announce("demo", "steps", ["2026-11-18"], { forgery: "unsigned" });
  expect(received[0]?.headers["google-health-api-signature"]).toBeUndefined();
});

test("messages come twice, late and out of order on request", async () => {
  lab.addSubscriber({ endpointUri, secret: SECRET });
  await lab.announce("demo", "steps", ["2026-11-18"], { times: 2 });
  expect(received[0]?.body).toEqual(received[1]?.body);
  received = [];
  lab.notifications.hold();
  await lab.announce("demo", "steps", ["2026-11-18"]);
  await lab.announce("demo", "sleep", ["2026-11-19"]);
  expect(received).toHaveLength(0);
  await lab.notifications.release("reversed");
  expect(items().map(({ dataType }) => dataType)).toEqual(["sleep", "steps"]);
});

test("only 204 is an acknowledgement", async () => {
  lab.addSubscriber({ endpointUri, secret: SECRET });
  answerWith = 200;
  await lab.announce("demo", "steps", ["2026-11-18"]);
  expect(received.length).toBeGreaterThan(3);
  expect(lab.notifications.deliveries.at(-1)?.accepted).toBe(false);
});

test("a deleted record is named, and a withdrawn consent deletes everything", async () => {
  lab.addSubscriber({ endpointUri, secret: SECRET, dataTypes: ["sleep", "steps"] });
  await lab.announceDeletion("demo", "sleep", "2026-11-18");
  expect(items()[0]).toMatchObject({ operation: "DELETE", dataType: "sleep" });
  expect(items()[0].recordId).toMatch(/^20261118\d{11}$/);
  expect(items()[0].intervals[0].civilDateTimeInterval).toBeUndefined();
  received = [];
  lab.issueTokens("demo");
  lab.revoke("demo");
  await lab.notifications.idle();
  expect(
    items()
      .map(({ operation, dataType }) => `${operation} ${dataType}`)
      .sort(),
  ).toEqual(["DELETE sleep", "DELETE steps"]);
});

test("by hand, only people with a subscription are told about", async () => {
  await admin("POST", "?subscriberId=my-sub", payload(["steps"], "MANUAL"));
  await lab.announce("demo", "steps", ["2026-11-18"]);
  expect(received).toHaveLength(0);
  const user = `users/${googleHealthUserId("demo")}`;
  const wanted = { user, dataTypes: [`${user}/dataTypes/steps`] };
  expect((await admin("POST", "/my-sub/subscriptions?subscriptionId=demo-steps", wanted)).status).toBe(200);
  expect((await admin("GET", "/my-sub/subscriptions")).body.subscriptions).toHaveLength(1);
  await lab.announce("demo", "steps", ["2026-11-18"]);
  expect(items()[0].clientProvidedSubscriptionName).toBe("demo-steps");
  expect((await admin("DELETE", "/my-sub")).status).toBe(400);
  expect((await admin("DELETE", "/my-sub/subscriptions/demo-steps")).body).toEqual({});
});

test("setWebhookUrl leads all messages elsewhere, or nowhere", async () => {
  lab.addSubscriber({ endpointUri: "https://app.example.org/hook", secret: SECRET });
  lab.setWebhookUrl(endpointUri);
  await lab.announce("demo", "steps", ["2026-11-18"]);
  lab.setWebhookUrl(null);
  await lab.announce("demo", "steps", ["2026-11-19"]);
  expect(received).toHaveLength(1);
});
