import { loop, type Shot } from "./http-loop.js";
import type { Server } from "./start.js";

/** What one request costs. */
export interface Cost {
  readonly cpuMs: number;
  readonly perSecond: number;
}

export interface Contender {
  readonly server: Server;
  readonly shot: Shot;
  /** Requests in one block: enough to tell, few enough for the whole run to end soon. */
  readonly count: number;
  /** How many people ask at once. Default: 10. */
  readonly connections?: number;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { median, min: sorted[0]!, max: sorted[sorted.length - 1]! };
}

const WARM_UPS = 2;

/**
 * Turn by turn: A B B A, so that whatever else the machine does falls on both. Answers the cost of each in every round,
 * which is the mean of its two blocks.
 */
export async function abba(a: Contender, b: Contender, rounds: number): Promise<{ a: Cost[]; b: Cost[] }> {
  const costs: { a: Cost[]; b: Cost[] } = { a: [], b: [] };
  // Compiled and warm before anything counts.
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) for (const one of [a, b]) await block(one);
  for (let round = 0; round < rounds; round++) {
    const [a1, b1, b2, a2] = [await block(a), await block(b), await block(b), await block(a)];
    costs.a.push(mean(a1, a2));
    costs.b.push(mean(b1, b2));
  }
  return costs;
}

/** Per round, what `of` reads off A over the same off B. */
export function ratio({ a, b }: { readonly a: readonly Cost[]; readonly b: readonly Cost[] }, of: keyof Cost): Spread {
  return spread(a.map((cost, round) => cost[of] / b[round]![of]));
}

async function block({ server, shot, count, connections = 10 }: Contender): Promise<Cost> {
  const { cpuMs: before } = await server.ask({ ask: "cpu" });
  const seconds = await loop(shot, count, connections);
  const { cpuMs: after } = await server.ask({ ask: "cpu" });
  return { cpuMs: (after - before) / count, perSecond: count / seconds };
}

const mean = (x: Cost, y: Cost): Cost => ({
  cpuMs: (x.cpuMs + y.cpuMs) / 2,
  perSecond: (x.perSecond + y.perSecond) / 2,
});
