import type { Field } from "../../model/fields.js";
import { namesOf } from "../../model/figure-tables.js";
import { nutritionFigures } from "../../model/figures.js";
import type { LocalDate, MissingReason, NutritionRecord } from "../../model/records.js";
import { localDateOf } from "../../model/time.js";
import type * as views from "../views.js";
import { chosenDays, dayClassOf } from "./day-view.js";
import { chooseDays } from "./days.js";
import { recordIdOf } from "./record-ids.js";
import { reasonOfAll, reasonsIn } from "./records.js";
import { type Assembly, held, inParts, type Scene, type Source } from "./scene.js";

const { kind, Day } = dayClassOf("NUTRITION", "nutrition", namesOf(nutritionFigures));

class NutritionDay extends Day implements views.NutritionDay {
  declare readonly alternatives: readonly NutritionDay[];
}

/** What `missing` of an entry may name. */
const entryNames = [
  "name",
  "meal",
  "energyConsumed",
  "carbohydrateGrams",
  "fatGrams",
  "proteinGrams",
  "water",
] as const;
const lists = ["nutrition.foods", "nutrition.drinks"] as const;
const kinds = { "nutrition.foods": "FOOD", "nutrition.drinks": "WATER" } as const;

export function* nutrition(scene: Scene): Assembly<Omit<views.NutritionHistory, "sources">> {
  const { fields } = scene.ask;
  const chosen = yield* chooseDays(scene, "NUTRITION");
  const absent = new Map<string, MissingReason>();
  if (chosen.length === 0) {
    const none = scene.days.length === 0 && scene.sources.length > 0 ? [] : null;
    const why = (field: Field | undefined) => (field ? reasonOfAll(scene, field) : "UNKNOWN");
    if (none === null) {
      absent.set("days", why([...fields].find((field) => !isListed(field)) ?? "nutrition.energyConsumed"));
      absent.set("entries", why(lists[0]));
    }
    return { days: none, entries: none, absent };
  }
  const days = yield* chosenDays({ scene, kind, Day: NutritionDay }, chosen);
  if (!lists.some((field) => fields.has(field))) return { days, entries: null, absent };
  const answered = chosen.filter(({ date, winner }) => lists.some((field) => held(winner.reader.look(field, date))));
  if (answered.length === 0) absent.set("entries", reasonOfAll(scene, lists[0]));
  const entries = yield* inParts(answered, ({ date, winner }) => entriesOf(winner, date));
  return { days, entries: answered.length === 0 ? null : entries.flat(), absent };
}

const isListed = (field: Field) => (lists as readonly Field[]).includes(field);

/** What a source has of a day, earliest first. What has no time comes before. */
function entriesOf({ reader }: Source, date: LocalDate): readonly views.NutritionEntry[] {
  const logged = lists.flatMap((field) =>
    (held<readonly NutritionRecord[]>(reader.look(field, date)) ?? []).map((record) =>
      Object.assign({}, record, {
        id: recordIdOf(kinds[field], reader.connection.id, record.id, date),
        date: record.time === null ? date : localDateOf(record.time),
        source: reader.provider.id,
        absent: reasonsIn(record, entryNames),
      }),
    ),
  );
  const at = ({ time }: NutritionRecord) => (time === null ? Number.NEGATIVE_INFINITY : Date.parse(time));
  return logged.sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
}
