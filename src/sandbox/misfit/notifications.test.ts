import { createVerify, X509Certificate } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { labFor, range } from "../../../test/support/misfit-lab.js";
import type { SignedSnsEnvelope } from "./index.js";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages as a stranger would.
  readonly body: any;
}

/** Written out by hand from the rule of the signature, so that a slip in the lab's own list shows. */
function signedText(message: Record<string, string>): string {
  const keys =
    message["Type"] === "Notification"
      ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  return keys.map((key) => (message[key] === undefined ? "" : `${key}\n${message[key]}\n`)).join("");
}

describe("notifications", () => {
  const received: Received[] = [];
  let status: number;
  let receiver: Server;
  let hook: string;
  let setup: Awaited<ReturnType<typeof labFor>>;

  beforeEach(async () => {
    received.length = 0;
    status = 200;
    receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
      }
      const text = Buffer.concat(chunks).toString("utf8");
      received.push({ headers: request.headers, text, body: JSON.parse(text) });
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/misfit`;
    setup = await labFor("demo");
  });
  afterEach(async () => {
    await setup.lab.close();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const certificateOf = async ({ SigningCertURL }: SignedSnsEnvelope) =>
    new X509Certificate(await (await fetch(setup.lab.localUrl(SigningCertURL))).text());
  async function verifies(message: SignedSnsEnvelope): Promise<boolean> {
    const verify = createVerify(message.SignatureVersion === "2" ? "sha256" : "sha1");
    verify.update(signedText({ ...message } as unknown as Record<string, string>), "utf8");
    return verify.verify((await certificateOf(message)).publicKey, message.Signature, "base64");
  }

  /** Confirms all topics, as a receiver would. */
  async function subscribe(): Promise<void> {
    setup.lab.setWebhookUrl(hook);
    await setup.lab.notifications.idle();
    for (const { body } of received.splice(0)) {
      expect((await fetch(setup.lab.localUrl(body.SubscribeURL))).status).toBe(200);
    }
  }

  async function announced(): Promise<Received[]> {
    setup.lab.announce("demo", "profiles", setup.providerUserId);
    await setup.lab.notifications.idle();
    return received.splice(0);
  }

  it("ask to confirm each topic first, and come only once that was done", async () => {
    const { lab } = setup;
    lab.setWebhookUrl(hook);
    await lab.notifications.idle();
    const topics = received.map(({ body }) => body.TopicArn).sort();
    expect(topics).toEqual(
      ["devices", "goals", "profiles", "sessions", "sleeps"].map(
        (type) => `arn:aws:sns:us-east-1:819895241319:shine-production-${type}-${lab.app.key}`,
      ),
    );
    for (const { body, headers } of received.splice(0)) {
      expect(body.Type).toBe("SubscriptionConfirmation");
      expect(headers["x-amz-sns-message-type"]).toBe("SubscriptionConfirmation");
      expect(headers["x-amz-sns-subscription-arn"]).toBeUndefined();
      expect(await verifies(body)).toBe(true);
      const link = new URL(body.SubscribeURL);
      expect(link.host).toBe("sns.us-east-1.amazonaws.com");
      expect(Object.fromEntries(link.searchParams)).toEqual({
        Action: "ConfirmSubscription",
        TopicArn: body.TopicArn,
        Token: body.Token,
      });
    }
    expect(await announced()).toEqual([]);
    await subscribe();
    expect(await announced()).toHaveLength(1);
  });

  it("refuse a token that was never sent, or that is too old", async () => {
    const { lab, clock } = setup;
    lab.setWebhookUrl(hook);
    await lab.notifications.idle();
    const link = new URL(lab.localUrl(received[0]?.body.SubscribeURL));
    clock.advance(3 * 86_400_000 + 1);
    expect((await fetch(link)).status).toBe(400);
    link.searchParams.set("Token", "0".repeat(256));
    expect((await fetch(link)).status).toBe(400);
    expect(lab.notifications.subscriptions.every(({ confirmed }) => !confirmed)).toBe(true);
  });

  it.each(["1", "2"] as const)(
    "carry a signature of version %s that the served certificate verifies",
    async (version) => {
      await subscribe();
      setup.lab.notifications.signatureVersion = version;
      const { body, headers } = (await announced())[0] as Received;
      expect(body).toMatchObject({ Type: "Notification", SignatureVersion: version });
      expect(body.SigningCertURL).toMatch(
        /^https:\/\/sns\.us-east-1\.amazonaws\.com\/SimpleNotificationService-[0-9a-f]{32}\.pem$/,
      );
      expect(body.Timestamp).toBe("2026-11-20T11:00:00.000Z");
      expect(await verifies(body)).toBe(true);
      expect(headers).toMatchObject({
        "content-type": "text/plain; charset=UTF-8",
        "user-agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": body.MessageId,
        "x-amz-sns-topic-arn": body.TopicArn,
      });
      expect(headers["x-amz-sns-subscription-arn"]).toContain(`${body.TopicArn}:`);
      const certificate = await certificateOf(body);
      expect(certificate.checkHost("sns.amazonaws.com")).toBe("sns.amazonaws.com");
      expect(Date.parse(certificate.validTo)).toBeGreaterThan(setup.clock.now());
    },
  );

  it("tell that an endpoint was unsubscribed, with a link that brings it back", async () => {
    await subscribe();
    const [{ body } = { body: {} }] = await announced();
    expect((await fetch(setup.lab.localUrl(body.UnsubscribeURL))).status).toBe(200);
    await setup.lab.notifications.idle();
    const [farewell] = received.splice(0);
    expect(farewell?.body.Type).toBe("UnsubscribeConfirmation");
    expect(await verifies(farewell?.body)).toBe(true);
    expect(await announced()).toEqual([]);
    await fetch(setup.lab.localUrl(farewell?.body.SubscribeURL));
    expect(await announced()).toHaveLength(1);
  });

  it("say what a sync moved, and the objects can be read", async () => {
    const { lab, read, providerUserId } = setup;
    await subscribe();
    lab.sync.sync("demo", Date.parse("2026-11-17T03:00:00Z"), "MISFIT");
    lab.sync.sync("demo", Date.parse("2026-11-19T21:00:00Z"), "MISFIT");
    await lab.notifications.idle();
    const items = received.flatMap(({ body }) => JSON.parse(body.Message));
    expect(new Set(items.map(({ ownerId }) => ownerId))).toEqual(new Set([providerUserId]));
    expect(new Set(items.map(({ type }) => type))).toEqual(new Set(["goals", "sessions", "sleeps", "devices"]));
    for (const { type, id } of items.filter((item) => item.type !== "devices")) {
      expect(await read(`me/activity/${type}/${id}`)).toMatchObject({ id });
    }
    const { goals } = await read(`me/activity/goals?${range("2026-11-17", "2026-11-19")}`);
    const told = items.filter(({ type }) => type === "goals");
    expect(told.map(({ id }) => id)).toEqual(goals.map(({ id }: { id: string }) => id));
    expect(told[0].action).toBe("updated");
    expect(told.at(-1).action).toBe("created");
  });

  it("come for nobody who did not authorise the app, nor for a type that is off", async () => {
    const { lab } = setup;
    await subscribe();
    lab.sync.sync("both", Date.parse("2026-11-20T12:00:00Z"), "MISFIT");
    lab.notifications.types.delete("profiles");
    expect(await announced()).toEqual([]);
  });

  it("follow changes and deletions made by hand", async () => {
    const { lab, read } = setup;
    await subscribe();
    const { sleeps } = await read(`me/activity/sleeps?${range("2026-11-10", "2026-11-19")}`);
    lab.changeObject("demo", "sleeps", sleeps[0].id, { duration: 4242 });
    lab.deleteObject("demo", "sleeps", sleeps[1].id);
    await lab.notifications.idle();
    const items = received.flatMap(({ body }) => JSON.parse(body.Message));
    expect(items.map(({ action, id }) => [action, id])).toEqual([
      ["updated", sleeps[0].id],
      ["deleted", sleeps[1].id],
    ]);
    expect((await read(`me/activity/sleeps/${sleeps[0].id}`)).duration).toBe(4242);
  });

  it("are redelivered three times after 5xx, and never after another refusal", async () => {
    await subscribe();
    status = 503;
    const redelivered = await announced();
    expect(redelivered).toHaveLength(4);
    expect(new Set(redelivered.map(({ body }) => body.MessageId)).size).toBe(1);
    status = 403;
    expect(await announced()).toHaveLength(1);
  });

  it("can be forged in ways that verification notices", async () => {
    const { lab, clock } = setup;
    await subscribe();
    const withFault = async (kind: Parameters<typeof lab.notifications.addFault>[0]["kind"]) => {
      lab.notifications.addFault({ kind });
      return (await announced())[0]?.body as SignedSnsEnvelope;
    };
    expect(await verifies(await withFault("tamper"))).toBe(false);
    expect((await withFault("wrongVersion")).SignatureVersion).toBe("3");
    expect(new URL((await withFault("foreignCertificate")).SigningCertURL).host).toMatch(/\.misfit\.example$/);
    const expired = await withFault("expiredCertificate");
    expect(await verifies(expired)).toBe(true);
    expect(Date.parse((await certificateOf(expired)).validTo)).toBeLessThan(clock.now());
    expect(await verifies((await announced())[0]?.body)).toBe(true);
  });

  it("can hold what nobody expects, properly signed", async () => {
    const { lab, providerUserId } = setup;
    await subscribe();
    const withFault = async (kind: Parameters<typeof lab.notifications.addFault>[0]["kind"]) => {
      lab.notifications.addFault({ kind });
      const [message] = await announced();
      expect(await verifies(message?.body)).toBe(true);
      return message as Received;
    };
    expect((await withFault("oversized")).text.length).toBeGreaterThan(300 * 1024);
    const { body } = await withFault("messageNotJson");
    expect(() => JSON.parse(body.Message)).toThrow();
    expect(JSON.parse((await withFault("emptyList")).body.Message)).toEqual([]);
    expect(JSON.parse((await withFault("unknownType")).body.Message)[0].type).toBe("heartbeats");
    expect(JSON.parse((await withFault("nonAsciiIds")).body.Message)[0].id).toBe(`größe-日-${providerUserId}`);
    expect((await withFault("subject")).body.Subject).toBe("Your data has changed");
    const other = lab.issueTokens("both").providerUserId;
    const owners = JSON.parse((await withFault("severalUsers")).body.Message).map(
      (item: { ownerId: string }) => item.ownerId,
    );
    expect(owners).toEqual([providerUserId, other, "f".repeat(24)]);
  });

  it("can come twice, late, in another order or never", async () => {
    const { notifications } = setup.lab;
    await subscribe();
    notifications.addFault({ kind: "duplicate" });
    const twice = await announced();
    expect(twice.map(({ text }) => text)).toEqual([twice[0]?.text, twice[0]?.text]);
    notifications.addFault({ kind: "drop" });
    expect(await announced()).toEqual([]);
    notifications.addFault({ kind: "delay" });
    expect(await announced()).toEqual([]);
    notifications.releaseDelayed();
    await notifications.idle();
    expect(received.splice(0)).toHaveLength(1);
    notifications.addFault({ kind: "reorder" });
    expect(await announced()).toEqual([]);
    expect(await announced()).toHaveLength(2);
  });

  it("have a portal whose test is unsigned, and passes once its link was fetched", async () => {
    const { lab } = setup;
    await subscribe();
    await lab.notifications.pressTestEndpoint();
    const [{ body } = { body: {} }] = received.splice(0);
    expect(Object.keys(body).sort()).toEqual(["Message", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]);
    expect(body.TopicArn).toMatch(/:test$/);
    expect(body.SubscribeURL).toMatch(/^https:\/\/build\.misfit\.com\/apps\/[0-9a-f]{24}\/verify_endpoint\?/);
    expect(lab.notifications.testEndpointPassed).toBe(false);
    expect((await fetch(lab.localUrl(body.SubscribeURL))).status).toBe(200);
    expect(lab.notifications.testEndpointPassed).toBe(true);
  });
});
