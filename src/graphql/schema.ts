import "reflect-metadata";
import {
  defaultFieldResolver,
  type GraphQLField,
  GraphQLInt,
  GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { buildSchemaSync } from "type-graphql";
import { namesOf } from "../model/figure-tables.js";
import { vitalFigures } from "../model/figures.js";
import { turn } from "../turns.js";
import { ownerOf } from "./caller.js";
import type { RequestContext } from "./context.js";
import { callDirectly } from "./direct.js";
import { pointsOf } from "./points.js";
import { ActivityDayResolver, ActivityTotalsResolver } from "./resolvers/activity.js";
import { ConnectionResolver, ProviderSubscriptionResolver } from "./resolvers/connection.js";
import { HeartDayResolver, HeartZoneResolver } from "./resolvers/heart.js";
import { missingNamed } from "./resolvers/missing.js";
import { MutationResolver } from "./resolvers/mutation.js";
import { NutritionDayResolver, NutritionEntryResolver, NutritionHistoryResolver } from "./resolvers/nutrition.js";
import { ProfileResolver } from "./resolvers/profile.js";
import { QueryResolver } from "./resolvers/query.js";
import {
  BloodGlucoseResolver,
  BloodPressureResolver,
  ReadingHistoryResolver,
  TemperatureReadingResolver,
} from "./resolvers/readings.js";
import { RecordingResolver } from "./resolvers/recording.js";
import { BodyMeasurementResolver, SleepSessionResolver, WorkoutResolver } from "./resolvers/records.js";
import { SeriesResolver } from "./resolvers/series.js";
import {
  ActivityHistoryResolver,
  ActivityStatisticsResolver,
  HeartHistoryResolver,
  HeartStatisticsResolver,
  SleepHistoryResolver,
  SleepStatisticsResolver,
} from "./resolvers/statistics.js";
import { DataUpdateResolver, SubscriptionResolver } from "./resolvers/subscription.js";
import { UserResolver } from "./resolvers/user.js";
import { VitalDayResolver, VitalHistoryResolver } from "./resolvers/vitals.js";
import { WebhookResolver } from "./resolvers/webhooks.js";
import { missingNamesAt } from "./selection.js";
import { roundHalfUp } from "./units.js";
import { declarePlain } from "./writing/plain-fields.js";
import { writePoints } from "./writing/points-text.js";

let built: GraphQLSchema | undefined;

/** The API. Built once: type-graphql keeps the decorators' data in one global place. */
export function schema(): GraphQLSchema {
  built ??= build();
  return built;
}

function build(): GraphQLSchema {
  const made = buildSchemaSync({
    resolvers: [
      QueryResolver,
      UserResolver,
      ProfileResolver,
      ActivityDayResolver,
      ActivityTotalsResolver,
      HeartDayResolver,
      HeartZoneResolver,
      SeriesResolver,
      SleepSessionResolver,
      BodyMeasurementResolver,
      WorkoutResolver,
      ActivityHistoryResolver,
      HeartHistoryResolver,
      SleepHistoryResolver,
      ActivityStatisticsResolver,
      HeartStatisticsResolver,
      SleepStatisticsResolver,
      VitalHistoryResolver,
      VitalDayResolver,
      ReadingHistoryResolver,
      BloodPressureResolver,
      BloodGlucoseResolver,
      TemperatureReadingResolver,
      NutritionHistoryResolver,
      NutritionDayResolver,
      NutritionEntryResolver,
      ConnectionResolver,
      ProviderSubscriptionResolver,
      MutationResolver,
      RecordingResolver,
      WebhookResolver,
      SubscriptionResolver,
      DataUpdateResolver,
    ],
    // GraphQL checks the types. The code that uses an argument checks its meaning.
    validate: false,
    // Not used, since each subscription has its own iterator. The library requires it.
    pubSub: { publish: () => {}, subscribe: () => [] as never },
  });
  callDirectly(made);
  roundInts(made);
  declareMissing(made);
  giveWay(made);
  declarePlain(fieldIn(made, "Series", "points"), { read: () => pointsOf, write: writePoints });
  writeHistories(made);
  return made;
}

/** Histories, which may be null, are written as JSON as a whole where the operation's answer is sent as text. */
function writeHistories(made: GraphQLSchema): void {
  const user = made.getType("User");
  for (const field of isObjectType(user) ? Object.values(user.getFields()) : []) {
    const { resolve } = field;
    if (!resolve || !isObjectType(field.type)) continue;
    field.resolve = (...asked) => {
      const history: unknown = resolve(...asked);
      const { writing } = asked[2] as RequestContext;
      return writing ? writing.write(history, asked[3]) : history;
    };
  }
}

function fieldIn(made: GraphQLSchema, typeName: string, fieldName: string): GraphQLField<unknown, unknown> {
  const type = made.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  if (!field) throw new Error(`${typeName}.${fieldName} is not in the schema`);
  return field;
}

/** `missing` looks at its own selection, which is the same for each object of a place. */
function declareMissing(made: GraphQLSchema): void {
  for (const type of Object.values(made.getTypeMap())) {
    const field = isObjectType(type) ? type.getFields()["missing"] : undefined;
    if (!field) continue;
    declarePlain(field, {
      read: (place) => {
        const names = missingNamesAt(place, place.args["fields"] as readonly string[] | null | undefined);
        return (object) => missingNamed(object, names);
      },
    });
  }
}

/**
 * Lists that may be long, by the days of a history or the samples of a day, and how many items take a few milliseconds.
 */
const longLists: readonly (readonly [type: string, field: string, part: number])[] = [
  ["ActivityHistory", "days", 50],
  ["HeartHistory", "days", 50],
  ["SleepHistory", "sessions", 50],
  ["BodyHistory", "measurements", 50],
  ["WorkoutHistory", "workouts", 50],
  ...namesOf(vitalFigures).map((name) => ["VitalHistory", name, 50] as const),
  ["ReadingHistory", "oxygenSaturations", 50],
  ["ReadingHistory", "bloodGlucose", 50],
  ["ScoreHistory", "scores", 50],
  ["NutritionHistory", "days", 50],
  ["NutritionHistory", "entries", 50],
  ["Series", "points", 500],
];

/** GraphQL completes a list without a pause, and holds up all other work. It awaits items that are promises. */
function giveWay(made: GraphQLSchema): void {
  for (const [typeName, fieldName, part] of longLists) {
    const field = fieldIn(made, typeName, fieldName);
    const resolve = field.resolve ?? defaultFieldResolver;
    if (!field.resolve)
      declarePlain(field, { read: () => (source: Readonly<Record<string, unknown>>) => source[fieldName] });
    field.resolve = (...asked) => {
      const list: unknown = resolve(...asked);
      const owner = ownerOf((asked[2] as RequestContext).caller);
      return list instanceof Promise ? list.then((value) => inParts(value, part, owner)) : inParts(list, part, owner);
    };
  }
}

/** The first part unchanged. Each other part waits for its turn. */
function inParts(list: unknown, size: number, owner: string): unknown {
  if (!Array.isArray(list) || list.length <= size) return list;
  let begun = Promise.resolve();
  return list.map((item: unknown, index) => {
    if (index < size) return item;
    if (index % size === 0) begun = begun.then(() => turn(owner));
    return begun.then(() => item);
  });
}

/** If the schema has an Int and a provider gave a fraction, it is rounded here, once, after all sums are made. */
function roundInts(made: GraphQLSchema): void {
  for (const type of Object.values(made.getTypeMap())) {
    if (!(type instanceof GraphQLObjectType) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      if (getNullableType(field.type) !== GraphQLInt || field.resolve) continue;
      const rounded = (source: Record<string, unknown>) => {
        const value = source[field.name];
        return typeof value === "number" ? roundHalfUp(value) : value;
      };
      field.resolve = rounded;
      declarePlain(field, { read: () => rounded });
    }
  }
}

/** The schema as text, in an order that does not depend on the order of imports. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(schema()))}\n`;
}
