import { existsSync } from "node:fs";
import { Agent } from "node:http";
import { got } from "got";
import { askedBy, daysFrom, type FirstTime, firstTimes, warmingUp, ways } from "./first-time.js";
import { closeConnections, loop, type Shot, shoot } from "./http-loop.js";
import { abba, type Contender, ratio, spread } from "./measure.js";
import { APP_KEY, type Lab, rivals } from "./protocol.js";
import { activity, CROWD, dashboard, daysAgo, heart, PERSON, stepsOf } from "./queries.js";
import { line, type Row, writeReport } from "./report.js";
import { type Server, start } from "./start.js";

const ROUNDS = 4;
const COLD_ROUNDS = 12;
const CONNECTIONS = 10;

interface Case {
  readonly what: string;
  readonly query: string;
  readonly variables?: object;
  /** Requests in one block. */
  readonly count: number;
  /** The least ratio to each contender, asked as new and asked again. */
  readonly aims: Readonly<Partial<Record<string, readonly [asNew: number | null, again: number | null]>>>;
}

const week = { from: daysAgo(46), to: daysAgo(40) };
const cases: readonly Case[] = [
  { what: "30 days × 8", query: activity(30), count: 300, aims: { apollo: [1, 0.86] } },
  { what: "dashboard", query: dashboard, count: 300, aims: { apollo: [1.2, 1.4] } },
  {
    ...{ what: "a week of heart as columns", query: heart("offsets values"), variables: week, count: 200 },
    aims: { apollo: [2, 2.8], bytes: [0.5, 0.29] },
  },
  {
    ...{ what: "a week of heart as points", query: heart("points { time value }"), variables: week, count: 100 },
    aims: { apollo: [5, 56], mercurius: [1, 7] },
  },
];
/** Against stock Apollo alone. */
const lengths: readonly Case[] = [1, 7, 90, 365].map((days) => ({
  ...{ what: `${days} ${days === 1 ? "day" : "days"} × 8`, query: activity(days), count: days > 100 ? 60 : 300 },
  aims: {},
}));

const rows: Row[] = [];
function tell(row: Row): void {
  rows.push(row);
  console.log(line(row));
}
const notes: string[] = [];
function note(text: string): void {
  notes.push(text);
  console.log(text);
}

function shot(url: string, query: string, variables: object = {}): Shot {
  return {
    url,
    headers: { "content-type": "application/json", "x-api-key": APP_KEY },
    body: JSON.stringify({ query, variables: { user: PERSON, ...variables } }),
  };
}

async function answered(one: Shot): Promise<{ readonly text: string; readonly json: Record<string, unknown> }> {
  const { status, body } = await shoot(one);
  const text = body.toString("utf8");
  const json = JSON.parse(text);
  if (status !== 200 || json.errors) throw new Error(`not an answer: ${status} ${text.slice(0, 500)}`);
  return { text, json };
}

/** Others need their own packages: `npm ci --prefix bench/rivals`. */
const hasRivals = existsSync(new URL("./rivals/node_modules", import.meta.url));
/** Where one comparison is enough. */
const onlyRival = hasRivals ? "apollo" : "stringify";

async function contenders(answer: string): Promise<readonly (readonly [name: string, server: Server])[]> {
  const others = hasRivals ? rivals : [];
  return [
    ...(await Promise.all(others.map(async (name) => [name, await start({ role: "rival", name, answer })] as const))),
    ["bytes", await start({ role: "plain", answer, stringify: false })],
    ["stringify", await start({ role: "plain", answer, stringify: true })],
  ];
}

/** One case against all contenders, who answer out of memory what we answered. */
async function compare(
  pulsegate: Server,
  { what, query, variables, count, aims }: Case,
  rival?: string,
): Promise<void> {
  const mine = shot(pulsegate.url, query, variables);
  await answered(mine);
  const { text, json } = await answered(mine);
  for (const [name, server] of await contenders(text)) {
    const theirs = { ...mine, url: server.url };
    if (!rival || rival === name) {
      // Which is quicker is of interest only if both say the same.
      const their = await answered(theirs);
      if (JSON.stringify(their.json["data"]) !== JSON.stringify(json["data"]))
        throw new Error(`${name} answers otherwise`);
      for (const isNew of rival ? [true] : [true, false]) {
        const ours: Contender = { server: pulsegate, shot: { ...mine, isNew }, count };
        const costs = await abba(ours, { server, shot: { ...theirs, isNew }, count }, ROUNDS);
        const aim = aims[name]?.[isNew ? 0 : 1] ?? null;
        const oursMs = spread(costs.a.map(({ cpuMs }) => cpuMs)).median;
        const swapped = { a: costs.b, b: costs.a };
        tell({
          ...{ what: `${what}, asked ${isNew ? "as new" : "again"}`, against: nameOf(name), aim, oursMs },
          ratio: ratio(swapped, "cpuMs"),
        });
      }
    }
    await server.stop();
  }
}

const FIRST_TIME = "asked for the first time";

/**
 * Each request is one that nobody made before, about days that are all stored. The others answer what they hold, whatever
 * is asked.
 */
