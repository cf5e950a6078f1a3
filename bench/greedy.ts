/**
 * What one user at all limits at once costs, and what others feel of it. Two minutes of the same load by three other
 * users, the second with the greedy one beside it; the gateway is a process of its own, with the lab inside.
 *
 *   npm run build && tsx bench/greedy.ts
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SignJWT } from "jose";
import { WebSocket } from "ws";
import { spread } from "./measure.js";

const MINUTE_MS = Number(process.env["MINUTE_MS"] ?? 60_000);
const PORT = 4_890;
const SECRET = "a secret for the bench that is long enough";
const url = `http://127.0.0.1:${PORT}`;
/** Of Linux' `/proc`: hundredths of a second. */
const TICK_MS = 10;

/** The greedy user is a process too: what it does with its answers must not hold up those who measure. */
const GREEDY = "GREEDY_TOKEN";
const script = fileURLToPath(import.meta.url);

const startGateway = () =>
  spawn(process.execPath, ["dist/main.js"], {
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      PORT: String(PORT),
      SANDBOX: "1",
      STORE_URL: "memory:",
      AUTH_JWT_SECRET: SECRET,
      LOG_LEVEL: "fatal",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });

const cpuMs = (pid: number) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
};
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const tokenOf = (sub: string) =>
  new SignJWT({ sub })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(SECRET));

async function ask(token: string, query: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  return response.status === 200 ? (text.includes('"errors"') ? "errors" : "ok") : String(response.status);
}

