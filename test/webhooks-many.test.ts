/** A greedy app key, and several replicas: one change is one run and one message for each webhook. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../src/config/read-config.js";
import { createGateway, type Gateway } from "../src/gateway.js";
import { createLogger } from "../src/log.js";
import type { RunOutcome } from "../src/outbound/runs.js";
import { providers } from "../src/providers/index.js";
import { fitbitSignature, startFitbitLab } from "../src/sandbox/fitbit/index.js";
import { startReceiver } from "./support/receiver.js";
import { credentials, dataRequests, eventually } from "./support/served.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-many-"));
writeFileSync(
  join(folder, "steps.graphql"),
  "query Steps { viewer { activity(range: { lastDays: 5 }) { days { date steps } } } }",
);
afterAll(() => rmSync(folder, { recursive: true }));
const owner = { app: "backend", userId: null };
const asked = { operation: "Steps", events: null, userId: null, minimumGapSeconds: 0 };

async function world(env: Readonly<Record<string, string>>, replicas = 1) {
  const fitbit = await startFitbitLab({});
  const receiver = await startReceiver();
  const ran: RunOutcome[] = [];
  const gateways: Gateway[] = [];
  const lab = {
    FITBIT_CLIENT_ID: fitbit.clientId,
    FITBIT_CLIENT_SECRET: fitbit.clientSecret,
    FITBIT_API_URL: fitbit.url,
  };
  const APP_KEYS = `${credentials.APP_KEYS},other:${"1".repeat(64)}`;
  for (let n = 0; n < replicas; n++) {
    const gateway = await createGateway({
      config: readConfig(
        { ...credentials, APP_KEYS, OPERATIONS: folder, WEBHOOKS_ALLOW_PRIVATE: "1", ...lab, ...env },
        { providers },
      ),
      log: createLogger({ level: "silent" }),
      tell: { webhookRun: (outcome) => void ran.push(outcome) },
    });
    await gateway.startWork();
    gateways.push(gateway);
  }
  const connect = (userId: string) =>
    gateways[0]!.connections.importConnection({ userId, provider: "FITBIT", ...fitbit.issueTokens(userId) });
  /** The provider notifies one replica of today. */
  const notify = async (gateway: Gateway, userId: string) => {
    const { providerUserId } = (await gateway.connections.list(userId)).find(({ provider }) => provider === "FITBIT")!;
    const date = new Date().toISOString().slice(0, 10);
    const note = {
      collectionType: "activities",
      date,
      ownerId: providerUserId,
      ownerType: "user",
      subscriptionId: "s",
    };
    const body = Buffer.from(JSON.stringify([note]));
    const headers = { "x-fitbit-signature": fitbitSignature(body.toString(), fitbit.clientSecret) };
    const answer = await gateway.webhooks.receive("fitbit", { method: "POST", headers, query: {}, body });
    expect(answer.status).toBe(204);
  };
  return {
    ...{ fitbit, receiver, ran, gateways, connect, notify },
    close: async () => {
      for (const gateway of gateways) await gateway.close();
      await receiver.close();
      await fitbit.close();
    },
  };
}

test("a thousand webhooks of one app take one run, and keep nobody else's message waiting", async () => {
  const { gateways, receiver, ran, connect, notify, fitbit, close } = await world({ STORE_URL: "memory:" });
  try {
    const [gateway] = gateways as [Gateway];
    await connect("demo");
    for (let n = 0; n < 1_000; n++) await gateway.outbound.create(owner, { ...asked, url: `${receiver.url}/${n}` });
    const oneMore = gateway.outbound.create(owner, { ...asked, url: receiver.url });
    await expect(oneMore).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining("at most 1,000 webhooks"),
      details: { limit: 1_000 },
    });
    await gateway.outbound.create({ app: "other", userId: null }, { ...asked, url: `${receiver.url}/other` });
    // Those of the one app hang, all of them.
    receiver.answer = ({ path }, response) => void (path.endsWith("/other") && response.writeHead(204).end());
    fitbit.forgetRequests();
    await notify(gateway, "demo");
    await eventually(60, "the other app is told", () => receiver.received.some(({ path }) => path.endsWith("/other")));
    expect(ran).toEqual(["changed"]);
    expect(new Set(dataRequests(fitbit).map(({ path }) => path)).size).toBe(dataRequests(fitbit).length);
  } finally {
    await close();
  }
});

const [storeUrl, redisUrl] = [process.env["TEST_POSTGRES_URL"], process.env["TEST_REDIS_URL"]];
if (storeUrl && redisUrl) {
  test("of several replicas on PostgreSQL and Redis one runs the operation, and one sends its answer", async () => {
    const { gateways, receiver, ran, connect, notify, close } = await world(
      { STORE_URL: storeUrl, REDIS_URL: redisUrl },
      3,
    );
    const [first, second] = gateways as [Gateway, Gateway];
    const { webhook } = await first.outbound.create(owner, { ...asked, url: receiver.url });
    try {
      await connect("both");
      // Another replica than the one that made it knows of it at once.
      await notify(second, "both");
      await receiver.count(1);
      await first.eraseUser("nobody");
      await eventually(60, "nothing waits", async () => (await second.outbound.pending(webhook.id)) === 0);
      expect(receiver.received.map(({ body }) => body.userId)).toEqual(["both"]);
      expect(ran).toEqual(["changed"]);
    } finally {
      await first.outbound.remove(owner, webhook.id);
      await first.eraseUser("both");
      await close();
    }
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  test("webhooks on several replicas", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_POSTGRES_URL or TEST_REDIS_URL is not set.");
  });
} else {
  test.skip("webhooks on replicas: skipped, because TEST_POSTGRES_URL and TEST_REDIS_URL are not both set", () => {});
}
