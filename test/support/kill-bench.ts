/** A gateway that is ended at a step of its work, and what is left of that work after the next start. */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import Database from "libsql";
import pg from "pg";
import { createLogger } from "../../src/log.js";
import { type FitbitLab, startFitbitLab } from "../../src/sandbox/fitbit/index.js";
import { person } from "../../src/sandbox/people/index.js";
import { type Serving, serve } from "../../src/serve.js";
import { openStore } from "../../src/store/open-store.js";
import { compiled } from "./compiled.js";
import { type AskOptions, asApp, clientOf, credentials, freePort, within } from "./served.js";
import type { FromChild, StopAt } from "./stepping-process.js";

export const who = person("both");

export interface KillBench {
  readonly lab: FitbitLab;
  readonly url: string;
  /** The lab's clock runs ahead by that much: its tokens end before the gateway expects it. */
  aheadMs: number;
  ask(query: string, options?: AskOptions): ReturnType<ReturnType<typeof clientOf>["ask"]>;
  connect(): Promise<void>;
  /** The gateway after the restart, in this process. */
  restarted(): Serving;
}

/** One piece of work of the gateway's. `act` answers whether its caller was told that all is well. */
export interface Scenario {
  readonly name: string;
  /** Beyond what every gateway here is given. */
  readonly env?: Readonly<Record<string, string>>;
  prepare(bench: KillBench): Promise<void>;
  act(bench: KillBench): Promise<boolean>;
  /** Where work goes on after the answer: resolves once it is done. */
  over?(bench: KillBench): Promise<void>;
  /** By so much the clock of the restarted gateway is ahead: what a dead process had sent has come by then, or never will. */
  readonly laterMs?: number;
  /** After the restart. */
  check(bench: KillBench, ended: Ended): Promise<Found>;
}

/** What is left of a piece of work. */
interface Found {
  readonly lost: number;
  readonly doubled: number;
  /** Messages that came again under the id that they had. */
  readonly repeated?: number;
  /** Messages that came after a later one of the same person. */
  readonly late?: number;
}

export interface Ended {
  readonly signal: "SIGTERM" | "SIGKILL";
  /** What `act` said. */
  readonly answered: boolean;
}

export interface Place {
  readonly storeUrl?: string;
  readonly redisUrl?: string;
}

export interface Outcome extends Found {
  /** Where it stood; null where the work was over before. */
  readonly at: string | null;
  readonly steps: readonly string[];
  readonly answered: boolean;
  readonly exitCode: number | null;
}

const script = new URL("./stepping-process.ts", import.meta.url);

