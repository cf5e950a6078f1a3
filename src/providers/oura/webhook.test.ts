import { createHmac } from "node:crypto";
import type { ApiRequest, AppApi, ProviderResponse, ProviderSettings, WebhookRequest } from "../provider.js";
import { verificationToken } from "./subscriptions.js";
import { webhook } from "./webhook.js";

const secret = "oura-test-secret";
const timestamp = "1790000000";
const now = 1_790_000_000_000 + 40_000;
const text =
  '{"event_type":"update","data_type":"sleep","object_id":"o1","event_time":"2026-03-18T06:41:09+00:00","user_id":"u1"}';
const vector = "0A4138CF6C35BB9636DB39C917ABCE5BB71D9D7E10F5B61D5F6A611058A2DB83";
const settingsOf = (clientSecret: string | null) => ({ clientId: "app", clientSecret }) as unknown as ProviderSettings;

const receive = (
  over: Partial<WebhookRequest> & { readonly text?: string } = {},
  clientSecret: string | null = secret,
  at = now,
) =>
  webhook.receive(
    {
      method: "POST",
      headers: { "x-oura-signature": vector, "x-oura-timestamp": timestamp },
      query: {},
      body: Buffer.from(over.text ?? text),
      ...over,
    },
    { settings: settingsOf(clientSecret), now: at } as never,
  );
const signed = (body: string, at = timestamp) => ({
  text: body,
  headers: {
    "x-oura-signature": createHmac("sha256", secret)
      .update(at + body)
      .digest("hex"),
    "x-oura-timestamp": at,
  },
});

describe("a notification", () => {
  it("is believed by the vector of the vendor's rule, in capitals or not", async () => {
    const accepted = {
      ...{ kind: "accepted", status: 204, deliveryId: expect.any(String) },
      notices: [
        {
          ...{ kind: "changed", providerUserId: "u1", domains: ["SLEEP", "HEART", "VITALS"], days: null },
          lookup: { type: "sleep", id: "o1" },
        },
      ],
    };
    expect(await receive()).toEqual(accepted);
    const small = { "x-oura-signature": vector.toLowerCase(), "x-oura-timestamp": timestamp };
    expect(await receive({ headers: small })).toEqual(accepted);
  });

  it.each<[string, Parameters<typeof receive>]>([
    ["another body", [{ text: text.replace("o1", "o2") }]],
    ["another timestamp", [{ headers: { "x-oura-signature": vector, "x-oura-timestamp": "1790000001" } }]],
    ["no timestamp", [{ headers: { "x-oura-signature": vector } }]],
    ["no signature", [{ headers: { "x-oura-timestamp": timestamp } }]],
    ["half a signature", [{ headers: { "x-oura-signature": vector.slice(0, 32), "x-oura-timestamp": timestamp } }]],
    ["another secret", [{}, "another"]],
    ["no secret", [{}, null]],
    ["an age of hours", [{}, secret, now + 3 * 3_600_000]],
  ])("with %s is refused", async (_, [over, clientSecret = secret, at]) => {
    expect(await receive(over, clientSecret, at)).toMatchObject({ kind: "answer", status: 401 });
  });

  it("is one with its repeats, whenever they were signed, and another one for another event", async () => {
    const idOf = async (...given: Parameters<typeof receive>) => (await receive(...given)) as { deliveryId: string };
    const first = await idOf();
    expect(await idOf(signed(text, "1790000030"))).toMatchObject({ deliveryId: first.deliveryId });
    for (const other of [
      text.replace("update", "create"),
      text.replace("06:41:09", "06:41:10"),
      text.replace("o1", "o9"),
    ])
      expect((await idOf(signed(other))).deliveryId).not.toBe(first.deliveryId);
  });

  it.each([
    ["daily_activity", ["ACTIVITY", "SCORES"]],
    ["daily_readiness", ["SCORES", "VITALS"]],
    ["vo2_max", ["VITALS"]],
    ["ring_configuration", ["DEVICES"]],
  ])("of %s is about %j", async (type, domains) => {
    expect(await receive(signed(text.replace('"sleep"', `"${type}"`)))).toMatchObject({ notices: [{ domains }] });
  });

  it("of what was deleted is not looked up, and of what is not read says nothing", async () => {
    expect(await receive(signed(text.replace("update", "delete")))).toMatchObject({ notices: [{ deleted: true }] });
    for (const type of ["meal", "toString"])
      expect(await receive(signed(text.replace('"sleep"', `"${type}"`)))).toMatchObject({ notices: [] });
    for (const body of ["[]", "null", "no json", '{"event_type":"update"}'])
      expect(await receive(signed(body))).toMatchObject({ kind: "answer", status: 400 });
  });
});

describe("the challenge", () => {
  const get = (query: Record<string, string>) => receive({ method: "GET", query, headers: {} });

  it("is answered in JSON to who knows our token", async () => {
    const token = verificationToken(secret);
    expect(await get({ verification_token: token, challenge: '"x' })).toMatchObject({
      ...{ kind: "answer", status: 200, contentType: "application/json", body: '{"challenge":"\\"x"}' },
    });
    expect(await get({ verification_token: `${token}x`, challenge: "x" })).toMatchObject({ status: 401 });
    expect(await get({ challenge: "x" })).toMatchObject({ status: 401 });
    expect(token).not.toBe(verificationToken("another"));
    expect(await receive({ method: "GET", query: { verification_token: token } }, null)).toMatchObject({ status: 401 });
  });
});

