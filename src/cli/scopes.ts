import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  validate,
  visit,
} from "graphql";
import { schema } from "../graphql/schema.js";
import { selectionOf } from "../graphql/selection.js";
import { fieldOf, selectedFields } from "../graphql/walk.js";
import type { Field } from "../model/fields.js";
import type { Domain } from "../model/records.js";
import { fieldsOf, type Provider } from "../providers/provider.js";
import { goalProgressFields } from "../readings/histories.js";
import { CommandFailed, type Io } from "./io.js";
import { readDocument, sentenceOf } from "./query.js";

/** Types that a user's histories have in the schema. */
const domainOfType: Readonly<Record<string, Domain | undefined>> = {
  Profile: "PROFILE",
  ActivityHistory: "ACTIVITY",
  HeartHistory: "HEART",
  SleepHistory: "SLEEP",
  BodyHistory: "BODY",
  WorkoutHistory: "WORKOUTS",
  DeviceList: "DEVICES",
  GoalList: "GOALS",
};

/** The fewest scopes that an app which sends these documents has to ask for, and what each is for. */
export interface NeededScope {
  readonly scope: string;
  /** Empty where it is asked for whatever is read. */
  readonly fields: readonly Field[];
}

export async function printScopes(io: Io, files: readonly string[], registry: readonly Provider[]): Promise<void> {
  const asked = new Set<Asked>();
  for (const file of files) {
    const document = await readDocument(io, file);
    const [fault] = validate(schema(), document);
    if (fault) throw new CommandFailed(sentenceOf(fault, file));
    for (const field of fieldsIn(document)) asked.add(field);
  }
  for (const provider of registry) {
    const fields = fieldsFor(provider, asked);
    await io.out(`${provider.name}\n`);
    const needed = scopesNeeded(provider, fields);
    const width = Math.max(0, ...needed.map(({ scope }) => scope.length));
    for (const { scope, fields: served } of needed) {
      await io.out(`  ${scope.padEnd(width)}  ${served.length === 0 ? "(always)" : served.join(", ")}\n`);
    }
    const missing = [...fields].filter((field) => !canTell(provider, field));
    if (missing.length > 0) await io.out(`  not offered: ${missing.join(", ")}\n`);
  }
}

/** Stands for all that a goal's progress is reckoned from: which is read only of providers that know goals. */
const GOAL_PROGRESS = "progress";
type Asked = Field | typeof GOAL_PROGRESS;

/** What of it one provider would be asked for. */
export function fieldsFor(provider: Provider, asked: ReadonlySet<Asked>): ReadonlySet<Field> {
  const fields = new Set<Field>();
  const hasGoals = [...fieldsOf(provider)].some((field) => field.startsWith("goals."));
  for (const one of asked) {
    if (one !== GOAL_PROGRESS) fields.add(one);
    else if (hasGoals) for (const field of goalProgressFields) fields.add(field);
  }
  return fields;
}

/** Every field of the model that the operations of a valid document may read, whatever their variables. */
export function fieldsIn(document: DocumentNode): ReadonlySet<Asked> {
  const made = schema();
  // A part that may be left out may also be there.
  const whole: DocumentNode = visit(document, {
    Directive: (node) => (node.name.value === "skip" || node.name.value === "include" ? null : undefined),
  });
  const fragments = Object.fromEntries(
    whole.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  );
  const found = new Set<Asked>();
  for (const operation of whole.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = made.getRootType(operation.operation);
    if (!root) continue;
    for (const variableValues of variablesToTry(made, operation)) {
      const open = (type: GraphQLNamedType, nodes: readonly { selectionSet?: FieldNode["selectionSet"] }[]) => {
        for (const node of selectedFields({ schema: made, fragments, variableValues }, type, nodes)) {
          const definition = fieldOf(type, node);
          if (!definition) continue;
          const target = getNamedType(definition.type);
          const domain = domainOfType[target.name];
          if (!domain) {
            open(target, [node]);
            continue;
          }
          const info = { schema: made, fragments, variableValues, fieldNodes: [node], returnType: definition.type };
          const selection = selectionOf(domain, info);
          for (const field of selection.fields) found.add(field);
          if (selection.goalProgress) found.add(GOAL_PROGRESS);
        }
      };
      open(root, [operation]);
    }
  }
  return found;
}

