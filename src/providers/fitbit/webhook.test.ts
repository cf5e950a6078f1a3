import type { ProviderSettings, WebhookRequest } from "../provider.js";
import { fitbitWebhook, signFitbit } from "./webhook.js";

const secret = "0123456789abcdef0123456789abcdef";
const settings = (
  values: ProviderSettings["values"] = { VERIFICATION_CODE: "c0de" },
  clientSecret: string | null = secret,
) => ({ clientId: "23ABCD", clientSecret, values }) as unknown as ProviderSettings;
const receive = (request: Partial<WebhookRequest>, given = settings(), now = 1_710_259_205_000) =>
  fitbitWebhook.receive(
    { method: "POST", headers: {}, query: {}, body: new Uint8Array(), ...request },
    {
      settings: given,
      now,
      fetchText: () => Promise.reject(new Error("nothing is fetched")),
      givenSecret: async () => null,
    },
  );
const signed = (payload: unknown, key = secret): Partial<WebhookRequest> => {
  const body = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  return { body, headers: { "x-fitbit-signature": signFitbit(body, key) } };
};
const entry = (some: object = {}) => ({
  collectionType: "activities",
  date: "2024-03-12",
  ownerId: "9XYZ12",
  ownerType: "user",
  subscriptionId: "u-42",
  ...some,
});

describe("the handshake", () => {
  const verify = (code: string | undefined, given = settings()) =>
    receive({ method: "GET", query: { verify: code } }, given);

  it("confirms the portal's code and no other", async () => {
    expect(await verify("c0de")).toMatchObject({ kind: "answer", status: 204 });
    expect(await verify("c0dE")).toMatchObject({ kind: "answer", status: 404 });
    expect(await verify("")).toMatchObject({ status: 404 });
    expect(await verify(undefined)).toMatchObject({ status: 404 });
  });

  it("confirms nothing without a configured code", async () => {
    for (const values of [{}, { VERIFICATION_CODE: "" }]) {
      expect(await verify("", settings(values))).toMatchObject({ status: 404 });
      expect(await verify(undefined, settings(values))).toMatchObject({ status: 404 });
    }
  });
});