async function compareFirstTime(pulsegate: Server, one: FirstTime): Promise<void> {
  const { what, query, days, count, warmUp, aims } = one;
  const fill = async (user: string, stored: number) => {
    for (let first = stored; first > 0; first -= one.filledAtOnce) {
      const range = daysFrom(first, Math.min(first, one.filledAtOnce));
      await answered(shot(pulsegate.url, query, { user, ...range }));
    }
  };
  await fill(PERSON, one.stored);
  const { text } = await answered(shot(pulsegate.url, query, daysFrom(one.stored, days)));
  let comparisons = 0;
  for (const [name, server] of await contenders(text)) {
    const isCompared = name === onlyRival || aims[name] !== undefined;
    const people = askedBy(isCompared ? comparisons++ : 0);
    if (isCompared && people.person !== PERSON) await fill(people.person, one.stored);
    for (const user of isCompared ? people.others : []) await fill(user, one.othersStored);
    const asking = (url: string, questionOf: (typeof ways)[string]): Shot => {
      let number = 0;
      const nextBody = () => {
        const { query, variables } = questionOf(one, number++, people);
        return shot(url, query, variables).body;
      };
      return { ...shot(url, query), nextBody };
    };
    for (const { url } of isCompared ? [pulsegate, server] : [])
      await loop(asking(url, warmingUp), warmUp, CONNECTIONS);
    for (const [way, questionOf] of isCompared ? Object.entries(ways) : []) {
      const ours: Contender = { server: pulsegate, shot: asking(pulsegate.url, questionOf), count };
      const theirs: Contender = { ...ours, server, shot: asking(server.url, questionOf) };
      const costs = await abba(ours, theirs, ROUNDS);
      const oursMs = spread(costs.a.map(({ cpuMs }) => cpuMs)).median;
      const swapped = { a: costs.b, b: costs.a };
      const aim = aims[name] ?? null;
      tell({
        ...{ what: `${what}, ${FIRST_TIME}: ${way}`, against: nameOf(name), aim, oursMs },
        ratio: ratio(swapped, "cpuMs"),
      });
    }
    await server.stop();
  }
}

const nameOf = (name: string) =>
  ({
    apollo: "stock Apollo",
    yoga: "graphql-yoga",
    mercurius: "mercurius with JIT",
    bytes: "node:http, ready bytes",
    stringify: "node:http, stringify",
  })[name] ?? name;

/** How the price of one request changes with the number of connections. */
async function crowd(pulsegate: Server): Promise<void> {
  const mine = { ...shot(pulsegate.url, activity(30)), isNew: true };
  for (const connections of [1, 10, 50]) {
    const of = { server: pulsegate, shot: mine, count: 300, connections };
    const { a } = await abba(of, of, 2);
    const { median } = spread(a.map(({ cpuMs }) => cpuMs));
    note(
      `30 days × 8 as new over ${connections} connection${connections > 1 ? "s" : ""}: ${median.toFixed(2)} ms of CPU for one request.`,
    );
  }
}

/** Many people in one operation: what each of them costs, and how long others have to wait for a turn. */
async function manyPeople(pulsegate: Server): Promise<void> {
  await pulsegate.ask({ ask: "block" });
  const { cpuMs: before } = await pulsegate.ask({ ask: "cpu" });
  const begun = performance.now();
  const { json } = await answered(shot(pulsegate.url, stepsOf(CROWD, 365)));
  const steps = Object.values(json["data"] as Record<string, { activity: { days: { steps: number | null }[] } }>);
  if (steps.some(({ activity }) => activity.days.every((day) => day.steps === null)))
    throw new Error("not everybody's");
  const ms = performance.now() - begun;
  const { cpuMs: after } = await pulsegate.ask({ ask: "cpu" });
  const { blockMs } = await pulsegate.ask({ ask: "block" });
  const each = (after - before) / CROWD.length;
  note(
    `${CROWD.length} people × a year of steps, nothing stored, in one operation: ${ms.toFixed(0)} ms, ${each.toFixed(1)} ms of CPU a person; the loop was held for ${blockMs.toFixed(0)} ms at most. Aim: 50 ms.`,
  );
  for (const people of [1, 10, CROWD.length]) {
    const of = {
      server: pulsegate,
      shot: { ...shot(pulsegate.url, stepsOf(CROWD.slice(0, people), 30)), isNew: true },
      count: Math.ceil(300 / people),
    };
    const { a } = await abba(of, of, 2);
    const { median } = spread(a.map(({ cpuMs }) => cpuMs));
    note(
      `30 days of steps as new, ${people === 1 ? "one person" : `${people} people`} in one operation: ${(median / people).toFixed(2)} ms of CPU a person.`,
    );
  }
}

/** Before it, nobody asks for the heart. */
const FIRST_COLD_DAY = 1_000;
const COLD_WARM_UP = 500;

