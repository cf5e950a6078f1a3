import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { registry } from "../built.js";
import { assumed, needOf, quotas } from "./capacity.js";
import type { Cost, Costs } from "./costs.js";
import type { Result } from "./stages.js";
import { mean, slope } from "./trend.js";

/** Tables of what was measured. `write` puts them between the marks of two pages. */

const whole = (value: number) => Math.round(value).toLocaleString("en");
const short = (value: number) =>
  value >= 100
    ? whole(value)
    : value >= 10
      ? value.toFixed(1)
      : value >= 0.01 || value === 0
        ? value.toFixed(2)
        : value.toPrecision(2);
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

export function stageLine(result: Result): string {
  const { stage, operations, errors, kept, p50, p99, cpuMs, storeTrips, redisCommands, lockWaits, failedOver } = result;
  const share = ((100 * errors.length) / operations).toFixed(2);
  return [
    `${stage.replicas} replicas${result.kills > 0 ? `, ${result.kills} killed` : ""}: ${operations} operations, ${share} % failed`,
    `p50 ${whole(p50)} ms, p99 ${whole(p99)} ms`,
    Object.entries(result.byKind)
      .map(([kind, one]) => `${kind} ${whole(one.p50)}/${whole(one.p99)}`)
      .join(", "),
    `each ${cpuMs === null ? "?" : short(cpuMs)} ms of CPU, ${short(storeTrips)} round trips to the store, ${short(redisCommands)} Redis commands`,
    `locks waited for in ${(100 * lockWaits).toFixed(1)} % of looks; ${failedOver} asked elsewhere`,
    `memory ${result.memoryMb.before.join("+")} → ${result.memoryMb.after.join("+")} MB`,
    `lost ${kept.lost.length}, open ${kept.open}, done twice ${kept.doubled.length}, ${kept.messages} messages (${kept.repeated} repeated under their ids)`,
  ].join("; ");
}

/** Who measured: two shared cores say nothing of throughput. */
function machine(): string {
  const [first] = cpus();
  const model = first?.model.trim() || "a processor that names itself nowhere";
  return `${cpus().length} cores of ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, load ${loadavg()[1]!.toFixed(1)}`;
}

export function tables(results: readonly Result[], people: number): readonly string[] {
  const head = (result: Result) =>
    result.kills > 0 ? `${result.stage.replicas}, ${result.kills} times one killed` : String(result.stage.replicas);
  const main = table(
    [
      "Replicas",
      "Operations",
      "Failed",
      "p50",
      "p99",
      "CPU each",
      "Store each",
      "Redis each",
      "Looks with a lock waited for",
      "Store, idle",
      "Redis, idle",
    ],
    results.map((result) => [
      head(result),
      whole(result.operations),
      String(result.errors.length),
      `${whole(result.p50)} ms`,
      `${whole(result.p99)} ms`,
      result.cpuMs === null ? "" : `${short(result.cpuMs)} ms`,
      short(result.storeTrips),
      short(result.redisCommands),
      `${(100 * result.lockWaits).toFixed(1)} %`,
      `${short(result.idle.storeTrips)} a second`,
      `${short(result.idle.redisCommands)} a second`,
    ]),
  );
  const kept = table(
    [
      "Replicas",
      "Lost",
      "Open",
      "Done twice",
      "Messages",
      "Repeated under their ids",
      "Asked elsewhere",
      "Grants ended",
      "Refreshes",
      "Provider's trouble",
      "Memory of each, before and after",
    ],
    results.map((result) => [
      head(result),
      String(result.kept.lost.length),
      String(result.kept.open),
      String(result.kept.doubled.length),
      whole(result.kept.messages),
      String(result.kept.repeated),
      String(result.failedOver),
      String(result.kept.broken),
      String(result.refreshes),
      `${result.upstream.failed} of ${whole(result.upstream.api)} requests`,
      `${result.memoryMb.before.join(", ")} → ${result.memoryMb.after.join(", ")} MB`,
    ]),
  );
  return [measured(results[0]!, people), main, kept];
}

function measured({ stage: { seconds, rate, warmth } }: Result, people: number): string {
  const day = new Date().toISOString().slice(0, 10);
  const how = `${rate} operations a second for ${seconds} s a stage, each replica warmed by ${whole(warmth)} operations`;
  return `${day}; ${machine()}; ${whole(people)} people, ${how}.`;
}

const costRow = (what: string, { cpuMs, storeTrips, redisCommands, upstream }: Cost) => [
  what,
  `${short(cpuMs)} ms`,
  short(storeTrips),
  short(redisCommands),
  short(upstream),
];

