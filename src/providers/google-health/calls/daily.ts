import { object } from "../../../http/json.js";
import type { Cell } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { LocalDate } from "../../../model/records.js";
import { envelope, omittableList } from "../../kit/envelope.js";
import { page, readRows } from "../../kit/members.js";
import type { Call } from "../../provider.js";
import { dayOfDaily, toHrv, toRestingRate, toZoneBounds } from "../mappers/daily-heart.js";
import {
  dayOfRow,
  figure,
  type Loose,
  type RollUpKey,
  toActiveMinutes,
  toActiveZoneMinutes,
  toDay,
  toHeartRates,
  toSedentaryMinutes,
  toZoneEnergy,
  toZoneMinutes,
} from "../mappers/daily-roll-up.js";
import { toOxygenSaturation, toRespiratoryRate, toSkinTemperatures, toVo2Max } from "../mappers/vitals.js";
import { scopes } from "../scopes.js";
import { dailyRollUp, LARGEST_PAGE, pageAfter, reconcile } from "./requests.js";

/** The most days of one roll-up, by type. */
export const LONG = 90;
export const SHORT = 14;

/** Totals by day. Every type needs a request of its own. */
export const dailyTotalCalls: readonly Call[] = [
  total("steps", "steps", LONG, ["activity.steps"], figure("activity.steps", "countSum")),
  total("distance", "distance", LONG, ["activity.distance"], figure("activity.distance", "millimetersSum", 1000)),
  total("floors", "floors", LONG, ["activity.floors"], figure("activity.floors", "countSum")),
  total("altitude", "altitude", LONG, ["activity.elevation"], figure("activity.elevation", "gainMillimetersSum", 1000)),
  total(
    "total-calories",
    "totalCalories",
    SHORT,
    ["activity.energyBurned"],
    figure("activity.energyBurned", "kcalSum"),
  ),
  total(
    "active-energy-burned",
    "activeEnergyBurned",
    LONG,
    ["activity.activeEnergyBurned"],
    figure("activity.activeEnergyBurned", "kcalSum"),
  ),
  total(
    "active-minutes",
    "activeMinutes",
    SHORT,
    ["activity.lightlyActiveMinutes", "activity.moderatelyActiveMinutes", "activity.veryActiveMinutes"],
    toActiveMinutes,
  ),
  total("active-zone-minutes", "activeZoneMinutes", LONG, ["activity.activeZoneMinutes"], toActiveZoneMinutes),
  total("sedentary-period", "sedentaryPeriod", LONG, ["activity.sedentaryMinutes"], toSedentaryMinutes),
  total("time-in-heart-rate-zone", "timeInHeartRateZone", LONG, ["heart.zones.minutes"], toZoneMinutes),
  total("calories-in-heart-rate-zone", "caloriesInHeartRateZone", SHORT, ["heart.zones.energyBurned"], toZoneEnergy),
  total(
    "heart-rate",
    "heartRate",
    SHORT,
    ["heart.averageRate", "heart.lowestRate", "heart.highestRate"],
    toHeartRates,
    scopes.measurements,
  ),
];

/** Figures that Google computes once a day. */
export const dailyFigureCalls: readonly Call[] = [
  daily("daily-resting-heart-rate", "dailyRestingHeartRate", ["heart.restingRate"], toRestingRate),
  daily("daily-heart-rate-variability", "dailyHeartRateVariability", ["heart.hrvRmssd"], toHrv),
  daily("daily-heart-rate-zones", "dailyHeartRateZones", ["heart.zones.bounds"], toZoneBounds),
  daily("daily-oxygen-saturation", "dailyOxygenSaturation", ["vitals.oxygenSaturation"], toOxygenSaturation),
  daily("daily-respiratory-rate", "dailyRespiratoryRate", ["vitals.respiratoryRate"], toRespiratoryRate),
  daily(
    "daily-sleep-temperature-derivations",
    "dailySleepTemperatureDerivations",
    ["vitals.skinTemperature", "vitals.skinTemperatureDeviation"],
    toSkinTemperatures,
  ),
  daily("daily-vo2-max", "dailyVo2Max", ["vitals.vo2Max"], toVo2Max, scopes.activity),
];

function total(
  type: string,
  key: RollUpKey,
  maxDays: number,
  yields: readonly Field[],
  read: (value: Loose, day: LocalDate) => readonly Cell[],
  scope: string = scopes.activity,
): Call {
  return {
    name: `dailyRollUp ${type}`,
    yields,
    reach: { kind: "days", max: maxDays },
    scope,
    request: (input) => dailyRollUp(type, input),
    read: (answer, input, _have, asked) => {
      const rows = omittableList(envelope(answer), "rollupDataPoints");
      const parts = readRows(rows, { fields: yields, read: (row) => toDay(row, key, read), dayOfUnread: dayOfRow });
      return page(input, parts, pageAfter(asked, answer));
    },
  };
}

function daily(
  type: string,
  key: string,
  yields: readonly Field[],
  read: (value: unknown) => readonly Cell[],
  scope: string = scopes.measurements,
): Call {
  return {
    name: `reconcile ${type}`,
    yields,
    // Only the size of a page is limited: so many days are one request.
    reach: { kind: "days", max: LARGEST_PAGE },
    scope,
    request: (input) => reconcile(type, "date", input, LARGEST_PAGE),
    read: (answer, input, _have, asked) => {
      const points = omittableList(envelope(answer), "dataPoints");
      const valueIn = (point: unknown) => object(point, "dataPoints[]")[key];
      const parts = readRows(points, {
        fields: yields,
        read: (point) => read(valueIn(point)),
        dayOfUnread: (point) => dayOfDaily(valueIn(point)),
      });
      return page(input, parts, pageAfter(asked, answer));
    },
  };
}
