import { execute, Kind, parse } from "graphql";
import { createContext } from "../graphql/context.js";
import { schema } from "../graphql/schema.js";
import type { Services } from "../graphql/services.js";
import type { Ask } from "../health-data/ask.js";
import { domainOf } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";
import { addDays } from "../model/time.js";
import type { Aspect, StandingOperation, StandingOperations } from "../outbound/webhook.js";
import { nextTurn } from "../turns.js";
import type { TrustedOperation } from "./trusted.js";

/** The goals of a week are measured by the activity of so many days. */
const GOAL_DAYS = 7;
const HALF_DAY_MS = 43_200_000;
const NOBODY = "nobody";
/** Answers nothing: a field that failed would end the execution before its neighbours begin. `asked`: the method. */
const silent = (asked: (name: string) => void = () => {}) =>
  new Proxy(
    {},
    {
      get: (_, name) => () => {
        asked(String(name));
        return new Promise(() => {});
      },
    },
  );
/** What a person's answer is made of besides their data, by the method that reads it. */
const aspects: ReadonlyMap<string, Aspect> = new Map([
  ["list", "connections"],
  ["sourcePriority", "order"],
]);

/** Why an operation can't be run for people by itself, and what to do. Null if it can. */
function faultOfStanding({ type, text }: TrustedOperation): string | null {
  if (type !== "query") return `is a ${type}: only queries can be sent`;
  const required = parse(text)
    .definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION ? (one.variableDefinitions ?? []) : []))
    .filter((one) => one.type.kind === Kind.NON_NULL_TYPE && one.defaultValue === undefined);
  const names = required.map(({ variable }) => `$${variable.name.value}`);
  return names.length === 0 ? null : `needs values for ${names.join(", ")}: give each a default`;
}

/** Days of one domain that an operation reads; null for those of a domain without days. */
interface Reading {
  readonly domain: Domain;
  readonly range: Ask["range"];
}

/**
 * What an operation reads for a person, found by running it for nobody. The days are those of its ranges, and one more on
 * each side: zones differ, and a day is complete once the next one has begun.
 */
async function standingOf(operation: TrustedOperation): Promise<StandingOperation & { readonly isEmpty: boolean }> {
  const { readings, also } = await readingsOf(operation.text);
  // Where several have data, the order decides whose are chosen.
  if (readings.length > 0) also.add("order");
  return {
    ...{ name: operation.name, text: operation.text, also },
    isEmpty: also.size === 0,
    reads: ({ domain, dates }, now) =>
      readings.some((one) => one.domain === domain && (dates.length === 0 || holdsOne(one.range, dates, now))),
  };
}

export async function standingOperations(trusted: readonly TrustedOperation[]): Promise<StandingOperations> {
  const faults = new Map<string, string>();
  const operations = new Map<string, StandingOperation>();
  for (const operation of trusted) {
    const { name } = operation;
    if (name === "") continue;
    const fault = faultOfStanding(operation);
    const standing = fault === null ? await standingOf(operation) : null;
    if (faults.has(name) || operations.has(name)) {
      operations.delete(name);
      faults.set(name, `Several configured operations are called ${name}: give each a name of its own.`);
    } else if (standing === null) faults.set(name, `The operation ${name} ${fault}.`);
    else if (standing.isEmpty)
      faults.set(name, `The operation ${name} reads neither data nor connections of viewer: it would never be sent.`);
    else operations.set(name, standing);
  }
  return {
    operations: [...operations.values()],
    faultOf: (name) => {
      if (operations.has(name)) return null;
      return faults.get(name) ?? "No configured operation has this name: add it to OPERATIONS, or name another.";
    },
  };
}

async function readingsOf(
  text: string,
): Promise<{ readonly readings: readonly Reading[]; readonly also: Set<Aspect> }> {
  const readings: Reading[] = [];
  const also = new Set<Aspect>();
  const session = {
    load: async (asks: readonly Ask[]) =>
      asks.map((ask) => {
        const domains = new Set([ask.domain, ...[...ask.fields].map(domainOf)]);
        for (const domain of domains) readings.push({ domain, range: ask.range });
        if (ask.goalProgress) readings.push({ domain: "ACTIVITY", range: { lastDays: GOAL_DAYS } });
        return new Error("nothing is read");
      }),
    report: () => ({ upstreamCalls: 0, calls: [], budgets: [] }),
  };
  const services = {
    clock: { now: () => 0 },
    healthData: { session: () => session },
    connections: silent((name) => {
      const aspect = aspects.get(name);
      if (aspect) also.add(aspect);
    }),
    backfills: silent(),
  } as unknown as Services;
  const caller = { kind: "user", userId: NOBODY, expiresAt: null } as const;
  const contextValue = createContext({ caller, services, providers: new Map(), requestId: "" });
  // It never ends where it reads something else, but what it loads it asks for at once.
  void Promise.resolve(execute({ schema: schema(), document: parse(text), contextValue })).catch(() => {});
  await nextTurn();
  return { readings, also };
}

function holdsOne(range: Reading["range"], dates: readonly LocalDate[], now: number): boolean {
  if (range === null) return true;
  const dayAt = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const { from, to, lastDays } = range;
  const first = lastDays ? addDays(dayAt(now - HALF_DAY_MS), -lastDays) : addDays(from!, -1);
  const last = to ? addDays(to, 1) : addDays(dayAt(now + HALF_DAY_MS), 1);
  return dates.some((date) => date >= first && date <= last);
}