/** A day that nobody asked for before, against the same request to the lab by got. */
async function coldCall(pulsegate: Server, labServer: Server, lab: Lab): Promise<void> {
  const agent = { http: new Agent({ keepAlive: true }) };
  const direct = (path: string) =>
    got(`${lab.url}${path}`, { agent, headers: { authorization: `Bearer ${lab.tokens.accessToken}` } }).json();
  const heartOf = (day: string) => `/1/user/-/activities/heart/date/${day}/1d/1min.json`;
  const ours = async (day: string, user = PERSON) => {
    await answered(shot(pulsegate.url, heart("offsets values"), { user, from: day, to: day }));
  };
  /** What a day of ours costs the lab is looked at once: a report with each answer would be measured too. */
  const calls = async (day: string) => {
    await labServer.ask({ ask: "requests" });
    await ours(day);
    return (await labServer.ask({ ask: "requests" })).requests;
  };
  const timed = async (work: Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work;
    return performance.now() - begun;
  };
  // About others, until the engine has compiled what a cold call runs through.
  for (let asked = 0; asked < COLD_WARM_UP; asked++)
    await ours(daysAgo(FIRST_COLD_DAY + Math.floor(asked / CROWD.length)), CROWD[asked % CROWD.length]);
  let day = FIRST_COLD_DAY;
  const next = async () => {
    const date = daysAgo(day++);
    // The lab thinks up a day when it is first asked for it: that is on nobody's bill.
    await direct(heartOf(date));
    return date;
  };
  for (const latencyMs of [0, 100]) {
    await labServer.ask({ ask: "latency", ms: 0 });
    for (let warmUp = 0; warmUp < 4; warmUp++) {
      const requests = await calls(await next());
      if (requests !== 1) throw new Error(`not one call but ${requests}`);
    }
    const over: number[] = [];
    for (let round = 0; round < COLD_ROUNDS; round++) {
      await labServer.ask({ ask: "latency", ms: 0 });
      const [first, second] = [await next(), await next()];
      await labServer.ask({ ask: "latency", ms: latencyMs });
      const a1 = await timed(ours(first));
      const b1 = await timed(direct(heartOf(first)));
      const b2 = await timed(direct(heartOf(second)));
      const a2 = await timed(ours(second));
      over.push((a1 + a2 - 1.1 * (b1 + b2)) / 2);
    }
    const { median, min, max } = spread(over);
    note(
      `One cold call, provider ${latencyMs} ms away: ours takes ${median.toFixed(1)} ms (${min.toFixed(1)}–${max.toFixed(1)}) more than 1.1 × got. Aim: 2 ms.`,
    );
  }
  await labServer.ask({ ask: "latency", ms: 20 });
  await dayByDay(pulsegate, labServer, direct);
  agent.http.destroy();
}

/** Days before all that anything else here asks for. */
const NOT_STORED = 1_100;

/** The client that users of a library write: one request for each day and figure. */
async function dayByDay(
  pulsegate: Server,
  labServer: Server,
  direct: (path: string) => Promise<unknown>,
): Promise<void> {
  const days = Array.from({ length: 30 }, (_, at) => daysAgo(NOT_STORED + at));
  const resources = ["steps", "distance", "calories", "floors"];
  await labServer.ask({ ask: "requests" });
  const begun = performance.now();
  for (const day of days)
    for (const name of resources) await direct(`/1/user/-/activities/${name}/date/${day}/1d.json`);
  const theirs = performance.now() - begun;
  const { requests: theirRequests } = await labServer.ask({ ask: "requests" });
  const query = `query Cold($user: ID!) { user(id: $user) { activity(range: { from: "${days.at(-1)}", to: "${days[0]}" }) {
    days { steps distance energyBurned floors } } } }`;
  const since = performance.now();
  await answered(shot(pulsegate.url, query));
  const ours = performance.now() - since;
  const { requests } = await labServer.ask({ ask: "requests" });
  note(
    `30 days × 4 figures, nothing stored, provider 20 ms away: day by day ${theirRequests} requests and ${theirs.toFixed(0)} ms; ours ${requests} requests and ${ours.toFixed(0)} ms.`,
  );
}

if (!hasRivals)
  console.log("Without bench/rivals/node_modules only node:http is compared: npm ci --prefix bench/rivals\n");
console.log(`Node ${process.versions.node}; CPU for one request, theirs ÷ ours: median (least–most) of ABBA rounds\n`);
const begun = performance.now();
const servers: Server[] = [];
const only = process.argv[2];
try {
  const labServer = await start({ role: "lab" });
  servers.push(labServer);
  const pulsegate = await start({ role: "pulsegate", lab: labServer.lab! });
  servers.push(pulsegate);
  for (const one of firstTimes)
    if (!only || `${one.what}, ${FIRST_TIME}`.includes(only)) await compareFirstTime(pulsegate, one);
  for (const each of cases) if (!only || each.what.includes(only)) await compare(pulsegate, each);
  if (!only) for (const each of lengths) await compare(pulsegate, each, onlyRival);
  if (!only || only === "crowd") await crowd(pulsegate);
  if (!only || only === "people") await manyPeople(pulsegate);
  if (!only || only === "cold") await coldCall(pulsegate, labServer, labServer.lab!);
  if (!only) writeReport(rows, notes);
} finally {
  closeConnections();
  await Promise.all(servers.map((server) => server.stop()));
}
console.log(`\n${Math.round((performance.now() - begun) / 1000)} s`);
