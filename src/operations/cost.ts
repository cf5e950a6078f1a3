import {
  execute,
  type GraphQLInputType,
  getNamedType,
  getOperationAST,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  parse,
  typeFromAST,
} from "graphql";
import { createBudgets } from "../budgets/budgets.js";
import type { Connection } from "../connections/connection.js";
import type { Caller } from "../graphql/caller.js";
import { createContext } from "../graphql/context.js";
import { schema } from "../graphql/schema.js";
import type { Services } from "../graphql/services.js";
import { createHistory } from "../health-data/history.js";
import { noRetention } from "../health-data/retention.js";
import { createHealthData } from "../health-data/session.js";
import type { Clock } from "../model/time.js";
import { addDays } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import { openStore } from "../store/open-store.js";
import type { TrustedOperation } from "./trusted.js";

const DAYS = 30;
const PERSON = "person";
/** Of the two, one may ask for `viewer` and the other for `user`. */
const callers: readonly Caller[] = [
  { kind: "user", userId: PERSON, expiresAt: null },
  { kind: "app", name: "app", readOnly: true },
];

/** Requests to providers that a query takes for a person of whom nothing is stored. */
export type CostOf = (operation: TrustedOperation, worn: readonly Provider[]) => Promise<number>;

/**
 * Plans queries without asking anybody, for a person who connected some providers and allowed everything. Where a
 * variable has no default it is a plain value: 30 days for a range. Rejects if the query can't be run with such values.
 */
export async function costs(providers: readonly Provider[], clock: Clock): Promise<CostOf> {
  const store = await openStore("memory:");
  const settings = () => ({ clientId: "", clientSecret: "", overridden: true }) as never;
  const nobody = async () => {
    throw new Error("a dry run asks no provider");
  };
  return async ({ text }, worn) => {
    const connections = worn.map((provider) => connected(provider, clock.now()));
    const healthData = createHealthData({
      connections: {
        forReading: async () => connections,
        sourcePriority: async () => worn.map(({ id }) => id),
        noteSuccess: async () => {},
      },
      ...{ providers, settings, clock, retention: noRetention },
      history: createHistory({ store, clock }),
      fetcher: { fetch: nobody },
      budgets: createBudgets({ clock, redisUrl: null, log: { info: () => {}, warn: () => {} } }),
      onError: (error) => {
        throw error;
      },
    });
    const services = {
      ...{ healthData, clock, providers },
      // What is shown of connections costs no request.
      connections: { hasEverConnected: async () => true, list: async () => [] },
    } as unknown as Services;
    const document = parse(text);
    const operation = getOperationAST(document)!;
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    const variableValues = Object.fromEntries(
      (operation.variableDefinitions ?? []).flatMap(({ variable, type, defaultValue }) => {
        const given = typeFromAST(schema(), type as never) as GraphQLInputType | undefined;
        if (!given || defaultValue || !isNonNullType(given)) return [];
        return [[variable.name.value, plainValue(given.ofType, variable.name.value, today)]];
      }),
    );
    const runs = callers.map(async (caller) => {
      const context = createContext({ caller, services, providers: new Map(), requestId: "" }, "dry-run");
      const { data, errors } = await execute({ schema: schema(), document, variableValues, contextValue: context });
      // It was not begun: a variable has a type that no plain value fits.
      if (data === undefined) throw errors![0];
      return context.loaders.report().upstreamCalls;
    });
    return Math.max(...(await Promise.all(runs)));
  };
}

function plainValue(type: GraphQLInputType, name: string, today: string): unknown {
  if (isNonNullType(type)) return plainValue(type.ofType, name, today);
  if (isListType(type)) return [plainValue(type.ofType, name, today)];
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[0]!.name;
  if (isInputObjectType(named)) {
    if (named.name === "DateRange") return { lastDays: DAYS };
    const required = Object.values(named.getFields()).filter((field) => isNonNullType(field.type));
    return Object.fromEntries(required.map((field) => [field.name, plainValue(field.type, field.name, today)]));
  }
  switch (named.name) {
    case "LocalDate":
      return /from|start|since|first/i.test(name) ? addDays(today, 1 - DAYS) : today;
    case "Int":
      return DAYS;
    case "Float":
      return 1;
    case "Boolean":
      return true;
    default:
      return PERSON;
  }
}

function connected(provider: Provider, now: number): Connection {
  const scopes = [...new Set(provider.calls.flatMap(({ scope }) => scope ?? []))];
  return {
    ...{ id: `${PERSON}-${provider.slug}`, userId: PERSON, provider: provider.id, status: "CONNECTED" as const },
    ...{ providerUserId: null, legacyUserId: null, scopes },
    ...{ connectedAt: now - 3_650 * 86_400_000, lastAttemptAt: null, lastSuccessAt: null, dataThrough: null },
    ...{ identityReadAt: null, subscriptions: [], budgets: [] },
  };
}
