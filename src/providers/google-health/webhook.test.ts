import { generateKeyPairSync } from "node:crypto";
import type { ApiRequest, ProviderSettings, WebhookContext } from "../provider.js";
import { googleHealth } from "./index.js";
import { notifiedTypes } from "./subscriber.js";
import { createGoogleHealthWebhook } from "./webhook.js";

const vector = {
  keySet:
    '{"primaryKeyId":1234567890,"key":[{"keyData":{"typeUrl":"type.googleapis.com/google.crypto.tink.EcdsaPublicKey","value":"EgYIAxACGAIaIQCSd3/ZHF/z5/Z1NsmYYA3eoU0yCfQhUYR04ipSPmxHniIhAHfqcJ/uDCcwMGO40EG8tsJZ8ct1nHkGZt1/Va5zPEWl","keyMaterialType":"ASYMMETRIC_PUBLIC"},"status":"ENABLED","keyId":1234567890,"outputPrefixType":"TINK"}]}',
  body: '{"data":{"version":"1","clientProvidedSubscriptionName":"vector-1","healthUserId":"1111111111111111111","operation":"UPSERT","dataType":"steps","intervals":[{"physicalTimeInterval":{"startTime":"2026-11-20T08:00:00Z","endTime":"2026-11-20T08:05:00Z"}}]}}',
  signature: "AUmWAtIwRQIhAM2ZX9EBPF1ZViDcOAUsEjJGfTFRf05+1JEnbCZSt7P9AiAjbx+vLvTIG3i2/rsqmEFkdlAJ4dH4Q0x/M4tC5qsXQA==",
};
const secret = "Bearer a-long-random-value";
const keysUrl = "https://keys.test/set.json";
const settings: ProviderSettings = {
  ...{ clientId: null, clientSecret: null, apiUrl: "", authorizeUrl: "", revokeUrl: null, overridden: false },
  tokenUrl: "https://token.test/token",
  otherUrls: { WEBHOOK_KEYS: keysUrl },
  values: { WEBHOOK_SECRET: secret },
};

async function receive(
  over: {
    body?: string;
    headers?: Record<string, string>;
    keys?: (refresh: boolean) => string;
    webhook?: ReturnType<typeof createGoogleHealthWebhook>;
    now?: number;
    values?: ProviderSettings["values"];
  } = {},
) {
  const fetched: boolean[] = [];
  const context: WebhookContext = {
    settings: { ...settings, values: over.values ?? settings.values },
    now: over.now ?? 0,
    givenSecret: async () => null,
    fetchText: async (url, { refresh = false }) => {
      expect(url).toBe(keysUrl);
      fetched.push(refresh);
      return (over.keys ?? (() => vector.keySet))(refresh);
    },
  };
  const verdict = await (over.webhook ?? createGoogleHealthWebhook()).receive(
    {
      method: "POST",
      query: {},
      body: Buffer.from(over.body ?? vector.body),
      headers: over.headers ?? { authorization: secret, "google-health-api-signature": vector.signature },
    },
    context,
  );
  return { verdict, fetched };
}

describe("a Google Health notification", () => {
  it("is accepted with a genuine signature, its UTC interval widened", async () => {
    expect((await receive()).verdict).toMatchObject({
      kind: "accepted",
      status: 204,
      notices: [
        {
          kind: "changed",
          providerUserId: "1111111111111111111",
          domains: ["ACTIVITY"],
          days: { from: "2026-11-19", to: "2026-11-21" },
        },
      ],
    });
    const old = { authorization: secret, "x-healthapi-signature": vector.signature };
    expect((await receive({ headers: old })).verdict.kind).toBe("accepted");
  });

  it("is refused where a byte of the body differs", async () => {
    expect((await receive({ body: `${vector.body} ` })).verdict).toMatchObject({ status: 401 });
  });

  it("is refused without signature or with a wrong secret, and without any secret configured", async () => {
    expect((await receive({ headers: { authorization: secret } })).verdict).toMatchObject({ status: 401 });
    const wrong = { authorization: `${secret}x`, "google-health-api-signature": vector.signature };
    expect((await receive({ headers: wrong })).verdict).toMatchObject({ status: 401 });
    expect((await receive({ values: {} })).verdict).toMatchObject({ status: 401 });
  });

  it("is accepted with the secret before, while it is being replaced", async () => {
    const values = { WEBHOOK_SECRET: "new", WEBHOOK_SECRET_PREVIOUS: secret };
    expect((await receive({ values })).verdict.kind).toBe("accepted");
  });

  it("fetches the keys again for an unknown id, at most once a minute", async () => {
    const webhook = createGoogleHealthWebhook();
    const rotated = (refresh: boolean) => (refresh ? vector.keySet : '{"key":[]}');
    const first = await receive({ webhook, keys: rotated, now: 1000 });
    expect(first).toMatchObject({ verdict: { kind: "accepted" }, fetched: [false, true] });
    expect(await receive({ webhook, keys: rotated, now: 2000 })).toMatchObject({
      verdict: { status: 401 },
      fetched: [false],
    });
  });

  it("comes again later where no keys can be had, and uses a held copy for a week", async () => {
    const down = () => {
      throw new Error("down");
    };
    expect((await receive({ keys: down })).verdict).toMatchObject({ status: 503 });
    const webhook = createGoogleHealthWebhook();
    await receive({ webhook });
    expect((await receive({ webhook, keys: down, now: 6 * 86_400_000 })).verdict.kind).toBe("accepted");
    expect((await receive({ webhook, keys: down, now: 8 * 86_400_000 })).verdict).toMatchObject({ status: 503 });
  });

  it("ignores keys that are not enabled", async () => {
    const disabled = vector.keySet.replace("ENABLED", "DISABLED");
    expect((await receive({ keys: () => disabled })).verdict).toMatchObject({ status: 401 });
  });
});

