import { namesOf, totalFigures, valuesBy } from "../../model/figure-tables.js";
import { activityFigures } from "../../model/figures.js";
import { sumOf } from "../../model/numbers.js";
import type { LocalDate } from "../../model/records.js";
import type * as views from "../views.js";
import { chooseDays, dayBase, figuresOf, withReasons } from "./days.js";
import { type Assembly, inParts, type Scene, type Source } from "./scene.js";

const activityNames = namesOf(activityFigures);

export function* activity(scene: Scene): Assembly<Omit<views.ActivityHistory, "sources">> {
  const chosen = yield* chooseDays(scene, "ACTIVITY");
  if (chosen.length === 0)
    return { days: scene.days.length === 0 && scene.sources.length > 0 ? [] : null, totals: null };
  const figures = figuresOf(scene, "activity", activityNames);
  const asksDistance = scene.ask.fields.has("activity.distance");
  const toDay = (source: Source, date: LocalDate, others: readonly Source[]): views.ActivityDay => {
    const alternatives = others.map((other) => toDay(other, date, []));
    const base = dayBase("activity", scene, source, date, alternatives);
    const method = source.reader.provider.methods?.distance ?? null;
    const day = figures(source, date, { ...base, distanceMethod: method });
    if (day.distance === null) day.distanceMethod = null;
    const why = method === null ? "UNSUPPORTED" : base.absent.get("distance");
    if (asksDistance && why) day.absent = withReasons(base.absent, [["distanceMethod", day.distanceMethod, why]]);
    return day;
  };
  const days = yield* inParts(chosen, ({ date, winner, alternatives }) => toDay(winner, date, alternatives));
  const sums = valuesBy(totalFigures, (name) => sumOf(days.flatMap((day) => day[name] ?? [])));
  return { days, totals: { days: days.length, ...sums } };
}
