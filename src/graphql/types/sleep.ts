import { Float, ID, Int, ObjectType } from "type-graphql";
import type { SleepHistory, SleepSession } from "../../health-data/views.js";
import type { SleepSegment, SleepStageTotal } from "../../model/records.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { ProviderIdEnum, SleepStageEnum } from "./enums.js";
import { field, nullableField, optionalField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("SleepStageTotal", { description: "Total time in one sleep stage.", simpleResolvers: true })
class SleepStageTotalType implements SleepStageTotal {
  @field(() => SleepStageEnum, "The sleep stage.") readonly stage!: SleepStageTotal["stage"];
  @field(() => Int, "Total minutes in this stage.") readonly minutes!: SleepStageTotal["minutes"];
  @nullableField(() => Int, "How many times the sleeper entered this stage. Null when the provider does not say.")
  readonly count!: SleepStageTotal["count"];
}

@ObjectType("SleepSegment", { description: "A period of one sleep stage without interruption.", simpleResolvers: true })
class SleepSegmentType implements SleepSegment {
  @field(() => SleepStageEnum, "The sleep stage.") readonly stage!: SleepSegment["stage"];
  @field(() => DateTimeScalar, "When it started, with the offset that was valid then.")
  readonly start!: SleepSegment["start"];
  @field(() => Int, "Duration in seconds.") readonly seconds!: SleepSegment["seconds"];
}

@ObjectType("SleepSession", { description: "One period of sleep: a night or a nap.", simpleResolvers: true })
export class SleepSessionType implements Omit<SleepSession, "absent" | "courses" | "refused"> {
  @field(() => ID, "Opaque identifier. It stays the same for this sleep.") readonly id!: SleepSession["id"];
  @field(() => LocalDateScalar, "The local date of `end`: a night belongs to the day on which the sleeper woke up.")
  readonly date!: SleepSession["date"];
  @field(() => ProviderIdEnum, "The provider that recorded it.") readonly source!: SleepSession["source"];
  @field(
    () => Boolean,
    "True when the provider will not change it any more. False while sleep stages are still being computed.",
  )
  readonly settled!: SleepSession["settled"];
  @field(() => DateTimeScalar, "When it started, with the offset that was valid then.")
  readonly start!: SleepSession["start"];
  @field(() => DateTimeScalar, "When it ended, with the offset that was valid then.")
  readonly end!: SleepSession["end"];
  @nullableField(
    () => Boolean,
    "True for the main sleep of the day, false for a nap. Null when the provider does not tell them apart.",
  )
  readonly isMainSleep!: SleepSession["isMainSleep"];
  @nullableField(() => Int, "Minutes in bed, from going to bed to getting up.")
  readonly minutesInBed!: SleepSession["minutesInBed"];
  @nullableField(() => Int, "Minutes asleep.") readonly minutesAsleep!: SleepSession["minutesAsleep"];
  @nullableField(() => Int, "Minutes awake while in bed.") readonly minutesAwake!: SleepSession["minutesAwake"];
  @nullableField(() => Int, "Minutes between going to bed and falling asleep.")
  readonly minutesToFallAsleep!: SleepSession["minutesToFallAsleep"];
  @nullableField(() => Float, "Sleep efficiency in percent (0 to 100), as the provider calculates it.")
  readonly efficiency!: SleepSession["efficiency"];
  @nullableField(
    () => [SleepStageTotalType],
    "Total minutes in each stage that the provider distinguishes. A stage that it does not distinguish is absent, not 0.",
  )
  readonly stages!: SleepSession["stages"];
  @nullableField(() => [SleepSegmentType], "The sequence of sleep stages, in time order.")
  readonly hypnogram!: SleepSession["hypnogram"];
  @optionalField(
    () => Int,
    "Average heart rate of the sleep, in beats per minute. Null when the provider does not give it.",
  )
  readonly averageHeartRate?: number | null;
  @optionalField(
    () => Int,
    "Lowest heart rate of the sleep, in beats per minute. Null when the provider does not give it.",
  )
  readonly lowestHeartRate?: number | null;
  @optionalField(() => Float, "Breaths a minute, mean of the sleep. Null when the provider does not give it.")
  readonly respiratoryRate?: number | null;
  @optionalField(() => Int, "How often the person woke up, as the provider counts. Null when it does not.")
  readonly awakenings?: number | null;
  @optionalField(() => Int, "Minutes of snoring. Null when the device does not listen.")
  readonly snoringMinutes?: number | null;
  @optionalField(() => Int, "Minutes of sleep that the provider reckons were needed. Null when it does not.")
  readonly minutesNeeded?: number | null;
  @field(() => [SleepSessionType], "The same sleep as the user's other providers recorded it.")
  readonly alternatives!: SleepSession["alternatives"];
}

@ObjectType("SleepHistory", {
  description: "Sleep of a user: nights and naps.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class SleepHistoryType extends HistoryType implements Omit<SleepHistory, "statisticDays"> {
  @nullableField(
    () => [SleepSessionType],
    "Oldest first. Sleeps that ended on a day of the range. Null when no provider could answer; empty when a provider answered that there are none.",
  )
  readonly sessions!: SleepHistory["sessions"];
}
