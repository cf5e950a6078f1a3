import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ProviderSettings, WebhookContext } from "../provider.js";
import { webhook } from "./webhook.js";

const sleepId = "4f0b7f4e-2b3b-4dfc-9f7a-6f1c0f9f2a61";
/** Of the contract. */
const vector = {
  secret: "whoop-test-secret",
  timestamp: "1790000000123",
  body: `{"user_id":48213,"id":"${sleepId}","type":"sleep.updated","trace_id":"t1"}`,
  signature: "dV1Ex6S5PxNCjxiE60XG/2kA7ydPynsFh6R2XmIbY8g=",
};
const settings: ProviderSettings = {
  ...{ clientId: "id", clientSecret: vector.secret, apiUrl: "", authorizeUrl: "", tokenUrl: "", revokeUrl: null },
  ...{ otherUrls: {}, values: {}, overridden: false },
};

function receive(over: Partial<typeof vector> & { age?: number; clientSecret?: string | null; method?: "GET" } = {}) {
  const { timestamp, body, signature } = { ...vector, ...over };
  const context: WebhookContext = {
    settings: { ...settings, ...(over.clientSecret !== undefined && { clientSecret: over.clientSecret }) },
    now: Number(vector.timestamp) + (over.age ?? 900),
    givenSecret: async () => null,
    fetchText: () => Promise.reject(new Error("nothing is fetched")),
  };
  const headers = { "x-whoop-signature": signature, "x-whoop-signature-timestamp": timestamp };
  return webhook.receive({ method: over.method ?? "POST", query: {}, headers, body: Buffer.from(body) }, context);
}

/** Signed as WHOOP signs. */
const signed = (event: object | string) => {
  const body = typeof event === "string" ? event : JSON.stringify(event);
  const signature = createHmac("sha256", vector.secret)
    .update(vector.timestamp + body)
    .digest("base64");
  return receive({ body, signature });
};
const event = { user_id: 48_213, id: sleepId, type: "recovery.updated", trace_id: "t2" };

test("the documented vector is accepted, and names the sleep to look up", async () => {
  expect(await receive()).toEqual({
    kind: "accepted",
    status: 204,
    deliveryId: "t1",
    notices: [
      {
        kind: "changed",
        providerUserId: "48213",
        domains: ["SLEEP", "VITALS", "SCORES", "ACTIVITY"],
        days: null,
        lookup: { type: "sleep", id: sleepId },
      },
    ],
  });
});

test.each([
  ["a changed body", { body: vector.body.replace("48213", "48214") }],
  ["a changed timestamp", { timestamp: "1790000000124" }],
  ["no signature", { signature: "" }],
  ["a signature in hex", { signature: Buffer.from(vector.signature, "base64").toString("hex") }],
  ["half a signature", { signature: vector.signature.slice(0, 20) }],
  ["another secret", { clientSecret: "another" }],
  ["no secret of ours", { clientSecret: null }],
  ["an empty secret of ours", { clientSecret: "" }],
  ["an age of more than five minutes", { age: 300_001 }],
  ["a time of more than five minutes to come", { age: -300_001 }],
])("%s is refused", async (_, over) => {
  expect(await receive(over)).toMatchObject({ kind: "answer", status: 401, reason: expect.any(String) });
});

test("five minutes are not too old, and a timestamp that is none is refused even if it is signed", async () => {
  expect(await receive({ age: 300_000 })).toMatchObject({ kind: "accepted" });
  for (const timestamp of ["", "1790000000", "soon"]) {
    const signature = createHmac("sha256", vector.secret)
      .update(timestamp + vector.body)
      .digest("base64");
    expect(await receive({ timestamp, signature })).toMatchObject({ status: 401 });
  }
});

test("a repeated delivery has one id, and two events of one object have two", async () => {
  const ids = [await signed(event), await signed(event), await signed({ ...event, trace_id: "t3" })].map(
    (verdict) => "deliveryId" in verdict && verdict.deliveryId,
  );
  expect(ids).toEqual(["t2", "t2", "t3"]);
});

test.each([
  ["recovery.updated", ["HEART", "VITALS", "SCORES"], {}],
  ["workout.deleted", ["WORKOUTS"], { deleted: true }],
  ["sleep.deleted", ["SLEEP", "VITALS", "SCORES", "ACTIVITY"], { deleted: true }],
])("%s is of its domains", async (type, domains, more) => {
  const lookup = { type: type.split(".")[0], id: sleepId };
  const notice = { kind: "changed", providerUserId: "48213", domains, days: null, lookup, ...more };
  expect(await signed({ ...event, type })).toMatchObject({ notices: [notice] });
});

test.each([
  ["a type that is not read", { ...event, type: "cycle.updated" }],
  ["a type of no kind", { ...event, type: "constructor.updated" }],
  ["no user", { ...event, user_id: undefined }],
  ["an id of the first version", { ...event, id: 10_235 }],
  ["an id that leads elsewhere", { ...event, id: "../../user/access" }],
])("%s is accepted and names nothing", async (_, each) => {
  expect(await signed(each)).toMatchObject({ kind: "accepted", notices: [] });
});

test.each(["no JSON", "[]", "7", JSON.stringify({ ...event, trace_id: undefined })])(
  "%s is no notification",
  async (body) => {
    expect(await signed(body)).toMatchObject({ kind: "answer", status: 400 });
  },
);

test("there is no handshake", async () => {
  expect(await receive({ method: "GET" })).toMatchObject({ status: 405 });
});

describe("a look-up", () => {
  const { request, read } = webhook.lookUp!;
  const record = (name: string) =>
    JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));

  test.each([
    ["sleep", `/developer/v2/activity/sleep/${sleepId}`],
    ["recovery", `/developer/v2/activity/sleep/${sleepId}`],
    ["workout", `/developer/v2/activity/workout/${sleepId}`],
  ])("of a %s asks for the object of its id", (type, path) => {
    expect(request({ type, id: sleepId })).toEqual({ method: "GET", path });
  });

  test("asks nothing of a foreign type or id", () => {
    expect(request({ type: "toString", id: sleepId })).toBeNull();
    expect(request({ type: "sleep", id: "../x" })).toBeNull();
  });

  test("finds the waking day, and for a sleep the day before, whose cycle it ends", () => {
    const days = (type: string, answer: unknown) => read(answer, { type, id: sleepId });
    expect(days("sleep", record("sleep"))).toEqual({ from: "2026-03-17", to: "2026-03-18" });
    expect(days("recovery", record("sleep"))).toEqual({ from: "2026-03-18", to: "2026-03-18" });
    expect(days("workout", record("workout"))).toEqual({ from: "2026-03-17", to: "2026-03-17" });
  });
});

test("the operator is told what to enter in the dashboard", () => {
  const { subscriptions } = webhook;
  const notices =
    subscriptions.kind === "portal" ? subscriptions.notices(settings, "https://gate.example/webhooks/w") : [];
  expect(notices.join(" ")).toMatch(/Developer Dashboard.*https:\/\/gate\.example\/webhooks\/w.*v2/);
});
