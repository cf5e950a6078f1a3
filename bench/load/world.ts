import { type ChildProcess, fork, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { LabFault, LabTokens } from "../../src/sandbox/lab.js";
import { config, gateway as gateways, logs, registry } from "../built.js";

/** PostgreSQL, Redis, the lab, a receiver of webhooks, and replicas of the production build: all of this run's own. */

export interface LabReady {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}
export type LabQuestion =
  | { readonly ask: "tokens"; readonly of: readonly { readonly id: string; readonly expiresInSeconds: number }[] }
  | { readonly ask: "fault"; readonly fault: LabFault | null }
  | { readonly ask: "requests" };
export interface LabRequests {
  readonly api: number;
  readonly refreshes: number;
  /** Answered with trouble: the faults' own. */
  readonly failed: number;
}

interface Message {
  readonly id: string;
  readonly userId: string;
  readonly body: string;
}

export interface Replica {
  readonly url: string;
  ready: boolean;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface World {
  readonly people: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly lab: LabReady & { tokens(of: { id: string; expiresInSeconds: number }[]): Promise<LabTokens[]> } & {
    fault(fault: LabFault | null): Promise<void>;
    requests(): Promise<LabRequests>;
  };
  readonly postgres: pg.Pool;
  readonly database: string;
  readonly redisPort: number;
  /** What the receiver of webhooks was sent, in order. */
  readonly messages: Message[];
  readonly receiverUrl: string;
  /** As many as are wanted, each just started. */
  replicas(count: number): Promise<readonly Replica[]>;
  gateway(): ReturnType<typeof gateways.createGateway>;
  close(): Promise<void>;
}

export const APP_KEY = "load-key-good-for-nothing-else";
export const JWT_SECRET = "a secret for a measurement alone";
/** The operation whose answers the webhook is told of. */
export const OPERATION = "Steps";

export async function openWorld(postgresUrl: string, people: readonly string[]): Promise<World> {
  const closing: (() => unknown)[] = [];
  const folder = mkdtempSync(join(tmpdir(), "pulsegate-load-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, "steps.graphql"),
    `query ${OPERATION} { viewer { activity(range: { lastDays: 5 }) { days { date steps } } } }`,
  );
  const database = `pulsegate_load_${process.pid}`;
  const admin = new pg.Pool({ connectionString: postgresUrl, max: 1 });
  await admin.query(`CREATE DATABASE ${database}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  const postgres = new pg.Pool({ connectionString: url.href, max: 2 });
  // Dropping the database ends its sessions.
  postgres.on("error", () => {});
  // Dropping the database ends its sessions.
  postgres.on("error", () => {});
  closing.push(async () => {
    await postgres.end();
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
    await admin.end();
  });
  const redisPort = await freePort();
  const redis = spawn(
    "redis-server",
    ["--port", String(redisPort), "--save", "", "--appendonly", "no", "--dir", folder],
    {
      stdio: "ignore",
    },
  );
  closing.push(() => redis.kill());
  const { ask, child: labChild, ready: lab } = await startLab(people);
  closing.push(() => labChild.connected && labChild.disconnect());
  const { messages, receiverUrl, close } = await startReceiver();
  closing.push(close);

  const env = {
    NODE_ENV: "production",
    STORE_URL: url.href,
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    AUTH_JWT_SECRET: JWT_SECRET,
    APP_KEYS: `load:${createHash("sha256").update(APP_KEY).digest("hex")}`,
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    FITBIT_CLIENT_ID: lab.clientId,
    FITBIT_CLIENT_SECRET: lab.clientSecret,
    FITBIT_API_URL: lab.url,
    FITBIT_AUTHORIZE_URL: `${lab.url}/oauth2/authorize`,
    OPERATIONS: folder,
    WEBHOOKS_ALLOW_PRIVATE: "1",
    PREFETCH: "1",
    DRAIN_SECONDS: "0",
    LOG_LEVEL: "error",
    UPSTREAM_TIMEOUT_MS: "2000",
    READ_DEADLINE_MS: "5000",
  };
  const running: Replica[] = [];
  const world: World = {
    ...{ people, env, postgres, database, redisPort, messages, receiverUrl },
    lab: {
      ...lab,
      tokens: (of) => ask<LabTokens[]>({ ask: "tokens", of }),
      fault: async (fault) => void (await ask({ ask: "fault", fault })),
      requests: () => ask<LabRequests>({ ask: "requests" }),
    },
    gateway: () =>
      gateways.createGateway({
        config: config.readConfig(env, { providers: registry.providers }),
        log: logs.createLogger({ level: "error" }),
      }),
    replicas: async (count) => {
      for (const earlier of running.splice(0)) await earlier.stop();
      while (running.length < count) running.push(await replica(env));
      return [...running];
    },
    close: async () => {
      for (const each of running) await each.stop();
      for (const step of closing.reverse()) await step();
    },
  };
  return world;
}

async function startLab(people: readonly string[]) {
  const child = fork(fileURLToPath(new URL("./lab-process.ts", import.meta.url)), {
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
  });
  const next = async () => (await once(child, "message"))[0];
  child.send({ people });
  const ready = (await next()) as LabReady;
  // One question after the other: answers come in their order.
  let last: Promise<unknown> = Promise.resolve();
  const ask = <T>(question: LabQuestion): Promise<T> => {
    const answer = last.then(async () => {
      child.send(question);
      return (await next()) as T;
    });
    last = answer;
    return answer;
  };
  return { child, ready, ask };
}

async function startReceiver() {
  const messages: Message[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { userId, data } = JSON.parse(body) as { userId: string; data: unknown };
    messages.push({ id: String(request.headers["webhook-id"]), userId, body: JSON.stringify(data) });
    response.writeHead(204).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const receiverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { messages, receiverUrl, close };
}

/** What Node gives itself in a container of that size, as deploy/kubernetes has it. */
const AS_IN_512_MIB = "--max-old-space-size=256";

/** A process of the production build, as an operator starts it. */
async function replica(env: Readonly<Record<string, string>>): Promise<Replica> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const end = async (signal: NodeJS.Signals) => {
    made.ready = false;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  };
  const made: Replica = {
    url,
    ready: false,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    start: async () => {
      const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
      child = spawn(process.execPath, [main], {
        env: {
          ...process.env,
          ...env,
          PORT: String(port),
          PUBLIC_URL: url,
          NODE_OPTIONS: `${AS_IN_512_MIB} ${process.env["LOAD_NODE_OPTIONS"] ?? ""}`,
        },
        stdio: ["ignore", "ignore", "inherit"],
      });
      for (;;) {
        const status = await fetch(`${url}/readyz`).then(
          (answer) => answer.status,
          () => 0,
        );
        if (status === 200) break;
        if (child.exitCode !== null) throw new Error(`A replica ended with ${child.exitCode} before it was ready.`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      made.ready = true;
    },
  };
  await made.start();
  return made;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
