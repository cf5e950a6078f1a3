import "reflect-metadata";
import {
  defaultFieldResolver,
  GraphQLInt,
  GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { buildSchemaSync } from "type-graphql";
import { pacer } from "../turns.js";
import { callDirectly } from "./direct.js";
import { ActivityDayResolver, ActivityTotalsResolver } from "./resolvers/activity.js";
import { ConnectionResolver, ProviderSubscriptionResolver } from "./resolvers/connection.js";
import { HeartDayResolver, HeartZoneResolver } from "./resolvers/heart.js";
import { MutationResolver } from "./resolvers/mutation.js";
import { ProfileResolver } from "./resolvers/profile.js";
import { QueryResolver } from "./resolvers/query.js";
import { BodyMeasurementResolver, SleepSessionResolver, WorkoutResolver } from "./resolvers/records.js";
import { SeriesResolver } from "./resolvers/series.js";
import { DataUpdateResolver, SubscriptionResolver } from "./resolvers/subscription.js";
import { UserResolver } from "./resolvers/user.js";
import { roundHalfUp } from "./units.js";

let built: GraphQLSchema | undefined;

/** The API. Built once: type-graphql keeps what decorators say in one global place. */
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
      ConnectionResolver,
      ProviderSubscriptionResolver,
      MutationResolver,
      SubscriptionResolver,
      DataUpdateResolver,
    ],
    // GraphQL's own type checks are all there is to check; what arguments mean is checked where it is known.
    validate: false,
    // Each subscription brings its own iterator: this is only asked for because the library insists.
    pubSub: { publish: () => {}, subscribe: () => [] as never },
  });
  callDirectly(made);
  roundInts(made);
  giveWay(made);
  return made;
}

/** Lists that may be long: by the days of a history, or by the samples of a day. */
const longLists: Readonly<Record<string, string>> = {
  ActivityHistory: "days",
  HeartHistory: "days",
  SleepHistory: "sessions",
  BodyHistory: "measurements",
  WorkoutHistory: "workouts",
  Series: "points",
};
/** Shorter ones are over before anybody would have had a turn. */
const LONG = 50;

/** GraphQL completes a list of objects in one go, and holds everybody up meanwhile; one that comes piece by piece it awaits. */
function giveWay(made: GraphQLSchema): void {
  for (const [typeName, fieldName] of Object.entries(longLists)) {
    const type = made.getType(typeName);
    const field = type instanceof GraphQLObjectType ? type.getFields()[fieldName] : undefined;
    if (!field) throw new Error(`${typeName}.${fieldName} is not in the schema`);
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (...asked) => {
      const list: unknown = resolve(...asked);
      if (list instanceof Promise) return list.then(piecewise);
      return piecewise(list);
    };
  }
}

function piecewise(list: unknown): unknown {
  return Array.isArray(list) && list.length > LONG ? pieces(list) : list;
}

async function* pieces(list: readonly unknown[]): AsyncGenerator<unknown> {
  const pace = pacer();
  for (const item of list) {
    yield item;
    const wait = pace();
    if (wait) await wait;
  }
}

/** Where the schema has an Int and a provider gave a fraction, it is rounded here, once, after all sums were made. */
function roundInts(made: GraphQLSchema): void {
  for (const type of Object.values(made.getTypeMap())) {
    if (!(type instanceof GraphQLObjectType) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      if (getNullableType(field.type) !== GraphQLInt || field.resolve) continue;
      field.resolve = (source: Record<string, unknown>) => {
        const value = source[field.name];
        return typeof value === "number" ? roundHalfUp(value) : value;
      };
    }
  }
}

/** The schema as text, in an order that does not depend on the order of imports. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(schema()))}\n`;
}
