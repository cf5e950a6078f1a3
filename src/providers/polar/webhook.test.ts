import { createHmac } from "node:crypto";
import type { ApiRequest, AppApi, GivenSecret, ProviderSettings, WebhookContext } from "../provider.js";
import { ensure } from "./subscription.js";
import { webhook } from "./webhook.js";

/** Of the contract. */
const vector = {
  key: "polar-test-secret",
  body: '{"event":"EXERCISE","user_id":5150,"entity_id":"q7RtZ1","timestamp":"2026-03-17T17:20:00Z","url":"https://www.polaraccesslink.com/v3/exercises/q7RtZ1"}',
  signature: "a9bed2f7dca4b7d2b124bd9b5d3428970407ef5045b779b2826596b50438a9aa",
};
const settings: ProviderSettings = {
  ...{ clientId: "id", clientSecret: "secret", apiUrl: "", authorizeUrl: "", tokenUrl: "", revokeUrl: null },
  ...{ otherUrls: {}, values: {}, overridden: false },
};

function receive(over: Partial<typeof vector> & { method?: "GET"; given?: GivenSecret | null } = {}) {
  const { body, signature, key } = { ...vector, ...over };
  const given = over.given === undefined ? { subscriptionId: "w3Kd9", secret: key } : over.given;
  const context: WebhookContext = {
    ...{ settings, now: 0, givenSecret: async () => given },
    fetchText: () => Promise.reject(new Error("nothing is fetched")),
  };
  const headers = { "polar-webhook-signature": signature, "polar-webhook-event": "EXERCISE" };
  return webhook.receive({ method: over.method ?? "POST", query: {}, headers, body: Buffer.from(body) }, context);
}
const signed = (event: unknown) => {
  const body = JSON.stringify(event);
  return receive({ body, signature: createHmac("sha256", vector.key).update(body).digest("hex") });
};
const noticesOf = async (event: object) => ((await signed(event)) as { notices?: unknown }).notices;

test("the documented vector is accepted, and names the exercise to look up", async () => {
  expect(await receive()).toEqual({
    ...{ kind: "accepted", status: 200, deliveryId: expect.any(String) },
    notices: [
      {
        ...{ kind: "changed", providerUserId: "5150", domains: ["WORKOUTS", "SCORES"], days: null },
        lookup: { type: "exercise", id: "q7RtZ1" },
      },
    ],
  });
});

test.each([
  ["a changed body", { body: vector.body.replace("5150", "5151") }],
  ["no signature", { signature: "" }],
  ["half a signature", { signature: vector.signature.slice(0, 32) }],
  ["a signature in base64", { signature: Buffer.from(vector.signature, "hex").toString("base64") }],
  ["another key", { key: "another" }],
  ["no key yet", { given: null }],
  ["an empty key", { key: "" }],
])("%s is refused", async (_, over) => {
  expect(await receive(over)).toMatchObject({ kind: "answer", status: 401, reason: expect.any(String) });
});

test("a ping without a user is answered before there is a key, and does nothing else", async () => {
  const body = '{"timestamp":"2026-03-17T17:00:00Z","event":"PING"}';
  expect(await receive({ body, signature: "", given: null })).toMatchObject({ kind: "answer", status: 200 });
  expect(await receive({ method: "GET", body: "" })).toMatchObject({ status: 405 });
});

test.each([[[]], [{}], [7], [null], [{ event: "" }]])("a signed %j is no notification", async (event) => {
  expect(await signed(event)).toMatchObject({ kind: "answer", status: 400 });
});

const night = { event: "SLEEP", user_id: 60412377, date: "2026-03-18", timestamp: "2026-03-18T05:02:44Z" };

test("days are passed on, and events that are not read are left alone", async () => {
  const days = { from: "2026-03-18", to: "2026-03-18" };
  const changed = { kind: "changed", providerUserId: "60412377" };
  expect(await noticesOf(night)).toEqual([{ ...changed, domains: ["SLEEP", "HEART", "VITALS", "SCORES"], days }]);
  expect(await noticesOf({ ...night, event: "ACTIVITY_SUMMARY" })).toEqual([
    { ...changed, domains: ["ACTIVITY", "HEART"], days },
  ]);
  expect(await noticesOf({ event: "PHYSICAL_INFORMATION", user_id: 60412377 })).toEqual([
    { ...changed, domains: ["PROFILE", "BODY", "GOALS"], days: null },
  ]);
  expect(await noticesOf({ ...night, date: "soon" })).toMatchObject([{ days: null }]);
  for (const event of ["SLEEP_WISE_ALERTNESS", "constructor", "__proto__"])
    expect(await noticesOf({ ...night, event })).toEqual([]);
  expect(await noticesOf({ event: "SLEEP", date: "2026-03-18" })).toEqual([]);
});

test("a night that is told twice at one moment is one delivery, and at another moment another one", async () => {
  const idOf = async (event: object) => ((await signed(event)) as { deliveryId?: string }).deliveryId;
  expect(await idOf({ ...night, url: "elsewhere" })).toBe(await idOf(night));
  const others = [{ timestamp: "2026-03-18T05:02:45Z" }, { date: "2026-03-17" }, { user_id: 1 }, { event: "EXERCISE" }];
  for (const other of others) expect(await idOf({ ...night, ...other })).not.toBe(await idOf(night));
});

