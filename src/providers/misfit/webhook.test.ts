import { sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ProviderSettings, WebhookRequest } from "../provider.js";
import { type SnsMessage, signedText } from "./sns-message.js";
import { createMisfitWebhook, misfitWebhook } from "./webhook.js";

const pem = (name: string) => readFileSync(new URL(`./fixtures/sns/${name}.pem`, import.meta.url), "utf8");
const now = Date.parse("2027-01-15T10:00:00.000Z");
const topic = "arn:aws:sns:us-east-1:819895241319:shine-production-goals-ABCDEFGHIJKLMNOP";
const certificateUrl = `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${"0a".repeat(16)}.pem`;
const webhook = createMisfitWebhook(() => [new X509Certificate(pem("root"))]);

const settings: ProviderSettings = {
  clientId: null,
  clientSecret: null,
  apiUrl: "https://api.misfitwearables.com",
  authorizeUrl: "",
  tokenUrl: "",
  revokeUrl: null,
  otherUrls: {},
  values: { SNS_TOPICS: `${topic}, ${topic}2`, SNS_CA: pem("intermediate") },
  overridden: false,
};

const notification: Omit<SnsMessage, "Signature"> = {
  Type: "Notification",
  MessageId: "11111111-2222-3333-4444-555555555555",
  TopicArn: topic,
  Message: JSON.stringify([
    { type: "goals", action: "updated", id: "g1", ownerId: "u1", updatedAt: "2016-02-29 07:31:02 UTC" },
    { type: "sessions", action: "created", id: "s1", ownerId: "u2", updatedAt: "2016-02-29T07:31:02Z" },
    { type: "sleeps", action: "deleted", id: "n1", ownerId: "u1", updatedAt: "2016-02-29T07:31:02.123Z" },
    { type: "devices", action: "updated", id: "d1", ownerId: "u3" },
    { type: "profiles", action: "updated", id: "p1", ownerId: "u4" },
    { type: "moods", action: "updated", id: "m1", ownerId: "u1" },
    { type: "goals", action: "painted", id: "g2", ownerId: "u1" },
    { type: "constructor", action: "updated", id: "x", ownerId: "u1" },
    null,
  ]),
  Timestamp: "2027-01-15T09:59:00.000Z",
  SignatureVersion: "1",
  SigningCertURL: certificateUrl,
};
const confirmation: Omit<SnsMessage, "Signature"> = {
  ...notification,
  Type: "SubscriptionConfirmation",
  Message: "You have chosen to subscribe",
  Token: "token-1",
  SubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=token-1`,
};

const signed = (message: Omit<SnsMessage, "Signature">): SnsMessage => {
  const digest = message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256";
  const text = signedText({ ...message, Signature: "" });
  return { ...message, Signature: sign(digest, Buffer.from(text), pem("signer-key")).toString("base64") };
};

async function receive(
  message: unknown,
  over: {
    settings?: Partial<ProviderSettings>;
    certificate?: string | Error;
    headers?: WebhookRequest["headers"];
    now?: number;
    webhook?: typeof webhook;
  } = {},
) {
  const fetched: string[] = [];
  const verdict = await (over.webhook ?? webhook).receive(
    {
      method: "POST",
      headers: over.headers ?? {},
      query: {},
      body: Buffer.from(typeof message === "string" ? message : JSON.stringify(message)),
    },
    {
      settings: { ...settings, ...over.settings },
      now: over.now ?? now,
      givenSecret: async () => null,
      fetchText: async (url) => {
        fetched.push(url);
        if (over.certificate instanceof Error) throw over.certificate;
        return over.certificate ?? pem("signer");
      },
    },
  );
  return { verdict, fetched };
}
const statusOf = async (...args: Parameters<typeof receive>) => {
  const { verdict } = await receive(...args);
  return verdict.kind === "answer" ? verdict.status : verdict.kind;
};

describe("a Misfit notification", () => {
  it.each(["1", "2"])("is accepted with a genuine signature of version %s", async (SignatureVersion) => {
    const { verdict, fetched } = await receive(signed({ ...notification, SignatureVersion }));
    expect(fetched).toEqual([certificateUrl]);
    expect(verdict).toEqual({
      kind: "accepted",
      status: 200,
      deliveryId: notification.MessageId,
      notices: [
        {
          kind: "changed",
          providerUserId: "u1",
          domains: ["ACTIVITY", "GOALS"],
          days: null,
          lookup: { type: "goals", id: "g1" },
        },
        {
          kind: "changed",
          providerUserId: "u2",
          domains: ["WORKOUTS"],
          days: null,
          lookup: { type: "sessions", id: "s1" },
        },
        {
          kind: "changed",
          providerUserId: "u1",
          domains: ["SLEEP"],
          days: null,
          lookup: { type: "sleeps", id: "n1" },
          deleted: true,
        },
        { kind: "changed", providerUserId: "u3", domains: ["DEVICES"], days: null },
        { kind: "changed", providerUserId: "u4", domains: ["PROFILE"], days: null },
      ],
    });
  });

  it("signs its subject where it has one, and only then", async () => {
    expect(await statusOf(signed({ ...notification, Subject: "Grüße" }))).toBe("accepted");
    expect(await statusOf({ ...signed(notification), Subject: null })).toBe("accepted");
    expect(await statusOf({ ...signed(notification), Subject: "added" })).toBe(403);
  });

  it("may list nothing", async () => {
    expect((await receive(signed({ ...notification, Message: "[]" }))).verdict).toMatchObject({ notices: [] });
  });

  it.each(["not json", "{}"])("whose message is %s is malformed", async (Message) => {
    expect(await statusOf(signed({ ...notification, Message }))).toBe(400);
  });

  it("is refused where a signed field was changed", async () => {
    for (const key of ["Message", "MessageId", "Timestamp", "TopicArn"] as const) {
      const changed = key === "TopicArn" ? `${topic}2` : key === "Timestamp" ? "2027-01-15T09:58:00.000Z" : "[ ]";
      expect(await statusOf({ ...signed(notification), [key]: changed })).toBe(403);
    }
  });

  it("is refused for a signature that is not strict base64, or of another version", async () => {
    const genuine = signed(notification);
    expect(await statusOf({ ...genuine, Signature: `${genuine.Signature}\n` })).toBe(403);
    expect(await statusOf({ ...genuine, SignatureVersion: "2" })).toBe(403);
    expect(await statusOf({ ...genuine, SignatureVersion: "3" })).toBe(403);
  });

  it.each(["[]", "null", "{", '{"Type":"Other"}', '{"Type":"toString"}', '{"Type":"Notification"}'])(
    "is malformed as %s",
    async (body) => {
      expect(await statusOf(body)).toBe(400);
    },
  );

  it("is refused unsigned, like the portal's look-alike", async () => {
    const { Type, Token, TopicArn, Message, Timestamp } = confirmation;
    const SubscribeURL = "https://build.misfit.com/apps/5f00a1b2c3d4e5f600000001/verify_endpoint?verify_token=a";
    const { verdict, fetched } = await receive({ Type, Token, TopicArn, Message, Timestamp, SubscribeURL });
    expect(verdict).toMatchObject({ kind: "answer", status: 403 });
    expect(fetched).toEqual([]);
  });

  it("is refused without a fetch for a topic that is not ours", async () => {
    const { verdict, fetched } = await receive(signed(notification), {
      settings: { values: { SNS_TOPICS: `${topic}3` } },
    });
    expect(verdict).toMatchObject({ status: 403 });
    expect(fetched).toEqual([]);
    expect(await statusOf(signed(notification), { settings: { values: {} } })).toBe(403);
  });

  it("is refused where header and body disagree", async () => {
    const headers = { "x-amz-sns-message-type": "SubscriptionConfirmation" };
    expect(await statusOf(signed(notification), { headers })).toBe(403);
  });

  it.each([
    certificateUrl.replace("https", "http"),
    certificateUrl.replace("us-east-1", "eu-west-1"),
    certificateUrl.replace(".com/", ".com.cn/"),
    certificateUrl.replace(".com/", ".com.evil.test/"),
    certificateUrl.replace("sns.us-east-1", "sns-us-east-1.s3"),
    certificateUrl.replace("https://", "https://user@"),
    certificateUrl.replace(".com/", ".com:8443/"),
    certificateUrl.replace(".com/", ".com:443/"),
    certificateUrl.replace(".com/", ".com/x/../"),
    `${certificateUrl}?`,
    `${certificateUrl}#x`,
    certificateUrl.replace("0a0a", "0A0A"),
    "nonsense",
  ])("is refused without a fetch for a certificate at %s", async (SigningCertURL) => {
    const { verdict, fetched } = await receive(signed({ ...notification, SigningCertURL }));
    expect(verdict).toMatchObject({ status: 403 });
    expect(fetched).toEqual([]);
  });

  it("comes again later where the certificate can't be fetched", async () => {
    expect(await statusOf(signed(notification), { certificate: new Error("down") })).toBe(503);
  });

  it.each([
    ["a weak key", () => pem("weak")],
    ["another host", () => pem("other-host")],
    ["two certificates", () => pem("signer") + pem("signer")],
    ["something before it", () => `x\n${pem("signer")}`],
    ["nothing readable", () => "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
  ])("is refused for a certificate file with %s", async (_, certificate) => {
    expect(await statusOf(signed(notification), { certificate: certificate() })).toBe(403);
  });

  it("is refused for a certificate out of date", async () => {
    const later = Date.parse("2099-01-01T00:00:00.000Z");
    const message = signed({ ...notification, Timestamp: "2099-01-01T00:00:00.000Z" });
    expect(await statusOf(message, { now: later })).toBe(403);
  });

  it("is refused for a certificate that does not lead to a public root, where we were told the way", async () => {
    const message = signed(notification);
    expect(await statusOf(message, { webhook: misfitWebhook })).toBe(403);
    expect(await statusOf(message, { webhook: misfitWebhook, settings: { overridden: true } })).toBe("accepted");
  });

  it("is taken for one from Amazon's host where we were not, but not for one that vouches for itself", async () => {
    const message = signed(notification);
    const unaided = { webhook: misfitWebhook, settings: { values: { SNS_TOPICS: topic } } };
    expect(await statusOf(message, unaided)).toBe("accepted");
    expect(await statusOf(message, { ...unaided, certificate: pem("self-signed") })).toBe(403);
    expect(await statusOf({ ...message, MessageId: "another" }, unaided)).toBe(403);
  });

  it.each([
    ["2027-01-15T08:50:00.000Z", 403],
    ["2027-01-15T09:05:00.000Z", "accepted"],
    ["2027-01-15T10:14:00.000Z", "accepted"],
    ["2027-01-15T10:16:00.000Z", 403],
    ["yesterday", 403],
  ])("of %s is %s at ten", async (Timestamp, expected) => {
    expect(await statusOf(signed({ ...notification, Timestamp }))).toBe(expected);
  });
});

