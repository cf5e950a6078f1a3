import type { RecordKind } from "../../model/recorded.js";
import type { LocalDate } from "../../model/records.js";
import { opaqueId } from "./scene.js";

/** The ids of records in the API, by those that the provider gives them. Each history uses the one of its kind. */
const idOf: Readonly<Record<RecordKind, (connectionId: string, recordId: string, date: LocalDate) => string>> = {
  WEIGHING: (connectionId, recordId, date) => opaqueId("weighing", connectionId, recordId, date),
  WORKOUT: (connectionId, recordId) => opaqueId("workout", connectionId, recordId),
  SLEEP: (connectionId, recordId) => opaqueId("sleep", connectionId, recordId),
  WATER: (connectionId, recordId) => opaqueId("nutrition.drinks", connectionId, recordId),
  FOOD: (connectionId, recordId) => opaqueId("nutrition.foods", connectionId, recordId),
};

/** A weighing of weight and fat has the id of its weight. */
export function recordIdOf(kind: RecordKind, connectionId: string, recordId: string, date: LocalDate): string {
  return idOf[kind](connectionId, recordId, date);
}
