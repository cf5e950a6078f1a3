import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql";
import type { Connection } from "../../connections/connection.js";
import type { BackfillJob } from "../../events/updates.js";
import type { Ask, DateRange } from "../../health-data/ask.js";
import { checkRange } from "../../health-data/range.js";
import type { Histories } from "../../health-data/views.js";
import type { Domain } from "../../model/records.js";
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
import { type Class, serve } from "./serve.js";

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
    userId: user.id,
    domain,
    range,
    providers: providers ?? null,
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

type Resolve = (
  user: User,
  providers: Providers,
  context: RequestContext,
  info: GraphQLResolveInfo,
  range?: DateRange,
) => unknown;

const historyOf =
  (domain: Domain): Resolve =>
  (user, providers, context, info, range) =>
    history(domain, user, range ?? null, providers, context, info);

const readings: Resolve = async (user, providers, context, info, range) => {
  const weigh = weighing(context, info);
  const found = await history("READINGS", user, range ?? null, providers, context, info, weigh);
  if (found) await weigh(countsOf(found));
  return found;
};

/** Which kinds is part of the selection: each kind is a field of the model. */
const OfKinds = () =>
  Arg("kinds", () => [ScoreKindEnum], { nullable: true, description: "Only these kinds. Default: all." });

interface Form {
  readonly isUndated?: true;
  readonly resolve?: Resolve;
  readonly argument?: typeof OfKinds;
}

/** The histories of a user, by the names of their fields. */
const histories: Readonly<Record<string, readonly [domain: Domain, type: Class, description: string, form?: Form]>> = {
  profile: ["PROFILE", ProfileType, "Profile of the user.", { isUndated: true }],
  activity: ["ACTIVITY", ActivityHistoryType, "Activity: steps, distance, energy and more, for each day."],
  heart: [
    "HEART",
    HeartHistoryType,
    "Heart figures: resting heart rate, variability, zones and samples, for each day.",
  ],
  sleep: ["SLEEP", SleepHistoryType, "Nights and naps that ended on these days."],
  body: ["BODY", BodyHistoryType, "Body measurements on these days."],
  workouts: ["WORKOUTS", WorkoutHistoryType, "Workouts that started on these days."],
  vitals: [
    "VITALS",
    VitalHistoryType,
    "Vitals: oxygen, breathing, skin temperature, VO2 max and more, each by itself, for each day.",
  ],
  readings: [
    "READINGS",
    ReadingHistoryType,
    "Readings taken on these days: blood pressure, glucose, temperature, electrocardiograms and more.",
    { resolve: readings },
  ],
  scores: [
    "SCORES",
    ScoreHistoryType,
    "The providers' own scores of these days: readiness, strain, sleep and more.",
    { argument: OfKinds },
  ],
  nutrition: ["NUTRITION", NutritionHistoryType, "What was eaten and drunk on these days, as far as it was logged."],
  devices: ["DEVICES", DeviceListType, "Devices of the user.", { isUndated: true }],
  goals: ["GOALS", GoalListType, "Goals of the user.", { isUndated: true }],
};

for (const [name, [domain, type, description, form = {}]] of Object.entries(histories)) {
  const { isUndated, argument, resolve = historyOf(domain) } = form;
  const range = isUndated ? [] : [InRange()];
  const more = argument ? [argument()] : [];
  const served = { returns: () => type, nullable: true, description, resolve } as const;
  serve(UserResolver, name, served, Root(), FromProviders(), Ctx(), Info(), ...range, ...more);
}
