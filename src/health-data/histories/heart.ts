import type { Field } from "../../model/fields.js";
import { namesOf } from "../../model/figure-tables.js";
import { heartFigures } from "../../model/figures.js";
import {
  type HeartZoneKind,
  type HrvWindow,
  heartZoneKinds,
  type LocalDate,
  type MissingReason,
  type RestingRateMethod,
  type ZoneBounds,
  type ZoneEnergy,
  type ZoneMinutes,
} from "../../model/records.js";
import type * as views from "../views.js";
import { chosenDays, dayClassOf, withReasons } from "./day-view.js";
import { chooseDays, completeOf, statisticDays, wornOn } from "./days.js";
import { type Assembly, held, type Scene, type Source } from "./scene.js";

const heartNames = namesOf(heartFigures);
const { kind, Day } = dayClassOf("HEART", "heart", heartNames);

class HeartDay extends Day implements views.HeartDay {
  declare readonly alternatives: readonly HeartDay[];

  get zones(): readonly views.HeartZone[] | null {
    const { scene, source } = this.days();
    const get = <T>(field: Field) =>
      scene.ask.fields.has(field) ? held<T>(source.reader.look(field, this.date)) : null;
    return heartZones(get("heart.zones.bounds"), get("heart.zones.minutes"), get("heart.zones.energyBurned"));
  }

  get restingRateMethod(): RestingRateMethod | null {
    return this.restingRate === null ? null : (this.#methods().restingRate ?? null);
  }

  get hrvWindow(): HrvWindow | null {
    return this.hrvRmssd === null && this.hrvSdnn === null ? null : (this.#methods().hrv ?? null);
  }

  #methods() {
    return this.days().source.reader.provider.methods ?? {};
  }

  protected override findReasons(): views.Absent {
    const all = super.findReasons();
    // One part of the zones is enough for them not to be missing.
    const hasZones = all.has("zones") && this.zones !== null;
    const absent = hasZones ? new Map([...all].filter(([name]) => name !== "zones")) : all;
    const { restingRate = null, hrv = null } = this.#methods();
    const { fields } = this.days().scene.ask;
    const more: [name: string, value: unknown, reason: MissingReason][] = [];
    if (fields.has("heart.restingRate"))
      more.push(["restingRateMethod", this.restingRateMethod, whyNone(restingRate, absent, ["restingRate"])]);
    if (fields.has("heart.hrvRmssd") || fields.has("heart.hrvSdnn"))
      more.push(["hrvWindow", this.hrvWindow, whyNone(hrv, absent, ["hrvRmssd", "hrvSdnn"])]);
    return withReasons(absent, more);
  }
}

export function* heart(scene: Scene): Assembly<Omit<views.HeartHistory, "sources">> {
  const chosen = yield* chooseDays(scene, "HEART");
  if (chosen.length === 0) {
    const none = scene.days.length === 0 && scene.sources.length > 0 ? [] : null;
    return { days: none, statisticDays: none };
  }
  const isComplete = completeOf(scene, "HEART");
  const seen = (source: Source, date: LocalDate) => wornOn("HEART", source, date, isComplete(source)(date));
  const days = yield* chosenDays({ scene, kind, Day: HeartDay }, chosen, scene.ask.worn ? seen : undefined);
  return {
    days,
    statisticDays: scene.ask.worn ? statisticDays(scene, days, heartNames, "heart", { isComplete, chosen }) : null,
  };
}

/** Why there is no method: the provider does not tell it, or its figure is missing. */
function whyNone(method: string | null, absent: views.Absent, figures: readonly string[]): MissingReason {
  if (method === null) return "UNSUPPORTED";
  const reasons = figures.flatMap((name) => absent.get(name) ?? []);
  return reasons.find((reason) => reason !== "UNSUPPORTED") ?? reasons[0] ?? "UNKNOWN";
}

function heartZones(
  bounds: readonly ZoneBounds[] | null,
  minutes: readonly ZoneMinutes[] | null,
  energy: readonly ZoneEnergy[] | null,
): readonly views.HeartZone[] | null {
  if (!bounds && !minutes && !energy) return null;
  const of = <T extends { kind: HeartZoneKind }>(parts: readonly T[] | null, kind: HeartZoneKind) =>
    parts?.find((part) => part.kind === kind) ?? null;
  return heartZoneKinds.flatMap((kind) => {
    const [bound, minute, burned] = [of(bounds, kind), of(minutes, kind), of(energy, kind)];
    if (!bound && !minute && !burned) return [];
    return [
      {
        kind,
        minRate: bound?.minRate ?? null,
        maxRate: bound?.maxRate ?? null,
        minutes: minute?.minutes ?? null,
        energyBurned: burned?.energyBurned ?? null,
      },
    ];
  });
}