/** The greedy user's wearable hands over today up to so long after midnight. */
async function sync(token: string, sinceMidnightMs: number): Promise<void> {
  const midnight = new Date().setUTCHours(0, 0, 0, 0);
  const instant = new Date(midnight + sinceMidnightMs).toISOString();
  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${url}/lab/sync/napper?until=${instant}`, { method: "POST", headers });
}

/** A year over several domains now and then, a week most of the time: never the same text twice. */
let asked = 0;
const usual = () => {
  const days = ++asked % 10 === 0 ? 365 : 7;
  return `query Q${asked} { viewer { activity(range: { lastDays: ${days} }) { days { date steps distance energyBurned } }
    heart(range: { lastDays: ${days} }) { days { date restingRate } } sleep(range: { lastDays: ${days} }) { sessions { start end minutesAsleep } } } }`;
};

/** Four requests a second of each; answers' times in milliseconds. */
async function others(tokens: readonly string[], until: number): Promise<number[]> {
  const times: number[] = [];
  const running: Promise<void>[] = [];
  for (let next = performance.now(); Date.now() < until; next += 1_000 / (4 * tokens.length)) {
    await wait(Math.max(0, next - performance.now()));
    const token = tokens[running.length % tokens.length]!;
    const begun = performance.now();
    running.push(
      ask(token, usual()).then((outcome) => {
        if (outcome !== "ok") throw new Error(`another user was answered ${outcome}`);
        times.push(performance.now() - begun);
      }),
    );
  }
  await Promise.all(running);
  return times.sort((a, b) => a - b);
}

/** Whatever the greedy user can do, all of it as fast as it is answered, refusals included. */
async function greed(token: string, until: number): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const loop = async (name: string, query: (index: number) => string) => {
    for (let index = 0; Date.now() < until; index++) {
      const outcome = await ask(token, query(index));
      count(`${name} ${outcome}`);
      // Refusals come at once: without a pause this would measure how fast HTTP can say no.
      if (outcome !== "ok") await wait(50);
    }
  };
  const aliases = (number: number, body: (index: number) => string) =>
    Array.from({ length: number }, (_, index) => `a${index}: ${body(index)}`).join(" ");
  const history = (index: number, days: number) =>
    `activity(range: { lastDays: ${days - (index % 50)} }) { days { steps distance floors } }`;
  const sockets = Array.from({ length: 60 }, () => socket(token, count));
  await Promise.all([
    ...Array.from({ length: 4 }, (_, at) =>
      loop(
        "300 aliases x 1,100 days",
        (index) => `query A${at}x${index} { viewer { ${aliases(300, (each) => history(each, 1_100))} } }`,
      ),
    ),
    ...Array.from({ length: 4 }, (_, at) =>
      loop(
        "20 aliases x 1,000 days",
        (index) => `query B${at}x${index} { viewer { ${aliases(20, (each) => history(each + index, 1_000))} } }`,
      ),
    ),
    ...Array.from({ length: 4 }, () =>
      loop(
        "20 mutations",
        () => `mutation { ${aliases(20, () => "setSourcePriority(input: { providers: [FITBIT] }) { user { id } }")} }`,
      ),
    ),
    ...Array.from({ length: 4 }, (_, at) => loop("small", (index) => `query C${at}x${index} { viewer { id } }`)),
    (async () => {
      // Each sync brings ten minutes more of today.
      for (let synced = 1; Date.now() < until; synced++) {
        await sync(token, synced * 600_000);
        await wait(2_000);
      }
    })(),
  ]);
  for (const each of sockets) each.terminate();
  return outcomes;
}

/** A hundred equal subscriptions on each of sixty sockets. */
function socket(token: string, count: (outcome: string) => void): WebSocket {
  const made = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  made.on("error", () => count("sockets refused"));
  made.on("close", (code) => count(`sockets closed ${code}`));
  made.once("open", () =>
    made.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } })),
  );
  made.on("message", (data) => {
    const message = JSON.parse(String(data)) as { type: string };
    if (message.type === "next") count("events");
    if (message.type === "error") count("subscriptions refused");
    if (message.type !== "connection_ack") return;
    count("sockets open");
    const query = "subscription { dataUpdated { user { activity(range: { lastDays: 1000 }) { days { steps } } } } }";
    for (let id = 0; id < 100; id++)
      made.send(JSON.stringify({ id: String(id), type: "subscribe", payload: { query } }));
  });
  return made;
}

const p99 = (times: readonly number[]) => times[Math.floor(times.length * 0.99)]!;

async function measure(): Promise<void> {
  const gateway = startGateway();
  process.once("exit", () => gateway.kill());
  for (;;) {
    if ((await fetch(`${url}/readyz`).catch(() => null))?.ok) break;
    await wait(100);
  }
  const tokens = await Promise.all(["both", "google", "switcher"].map(tokenOf));
  const greedy = await tokenOf("napper");
  // Everything is fetched once, and compiled, before anything is measured.
  for (const token of [...tokens, greedy]) for (let each = 0; each < 30; each++) await ask(token, usual());
  await ask(greedy, "{ viewer { activity(range: { lastDays: 1100 }) { days { steps distance floors } } } }");

  await ask(greedy, "mutation { subscribe(input: { provider: FITBIT, domains: [ACTIVITY] }) { notices } }");
  await sync(greedy, 0);

  const minute = async (beside: () => Promise<unknown>) => {
    const before = cpuMs(gateway.pid!);
    const until = Date.now() + MINUTE_MS;
    const [times, outcomes] = await Promise.all([others(tokens, until), beside()]);
    return { times, outcomes, cores: (cpuMs(gateway.pid!) - before) / MINUTE_MS };
  };
  const alone = await minute(async () => null);
  const beside = await minute(() => beGreedy(greedy));
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  for (const [what, { times, cores }] of [
    ["without", alone],
    ["with", beside],
  ] as const)
    console.log(
      `${what.padEnd(8)} ${times.length} requests of others: median ${ms(spread(times).median)}, p99 ${ms(p99(times))}; ${cores.toFixed(3)} cores`,
    );
  console.log(
    `the greedy user costs ${(beside.cores - alone.cores).toFixed(3)} cores; others' p99 is ${(p99(beside.times) / p99(alone.times)).toFixed(2)} times what it was`,
  );
  for (const [outcome, times] of beside.outcomes as [string, number][]) console.log(`  ${outcome}: ${times}`);
  gateway.kill();
}

/** The greedy user as a process of its own; answers how often each thing happened. */
async function beGreedy(token: string): Promise<[string, number][]> {
  const child = spawn(process.execPath, ["--import", "tsx", script], {
    env: { ...process.env, [GREEDY]: token },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  return JSON.parse(text) as [string, number][];
}

const token = process.env[GREEDY];
if (token === undefined) await measure();
else {
  const outcomes = await greed(token, Date.now() + MINUTE_MS);
  process.stdout.write(JSON.stringify([...outcomes].sort()));
}
