import { Agent } from "node:http";
import { got } from "got";
import { closeConnections, type Shot, shoot } from "./http-loop.js";
import { abba, type Contender, ratio, type Spread, spread } from "./measure.js";
import { APP_KEY, type Lab } from "./protocol.js";
import { daysAgo, heart, month, PERSON } from "./queries.js";
import { type Server, start } from "./start.js";

const ROUNDS = 5;
const COLD_ROUNDS = 12;
const WIDTH = 112;

interface Row {
  readonly what: string;
  readonly figure: string;
  readonly aim: string;
}
/** Told as soon as it is known. */
const rows = {
  push({ what, figure, aim }: Row): void {
    console.log(`${what.padEnd(WIDTH)}  ${figure.padEnd(24)}  ${aim && `aim ${aim}`}`.trimEnd());
  },
};

const number = (value: number, digits = 2) => value.toFixed(digits);
const times = ({ median, min, max }: Spread) => `${number(median)}x (${number(min)}-${number(max)})`;
const asNew = (isNew: boolean) => (isNew ? "asked as never before" : "asked again");
const ms = (values: readonly number[]) => {
  const { median, min, max } = spread(values);
  return `${number(median)} ms (${number(min)}-${number(max)})`;
};

function shot(url: string, query: string, variables: object, extensions?: object): Shot {
  return {
    url,
    headers: {
      "content-type": "application/json",
      "x-api-key": APP_KEY,
    },
    body: JSON.stringify({ query, variables: { user: PERSON, ...variables }, ...(extensions && { extensions }) }),
  };
}

interface Answered {
  readonly data?: { readonly user: Record<string, { readonly days: readonly Record<string, unknown>[] }> };
  readonly errors?: unknown;
  readonly extensions?: { readonly plan: { readonly upstreamCalls: number } };
}

async function answered(one: Shot): Promise<{ readonly text: string; readonly json: Answered }> {
  const { status, body } = await shoot(one);
  const text = body.toString("utf8");
  const json = JSON.parse(text) as Answered;
  if (status !== 200 || json.errors) throw new Error(`not an answer: ${status} ${text.slice(0, 500)}`);
  return { text, json };
}

/** Both must say the same before it is of interest which is faster. */
async function sameAnswer(one: Shot, other: Shot): Promise<{ readonly text: string; readonly json: Answered }> {
  const [mine, theirs] = [await answered(one), await answered(other)];
  if (JSON.stringify(mine.json) !== JSON.stringify(theirs.json)) throw new Error("the servers do not answer alike");
  return mine;
}

async function warmMonth(pulsegate: Server, apollo: Server, isNew: boolean): Promise<void> {
  const [mine, theirs] = [pulsegate, apollo].map(({ url }) => ({ ...shot(url, month, {}), isNew })) as [Shot, Shot];
  const { json } = await sameAnswer(mine, theirs);
  const days = json.data!.user["activity"]!.days.length;
  if (days < 28) throw new Error(`a month of ${days} days`);
  const costs = await abba(
    { server: pulsegate, shot: mine, count: isNew ? 300 : 600 },
    { server: apollo, shot: theirs, count: isNew ? 300 : 600 },
    ROUNDS,
  );
  const what = `warm, ${days} days x 8 figures, ${asNew(isNew)}: ours over stock Apollo Server`;
  const aim = isNew ? "" : ">= 3x";
  rows.push({ what: `${what}, requests a second`, figure: times(ratio(costs, "perSecond")), aim });
  const { a, b } = { a: costs.b, b: costs.a };
  rows.push({
    what: "the same: CPU a request, stock over ours",
    figure: times(ratio({ a, b }, "cpuMs")),
    aim,
  });
  rows.push({ what: "  ours, CPU a request", figure: ms(costs.a.map(({ cpuMs }) => cpuMs)), aim: "" });
  rows.push({ what: "  stock, CPU a request", figure: ms(costs.b.map(({ cpuMs }) => cpuMs)), aim: "" });
}

