import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Harness, startHarness } from "../../../test/support/fitbit-lab.js";
import { fitbitSignature, fitbitUserId, LAB_ONLY_CLIENT_SECRET, LAB_ONLY_VERIFY_CODE } from "./index.js";

interface Received {
  readonly body: string;
  readonly signature: string;
}

let harness: Harness;
let server: Server;
let url: string;
let received: Received[];
let answers: number[];

beforeEach(async () => {
  harness = await startHarness();
  received = [];
  answers = [];
  server = createServer((request, response) => {
    const verify = new URL(request.url ?? "/", "http://x").searchParams.get("verify");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (verify !== null) {
        response.writeHead(verify === LAB_ONLY_VERIFY_CODE ? 204 : (answers.shift() ?? 404)).end();
        return;
      }
      received.push({
        body: Buffer.concat(chunks).toString("utf8"),
        signature: String(request.headers["x-fitbit-signature"]),
      });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fitbit`;
  harness.lab.setWebhookUrl(url);
});
afterEach(async () => {
  await harness.close();
  await new Promise((resolve) => server.close(resolve));
});

const subscribe = (path: string, options: Parameters<Harness["ask"]>[1] = {}) =>
  harness.ask(`/1/user/-/${path}.json`, { method: "POST", ...options });

test("the signature is that of the provider document's vector", () => {
  const body =
    '[{"collectionType":"activities","date":"2024-03-12","ownerId":"9XYZ12","ownerType":"user","subscriptionId":"u-42"}]';
  expect(body).toHaveLength(115);
  expect(fitbitSignature(body, "0123456789abcdef0123456789abcdef")).toBe("xic2Xa3yaTMEiYUHvZHiGLwv+74=");
});

test("a subscription is created once, and conflicts show what is in the way", async () => {
  const created = await subscribe("activities/apiSubscriptions/demo-a");
  const expected = {
    collectionType: "activities",
    ownerId: fitbitUserId("demo"),
    ownerType: "user",
    subscriberId: "1",
    subscriptionId: "demo-a",
  };
  expect([created.status, created.body]).toEqual([201, expected]);
  expect((await subscribe("activities/apiSubscriptions/demo-a")).status).toBe(200);
  const other = await subscribe("activities/apiSubscriptions/demo-b");
  expect([other.status, other.body]).toEqual([409, expected]);
  expect((await subscribe("sleep/apiSubscriptions/demo-a")).status).toBe(409);
  expect((await subscribe("activities/apiSubscriptions/demo-a", { person: "both" })).status).toBe(409);
  const listed = await harness.ask("/1/user/-/activities/apiSubscriptions.json");
  expect(listed.body).toEqual({ apiSubscriptions: [expected] });
});

test("deleting is a 204, and a 404 for what is not there", async () => {
  await subscribe("sleep/apiSubscriptions/demo-s");
  const path = "/1/user/-/sleep/apiSubscriptions/demo-s.json";
  expect((await harness.ask(path, { method: "DELETE" })).status).toBe(204);
  expect((await harness.ask(path, { method: "DELETE" })).status).toBe(404);
  const { accessToken } = harness.lab.issueTokens("demo");
  const headers = { authorization: `Bearer ${accessToken}` };
  // Without a body, fetch gives a DELETE no length.
  expect((await fetch(`${harness.lab.url}${path}`, { method: "DELETE", headers })).status).toBe(411);
});

test("scopes, subscribers and lengths are checked", async () => {
  const refused = await subscribe("sleep/apiSubscriptions/x", { scopes: ["activity"] });
  expect(refused.body.errors[0].errorType).toBe("insufficient_scope");
  expect((await subscribe("apiSubscriptions/x", { scopes: ["activity", "sleep"] })).status).toBe(403);
  const unknown = await subscribe("sleep/apiSubscriptions/x", { headers: { "X-Fitbit-Subscriber-Id": "7" } });
  expect(unknown.status).toBe(400);
  expect((await subscribe(`sleep/apiSubscriptions/${"x".repeat(51)}`)).status).toBe(400);
});

test("a sync tells what it touched, signed with the client's secret", async () => {
  await subscribe("activities/apiSubscriptions/demo-a");
  await subscribe("sleep/apiSubscriptions/demo-s");
  const evening = Date.parse("2026-06-12T20:00:00Z");
  // Back in time first, which announces nothing: the device was out of reach for a while.
  await harness.lab.syncPerson("demo", evening);
  expect(received).toHaveLength(0);
  await harness.lab.syncPerson("demo", Date.parse("2026-06-13T18:00:00Z"));
  expect(received).toHaveLength(1);
  const [{ body, signature }] = received as [Received];
  expect(signature).toBe(fitbitSignature(body, LAB_ONLY_CLIENT_SECRET));
  const told = JSON.parse(body).map((entry: { collectionType: string; date: string; subscriptionId: string }) => [
    entry.collectionType,
    entry.date,
    entry.subscriptionId,
  ]);
  expect(told).toContainEqual(["activities", "2026-06-13", "demo-a"]);
  expect(told).toContainEqual(["sleep", "2026-06-13", "demo-s"]);
});

test("late, doubled, reversed and forged notifications come on request", async () => {
  await subscribe("activities/apiSubscriptions/demo-a");
  harness.lab.holdNotifications();
  await harness.lab.notify("demo", "activities", "2026-06-13");
  await harness.lab.notify("demo", "activities", "2026-06-14");
  expect(received).toHaveLength(0);
  await harness.lab.releaseNotifications({ reversed: true, times: 2 });
  expect(received.map(({ body }) => JSON.parse(body)[0].date)).toEqual([
    "2026-06-14",
    "2026-06-14",
    "2026-06-13",
    "2026-06-13",
  ]);
  await harness.lab.notify("demo", "activities", "2026-06-15", { forged: true });
  const forged = received.at(-1)!;
  expect(forged.signature).not.toBe(fitbitSignature(forged.body, LAB_ONLY_CLIENT_SECRET));
  await harness.lab.notify("demo", "sleep", "2026-06-15");
  expect(received).toHaveLength(5);
});

test("a refused delivery is tried again, at most five times", async () => {
  await subscribe("body/apiSubscriptions/demo-b");
  answers = [500, 200, 204];
  await harness.lab.notify("demo", "body", "2026-06-15");
  expect(harness.lab.deliveries[0]).toMatchObject({ accepted: true });
  expect(received).toHaveLength(3);
  answers = Array.from({ length: 6 }, () => 500);
  await harness.lab.notify("demo", "body", "2026-06-15");
  expect(received).toHaveLength(9);
  expect(harness.lab.deliveries[1]).toMatchObject({ accepted: false, settled: true });
});

test("revoked access and a deleted account are told without a date, and end the subscriptions", async () => {
  await subscribe("userRevokedAccess/apiSubscriptions/demo-r");
  harness.lab.revoke("demo");
  await harness.lab.notificationsSettled();
  expect(JSON.parse(received[0]!.body)).toEqual([
    { collectionType: "userRevokedAccess", ownerId: fitbitUserId("demo"), ownerType: "user", subscriptionId: "demo-r" },
  ]);
  expect(harness.lab.subscriptions).toEqual([]);
  await subscribe("userRevokedAccess/apiSubscriptions/demo-r");
  await harness.lab.deleteUser("demo");
  expect(JSON.parse(received[1]!.body)[0]).toMatchObject({ collectionType: "deleteUser" });
});

test("an endpoint is verified by a right and a wrong code, and hears nothing if it takes both", async () => {
  expect(await harness.lab.verifyEndpoint(url)).toEqual({ verified: true, right: 204, wrong: 404 });
  answers = [204];
  expect(await harness.lab.verifyEndpoint(url)).toEqual({ verified: false, right: 204, wrong: 204 });
  expect(harness.lab.subscriberEnabled).toBe(false);
  await subscribe("body/apiSubscriptions/demo-b");
  await harness.lab.notify("demo", "body", "2026-06-15");
  expect(received).toHaveLength(0);
});