/**
 * Which series is read may hang on a variable: each of an enum's values is tried once. What other variables hold
 * (days, ids) decides nothing, but a required one has to be there.
 */
function variablesToTry(made: GraphQLSchema, operation: OperationDefinitionNode): Record<string, unknown>[] {
  const base: Record<string, unknown> = {};
  const choices: [name: string, value: unknown][] = [];
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const given = typeFromAST(made, type as never);
    const named = given && getNamedType(given);
    if (isEnumType(named) && type.kind !== Kind.LIST_TYPE) {
      const values = named.getValues().map((one) => one.value as unknown);
      base[variable.name.value] = values[0];
      for (const value of values) choices.push([variable.name.value, value]);
    } else base[variable.name.value] = [];
  }
  return choices.length === 0 ? [base] : choices.map(([name, value]) => ({ ...base, [name]: value }));
}

/** The fewest scopes of one provider under which everything of these fields that it offers can be read. */
export function scopesNeeded(provider: Provider, fields: ReadonlySet<Field>): readonly NeededScope[] {
  const needed = new Map<string, Set<Field>>(provider.oauth.baseScopes.map((scope) => [scope, new Set()]));
  const note = (scope: string, field: Field) => {
    const served = needed.get(scope);
    if (served) served.add(field);
    else needed.set(scope, new Set([field]));
  };
  /** What must be read, each with the field that was asked for. */
  const open: { readonly read: Field; readonly asked: Field }[] = [...fields].map((field) => ({
    read: field,
    asked: field,
  }));
  const seen = new Set<string>();
  const undecided: typeof open = [];
  const expand = () => {
    for (let next = open.pop(); next; next = open.pop()) {
      const { read, asked } = next;
      if (seen.has(`${read} ${asked}`)) continue;
      seen.add(`${read} ${asked}`);
      const derivation = provider.derive?.find(({ yields }) => yields === read);
      if (derivation) open.push(...derivation.from.map((from) => ({ read: from, asked })));
      const calls = callsFor(provider, read);
      if (calls.length === 0 || calls.some(({ scope }) => scope === undefined)) continue;
      if (new Set(calls.map(({ scope }) => scope)).size === 1) {
        note(calls[0]!.scope!, asked);
        const [only] = calls;
        // With a choice of calls of one scope, the one that needs least is good enough.
        const needs = calls.reduce(
          (least, call) => ((call.needs?.length ?? 0) < least.length ? (call.needs ?? []) : least),
          only!.needs ?? [],
        );
        open.push(...needs.map((need) => ({ read: need, asked })));
      } else undecided.push(next);
    }
  };
  expand();
  // What several scopes would open takes one that is needed anyway, else the first.
  for (let next = undecided.shift(); next; next = undecided.shift()) {
    const { read, asked } = next;
    const calls = callsFor(provider, read);
    const chosen = calls.find(({ scope }) => needed.has(scope!)) ?? calls[0]!;
    note(chosen.scope!, asked);
    open.push(...(chosen.needs ?? []).map((need) => ({ read: need, asked })));
    expand();
  }
  return [...needed].map(([scope, served]) => ({ scope, fields: [...served].sort() }));
}

function callsFor(provider: Provider, field: Field) {
  return provider.calls.filter(({ yields }) => yields.includes(field));
}

function canTell(provider: Provider, field: Field): boolean {
  if (callsFor(provider, field).length > 0) return true;
  const derivation = provider.derive?.find(({ yields }) => yields === field);
  return derivation?.from.every((from) => canTell(provider, from)) ?? false;
}
