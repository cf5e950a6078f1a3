import { readFileSync } from "node:fs";
import { Registry } from "prom-client";
import { stillClock } from "../../test/support/lab-gateway.js";
import { readConfig } from "../config/read-config.js";
import { createGateway, type Gateway } from "../gateway.js";
import { createLogger } from "../log.js";
import { signFitbit } from "../providers/fitbit/webhook.js";
import { providers } from "../providers/index.js";
import { type FitbitLab, startFitbitLab } from "../sandbox/fitbit/index.js";
import { createMetrics } from "./metrics.js";

test("docs/docker.md tells of every metric of ours with its labels, and of no others", async () => {
  const registry = new Registry();
  createMetrics(registry);
  const ours = registry.getMetricsAsArray().filter(({ name }) => name.startsWith("pulsegate_"));
  const text = readFileSync(new URL("../../docs/docker.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(pulsegate_\w+)` \| (.*?) ?\|/gm)];
  const told = rows.map(([, name, labels]) => [name, [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label)]);
  expect(told).toEqual(ours.map((metric) => [metric.name, (metric as { labelNames?: string[] }).labelNames ?? []]));
});

describe("over a lab", () => {
  const counted: string[] = [];
  const clock = stillClock("2026-11-20T20:07:00Z");
  let fitbit: FitbitLab;
  let gateway: Gateway;
  beforeAll(async () => {
    fitbit = await startFitbitLab({ clock });
    const env = {
      STORE_URL: "memory:",
      SINGLE_USER: "demo",
      FITBIT_CLIENT_ID: fitbit.clientId,
      FITBIT_CLIENT_SECRET: fitbit.clientSecret,
      FITBIT_API_URL: fitbit.url,
    };
    gateway = await createGateway({
      config: readConfig(env, { providers }),
      log: createLogger({ level: "silent" }),
      clock,
      tell: {
        refresh: (provider, outcome) => void counted.push(`refresh ${provider} ${outcome}`),
        notification: (outcome, provider) => void counted.push(`notification ${provider} ${outcome}`),
        notice: (outcome, provider) => void counted.push(`notice ${provider} ${outcome}`),
      },
    });
    const tokens = fitbit.issueTokens("demo", { expiresInSeconds: 3600 });
    await gateway.connections.importConnection({ userId: "demo", provider: "FITBIT", ...tokens });
  });
  afterAll(async () => {
    await gateway.close();
    await fitbit.close();
  });
  beforeEach(() => void counted.splice(0));

  test("each token refresh is counted by how it ended", async () => {
    const connection = (await gateway.connections.list("demo"))[0]!;
    clock.advance(3_600_000);
    await gateway.connections.token(connection);
    await gateway.connections.token(connection);
    expect(counted).toEqual(["refresh FITBIT renewed"]);
    fitbit.revoke("demo");
    clock.advance(9 * 3_600_000);
    await expect(gateway.connections.token(connection)).rejects.toThrow();
    expect(counted.slice(1)).toEqual(["refresh FITBIT refused"]);
  });

  test("each notification is counted, and what it said", async () => {
    const connection = (await gateway.connections.list("demo"))[0]!;
    const post = async (ownerId: string | null, secret = fitbit.clientSecret) => {
      const entry = { collectionType: "sleep", date: "2026-11-19", ownerId, ownerType: "user", subscriptionId: "s" };
      const body = new TextEncoder().encode(JSON.stringify([entry]));
      const headers = { "x-fitbit-signature": signFitbit(body, secret) };
      await gateway.webhooks.receive("fitbit", { method: "POST", headers, query: {}, body });
      await gateway.webhooks.idle();
    };
    await post(connection.providerUserId);
    await post(connection.providerUserId);
    await post("stranger");
    await post(connection.providerUserId, "wrong");
    expect(counted).toEqual([
      "notification FITBIT accepted",
      "notice FITBIT applied",
      "notification FITBIT repeated",
      "notification FITBIT accepted",
      "notice FITBIT unknown-owner",
      "notification FITBIT refused",
    ]);
  });
});