describe("an object", () => {
  const { request, read } = webhook.lookUp!;
  const path = (type: string, id = "a/b") => request({ type, id })?.path;

  it("is read at its own address, and its day is that of our rules", () => {
    expect(path("sleep")).toBe("/v2/usercollection/sleep/a%2Fb");
    expect(path("vo2_max", "v")).toBe("/v2/usercollection/vO2_max/v");
    expect([path("ring_configuration"), path("meal"), path("constructor")]).toEqual([undefined, undefined, undefined]);
    const on = (day: string) => ({ from: day, to: day });
    const nap = { day: "2026-11-19", bedtime_end: "2026-11-18T22:26:00+01:00" };
    expect(read(nap, { type: "sleep", id: "n" })).toEqual(on("2026-11-18"));
    expect(read({ day: "2026-11-19" }, { type: "daily_activity", id: "d" })).toEqual(on("2026-11-19"));
    const run = { start_datetime: "2026-11-18T23:40:00+01:00", end_datetime: "2026-11-19T00:20:00+01:00" };
    expect(read(run, { type: "workout", id: "w" })).toEqual(on("2026-11-18"));
    expect(() => read({}, { type: "daily_sleep", id: "s" })).toThrow("is not a date");
  });
});

describe("subscriptions", () => {
  const pair = { callback_url: "https://gate.test/webhooks/oura", event_type: "update", data_type: "sleep" };
  const scheme = webhook.subscriptions as Extract<typeof webhook.subscriptions, { kind: "per-app" }>;
  const ensure = async (
    answer: (request: ApiRequest) => Pick<ProviderResponse, "status"> & { body?: unknown },
    clientSecret: string | null = secret,
  ) => {
    const asked: ApiRequest[] = [];
    const api = {
      ...{ settings: settingsOf(clientSecret), webhookUrl: pair.callback_url, now, renewBefore: now + 604_800_000 },
      send: async (request: ApiRequest) => {
        asked.push(request);
        return { headers: {}, receivedAt: now, body: undefined, ...answer(request) };
      },
    } as unknown as AppApi;
    return { asked, done: await scheme.ensure(api) };
  };
  const listed = (id: string, more: object = {}) => ({
    ...{ ...pair, id, expiration_time: "2027-01-20T09:30:00.482913" },
    ...more,
  });

  it("carry the app's id and secret, and end at the earliest of their times, which are in UTC", async () => {
    const { asked, done } = await ensure(({ method, json }) =>
      method === "GET"
        ? { status: 200, body: [listed("s")] }
        : { status: 201, body: listed("n", { ...(json as object), expiration_time: "2027-02-01T00:00:00" }) },
    );
    expect(done).toEqual({ notices: [], expiresAt: Date.parse("2027-01-20T09:30:00.482Z") });
    expect(asked[0]).toEqual({
      ...{ method: "GET", path: "/v2/webhook/subscription" },
      headers: { "x-client-id": "app", "x-client-secret": secret },
    });
    expect(asked).toHaveLength(33);
    expect(asked[1]!.json).toEqual({
      ...{ callback_url: pair.callback_url, verification_token: verificationToken(secret) },
      ...{ event_type: "create", data_type: "daily_activity" },
    });
  });

  it("that are gone meanwhile are made again, and such as were made meanwhile are left alone", async () => {
    const { asked, done } = await ensure(({ method, path }) => {
      if (method === "GET") return { status: 200, body: [listed("s", { expiration_time: "2026-09-22T00:00:00" })] };
      if (path.includes("/renew/")) return { status: 403 };
      return { status: 409 };
    });
    expect(asked.filter(({ path }) => path === "/v2/webhook/subscription/renew/s")).toHaveLength(1);
    expect(asked.filter(({ method }) => method === "POST")).toHaveLength(33);
    expect(done).toEqual({ notices: [], expiresAt: now + 604_800_000 });
  });

  it.each([
    [401, "OURA_CLIENT_ID"],
    [403, "OURA_CLIENT_ID"],
  ])("tell the operator where a list is refused with %i", async (status, part) => {
    expect((await ensure(() => ({ status }))).done.notices).toEqual([expect.stringContaining(part)]);
  });

  it("tell the operator where the address could not be verified, or the secret is missing", async () => {
    const { done } = await ensure(({ method }) => (method === "GET" ? { status: 200, body: [] } : { status: 422 }));
    expect(done.notices).toEqual([expect.stringContaining("webhook address (422)")]);
    expect((await ensure(() => ({ status: 200 }), null)).done.notices).toEqual([
      "Notifications need OURA_CLIENT_SECRET.",
    ]);
  });

  it.each([429, 500, 503])("are tried again later after %i", async (status) => {
    await expect(ensure(({ method }) => (method === "GET" ? { status: 200, body: [] } : { status }))).rejects.toThrow(
      `answered ${status}`,
    );
  });
});
