import { Field, Float, ID, InputType, ObjectType } from "type-graphql";
import type { LocalDate, Meal, OffsetDateTime, WorkoutKind } from "../../model/records.js";
import type { ProviderId } from "../../providers/index.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import type { MassUnit, VolumeUnit } from "../units.js";
import { MassUnitEnum, MealEnum, ProviderIdEnum, VolumeUnitEnum, WorkoutKindEnum } from "./enums.js";
import { field, optionalField } from "./field.js";
import { USER_ID } from "./inputs.js";
import { type User, UserType } from "./user.js";

/** RFC 3339 as callers write it: the scalar has read it. */
type Instant = OffsetDateTime | number;

const PROVIDER = "The provider that keeps the record.";
const KEY =
  "Chosen by the app, at most 200 characters. It makes a repeat harmless: the same key of one user is recorded once, and answers as it did. With another input it is BAD_USER_INPUT.";
const TIME =
  "With the user's offset at that instant. In UTC (offset 0), the gateway takes the offset of the user's own zone.";

@InputType("RecordWeighingInput", { description: "A weight, a fat percentage or both." })
export class RecordWeighingInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, PROVIDER) provider!: ProviderId;
  @field(() => String, KEY) key!: string;
  @field(() => DateTimeScalar, `When it was measured. ${TIME}`) time!: Instant;
  @optionalField(() => Float, "In `unit`; from 1 to 650 kg.") weight?: number | null;
  @Field(() => MassUnitEnum, { defaultValue: "KILOGRAM", description: "Unit of `weight`." }) unit!: MassUnit;
  @optionalField(() => Float, "From 1 to 90.") fatPercentage?: number | null;
}

@InputType("RecordWorkoutInput", { description: "A workout of at most 48 hours." })
export class RecordWorkoutInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, PROVIDER) provider!: ProviderId;
  @field(() => String, KEY) key!: string;
  @field(() => WorkoutKindEnum, "Type of exercise.") kind!: WorkoutKind;
  @field(() => DateTimeScalar, `When it started. ${TIME}`) start!: Instant;
  @field(() => DateTimeScalar, "When it ended: after `start`.") end!: Instant;
  @optionalField(() => Float, "Distance covered, at most 1,000 km.") distanceMeters?: number | null;
  @optionalField(() => Float, "Energy burned, at most 30,000 kcal.") energyBurnedKilocalories?: number | null;
}

@InputType("RecordSleepInput", { description: "A sleep of at most 24 hours. It belongs to the local day of its end." })
export class RecordSleepInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, PROVIDER) provider!: ProviderId;
  @field(() => String, KEY) key!: string;
  @field(() => DateTimeScalar, `When it started. ${TIME}`) start!: Instant;
  @field(() => DateTimeScalar, "When it ended: after `start`.") end!: Instant;
}

@InputType("RecordWaterInput", { description: "Something drunk." })
export class RecordWaterInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, PROVIDER) provider!: ProviderId;
  @field(() => String, KEY) key!: string;
  @field(() => DateTimeScalar, `When it was drunk. ${TIME}`) time!: Instant;
  @field(() => Float, "In `unit`; from 1 ml to 10 litres.") amount!: number;
  @Field(() => VolumeUnitEnum, { defaultValue: "MILLILITER", description: "Unit of `amount`." }) unit!: VolumeUnit;
}

@InputType("RecordFoodInput", { description: "Something eaten." })
export class RecordFoodInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, PROVIDER) provider!: ProviderId;
  @field(() => String, KEY) key!: string;
  @field(() => DateTimeScalar, `When it was eaten. ${TIME}`) time!: Instant;
  @field(() => String, "At most 200 characters.") name!: string;
  @Field(() => MealEnum, { defaultValue: "ANYTIME", description: "The meal that it belongs to." }) meal!: Meal;
  @field(() => Float, "From 0 to 10,000 kcal.") energyKilocalories!: number;
  @optionalField(() => Float, "At most 2,000.") carbohydrateGrams?: number | null;
  @optionalField(() => Float, "At most 1,000.") fatGrams?: number | null;
  @optionalField(() => Float, "At most 1,000.") proteinGrams?: number | null;
}

@InputType("DeleteRecordInput", { description: "A record that was made through a gateway." })
export class DeleteRecordInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ID, "The `id` that the mutation answered, which is the entry's id in its history.") id!: string;
}

@ObjectType("RecordPayload", { description: "Result of recording and deleting.", simpleResolvers: true })
export class RecordPayload {
  @field(() => ID, "The id that the entry has in its history.") readonly id!: string;
  @field(() => [LocalDateScalar], "The days to read again. The gateway has marked them as changed.")
  readonly dates!: readonly LocalDate[];
  @field(() => UserType, "The user whose record it is.") readonly user!: User;
}
