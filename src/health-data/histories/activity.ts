import { namesOf, totalFigures, valuesBy } from "../../model/figure-tables.js";
import { activityFigures } from "../../model/figures.js";
import { sumOf } from "../../model/numbers.js";
import type { LocalDate, MissingReason } from "../../model/records.js";
import type * as views from "../views.js";
import { chooseDays, completeOf, dayBase, figuresOf, statisticDays, withReasons, wornOn } from "./days.js";
import { type Assembly, inParts, type Scene, type Source } from "./scene.js";

const activityNames = namesOf(activityFigures);

export function* activity(scene: Scene): Assembly<Omit<views.ActivityHistory, "sources">> {
  const chosen = yield* chooseDays(scene, "ACTIVITY");
  if (chosen.length === 0) {
    const none = scene.days.length === 0 && scene.sources.length > 0 ? [] : null;
    return { days: none, totals: null, statisticDays: none };
  }
  const figures = figuresOf(scene, "activity", activityNames);
  const isComplete = completeOf(scene, "ACTIVITY");
  const asksDistance = scene.ask.fields.has("activity.distance");
  const toDay = (source: Source, date: LocalDate, others: readonly Source[]): views.ActivityDay => {
    const alternatives = others.map((other) => toDay(other, date, []));
    const base = dayBase("activity", scene, source, date, alternatives);
    const method = source.reader.provider.methods?.distance ?? null;
    const day = figures(source, date, { ...base, distanceMethod: method, worn: null as boolean | null });
    if (day.distance === null) day.distanceMethod = null;
    const why = method === null ? "UNSUPPORTED" : base.absent.get("distance");
    const more: [name: string, value: unknown, reason: MissingReason][] = [];
    if (asksDistance && why) more.push(["distanceMethod", day.distanceMethod, why]);
    if (scene.ask.worn) {
      const seen = wornOn("ACTIVITY", source, date, isComplete(source)(date));
      day.worn = seen.worn;
      more.push(["worn", seen.worn, seen.why]);
    }
    if (more.length > 0) day.absent = withReasons(base.absent, more);
    return day;
  };
  const days = yield* inParts(chosen, ({ date, winner, alternatives }) => toDay(winner, date, alternatives));
  // What nobody asked for is null on every day.
  const sums = valuesBy(totalFigures, (name) =>
    scene.ask.fields.has(`activity.${name}`) ? sumOf(days.flatMap((day) => day[name] ?? [])) : null,
  );
  const totals = { days: days.length, ...sums };
  const statistics = scene.ask.worn
    ? statisticDays(scene, days, activityNames, "activity", { isComplete, chosen })
    : null;
  return { days, totals, statisticDays: statistics };
}