function capacityTables(costs: Costs, people: number): readonly string[] {
  const measured = table(
    ["One", "CPU", "Round trips to the store", "Redis commands", "Requests to the provider"],
    [
      costRow("Dashboard, most of it stored", costs.query),
      costRow("Query of days that nobody asked for", costs.coldQuery),
      costRow("Notification, with what it leads to", costs.notification),
    ],
  );
  const held = table(
    ["What is held", "Takes"],
    [
      ["A connection with its tokens, in PostgreSQL", `${short(costs.connectionKb)} kB`],
      ["A stored year of a connection, in PostgreSQL with its index", `${whole(costs.yearKb)} kB`],
      ["An open WebSocket, in a replica (too coarse to tell below 20 kB)", `${short(costs.socketKb)} kB`],
      ["A replica under this load", `${whole(costs.idleMb)} MB`],
      ["A person who is active, in Redis", `${short(costs.redisKbPerPerson)} kB`],
    ],
  );
  const needs = [1_000, 1_000_000, 100_000_000].map((people) => needOf(people, costs));
  const rows = (what: string, of: (need: (typeof needs)[number]) => string) => [what, ...needs.map(of)];
  const need = table(
    ["At the busiest minutes", ...needs.map(({ people }) => `${whole(people)} people`)],
    [
      rows("Queries a second", (one) => short(one.queriesPerSecond)),
      rows("Notifications a second", (one) => short(one.notificationsPerSecond)),
      rows("Cores", (one) => short(one.cores)),
      rows("Replicas of one core", (one) => whole(one.replicas)),
      rows("Open WebSockets", (one) => whole(one.sockets)),
      rows("Memory of all replicas", (one) => `${short(one.memoryGb)} GB`),
      rows("Round trips to PostgreSQL a second", (one) => short(one.storeTrips)),
      rows("Storage", (one) => `${short(one.storageGb)} GB`),
      rows("Redis commands a second", (one) => short(one.redisCommands)),
      rows("Redis memory", (one) => `${short(one.redisGb)} GB`),
      rows("Requests to providers a second", (one) => short(one.upstreamPerSecond)),
      rows("Fullest by its limit", ({ gives: [first] }) => `${first![0]}, ${short(first![1])} times`),
      rows("Then", ({ gives: [, second] }) => `${second![0]}, ${short(second![1])} times`),
    ],
  );
  const quota = table(
    ["Provider", "Limit of", "Requests in", "Is enough for", "Used by a person"],
    quotas(costs, registry.providers).map(({ provider, scope, limit, windowSeconds, people, usedShare }) => [
      provider,
      scope,
      `${whole(limit)} in ${whole(windowSeconds)} s`,
      people === null ? "" : `${whole(people)} people`,
      usedShare === null ? "" : `${(100 * usedShare).toFixed(1)} %`,
    ]),
  );
  const taken = table(
    ["Taken for granted", ""],
    Object.entries(assumed).map(([name, value]) => [`\`${name}\``, short(value)]),
  );
  return [
    `${new Date().toISOString().slice(0, 10)}; ${machine()}; ${whole(people)} people.`,
    ...[
      measured,
      held,
      "### What is taken for granted",
      taken,
      "### What it comes to",
      need,
      "### Limits of providers",
      quota,
    ],
  ];
}

/** What was measured in one stage over a long time, its memory above all. */
export function soakTables(result: Result, people: number): readonly string[] {
  const { operations, errors, p50, p99, kept, refreshes, upstream } = result;
  const done = table(
    [
      "Operations",
      "Failed",
      "p50",
      "p99",
      "Lost",
      "Done twice",
      "Messages",
      "Grants ended",
      "Refreshes",
      "Provider's trouble",
    ],
    [
      [
        ...[whole(operations), String(errors.length), `${whole(p50)} ms`, `${whole(p99)} ms`],
        ...[String(kept.lost.length), String(kept.doubled.length), whole(kept.messages), String(kept.broken)],
        ...[whole(refreshes), `${whole(upstream.failed)} of ${whole(upstream.api)} requests`],
      ],
    ],
  );
  const minutes = Math.max(...result.memory.map(({ heap }) => heap.length));
  const byMinute = table(
    ["Minute", ...result.memory.flatMap((_, at) => [`Heap of ${at + 1}`, `Resident of ${at + 1}`])],
    Array.from({ length: minutes }, (_, minute) => [
      String(minute + 1),
      ...result.memory.flatMap(({ heap, resident }) =>
        [heap, resident].map((values) => `${whole(values[minute] ?? 0)} MB`),
      ),
    ]),
  );
  const trends = table(
    ["Replica", "", "First ten minutes", "Last ten minutes", "Slope of the second half"],
    result.memory.flatMap(({ heap, resident }, at) =>
      Object.entries({ heap, resident }).map(([name, values]) => [
        String(at + 1),
        name,
        `${whole(mean(values.slice(0, 10)))} MB`,
        `${whole(mean(values.slice(-10)))} MB`,
        `${slope(values.slice(Math.floor(values.length / 2))).toFixed(2)} MB a minute`,
      ]),
    ),
  );
  return [measured(result, people), done, trends, byMinute];
}

export function writeStages(results: readonly Result[], people: number, soak: boolean): void {
  if (soak) put("reliability", "npm run load -- --soak", soakTables(results[0]!, people));
  else put("reliability", "npm run load", tables(results, people));
}

export function writeCosts(costs: Costs, people: number): void {
  put("capacity", "npm run load -- --costs", capacityTables(costs, people));
}

function put(page: string, command: string, parts: readonly string[]): void {
  const path = new URL(`../../docs/${page}.md`, import.meta.url);
  const text = readFileSync(path, "utf8");
  const [begin, end] = [`<!-- ${command}: begin -->`, `<!-- ${command}: end -->`];
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/${page}.md has no place for what was measured.`);
  writeFileSync(path, `${before}${begin}\n${parts.join("\n\n")}\n${end}${after}`);
}
