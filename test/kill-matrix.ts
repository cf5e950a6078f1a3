/**
 * The kill matrix: `npx tsx test/kill-matrix.ts [sqlite|postgres|postgres+redis] [every-nth-step] [scenario…]`. Ends a
 * gateway by SIGTERM and SIGKILL before each write of its pieces of work, restarts it, and counts what was lost and what
 * was done twice. Takes some seconds for each case on a quiet machine; not part of the tests. `SIGNAL`: one of the two
 * alone. Servers are those of TEST_POSTGRES_URL and TEST_REDIS_URL; the Redis is emptied of jobs.
 */
import { endAt, type Place } from "./support/kill-bench.js";
import { messageScenarios } from "./support/kill-messages.js";
import { scenarios } from "./support/kill-scenarios.js";

const [where = "sqlite", nth = "1", ...only] = process.argv.slice(2);
const storeUrl = where.startsWith("postgres") ? process.env["TEST_POSTGRES_URL"] : undefined;
const redisUrl = where.endsWith("redis") ? process.env["TEST_REDIS_URL"] : undefined;
if (where !== "sqlite" && !storeUrl) throw new Error("TEST_POSTGRES_URL is not set.");
const place: Place = { ...(storeUrl && { storeUrl }), ...(redisUrl && { redisUrl }) };

const columns = ["Work", "Signal", "Cases", "Answered", "Ended in order", "Lost", "Doubled", "Repeated", "Late"];
const row = (cells: readonly (string | number)[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
row(columns);
row(columns.map(() => "---"));
const chosen = process.env["SIGNAL"];
let bad = 0;
for (const scenario of [...scenarios, ...messageScenarios].filter(
  (one) => only.length === 0 || only.includes(one.name),
)) {
  for (const signal of (["SIGTERM", "SIGKILL"] as const).filter((one) => chosen === undefined || one === chosen)) {
    const sum = { cases: 0, answered: 0, orderly: 0, lost: 0, doubled: 0, repeated: 0, late: 0 };
    // Until the work is over before the step is reached: that last case is an end just after it.
    for (let step = 1, at: string | null = ""; at !== null; step += Number(nth)) {
      const outcome = await endAt(scenario, signal, step, place);
      const { lost, doubled, repeated = 0, late = 0 } = outcome;
      at = outcome.at;
      sum.cases++;
      if (outcome.answered) sum.answered++;
      if (outcome.exitCode === 0) sum.orderly++;
      sum.lost += lost;
      sum.doubled += doubled;
      sum.repeated += repeated;
      sum.late += late;
      if (lost + doubled + late > 0 || (signal === "SIGTERM" && !(outcome.answered && outcome.exitCode === 0))) {
        bad++;
        process.stderr.write(`${scenario.name} ${signal} before step ${step} (${at}): ${JSON.stringify(outcome)}\n`);
      }
    }
    const { cases, answered, orderly, lost, doubled, repeated, late } = sum;
    row([scenario.name, signal, cases, answered, orderly, lost, doubled, repeated, late]);
  }
}
process.exit(bad === 0 ? 0 : 1);