async function startStepping(env: Record<string, string>) {
  const child = fork(await compiled(script), {
    execArgv: [],
    env: { ...process.env, ...env, LOG_LEVEL: "info", NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const lines = createInterface({ input: child.stdout! });
  const line = (text: string) =>
    new Promise<void>((resolve) => lines.on("line", (one) => one.includes(text) && resolve()));
  const listens = line("listens on");
  const stopping = line('"stopping"');
  const exited = once(child, "exit") as Promise<[number | null]>;
  await within(120, "Pulsegate to listen", Promise.race([listens, exited]));
  return { child, stopping, exited };
}

/** Runs the scenario in a process that is ended by `signal` before that step of it, restarts, and looks. */
export async function endAt(
  scenario: Scenario,
  signal: Ended["signal"],
  stopAt: StopAt,
  place: Place = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "pulsegate-kill-"));
  const file = join(folder, "store.db");
  const storeUrl = place.storeUrl ?? `sqlite:${file}`;
  const space = `kill_${randomBytes(4).toString("hex")}`;
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  let serving: Serving | undefined;
  let child: ChildProcess | undefined;
  const state = { aheadMs: 0 };
  const lab = await startFitbitLab({ clock: { now: () => Date.now() + state.aheadMs } });
  const env = {
    ...credentials,
    PORT: port,
    STORE_URL: storeUrl,
    ...(place.redisUrl && { REDIS_URL: place.redisUrl }),
    PREFETCH: "1",
    AUDIT_DAYS: "1",
    FITBIT_CLIENT_ID: lab.clientId,
    FITBIT_CLIENT_SECRET: lab.clientSecret,
    FITBIT_API_URL: lab.url,
    FITBIT_AUTHORIZE_URL: `${lab.url}/oauth2/authorize`,
    ALLOWED_REDIRECTS: "https://app.example",
    ...scenario.env,
  };
  const ask: KillBench["ask"] = (query, { headers, ...options } = {}) =>
    clientOf(url).ask(query, { ...options, headers: { ...asApp, ...headers } });
  const bench: KillBench = Object.assign(state, {
    lab,
    url,
    ask,
    restarted: () => serving!,
    connect: async () => {
      const { accessToken, refreshToken, expiresAt } = lab.issueTokens(who.id);
      const { errors } = await ask(`mutation { importConnection(input: { userId: "${who.id}", provider: FITBIT,
        accessToken: "${accessToken}", refreshToken: "${refreshToken}",
        expiresAt: "${new Date(expiresAt!).toISOString()}" }) { connection { id } } }`);
      if (errors) throw new Error(JSON.stringify(errors));
    },
  });
  try {
    lab.sync.sync(who.id, Date.now());
    const started = await startStepping({ ...env, SPACE: space });
    child = started.child;
    await scenario.prepare(bench);

    const steps: string[] = [];
    let at: string | null = null;
    const reached = new Promise<void>((resolve) => {
      child!.on("message", ({ what, waits }: FromChild) => {
        steps.push(what);
        if (!waits) return;
        at = what;
        resolve();
      });
    });
    child.send({ stopAt });
    const act = scenario.act(bench).catch(() => false);
    const over = act.then(() => scenario.over?.(bench)).catch(() => {});
    await within(120, `step ${stopAt} of ${scenario.name}`, Promise.race([reached, over]));
    child.kill(signal);
    if (signal === "SIGTERM") {
      await within(30, "the word that it stops", started.stopping);
      child.send({ go: true });
    }
    const answered = await within(60, "an answer, or that there is none", act);
    const [exitCode] = await within(60, `the end by ${signal}`, started.exited);

    await passTime(place, file, space);
    const log = createLogger({ level: "silent" });
    const clock = { now: () => Date.now() + (scenario.laterMs ?? 0) };
    serving = await serve(env, { log, clock, store: await openStore(storeUrl, { space }) });
    return { at, steps, answered, exitCode, ...(await scenario.check(bench, { signal, answered })) };
  } finally {
    child?.kill("SIGKILL");
    await serving?.close();
    await lab.close();
    rmSync(folder, { recursive: true });
    if (place.storeUrl) await dropSpace(place.storeUrl, space);
  }
}

/** What a dead process held runs out after some seconds: here at once. */
async function passTime(place: Place, file: string, space: string): Promise<void> {
  if (place.storeUrl) await sql(place.storeUrl, `DELETE FROM ${space}_lease`);
  else {
    const db = new Database(file);
    db.pragma("busy_timeout = 5000");
    db.exec("DELETE FROM lease");
    db.close();
  }
  if (!place.redisUrl) return;
  const redis = new Redis(place.redisUrl);
  for (const name of ["jobs", "outbound-runs", "outbound-sends"]) {
    const queue = `pulsegate:queue:${name}`;
    for (const id of await redis.lrange(`${queue}:active`, 0, -1)) {
      await redis.del(`${queue}:${id}:lock`);
      await redis.sadd(`${queue}:stalled`, id);
    }
  }
  redis.disconnect();
}

async function sql(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

/** Takes away what was kept apart in a PostgreSQL. */
export async function dropSpace(url: string, space: string): Promise<void> {
  await sql(url, `DROP TABLE IF EXISTS ${space}, ${space}_lease; DROP SEQUENCE IF EXISTS ${space}_fence`);
}
