import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { stillClock } from "../../test/support/lab-gateway.js";
import { readConfig } from "../config/read-config.js";
import { createGateway, type Gateway } from "../gateway.js";
import { createLogger } from "../log.js";
import { fitbit } from "../providers/fitbit/index.js";
import { providers } from "../providers/index.js";
import type { SubscriptionScheme } from "../providers/provider.js";
import { startFitbitLab } from "../sandbox/fitbit/index.js";
import { startGoogleHealthLab } from "../sandbox/google-health/index.js";
import { startMisfitLab } from "../sandbox/misfit/index.js";
import type { Io } from "./io.js";
import { checkWebhooks } from "./webhooks.js";

/** All three labs, and a gateway that they reach over real HTTP. */
async function bench(change: Readonly<Record<string, string>> = {}) {
  const clock = stillClock("2026-11-20T20:07:00Z");
  const fitbitLab = await startFitbitLab({ clock });
  const google = await startGoogleHealthLab({ clock });
  const misfit = await startMisfitLab({ clock });
  let gateway: Gateway | null = null;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const slug = /^\/webhooks\/(.+)$/.exec(request.url ?? "")?.[1];
    if (slug === undefined) {
      response.end(JSON.stringify({ status: "alive" }));
      return;
    }
    const headers = request.headers as Record<string, string>;
    const { status } = await gateway!.webhooks.receive(slug, {
      ...{ method: "POST" as const, headers, query: {}, body: Buffer.concat(chunks) },
    });
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    STORE_URL: "memory:",
    PUBLIC_URL: url,
    AUTH_JWT_SECRET: "a secret for tests that is long enough",
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    FITBIT_CLIENT_ID: fitbitLab.clientId,
    FITBIT_CLIENT_SECRET: fitbitLab.clientSecret,
    FITBIT_API_URL: fitbitLab.url,
    FITBIT_VERIFICATION_CODE: fitbitLab.verifyCode,
    MISFIT_CLIENT_ID: misfit.app.key,
    MISFIT_CLIENT_SECRET: misfit.app.secret,
    MISFIT_API_URL: misfit.url,
    MISFIT_SNS_TOPICS: misfit.notifications.topicArn("sleeps"),
    GOOGLE_HEALTH_CLIENT_ID: google.app.clientId,
    GOOGLE_HEALTH_CLIENT_SECRET: google.app.clientSecret,
    GOOGLE_HEALTH_API_URL: google.url,
    GOOGLE_HEALTH_TOKEN_URL: `${google.url}/token`,
    GOOGLE_HEALTH_USERINFO_URL: `${google.url}/oauth2/v3/userinfo`,
    GOOGLE_HEALTH_PROJECT_NUMBER: google.projectNumber,
    GOOGLE_HEALTH_SERVICE_ACCOUNT: google.serviceAccountJson,
    GOOGLE_HEALTH_WEBHOOK_SECRET: "Bearer of-the-lab",
    ...change,
  };
  gateway = await createGateway({
    config: readConfig(env, { providers }),
    log: createLogger({ level: "silent" }),
    clock,
    delay: async (ms) => clock.advance(Math.ceil(ms)),
  });
  const opened = gateway;
  const check = async ({ publicUrl = "https://gate.example.org", at = url, sandbox = false } = {}) => {
    let out = "";
    const io: Io = {
      env: {},
      out: (text) => {
        out += text;
      },
      note: () => {},
      terminal: false,
      input: async function* () {},
      signal: new AbortController().signal,
    };
    // As if behind a proxy with TLS: what has to be public is only told, what is asked is here.
    const seen = { ...opened, config: { ...opened.config, publicUrl, sandbox } };
    const reaches = async () => (await fetch(`${at}/healthz`).catch(() => null))?.ok ?? false;
    const failed = await checkWebhooks(io, seen, reaches).then(
      () => null,
      (error: Error) => error.message,
    );
    return { out, failed, lines: out.split("\n").filter((line) => line.startsWith("FAIL")) };
  };
  return {
    ...{ clock, fitbit: fitbitLab, google, misfit, gateway: opened, check },
    async [Symbol.asyncDispose]() {
      await opened.close();
      await Promise.all([fitbitLab.close(), google.close(), misfit.close()]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function subscribed(b: Awaited<ReturnType<typeof bench>>) {
  const tokens = b.fitbit.issueTokens("demo");
  await b.gateway.connections.importConnection({ userId: "demo", provider: "FITBIT", ...tokens });
  await b.gateway.subscriptions.subscribe({ userId: "demo", provider: "FITBIT", domains: ["SLEEP", "ACTIVITY"] });
  return (await b.gateway.connections.list("demo"))[0]!;
}

test("all in order: says where each provider calls, what to set in portals, and that nothing had drifted", async () => {
  await using b = await bench();
  await subscribed(b);
  const { out, failed } = await b.check();
  expect(failed).toBeNull();
  expect(out).toContain("ok    gate.example.org answers as a running gateway\n");
  for (const slug of ["fitbit", "misfit", "google-health"])
    expect(out).toContain(`: https://gate.example.org/webhooks/${slug}\n`);
  expect(out).toMatch(/^note {2}Misfit has no API for subscriptions: /m);
  expect(out).toContain("ok    the app's subscriber is active and as it should be\n");
  expect(out).toContain("ok    1 subscribed connections, 0 of them mended\n");
  expect(out).not.toContain("is not set");
  expect(out).not.toMatch(/of-the-lab|BEGIN|secret/i);
  expect(b.google.subscribers.size).toBe(1);
});

test("what no provider can reach is told", async () => {
  await using b = await bench();
  const { failed, lines } = await b.check({ publicUrl: "http://127.0.0.1:4000", at: "http://127.0.0.1:1" });
  expect(lines).toEqual([
    "FAIL  PUBLIC_URL is not public https: no provider can reach it",
    "FAIL  127.0.0.1:4000 does not answer as a running gateway",
  ]);
  expect(failed).toBe("2 things are not right.");
});

test("subscriptions that the provider lost are made again", async () => {
  await using b = await bench();
  const connection = await subscribed(b);
  const before = b.fitbit.subscriptions.length;
  expect(before).toBeGreaterThan(0);
  const scheme = fitbit.webhook!.subscriptions as Extract<SubscriptionScheme, { kind: "per-user" }>;
  for (const { collection, id: subscriptionId } of connection.subscriptions) {
    const stale = { collection, subscriptionId, webhookUrl: "" };
    await b.gateway.api.send(connection, scheme.remove(stale, b.gateway.config.providers.FITBIT));
  }
  expect(b.fitbit.subscriptions).toHaveLength(0);
  expect((await b.check()).out).toContain("ok    1 subscribed connections, 1 of them mended\n");
  expect(b.fitbit.subscriptions).toHaveLength(before);
});

test("a connection that can't be compared is named by its id, and takes nothing from the rest", async () => {
  await using b = await bench();
  const { id } = await subscribed(b);
  b.fitbit.revoke("demo");
  const { out, failed, lines } = await b.check();
  expect(lines).toEqual([
    expect.stringContaining(`FAIL  the subscriptions of connection ${id} could not be compared: `),
  ]);
  expect(failed).toBe("1 thing is not right.");
  expect(out).not.toContain("demo");
});

test("a subscriber that drifted is brought into line; one that can't be is a trouble", async () => {
  await using b = await bench();
  b.google.addSubscriber({ id: "pulsegate", endpointUri: "https://elsewhere.example/hook", secret: "Bearer other" });
  expect((await b.check()).failed).toBeNull();
  const [endpoint] = [...b.google.subscribers.values()].map(({ endpointUri }) => endpointUri);
  expect(endpoint).toBe(`${b.gateway.config.publicUrl}/webhooks/google-health`);
});

test.each([
  [
    "half of what a subscriber needs",
    { GOOGLE_HEALTH_SERVICE_ACCOUNT: "" },
    /Notifications need GOOGLE_HEALTH_SERVICE_/,
  ],
  ["a service account that is none", { GOOGLE_HEALTH_SERVICE_ACCOUNT: "{}" }, /holds no service account key/],
  ["a project that the account may not manage", { GOOGLE_HEALTH_PROJECT_NUMBER: "1" }, /Google Health refused to list/],
  ["a provider that does not answer", { GOOGLE_HEALTH_TOKEN_URL: "http://127.0.0.1:1/token" }, /could not be asked/],
  ["an address that Google can't verify", { PUBLIC_URL: "http://127.0.0.1:1" }, /could not verify the webhook address/],
])("%s is a trouble", async (_, change, said) => {
  await using b = await bench(change);
  const { lines } = await b.check();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(said);
});

test("without anything set up for notifications, that is noted, and no trouble", async () => {
  const unset = ["PROJECT_NUMBER", "SERVICE_ACCOUNT", "WEBHOOK_SECRET"].map((name) => `GOOGLE_HEALTH_${name}`);
  await using b = await bench({ ...Object.fromEntries(unset.map((name) => [name, ""])), MISFIT_SNS_TOPICS: "" });
  const { out, failed } = await b.check();
  expect(failed).toBeNull();
  for (const name of [...unset, "MISFIT_SNS_TOPICS"]) expect(out).toContain(`note  ${name} is not set\n`);
  expect(out).not.toMatch(/SNS_CA is not|PREVIOUS is not|SUBSCRIBER_ID is not/);
});

test("in sandbox mode the running gateway's subscriptions are left alone", async () => {
  await using b = await bench();
  await subscribed(b);
  const asked = b.fitbit.requests.length;
  const { out, failed } = await b.check({ publicUrl: "http://127.0.0.1:4000", sandbox: true });
  expect(failed).toBeNull();
  expect(out).toContain("note  sandbox: the labs reach the gateway wherever it is\n");
  expect(b.fitbit.requests).toHaveLength(asked);
});