async function heartWeek(pulsegate: Server, shape: "points" | "columns", isNew: boolean): Promise<void> {
  const query = heart(shape === "points" ? "points { time value }" : "offsets values");
  const mine = { ...shot(pulsegate.url, query, { from: daysAgo(46), to: daysAgo(40) }), isNew };
  await answered(mine);
  const { text, json } = await answered(mine);
  const samples = json.data!.user["heart"]!.days.reduce((sum, { samples: series }) => {
    const { points, values } = (series ?? {}) as { points?: readonly unknown[]; values?: readonly unknown[] };
    return sum + (points ?? values ?? []).length;
  }, 0);
  const what = `${samples} heart samples as ${shape} (${Math.round(text.length / 1000)} kB), ${asNew(isNew)}`;
  for (const stringify of [false, true]) {
    const plain = await start({ role: "plain", answer: text, stringify });
    const ours: Contender = { server: pulsegate, shot: mine, count: isNew && shape === "points" ? 12 : 300 };
    const floor: Contender = { server: plain, shot: { ...mine, url: plain.url }, count: 300 };
    const costs = await abba(ours, floor, stringify ? 4 : ROUNDS);
    rows.push({
      what: `${what}: CPU over node:http ${stringify ? "writing the same JSON" : "sending ready bytes"}`,
      figure: times(ratio(costs, "cpuMs")),
      aim: shape === "columns" ? "<= 2x" : "",
    });
    rows.push({ what: "  ours, CPU a request", figure: ms(costs.a.map(({ cpuMs }) => cpuMs)), aim: "" });
    rows.push({ what: "  plain, CPU a request", figure: ms(costs.b.map(({ cpuMs }) => cpuMs)), aim: "" });
    await plain.stop();
  }
}

/** A day that nobody asked for before, against the same request to the lab by got. */
async function coldCall(pulsegate: Server, labServer: Server, lab: Lab): Promise<void> {
  const agent = { http: new Agent({ keepAlive: true }) };
  const direct = (day: string) =>
    got(`${lab.url}/1/user/-/activities/heart/date/${day}/1d/1min.json`, {
      agent,
      headers: { authorization: `Bearer ${lab.tokens.accessToken}` },
    }).json();
  const ours = async (day: string) => {
    const asked = shot(pulsegate.url, heart("offsets values"), { from: day, to: day }, { plan: "report" });
    const { json } = await answered(asked);
    const calls = json.extensions?.plan.upstreamCalls;
    if (calls !== 1) throw new Error(`not one call but ${calls}`);
  };
  const timed = async (work: Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work;
    return performance.now() - begun;
  };
  let day = 60;
  const next = async () => {
    const date = daysAgo(day++);
    // The lab thinks up a day when it is first asked for it: that is on nobody's bill.
    await direct(date);
    return date;
  };
  for (const latencyMs of [0, 100]) {
    await labServer.ask({ ask: "latency", ms: 0 });
    for (let warmUp = 0; warmUp < 4; warmUp++) await ours(await next());
    const [mine, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < COLD_ROUNDS; round++) {
      await labServer.ask({ ask: "latency", ms: 0 });
      const [first, second] = [await next(), await next()];
      await labServer.ask({ ask: "latency", ms: latencyMs });
      const a1 = await timed(ours(first));
      const b1 = await timed(direct(first));
      const b2 = await timed(direct(second));
      const a2 = await timed(ours(second));
      mine.push((a1 + a2) / 2);
      theirs.push((b1 + b2) / 2);
    }
    const over = spread(mine.map((value, round) => value - 1.1 * theirs[round]!));
    rows.push({
      what: `one cold call, provider ${latencyMs} ms away, over got alone`,
      figure: times(spread(mine.map((value, round) => value / theirs[round]!))),
      aim: "",
    });
    rows.push({
      what: "  ours less 1.1 x got",
      figure: `${number(over.median)} ms (${number(over.min)}-${number(over.max)})`,
      aim: "<= 2 ms",
    });
    rows.push({ what: "  ours", figure: ms(mine), aim: "" });
    rows.push({ what: "  got", figure: ms(theirs), aim: "" });
  }
  agent.http.destroy();
}

console.log(`Node ${process.versions.node}; medians over ABBA rounds, (min-max)\n`);
const begun = performance.now();
const servers: Server[] = [];
const started = async (server: Promise<Server>): Promise<Server> => {
  servers.push(await server);
  return server;
};
try {
  const labServer = await started(start({ role: "lab" }));
  const lab = labServer.lab!;
  const pulsegate = await started(start({ role: "pulsegate", lab }));
  const apollo = await started(start({ role: "apollo", lab }));
  const only = process.argv[2];
  if (!only || only === "warm") for (const isNew of [false, true]) await warmMonth(pulsegate, apollo, isNew);
  await apollo.stop();
  for (const shape of ["points", "columns"] as const)
    if (!only || only === shape) for (const isNew of [false, true]) await heartWeek(pulsegate, shape, isNew);
  if (!only || only === "cold") await coldCall(pulsegate, labServer, lab);
} finally {
  closeConnections();
  await Promise.all(servers.map((server) => server.stop()));
}

console.log(`\n${Math.round((performance.now() - begun) / 1000)} s`);