test("an exercise is looked up at Polar's own address, and its day is the one on which it began", () => {
  const lookUp = webhook.lookUp!;
  const named = (id: string, type = "exercise") => ({ type, id });
  expect(lookUp.request(named("q7RtZ1"))).toMatchObject({ method: "GET", path: "/v3/exercises/q7RtZ1" });
  for (const id of ["", "../users/sleep", "a/b", "a?b", "x".repeat(65)]) expect(lookUp.request(named(id))).toBeNull();
  expect(lookUp.request(named("q7RtZ1", "sleep"))).toBeNull();
  const raw = { start_time: "2026-03-18T00:10:00", start_time_utc_offset: 540, duration: "PT1H" };
  expect(lookUp.read(raw, named("q7RtZ1"))).toEqual({ from: "2026-03-18", to: "2026-03-18" });
});

describe("the one webhook of the app", () => {
  const events = ["SLEEP", "EXERCISE"];
  const url = "https://gate.test/webhooks/polar";
  type Replies = Readonly<Record<string, readonly [number, unknown?]>>;
  async function run(replies: Replies, secret: GivenSecret | null = { subscriptionId: "w3Kd9", secret: "k" }) {
    const sent: string[] = [];
    const kept: GivenSecret[] = [];
    const api = {
      ...{ settings, webhookUrl: url, now: 0, renewBefore: 0, secret },
      keepSecret: async (given: GivenSecret) => void kept.push(given),
      send: async ({ method, path, json, headers }: ApiRequest) => {
        expect(headers!["authorization"]).toBe(`Basic ${Buffer.from("id:secret").toString("base64")}`);
        const call = `${method} ${path.replace("/v3/webhooks", "")}`.trim();
        sent.push(json ? `${call} ${JSON.stringify(json)}` : call);
        const [status, body] = replies[call] ?? [500];
        return { status, body, headers: {}, receivedAt: 0 };
      },
    } as unknown as AppApi;
    return { notices: (await ensure(api, events)).notices, sent, kept };
  }
  const listed = (more: object = {}) => ({ data: [{ id: "w3Kd9", events, url, active: true, ...more }] });
  const made = [201, { data: { id: "n3w", events, url, signature_secret_key: "shown-once" } }] as const;
  const keyOfNew = [{ subscriptionId: "n3w", secret: "shown-once" }];
  const post = `POST ${JSON.stringify({ events, url })}`;

  it.each<[string, Replies, GivenSecret | null | undefined, readonly string[], readonly GivenSecret[]]>([
    ["is left as it is", { GET: [200, listed()] }, undefined, ["GET"], []],
    ["is made where there is none", { GET: [200, { data: [] }], POST: made }, null, ["GET", post], keyOfNew],
    ["is made where nothing is answered", { GET: [204], POST: made }, null, ["GET", post], keyOfNew],
    [
      "is made anew where its key was lost",
      { GET: [200, listed()], "DELETE /w3Kd9": [204], POST: made },
      { subscriptionId: "another", secret: "k" },
      ["GET", "DELETE /w3Kd9", post],
      keyOfNew,
    ],
    [
      "is made anew where somebody has removed it meanwhile",
      { GET: [200, listed()], "DELETE /w3Kd9": [404], POST: made },
      null,
      ["GET", "DELETE /w3Kd9", post],
      keyOfNew,
    ],
    [
      "is led here, and keeps its key",
      { GET: [200, listed({ url: "https://old.test/" })], "PATCH /w3Kd9": [200, listed()] },
      undefined,
      ["GET", `PATCH /w3Kd9 ${JSON.stringify({ events, url })}`],
      [],
    ],
    [
      "is activated where Polar has switched it off",
      { GET: [200, listed({ active: false, events: ["EXERCISE", "SLEEP"] })], "POST /activate": [200] },
      undefined,
      ["GET", "POST /activate"],
      [],
    ],
  ])("%s", async (_, replies, secret, sent, kept) => {
    expect(await run(replies, secret)).toEqual({ notices: [], sent, kept });
  });

  it.each<[string, Replies, RegExp]>([
    ["the app's credentials are refused", { GET: [401] }, /refused POLAR_CLIENT_ID/],
    ["the ping failed", { GET: [200, { data: [] }], POST: [400, { error: {} }] }, /must be public/],
  ])("tells the operator that %s", async (_, replies, sentence) => {
    expect((await run(replies)).notices).toEqual([expect.stringMatching(sentence)]);
  });

  it.each<[string, Replies]>([
    ["another process makes it", { GET: [200, { data: [] }], POST: [409] }],
    ["Polar is in trouble", { GET: [503] }],
    ["the list is none", { GET: [200, { data: {} }] }],
    ["the key is not shown", { GET: [200, { data: [] }], POST: [201, { data: { id: "n3w" } }] }],
  ])("is looked for later where %s", async (_, replies) => {
    await expect(run(replies)).rejects.toThrow();
  });
});
