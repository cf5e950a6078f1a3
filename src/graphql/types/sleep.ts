import { Float, ID, Int, ObjectType } from "type-graphql";
import type { SleepSegment, SleepStageTotal } from "../../model/records.js";
import type { SleepHistory, SleepSession } from "../../readings/views.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { ProviderIdEnum, SleepStageEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("SleepStageTotal", { description: "Time spent in one stage.", simpleResolvers: true })
export class SleepStageTotalType implements SleepStageTotal {
  @field(() => SleepStageEnum, "Which stage.") readonly stage!: SleepStageTotal["stage"];
  @field(() => Int, "Minutes in it, all together.") readonly minutes!: SleepStageTotal["minutes"];
  @nullableField(() => Int, "How often it was entered.") readonly count!: SleepStageTotal["count"];
}

@ObjectType("SleepSegment", { description: "A stretch of one stage.", simpleResolvers: true })
export class SleepSegmentType implements SleepSegment {
  @field(() => SleepStageEnum, "Which stage.") readonly stage!: SleepSegment["stage"];
  @field(() => DateTimeScalar, "When it began.") readonly start!: SleepSegment["start"];
  @field(() => Int, "How long it lasted.") readonly seconds!: SleepSegment["seconds"];
}

@ObjectType("SleepSession", { description: "One sleep: a night, or a nap.", simpleResolvers: true })
export class SleepSessionType implements Omit<SleepSession, "absent"> {
  @field(() => ID, "Opaque, and stable for this sleep.") readonly id!: SleepSession["id"];
  @field(() => LocalDateScalar, "The local date of `end`.") readonly date!: SleepSession["date"];
  @field(() => ProviderIdEnum, "Who saw it.") readonly source!: SleepSession["source"];
  @field(() => Boolean, "False while the provider may still revise it (stages pending).")
  readonly settled!: SleepSession["settled"];
  @field(() => DateTimeScalar, "When it began.") readonly start!: SleepSession["start"];
  @field(() => DateTimeScalar, "When it ended.") readonly end!: SleepSession["end"];
  @nullableField(() => Boolean, "Whether it is the night, and not a nap.")
  readonly isMainSleep!: SleepSession["isMainSleep"];
  @nullableField(() => Int, "From lying down to getting up.") readonly minutesInBed!: SleepSession["minutesInBed"];
  @nullableField(() => Int, "Of these, asleep.") readonly minutesAsleep!: SleepSession["minutesAsleep"];
  @nullableField(() => Int, "Of these, awake.") readonly minutesAwake!: SleepSession["minutesAwake"];
  @nullableField(() => Int, "From lying down to sleep.")
  readonly minutesToFallAsleep!: SleepSession["minutesToFallAsleep"];
  @nullableField(() => Float, "Percent, 0 to 100.") readonly efficiency!: SleepSession["efficiency"];
  @nullableField(() => [SleepStageTotalType], "Minutes in each stage that the provider tells apart.")
  readonly stages!: SleepSession["stages"];
  @nullableField(() => [SleepSegmentType], "The course of the stages, in time order.")
  readonly hypnogram!: SleepSession["hypnogram"];
  @field(() => [SleepSessionType], "The same sleep as the user's other sources saw it.")
  readonly alternatives!: SleepSession["alternatives"];
}

@ObjectType("SleepHistory", { description: "Nights and naps.", implements: HistoryType, simpleResolvers: true })
export class SleepHistoryType extends HistoryType implements SleepHistory {
  @nullableField(() => [SleepSessionType], "Oldest first; sleeps that ended on a day of the range.")
  readonly sessions!: SleepHistory["sessions"];
}
