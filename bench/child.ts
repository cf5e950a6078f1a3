import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Registry } from "prom-client";
import {
  config as configs,
  fitbitLab,
  gateway as gateways,
  labPeople,
  limits,
  logs,
  registry,
  server,
} from "./built.js";
import { APP_KEY, type Lab, type Question, type Ready, type Reply, type Rival, type Role } from "./protocol.js";
import { CROWD, PERSON } from "./queries.js";

const starts: { [R in Role["role"]]: (role: Extract<Role, { role: R }>) => Promise<Ready> } = {
  lab: startLab,
  pulsegate: startPulsegate,
  rival: startRival,
  plain: startPlain,
};
let setLatency: (ms: number) => void = () => {};
let countRequests = () => 0;

async function startLab(): Promise<Ready> {
  const model = labPeople.person(PERSON);
  const people = new Map([PERSON, ...CROWD].map((id) => [id, { ...model, id }]));
  const lab = await fitbitLab.startFitbitLab({ hourlyLimit: 100_000, people });
  setLatency = (latencyMs) => {
    lab.clearFaults();
    if (latencyMs > 0) lab.addFault({ latencyMs });
  };
  countRequests = () => {
    const count = lab.requests.filter(({ kind }) => kind === "api").length;
    lab.forgetRequests();
    return count;
  };
  const { url, clientId, clientSecret } = lab;
  const [tokens, crowd] = [lab.issueTokens(PERSON), CROWD.map((id) => lab.issueTokens(id))];
  return { url, lab: { url, clientId, clientSecret, tokens, crowd } };
}

/** A gateway over SQLite, as it comes, with the person connected, and a crowd who wear what that person wears. */
async function openGateway({ url, clientId, clientSecret, tokens, crowd }: Lab) {
  const folder = mkdtempSync(join(tmpdir(), "pulsegate-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const env = {
    NODE_ENV: "production",
    PORT: "0",
    SANDBOX: "0",
    STORE_URL: `sqlite:${join(folder, "bench.db")}`,
    APP_KEYS: `bench:${createHash("sha256").update(APP_KEY).digest("hex")}`,
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    // A year of a hundred people takes the lab long.
    UPSTREAM_TIMEOUT_MS: "60000",
    FITBIT_CLIENT_ID: clientId,
    FITBIT_CLIENT_SECRET: clientSecret,
    FITBIT_API_URL: url,
    FITBIT_AUTHORIZE_URL: `${url}/oauth2/authorize`,
  };
  const { providers } = registry;
  const config = configs.readConfig(env, { providers });
  const log = logs.createLogger({ level: "error" });
  const gateway = await gateways.createGateway({ config, log });
  await gateway.connections.importConnection({ userId: PERSON, provider: "FITBIT", ...tokens });
  for (const [at, userId] of CROWD.entries())
    await gateway.connections.importConnection({ userId, provider: "FITBIT", ...crowd[at]! });
  return { config, log, gateway };
}

async function startPulsegate({ lab }: { readonly lab: Lab }): Promise<Ready> {
  const { config, log, gateway } = await openGateway(lab);
  const { listen } = await server.createServer({
    config,
    log,
    services: gateway,
    checks: {},
    webhooks: gateway.webhooks,
    registry: new Registry(),
    // A year of a hundred people at once is more than callers are let ask for.
    limits: { ...limits.defaultLimits, costMs: 10_000 },
    // The loop asks faster than any app would be let.
    rateLimit: { user: 1e9, app: 1e9, stranger: 1e9 },
  });
  return { url: `${await listen()}/graphql` };
}

/** Its packages are its own: `npm ci` in the folder. */
async function startRival({ name, answer }: { readonly name: Rival; readonly answer: string }): Promise<Ready> {
  const { serve } = createRequire(import.meta.url)("./rivals/serve.cjs") as {
    serve(name: Rival, answer: string): Promise<string>;
  };
  return { url: await serve(name, answer) };
}

async function startPlain({ answer, stringify }: { readonly answer: string; readonly stringify: boolean }) {
  const bytes = Buffer.from(answer);
  const value: unknown = JSON.parse(answer);
  const plain = createServer((request, response) => {
    request.resume().on("end", () => {
      const body = stringify ? Buffer.from(JSON.stringify(value)) : bytes;
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
    });
  });
  await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(plain.address() as AddressInfo).port}/` };
}

/** Tells of each turn of the loop how late it came. */
const TURN_MS = 1;
const turns = monitorEventLoopDelay({ resolution: TURN_MS });
turns.enable();

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

process.once("message", async (role: Role) => {
  const ready = await (starts[role.role] as (role: Role) => Promise<Ready>)(role);
  process.on("message", (question: Question) => {
    if (question.ask === "latency") setLatency(question.ms);
    const requests = question.ask === "requests" ? countRequests() : 0;
    const blockMs = turns.max / 1e6 - TURN_MS;
    if (question.ask === "block") turns.reset();
    process.send?.({ cpuMs: cpuMs(), requests, blockMs } satisfies Reply);
  });
  process.send?.(ready);
});
// Whoever started us is gone, or done.
process.once("disconnect", () => process.exit());
