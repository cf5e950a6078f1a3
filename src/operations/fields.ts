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
  visit,
} from "graphql";
import { schema } from "../graphql/schema.js";
import { selectionOf } from "../graphql/selection.js";
import { fieldOf, selectedFields } from "../graphql/walk.js";
import { wornWitness } from "../health-data/histories/days.js";
import { goalProgressFields } from "../health-data/histories/goals.js";
import type { Field } from "../model/fields.js";
import type { RecordKind } from "../model/recorded.js";
import type { Domain } from "../model/records.js";
import type { Provider } from "../providers/index.js";
import { fieldsOf } from "../providers/provider.js";

/** The schema's types of a user's histories. */
const domainOfType: Readonly<Record<string, Domain | undefined>> = {
  Profile: "PROFILE",
  ActivityHistory: "ACTIVITY",
  HeartHistory: "HEART",
  SleepHistory: "SLEEP",
  BodyHistory: "BODY",
  WorkoutHistory: "WORKOUTS",
  VitalHistory: "VITALS",
  ReadingHistory: "READINGS",
  ScoreHistory: "SCORES",
  NutritionHistory: "NUTRITION",
  DeviceList: "DEVICES",
  GoalList: "GOALS",
};

/**
 * Stands for all fields from which a goal's progress is computed. They are read only from providers that have goals.
 */
const GOAL_PROGRESS = "progress";
/** Stand for the field that says of a day whether it was worn: which one depends on the provider. */
const WITNESSES = { ACTIVITY: "witness of activity", HEART: "witness of the heart" } as const;
export type Asked = Field | typeof GOAL_PROGRESS | (typeof WITNESSES)[keyof typeof WITNESSES];

/** The fields that one provider is asked for. */
export function fieldsFor(provider: Provider, asked: ReadonlySet<Asked>): ReadonlySet<Field> {
  const fields = new Set<Field>();
  const hasGoals = [...fieldsOf(provider)].some((field) => field.startsWith("goals."));
  const offered = fieldsOf(provider);
  for (const one of asked) {
    if (one === GOAL_PROGRESS) {
      if (hasGoals) for (const field of goalProgressFields) fields.add(field);
    } else if (one === WITNESSES.ACTIVITY || one === WITNESSES.HEART) {
      const witness = wornWitness(one === WITNESSES.HEART ? "HEART" : "ACTIVITY", (field) => offered.has(field));
      if (witness !== null) fields.add(witness);
    } else fields.add(one);
  }
  return fields;
}

/** The kinds of records that the operations of a valid document make. */
export function recordsIn(document: DocumentNode): ReadonlySet<RecordKind> {
  const found = new Set<RecordKind>();
  visit(document, {
    Field: ({ name }) => {
      const kind = kindOfMutation[name.value];
      if (kind) found.add(kind);
    },
  });
  return found;
}
/** No other field of the schema has such a name. */
const kindOfMutation: Readonly<Record<string, RecordKind | undefined>> = {
  recordWeighing: "WEIGHING",
  recordWorkout: "WORKOUT",
  recordSleep: "SLEEP",
  recordWater: "WATER",
  recordFood: "FOOD",
};

/** Every field of the model that the operations of a valid document may read, with any values of their variables. */
export function fieldsIn(document: DocumentNode): ReadonlySet<Asked> {
  const made = schema();
  // A part that may be left out counts as present.
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
          if (selection.worn && (domain === "ACTIVITY" || domain === "HEART")) found.add(WITNESSES[domain]);
        }
      };
      open(root, [operation]);
    }
  }
  return found;
}

/**
 * A variable may decide which series is read: each value of an enum is tried once. Other variables (days, ids) decide
 * nothing, but a required one must have a value.
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
