import { namesOf, type TotalFigure, totalFigures } from "../../model/figure-tables.js";
import { activityFigures } from "../../model/figures.js";
import { sumOf } from "../../model/numbers.js";
import type { DistanceMethod, LocalDate, MissingReason } from "../../model/records.js";
import type * as views from "../views.js";
import { chosenDays, dayClassOf, withReasons } from "./day-view.js";
import { chooseDays, completeOf, statisticDays, wornOn } from "./days.js";
import type { Assembly, Scene, Source } from "./scene.js";
import { readWhenAsked } from "./when-asked.js";

const activityNames = namesOf(activityFigures);
const { kind, Day } = dayClassOf("ACTIVITY", "activity", activityNames);

class ActivityDay extends Day implements views.ActivityDay {
  declare readonly alternatives: readonly ActivityDay[];

  get distanceMethod(): DistanceMethod | null {
    return this.distance === null ? null : this.#method();
  }

  #method(): DistanceMethod | null {
    return this.days().source.reader.provider.methods?.distance ?? null;
  }

  protected override findReasons(): views.Absent {
    const absent = super.findReasons();
    const more: [name: string, value: unknown, reason: MissingReason][] = [];
    const why = this.#method() === null ? "UNSUPPORTED" : absent.get("distance");
    if (why && this.days().scene.ask.fields.has("activity.distance"))
      more.push(["distanceMethod", this.distanceMethod, why]);
    return withReasons(absent, more);
  }
}

/** Sums of what was asked for. What nobody asked for is null on every day, and so is its sum. */
class Sums {
  readonly #days: readonly ActivityDay[];

  constructor(days: readonly ActivityDay[]) {
    this.#days = days;
  }

  get days(): number {
    return this.#days.length;
  }

  of(name: TotalFigure): number | null {
    return sumOf(this.#days.flatMap((day) => day[name] ?? []));
  }
}
const Totals = readWhenAsked(Sums, totalFigures, (sums, name: TotalFigure) => sums.of(name));

export function* activity(scene: Scene): Assembly<Omit<views.ActivityHistory, "sources">> {
  const chosen = yield* chooseDays(scene, "ACTIVITY");
  if (chosen.length === 0) {
    const none = scene.days.length === 0 && scene.sources.length > 0 ? [] : null;
    return { days: none, totals: null, statisticDays: none };
  }
  const isComplete = completeOf(scene, "ACTIVITY");
  const seen = (source: Source, date: LocalDate) => wornOn("ACTIVITY", source, date, isComplete(source)(date));
  const days = yield* chosenDays({ scene, kind, Day: ActivityDay }, chosen, scene.ask.worn ? seen : undefined);
  const statistics = scene.ask.worn
    ? statisticDays(scene, days, activityNames, "activity", { isComplete, chosen })
    : null;
  return { days, totals: new Totals(days), statisticDays: statistics };
}