describe("a notification", () => {
  const vector =
    '[{"collectionType":"activities","date":"2024-03-12","ownerId":"9XYZ12","ownerType":"user","subscriptionId":"u-42"}]';

  it("is signed as the vendor signs", () => {
    expect(signFitbit(Buffer.from(vector), secret)).toBe("xic2Xa3yaTMEiYUHvZHiGLwv+74=");
  });

  it("names the days to read again", async () => {
    const headers = { "x-fitbit-signature": "xic2Xa3yaTMEiYUHvZHiGLwv+74=" };
    expect(await receive({ body: Buffer.from(vector), headers })).toEqual({
      kind: "accepted",
      status: 204,
      deliveryId: expect.any(String),
      notices: [
        {
          kind: "changed",
          providerUserId: "9XYZ12",
          domains: ["ACTIVITY", "HEART", "WORKOUTS", "VITALS"],
          days: { from: "2024-03-12", to: "2024-03-12" },
        },
      ],
    });
  });

  it.each([
    ["without a signature", { body: Buffer.from(vector) }],
    ["signed by somebody else", signed(vector, "another secret")],
    ["changed after signing", { ...signed(vector), body: Buffer.from(vector.replace("9XYZ12", "9XYZ13")) }],
    [
      "signed with the bare secret",
      { body: Buffer.from(vector), headers: { "x-fitbit-signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" } },
    ],
  ])("%s is not there", async (_, request) => {
    expect(await receive(request)).toMatchObject({ kind: "answer", status: 404 });
  });

  it("is refused without a secret, however it is signed", async () => {
    expect(await receive(signed(vector, ""), settings({}, ""))).toMatchObject({ kind: "answer", status: 404 });
    expect(await receive(signed(vector, "null"), settings({}, null))).toMatchObject({ kind: "answer", status: 404 });
  });

  it("holds several people, and equal entries once", async () => {
    const payload = [
      entry(),
      entry({ subscriptionId: "another" }),
      entry({ collectionType: "sleep", date: "2024-03-13", ownerId: "7QRS34" }),
      entry({ collectionType: "body" }),
      { collectionType: "userRevokedAccess", ownerId: "9XYZ12" },
      { collectionType: "deleteUser", ownerId: "7QRS34" },
    ];
    expect(await receive(signed(payload))).toMatchObject({
      notices: [
        { kind: "changed", providerUserId: "9XYZ12", domains: ["ACTIVITY", "HEART", "WORKOUTS", "VITALS"] },
        {
          kind: "changed",
          providerUserId: "7QRS34",
          domains: ["SLEEP", "HEART", "VITALS", "READINGS"],
          days: { from: "2024-03-13", to: "2024-03-13" },
        },
        { kind: "changed", providerUserId: "9XYZ12", domains: ["BODY"] },
        { kind: "revoked", providerUserId: "9XYZ12" },
        { kind: "account-deleted", providerUserId: "7QRS34" },
      ],
    });
  });

  it("of a kind that is not served is acknowledged, and takes nothing from the others", async () => {
    const payload = [
      entry({ collectionType: "badges" }),
      entry({ collectionType: "constructor" }),
      null,
      entry({ date: "today" }),
      {},
      entry(),
    ];
    expect(await receive(signed(payload))).toMatchObject({
      kind: "accepted",
      status: 204,
      notices: [{ kind: "changed" }],
    });
    expect(await receive(signed([]))).toMatchObject({ kind: "accepted", status: 204, notices: [] });
  });

  it.each(["<updates/>", "{}", '"text"'])("that is no array is said to be bad: %s", async (payload) => {
    expect(await receive(signed(payload))).toMatchObject({ kind: "answer", status: 400 });
  });

  it("repeated at once is one delivery, the next sync of the day another", async () => {
    const idOf = async (payload: unknown, now: number) => {
      const verdict = await receive(signed(payload), settings(), now);
      return verdict.kind === "accepted" ? verdict.deliveryId : null;
    };
    const [one, two] = [entry(), entry({ collectionType: "body" })];
    const now = 1_710_259_200_000;
    expect(await idOf([one, two], now)).toBe(await idOf([two, one], now + 900));
    expect(await idOf([one], now)).not.toBe(await idOf([two], now));
    expect(await idOf([one], now)).not.toBe(await idOf([one], now + 3_000));
  });
});

describe("a subscription", () => {
  const scheme = fitbitWebhook.subscriptions;
  if (scheme.kind !== "per-user") throw new Error("unexpected scheme");
  const subscription = (collection: string, subscriptionId: string) => ({
    collection,
    subscriptionId,
    webhookUrl: "https://gate.test/webhooks/fitbit",
  });

  it("is made and removed under its collection, with a length and the configured subscriber", () => {
    expect(scheme.create(subscription("sleep", "s-1"), settings({ SUBSCRIBER_ID: "7" }))).toEqual({
      method: "POST",
      path: "/1/user/-/sleep/apiSubscriptions/s-1.json",
      headers: { "x-fitbit-subscriber-id": "7", "content-length": "0" },
    });
    expect(scheme.remove(subscription("body", "s-2"), settings())).toEqual({
      method: "DELETE",
      path: "/1/user/-/body/apiSubscriptions/s-2.json",
      headers: { "content-length": "0" },
    });
  });

  it("is listed with its collection", () => {
    expect(scheme.list(settings())).toEqual({ method: "GET", path: "/1/user/-/apiSubscriptions.json", headers: {} });
    const answer = {
      apiSubscriptions: [{ collectionType: "sleep", ownerId: "9XYZ12", subscriberId: "1", subscriptionId: "s-1" }],
    };
    expect(scheme.readList(answer)).toEqual([{ collection: "sleep", subscriptionId: "s-1" }]);
  });
});