describe("a subscription", () => {
  it("is confirmed at Amazon's own host", async () => {
    expect((await receive(signed(confirmation))).verdict).toEqual({
      kind: "confirm",
      status: 200,
      confirmUrl: confirmation.SubscribeURL,
      deliveryId: confirmation.MessageId,
    });
  });

  it.each([
    confirmation.SubscribeURL!.replace("https", "http"),
    confirmation.SubscribeURL!.replace("amazonaws.com", "amazonaws.com.evil.test"),
    confirmation.SubscribeURL!.replace("us-east-1.amazonaws", "us-west-2.amazonaws"),
    confirmation.SubscribeURL!.replace("Token=token-1", "Token=token-2"),
    `${confirmation.SubscribeURL}&Token=token-2`,
    confirmation.SubscribeURL!.replace("goals", "sleeps"),
    confirmation.SubscribeURL!.replace("ConfirmSubscription", "Unsubscribe"),
  ])("is not confirmed at %s", async (SubscribeURL) => {
    expect(await statusOf(signed({ ...confirmation, SubscribeURL }))).toBe(403);
  });

  it("that ended is told, verified with all seven fields, and never taken up again", async () => {
    const ended = signed({ ...confirmation, Type: "UnsubscribeConfirmation" });
    expect((await receive(ended)).verdict).toMatchObject({ kind: "answer", status: 200 });
    expect(await statusOf({ ...ended, Token: "other" })).toBe(403);
  });

  it("can only be made in the portal, and says what is missing", () => {
    const { subscriptions } = webhook;
    if (subscriptions.kind !== "portal") throw new Error("not a portal");
    expect(subscriptions.notices(settings, "https://gate.test/webhooks/misfit").join()).toContain(
      "https://gate.test/webhooks/misfit",
    );
    expect(subscriptions.notices({ ...settings, values: {} }, "").join()).toContain("MISFIT_SNS_TOPICS");
  });
});