it("the endpoint proves itself with 201, and 401 to whoever lacks the secret", async () => {
  const body = '{"type":"verification"}';
  expect((await receive({ body, headers: { authorization: secret } })).verdict).toEqual({
    kind: "answer",
    status: 201,
  });
  expect((await receive({ body, headers: {} })).verdict).toMatchObject({ status: 401 });
});

describe("the subscriber of the project", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const account = JSON.stringify({
    client_email: "robot@project.test",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
  });
  const values = { PROJECT_NUMBER: "123", SERVICE_ACCOUNT: account, WEBHOOK_SECRET: secret };
  const ours = {
    name: "projects/123/subscribers/pulsegate",
    endpointUri: "https://gate.test/hook",
    subscriberConfigs: [{ dataTypes: [...notifiedTypes], subscriptionCreatePolicy: "AUTOMATIC" }],
    state: "ACTIVE",
  };

  async function ensure(
    answers: readonly (readonly [number, unknown])[],
    given = values as ProviderSettings["values"],
  ) {
    const { subscriptions } = createGoogleHealthWebhook();
    if (subscriptions.kind !== "per-app") throw new Error("not per app");
    const sent: (ApiRequest & { url?: string })[] = [];
    const { notices } = await subscriptions.ensure({
      settings: { ...settings, values: given },
      webhookUrl: ours.endpointUri,
      now: 0,
      renewBefore: 1,
      secret: null,
      keepSecret: () => Promise.reject(new Error("nothing is kept")),
      send: async (request) => {
        const [status, body] = answers[sent.length]!;
        sent.push(request);
        return { status, body, headers: {}, receivedAt: 0 };
      },
    });
    return { notices, sent: sent.map(({ method, path, url, query }) => [method, url ?? path, query]) };
  }
  const token = [200, { access_token: "t" }] as const;
  const path = "/v4/projects/123/subscribers";
  const updateMask = "endpointUri,subscriberConfigs,endpointAuthorization";

  it("is created, and brought into line where somebody else was faster", async () => {
    expect(await ensure([token, [200, {}], [409, {}], [200, { done: true }], [200, { subscribers: [ours] }]])).toEqual({
      notices: [],
      sent: [
        ["POST", "https://token.test/token", undefined],
        ["GET", path, { pageSize: 1000 }],
        ["POST", path, { subscriberId: "pulsegate" }],
        ["PATCH", `${path}/pulsegate`, { updateMask }],
        ["GET", path, { pageSize: 1000 }],
      ],
    });
  });

  it("has the name that the operator gave it", async () => {
    const named = { ...values, SUBSCRIBER_ID: "staging" };
    const mine = { ...ours, name: "projects/123/subscribers/staging" };
    const { sent } = await ensure(
      [token, [200, { subscribers: [ours] }], [200, {}], [200, { subscribers: [mine] }]],
      named,
    );
    expect(sent[2]).toEqual(["POST", path, { subscriberId: "staging" }]);
  });

  it.each([
    ["pulsegate", true],
    ["a-1z", true],
    [`a${"b".repeat(35)}`, true],
    ["abc", false],
    [`a${"b".repeat(36)}`, false],
    ["1abc", false],
    ["abc-", false],
    ["Abcd", false],
    ["ab_cd", false],
  ])("may be called %s: %s", (name, isRight) => {
    const { shape } = googleHealth.settings!.find((setting) => setting.name === "SUBSCRIBER_ID")!;
    expect(shape!.pattern.test(name)).toBe(isRight);
  });

  it("is told of where it stays inactive, or anything is missing", async () => {
    const inactive = { subscribers: [{ ...ours, state: "INACTIVE" }] };
    expect((await ensure([token, [200, inactive], [200, {}], [200, inactive]])).notices.join()).toContain("INACTIVE");
    expect((await ensure([], {})).notices.join()).toContain("GOOGLE_HEALTH_PROJECT_NUMBER");
    const failed = [400, { error: { status: "FAILED_PRECONDITION" } }] as const;
    expect((await ensure([token, [200, {}], failed])).notices.join()).toContain("verify");
  });
});
