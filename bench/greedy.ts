/**
 * What one user at all limits at once costs, and what others feel of it: the same load by three other users, a minute
 * without the greedy one and a minute with it, in turn, for some rounds. The gateway is a process of its own, with the
 * lab inside. `ROUNDS` and `MINUTE_MS` make it shorter.
 *
 *   npm run build && tsx bench/greedy.ts
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { SignJWT } from "jose";
import { WebSocket } from "ws";
import { spread } from "./measure.js";

const MINUTE_MS = Number(process.env["MINUTE_MS"] ?? 60_000);
const ROUNDS = Number(process.env["ROUNDS"] ?? 3);
/** Answers of others in so long after a minute's beginning are told of apart: the greedy user's burst is among them. */
const OPENING_MS = 5_000;
const PORT = 4_890;
const SECRET = "a secret for the bench that is long enough";
const url = `http://127.0.0.1:${PORT}`;
/** Of Linux' `/proc`: hundredths of a second. */
const TICK_MS = 10;

/**
 * The greedy user is a process too, and one that leaves the cores to others: what it does with its answers must hold up
 * neither those who measure nor the gateway.
 */
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

interface Answer {
  /** Since the minute began. */
  readonly atMs: number;
  readonly ms: number;
}

/** Four requests a second of each. */
async function others(tokens: readonly string[], until: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  const running: Promise<void>[] = [];
  const start = performance.now();
  for (let next = start; Date.now() < until; next += 1_000 / (4 * tokens.length)) {
    await wait(Math.max(0, next - performance.now()));
    const token = tokens[running.length % tokens.length]!;
    const begun = performance.now();
    running.push(
      ask(token, usual()).then((outcome) => {
        if (outcome !== "ok") throw new Error(`another user was answered ${outcome}`);
        answers.push({ atMs: begun - start, ms: performance.now() - begun });
      }),
    );
  }
  await Promise.all(running);
  return answers;
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

const p99 = (times: readonly number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
const timesOf = (answers: readonly Answer[]) => answers.map(({ ms }) => ms);
const ms = (value: number) => `${value.toFixed(1)} ms`;

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

  const minute = async (what: string, beside: (until: number) => Promise<unknown>) => {
    const before = cpuMs(gateway.pid!);
    const until = Date.now() + MINUTE_MS;
    const [answers, outcomes] = await Promise.all([others(tokens, until), beside(until)]);
    const times = timesOf(answers);
    const cores = (cpuMs(gateway.pid!) - before) / MINUTE_MS;
    const opening = timesOf(answers.filter(({ atMs }) => atMs < OPENING_MS));
    const later = timesOf(answers.filter(({ atMs }) => atMs >= OPENING_MS));
    console.log(
      `${what.padEnd(8)} ${times.length} requests of others: median ${ms(spread(times).median)}, p99 ${ms(p99(times))} ` +
        `(slowest of the opening ${ms(Math.max(...opening))}, p99 afterwards ${ms(p99(later))}); ${cores.toFixed(3)} cores`,
    );
    return { p99: p99(times), cores, outcomes };
  };
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    // It has started, and compiled itself, before the round: what it then does is the minute's.
    const rival = await greedyProcess(greedy);
    const without = await minute("without", async () => null);
    const beside = await minute("with", async (until) => await greedOf(rival, until));
    rounds.push({ ratio: beside.p99 / without.p99, cores: beside.cores - without.cores });
    if (round < ROUNDS - 1) continue;
    for (const [outcome, times] of beside.outcomes as [string, number][]) console.log(`  ${outcome}: ${times}`);
  }
  const ratios = rounds.map(({ ratio }) => ratio);
  console.log(
    `median of ${ROUNDS} rounds: the greedy user costs ${spread(rounds.map(({ cores }) => cores)).median.toFixed(3)} cores; ` +
      `others' p99 is ${spread(ratios).median.toFixed(2)} times what it was (${ratios.map((ratio) => ratio.toFixed(2)).join(", ")})`,
  );
  gateway.kill();
}

async function greedyProcess(token: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", script], {
    env: { ...process.env, [GREEDY]: token },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  await once(child, "message");
  return child;
}

/** Lets it be greedy; answers how often each thing happened. */
async function greedOf(child: ChildProcess, until: number): Promise<[string, number][]> {
  child.send(until);
  let text = "";
  for await (const chunk of child.stdout!) text += String(chunk);
  return JSON.parse(text) as [string, number][];
}

const token = process.env[GREEDY];
if (token === undefined) await measure();
else {
  setPriority(constants.priority.PRIORITY_LOW);
  process.send!("ready");
  const [until] = (await once(process, "message")) as [number];
  const outcomes = await greed(token, until);
  process.stdout.write(JSON.stringify([...outcomes].sort()), () => process.exit());
}
