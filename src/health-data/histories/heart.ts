import type { Field } from "../../model/fields.js";
import { namesOf } from "../../model/figure-tables.js";
import { heartFigures } from "../../model/figures.js";
import {
  type HeartZoneKind,
  heartZoneKinds,
  type LocalDate,
  type MissingReason,
  type ZoneBounds,
  type ZoneEnergy,
  type ZoneMinutes,
} from "../../model/records.js";
import type * as views from "../views.js";
import { chooseDays, completeOf, dayBase, figuresOf, statisticDays, withReasons, wornOn } from "./days.js";
import { type Assembly, held, inParts, type Scene, type Source } from "./scene.js";

const heartNames = namesOf(heartFigures);

export function* heart(scene: Scene): Assembly<Omit<views.HeartHistory, "sources">> {
  const chosen = yield* chooseDays(scene, "HEART");
  if (chosen.length === 0) {
    const none = scene.days.length === 0 && scene.sources.length > 0 ? [] : null;
    return { days: none, statisticDays: none };
  }
  const figures = figuresOf(scene, "heart", heartNames);
  const asksRate = scene.ask.fields.has("heart.restingRate");
  const asksHrv = scene.ask.fields.has("heart.hrvRmssd") || scene.ask.fields.has("heart.hrvSdnn");
  const isComplete = completeOf(scene, "HEART");
  const toDay = (source: Source, date: LocalDate, others: readonly Source[]): views.HeartDay => {
    const get = <T>(field: Field) => (scene.ask.fields.has(field) ? held<T>(source.reader.look(field, date)) : null);
    const alternatives = others.map((other) => toDay(other, date, []));
    const base = dayBase("heart", scene, source, date, alternatives);
    const zones = heartZones(get("heart.zones.bounds"), get("heart.zones.minutes"), get("heart.zones.energyBurned"));
    // One part of the zones is enough for them not to be missing.
    const absent =
      zones !== null && base.absent.has("zones")
        ? new Map([...base.absent].filter(([name]) => name !== "zones"))
        : base.absent;
    const { restingRate = null, hrv = null } = source.reader.provider.methods ?? {};
    const methods = { restingRateMethod: restingRate, hrvWindow: hrv };
    const day = figures(source, date, { ...base, absent, zones, ...methods, worn: null as boolean | null });
    if (day.restingRate === null) day.restingRateMethod = null;
    if (day.hrvRmssd === null && day.hrvSdnn === null) day.hrvWindow = null;
    const more: [name: string, value: unknown, reason: MissingReason][] = [];
    if (asksRate)
      more.push(["restingRateMethod", day.restingRateMethod, whyNone(restingRate, absent, ["restingRate"])]);
    if (asksHrv) more.push(["hrvWindow", day.hrvWindow, whyNone(hrv, absent, ["hrvRmssd", "hrvSdnn"])]);
    if (scene.ask.worn) {
      const seen = wornOn("HEART", source, date, isComplete(source)(date));
      day.worn = seen.worn;
      more.push(["worn", seen.worn, seen.why]);
    }
    day.absent = withReasons(absent, more);
    return day;
  };
  const days = yield* inParts(chosen, ({ date, winner, alternatives }) => toDay(winner, date, alternatives));
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
