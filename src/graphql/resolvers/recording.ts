import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { Recorded } from "../../model/recorded.js";
import type { OffsetDateTime } from "../../model/records.js";
import type { ProviderId } from "../../providers/index.js";
import { userOf } from "../caller.js";
import type { RequestContext } from "../context.js";
import {
  DeleteRecordInput,
  RecordFoodInput,
  RecordPayload,
  RecordSleepInput,
  RecordWaterInput,
  RecordWeighingInput,
  RecordWorkoutInput,
} from "../types/recording.js";
import { massFrom, volumeFrom } from "../units.js";

const Input = (type: () => object) => Arg("input", type as never, { description: "Arguments of the mutation." });
const ONCE = "Reaches the provider once for each `key`.";

interface Asked {
  readonly userId?: string | null;
  readonly provider: ProviderId;
  readonly key: string;
}

async function recorded(
  { caller, services }: RequestContext,
  { userId: named, provider, key }: Asked,
  record: Recorded,
): Promise<RecordPayload> {
  const userId = userOf(caller, named);
  const { id, dates } = await services.recorder.record({ userId, provider, key, record });
  return { id, dates, user: { id: userId } };
}

/** The scalar answers what callers write as a text. */
const time = (given: OffsetDateTime | number) => String(given);

@Resolver()
export class RecordingResolver {
  @Mutation(() => RecordPayload, { description: `Records a weight, a fat percentage or both. ${ONCE}` })
  recordWeighing(
    @Input(() => RecordWeighingInput) input: RecordWeighingInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordPayload> {
    const { weight, unit, fatPercentage = null } = input;
    return recorded(context, input, {
      ...{ kind: "WEIGHING", time: time(input.time), fatPercentage },
      weight: massFrom(weight ?? null, unit),
    });
  }

  @Mutation(() => RecordPayload, { description: `Records a workout. ${ONCE}` })
  recordWorkout(
    @Input(() => RecordWorkoutInput) input: RecordWorkoutInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordPayload> {
    const { kind: workout, start, end, distanceMeters = null, energyBurnedKilocalories = null } = input;
    return recorded(context, input, {
      ...{ kind: "WORKOUT", workout, start: time(start), end: time(end) },
      ...{ distance: distanceMeters, energyBurned: energyBurnedKilocalories },
    });
  }

  @Mutation(() => RecordPayload, { description: `Records a sleep. ${ONCE}` })
  recordSleep(
    @Input(() => RecordSleepInput) input: RecordSleepInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordPayload> {
    return recorded(context, input, { kind: "SLEEP", start: time(input.start), end: time(input.end) });
  }

  @Mutation(() => RecordPayload, { description: `Records something drunk. ${ONCE}` })
  recordWater(
    @Input(() => RecordWaterInput) input: RecordWaterInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordPayload> {
    const water = volumeFrom(input.amount, input.unit);
    return recorded(context, input, { kind: "WATER", time: time(input.time), water });
  }

  @Mutation(() => RecordPayload, { description: `Records something eaten. ${ONCE}` })
  recordFood(
    @Input(() => RecordFoodInput) input: RecordFoodInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordPayload> {
    const { name, meal, energyKilocalories, carbohydrateGrams = null, fatGrams = null, proteinGrams = null } = input;
    return recorded(context, input, {
      ...{ kind: "FOOD", time: time(input.time), name, meal, energyConsumed: energyKilocalories },
      ...{ carbohydrateGrams, fatGrams, proteinGrams },
    });
  }

  @Mutation(() => RecordPayload, {
    description:
      "Deletes at the provider what was recorded through a gateway: nothing that a device measured. May be repeated.",
  })
  async deleteRecord(
    @Input(() => DeleteRecordInput) input: DeleteRecordInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<RecordPayload> {
    const userId = userOf(caller, input.userId);
    const { id, dates } = await services.recorder.remove({ userId, id: input.id });
    return { id, dates, user: { id: userId } };
  }
}
