import { stillClock } from "../../test/support/lab-gateway.js";
import { readConfig } from "../config/read-config.js";
import { createGateway, type Gateway } from "../gateway.js";
import { createLogger } from "../log.js";
import { providers } from "../providers/index.js";
import { labs } from "./labs.js";
import { type Sandbox, startSandbox } from "./start.js";

const clock = stillClock("2026-11-20T20:07:00Z");
const log = createLogger({ level: "silent" });
let sandbox: Sandbox;
let gateway: Gateway;

beforeAll(async () => {
  sandbox = await startSandbox({ clock, log });
  const config = readConfig({ STORE_URL: "memory:", SANDBOX: "1", ...sandbox.env }, { providers });
  gateway = await createGateway({ config, log, clock, delay: async (ms) => clock.advance(ms) });
  await sandbox.seed(gateway);
});
afterAll(async () => {
  await gateway.close();
  await sandbox.close();
});

test("every variable it sets is one that the configuration knows", () => {
  const strangers = gateway.config.notices.filter((notice) => notice.includes("is not a known variable"));
  const known = new Set(providers.map((provider) => provider.slug.toUpperCase().replaceAll("-", "_")));
  expect(strangers.filter((notice) => [...known].some((prefix) => notice.startsWith(prefix)))).toEqual([]);
  const withLab = new Set<string>(Object.values(labs).map(({ provider }) => provider));
  for (const { id } of providers) expect(gateway.config.providers[id].overridden).toBe(withLab.has(id));
});

test("the demo people are connected to what they wear, and the second time nothing is done", async () => {
  await sandbox.seed(gateway);
  const connected = await gateway.connections.list("demo");
  expect(connected.map((one) => one.status)).toEqual(connected.map(() => "CONNECTED"));
  expect(connected.map((one) => one.provider)).toContain("FITBIT");
  for (const id of ["both", "switcher", "unticked", "empty", "napper"]) {
    expect(await gateway.connections.hasEverConnected(id)).toBe(true);
  }
  const asked = sandbox.labs.fitbit.requests.length;
  await sandbox.seed(gateway);
  expect(sandbox.labs.fitbit.requests).toHaveLength(asked);
});

test("a store that an earlier lab seeded is given tokens that work", async () => {
  const next = await startSandbox({ clock, log });
  const config = readConfig({ STORE_URL: "memory:", SANDBOX: "1", ...next.env }, { providers });
  const reopened = await createGateway({ config, log, clock });
  try {
    await next.seed({ connections: reopened.connections, providers, store: gateway.store });
    expect(next.labs.fitbit.requests.length).toBeGreaterThan(0);
    const [connection] = await reopened.connections.list("demo");
    expect(await reopened.connections.readIdentity(connection!)).toMatchObject({ kind: "ok" });
  } finally {
    await reopened.close();
    await next.close();
  }
});

test("somebody unticked sleep", async () => {
  const connected = await gateway.connections.list("unticked");
  expect(connected.length).toBeGreaterThan(0);
  for (const { scopes } of connected) {
    expect(scopes.some((scope) => scope.includes("activity"))).toBe(true);
    expect(scopes.some((scope) => scope.includes("sleep"))).toBe(false);
  }
});

test("the demo people grant writing where that is a scope of its own", async () => {
  const writing = async (id: string) =>
    (await gateway.connections.list(id)).flatMap(({ scopes }) =>
      scopes.filter((scope) => scope.endsWith(".writeonly")),
    );
  expect(await writing("demo")).toHaveLength(4);
  expect(await writing("unticked")).toHaveLength(3);
});

test("the vendors' own addresses that webhooks fetch lead to the labs", () => {
  const { current } = sandbox.labs.misfit.sns;
  expect(sandbox.resolve(current.url)).toBe(`${sandbox.labs.misfit.url}${current.path}`);
  expect(sandbox.resolve("https://example.com/x")).toBeNull();
});
