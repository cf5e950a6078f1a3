/**
 * A mixed load on one, two and four replicas of the production build, on PostgreSQL and a Redis of its own, with a provider
 * that has trouble all the time; then with a replica killed every ten seconds. Prints what each operation took, and what
 * was lost or done twice. Ends with 1 where anything was, or where an operation failed.
 *
 *   npm run load -- --short             less than a minute, for CI: no replica is killed, as what it held is free after one
 *   npm run load                        ten thousand people; half an hour, most of which warms replicas up
 *   npm run load -- --seconds 600       an hour and more
 *   npm run load -- --replicas 0        only where replicas are killed
 *   npm run load -- --soak              two replicas for thirty minutes, half of a core busy at most: does memory grow?
 *   npm run load -- --costs             only what a query, a notification, a connection and a stored year take
 *   npm run load -- … --write           puts what was measured into docs/reliability.md or docs/capacity.md
 *
 * --people, --rate (a second) and --warmth (operations that each replica does before it is measured) change the rest.
 */
import { parseArgs } from "node:util";
import { measureCosts } from "./costs.js";
import { soakTables, stageLine, tables, writeCosts, writeStages } from "./report.js";
import { seed } from "./seed.js";
import { faultsIn, type Result, run, type Stage } from "./stages.js";
import { openWorld } from "./world.js";

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    soak: { type: "boolean", default: false },
    costs: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    people: { type: "string" },
    seconds: { type: "string" },
    rate: { type: "string" },
    warmth: { type: "string" },
    replicas: { type: "string" },
  },
});
const { short, soak } = values;
const people = Number(values.people ?? (short ? 40 : 10_000));
const seconds = Number(values.seconds ?? (short ? 4 : soak ? 1_800 : 60));
const rate = Number(values.rate ?? (short ? 25 : soak ? 8 : 15));
const warmth = Number(values.warmth ?? (short ? 60 : 2_000));
const counts = (values.replicas ?? (short ? "1,2" : soak ? "2" : "1,2,4")).split(",").map(Number);
const wanted = counts.filter((count) => count > 0);
const sockets = Math.min(20, people);
const postgresUrl = process.env["LOAD_POSTGRES_URL"] ?? "postgres://root@127.0.0.1:5432/postgres";

const plain = wanted.map((replicas): Stage => ({ replicas, seconds, rate, sockets, warmth, killEverySeconds: null }));
const killed: Stage = {
  ...{ replicas: Math.max(2, ...wanted.slice(0, 1)), rate, sockets },
  // Each is new time and again.
  warmth: Math.min(warmth, 100),
  seconds: Math.max(seconds, 30),
  killEverySeconds: 10,
};
const stages = values.costs ? [] : short || soak ? plain : [...plain, killed];

const world = await openWorld(
  postgresUrl,
  Array.from({ length: people }, (_, at) => `person-${at}`),
);
const SHORT_PATIENCE_MS = 5_000;
const results: Result[] = [];
let closing: Promise<void> | undefined;
const close = () => (closing ??= world.close());
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().then(() => process.exit(1)));
try {
  const begun = performance.now();
  const { connectionKb } = await seed(world);
  console.log(`${people} people connected in ${Math.round((performance.now() - begun) / 1_000)} s`);
  if (values.costs) {
    const costs = await measureCosts(world, connectionKb);
    console.log(JSON.stringify(costs, null, 2));
    if (values.write) writeCosts(costs, people);
  }
  for (const stage of stages) {
    const result = await run(world, stage, short ? SHORT_PATIENCE_MS : undefined);
    results.push(result);
    console.log(stageLine(result));
    for (const fault of faultsIn(result).slice(0, 10)) console.log(`  ${fault}`);
  }
  if (results.length > 0) {
    console.log((soak ? soakTables(results[0]!, people) : tables(results, people)).join("\n\n"));
    if (values.write) writeStages(results, people, soak);
  }
  process.exitCode = results.some((result) => faultsIn(result).length > 0) ? 1 : 0;
} finally {
  await close();
}
