import { type GraphQLResolveInfo, getNamedType } from "graphql";
import type { ReadingCount, ReadingCounts } from "../health-data/ask.js";
import type { ReadingHistory } from "../health-data/views.js";
import type { Field } from "../model/fields.js";
import type { RequestContext } from "./context.js";
import { costOfReadings } from "./limits.js";
import type { Weigh } from "./loaders.js";
import { readingFields } from "./selection.js";

/**
 * Charges an operation for the readings of one place in it. It is called with what is stored, before a provider is
 * asked, and with what is answered: the greater of the two is charged. Throws QUERY_TOO_COSTLY or RATE_LIMITED.
 */
export function weighing(context: RequestContext, info: GraphQLResolveInfo): Weigh {
  let charged = 0;
  return async (counts) => {
    const ms = costOfReadings(info, getNamedType(info.returnType), info.fieldNodes, counts, context.limits);
    const more = ms - charged;
    if (more <= 0) return;
    charged = ms;
    await context.charge(more);
  };
}

/** How many readings an answer has. */
export function countsOf(history: ReadingHistory): ReadingCounts {
  const counts = new Map<Field, ReadingCount>();
  for (const [name, field] of Object.entries(readingFields)) {
    const list = history[name as keyof typeof readingFields];
    const samples = name === "glucoseSeries" ? (history.glucoseSeries ?? []).map(({ values }) => values.length) : [];
    counts.set(field, {
      records: list?.length ?? 0,
      samples: samples.reduce((sum, length) => sum + length, 0),
      unknownDays: 0,
    });
  }
  return counts;
}
