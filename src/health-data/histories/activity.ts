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
  const toDay = (source: Source, date: LocalDate, alternatives: readonly Source[]): views.ActivityDay => {
    const day = figures(source, date);
    const base = dayBase("activity", scene, source, date);
    const method = source.reader.provider.methods?.distance ?? null;
    const distanceMethod = day.distance === null ? null : method;
    const why = method === null ? "UNSUPPORTED" : base.absent.get("distance");
    return {
      ...day,
      ...base,
      distanceMethod,
      absent: why ? withReasons(base.absent, [["distanceMethod", distanceMethod, why]]) : base.absent,
      alternatives: alternatives.map((other) => toDay(other, date, [])),
    };
  };
  const days = yield* inParts(chosen, ({ date, winner, alternatives }) => toDay(winner, date, alternatives));
  const sums = valuesBy(totalFigures, (name) => sumOf(days.flatMap((day) => day[name] ?? [])));
  return { days, totals: { days: days.length, ...sums } };
}
