import "reflect-metadata";
import {
  GraphQLInt,
  GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { buildSchemaSync } from "type-graphql";
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
  return made;
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
