import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql";
import type { Connection } from "../../connections/connection.js";
import type { BackfillJob } from "../../events/updates.js";
import type { Ask, DateRange } from "../../health-data/ask.js";
import { checkRange } from "../../health-data/range.js";
import type { Histories } from "../../health-data/views.js";
import type { Domain, ScoreKind } from "../../model/records.js";
import type { ProviderId } from "../../providers/index.js";
import type { RequestContext } from "../context.js";
import type { Weigh } from "../loaders.js";
import { countsOf, weighing } from "../readings-cost.js";
import { selectionOf } from "../selection.js";
import { ActivityHistoryType } from "../types/activity.js";
import { BodyHistoryType } from "../types/body.js";
import { ConnectionType } from "../types/connection.js";
import { DeviceListType } from "../types/devices.js";
import { ProviderIdEnum, ScoreKindEnum } from "../types/enums.js";
import { GoalListType } from "../types/goals.js";
import { HeartHistoryType } from "../types/heart.js";
import { DateRangeInput } from "../types/inputs.js";
import { NutritionHistoryType } from "../types/nutrition.js";
import { ProfileType } from "../types/profile.js";
import { ReadingHistoryType } from "../types/readings.js";
import { ScoreHistoryType } from "../types/scores.js";
import { SleepHistoryType } from "../types/sleep.js";
import { BackfillJobType } from "../types/updates.js";
import { type User, UserType } from "../types/user.js";
import { VitalHistoryType } from "../types/vitals.js";
import { WorkoutHistoryType } from "../types/workouts.js";

const InRange = () => Arg("range", () => DateRangeInput, { description: "The days to answer." });
const FromProviders = () =>
  Arg("providers", () => [ProviderIdEnum], {
    nullable: true,
    description: "Only these providers. Default: all that the user has connected.",
  });
type Providers = readonly ProviderId[] | null | undefined;

/** Loads one history for its selection. It awaits nothing before it loads: see `Loaders`. */
function history<D extends Domain>(
  domain: D,
  user: User,
  range: DateRange | null,
  providers: Providers,
  context: RequestContext,
  info: GraphQLResolveInfo,
  weigh?: Weigh,
): Promise<Histories[D] | null> {
  if (range) checkRange(range);
  const ask: Ask<D> = {
    ...{ userId: user.id, domain, range, providers: providers ?? null },
    ...selectionOf(domain, info),
  };
  return context.loaders.history<D>(ask, weigh);
}

@Resolver(() => UserType)
export class UserResolver {
  @FieldResolver(() => [ConnectionType], {
    description: "Connections of the user, one for each provider, disconnected ones included.",
  })
  connections(@Root() user: User, @Ctx() { loaders }: RequestContext): Promise<readonly Connection[]> {
    return loaders.connections(user.id);
  }

  @FieldResolver(() => ProfileType, { nullable: true, description: "Profile of the user." })
  profile(
    @Root() user: User,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("PROFILE", user, null, providers, context, info);
  }

  @FieldResolver(() => ActivityHistoryType, {
    nullable: true,
    description: "Activity: steps, distance, energy and more, for each day.",
  })
  activity(
    @Root() user: User,
    @InRange() range: DateRangeInput,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("ACTIVITY", user, range, providers, context, info);
  }

  @FieldResolver(() => HeartHistoryType, {
    nullable: true,
    description: "Heart figures: resting heart rate, variability, zones and samples, for each day.",
  })
  heart(
    @Root() user: User,
    @InRange() range: DateRangeInput,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("HEART", user, range, providers, context, info);
  }

  @FieldResolver(() => SleepHistoryType, { nullable: true, description: "Nights and naps that ended on these days." })
  sleep(
    @Root() user: User,
    @InRange() range: DateRangeInput,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("SLEEP", user, range, providers, context, info);
  }

  @FieldResolver(() => BodyHistoryType, { nullable: true, description: "Body measurements on these days." })
  body(
    @Root() user: User,
    @InRange() range: DateRangeInput,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("BODY", user, range, providers, context, info);
  }

  @FieldResolver(() => WorkoutHistoryType, { nullable: true, description: "Workouts that started on these days." })
  workouts(
    @Root() user: User,
    @InRange() range: DateRangeInput,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("WORKOUTS", user, range, providers, context, info);
  }

  @FieldResolver(() => VitalHistoryType, {
    nullable: true,
    description: "Vitals: oxygen, breathing, skin temperature, VO2 max and more, each by itself, for each day.",
  })
  vitals(
    @Root() user: User,
    @InRange() range: DateRangeInput,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("VITALS", user, range, providers, context, info);
  }

  @FieldResolver(() => ReadingHistoryType, {
    nullable: true,
    description: "Readings taken on these days: blood pressure, glucose, temperature, electrocardiograms and more.",
  })
  async readings(
    @Root() user: User,
    @InRange() range: DateRangeInput,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    const weigh = weighing(context, info);
    const found = await history("READINGS", user, range, providers, context, info, weigh);
    if (found) await weigh(countsOf(found));
    return found;
  }

  @FieldResolver(() => ScoreHistoryType, {
    nullable: true,
    description: "The providers' own scores of these days: readiness, strain, sleep and more.",
  })
  scores(
    @Root() user: User,
    @InRange() range: DateRangeInput,
    @Arg("kinds", () => [ScoreKindEnum], { nullable: true, description: "Only these kinds. Default: all." })
    _kinds: readonly ScoreKind[] | null | undefined,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    // Which kinds is part of the selection: each kind is a field of the model.
    return history("SCORES", user, range, providers, context, info);
  }

  @FieldResolver(() => NutritionHistoryType, {
    nullable: true,
    description: "What was eaten and drunk on these days, as far as it was logged.",
  })
  nutrition(
    @Root() user: User,
    @InRange() range: DateRangeInput,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("NUTRITION", user, range, providers, context, info);
  }

  @FieldResolver(() => DeviceListType, { nullable: true, description: "Devices of the user." })
  devices(
    @Root() user: User,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("DEVICES", user, null, providers, context, info);
  }

  @FieldResolver(() => GoalListType, { nullable: true, description: "Goals of the user." })
  goals(
    @Root() user: User,
    @FromProviders() providers: Providers,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return history("GOALS", user, null, providers, context, info);
  }

  @FieldResolver(() => [BackfillJobType], { description: "Backfill jobs of the user, newest first." })
  backfillJobs(@Root() user: User, @Ctx() { services }: RequestContext): Promise<readonly BackfillJob[]> {
    return services.backfills.list(user.id);
  }

  @FieldResolver(() => [ProviderIdEnum], {
    description: "Order in which providers are preferred when several recorded the same day.",
  })
  sourcePriority(@Root() user: User, @Ctx() { services }: RequestContext): Promise<readonly ProviderId[]> {
    return services.connections.sourcePriority(user.id);
  }
}
