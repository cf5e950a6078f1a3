import { list } from "../../../http/json.js";
import type { Cell, Have } from "../../../model/cells.js";
import type { LocalDate, OffsetRecord, OxygenRecord } from "../../../model/records.js";
import { localDateOf } from "../../../model/time.js";
import { page, readRecords, readRows } from "../../kit/members.js";
import type { Call } from "../../provider.js";
import { dayOfActivity, figureFields, minuteFields, toFigures, toSteps, toZoneMinutes } from "../mappers/activity.js";
import { dayOfHeartRates, toHeartRates } from "../mappers/heart-rate.js";
import { type DatedLoad, dayOfLoad, toCardioLoad } from "../mappers/load.js";
import { dayOfOxygen, dayOfSkinTemperature, toOxygen, toSkinTemperature } from "../mappers/readings.js";
import { between, get, joined, OLDEST_DAYS, WINDOW_DAYS } from "./requests.js";

/** Bodies of samples grow to megabytes. */
const SAMPLE_DAYS = 7;
/** The most that Polar counts back from today. */
const LOAD_DAYS = 180;

const spans = { kind: "days", max: WINDOW_DAYS, back: OLDEST_DAYS } as const;
const shortSpans = { ...spans, max: SAMPLE_DAYS } as const;
/** Samples are at the device's clock. Which offset it had follows from the records of the same days. */
const offsetFields = ["sleep.offsets", "activity.offsets"] as const;

const offsetsIn =
  (have: Have) =>
  (day: LocalDate): readonly OffsetRecord[] =>
    offsetFields.flatMap((field) => have.value(field, day) ?? []);

/** One row for each day. */
function daily(
  {
    read,
    dayOf,
    path,
    flag,
    ...call
  }: Pick<Call, "name" | "yields" | "reach" | "needs"> & {
    readonly path: string;
    readonly flag?: string;
    read(row: unknown, today: LocalDate, have: Have): readonly Cell[];
    dayOf(row: unknown): LocalDate;
  },
  rowsIn = (answer: unknown) => list(answer, path),
): Call {
  return {
    ...call,
    request: (input) => between(path, input, flag),
    read: (answer, input, have) =>
      page(
        input,
        readRows(rowsIn(answer), {
          fields: call.yields,
          read: (row) => read(row, input.today, have),
          dayOfUnread: dayOf,
        }),
      ),
  };
}

const activities = { path: "users/activities", dayOf: dayOfActivity } as const;

function cardioLoad(name: string, days: number, path: string): Call {
  return {
    name,
    yields: ["scores.STRAIN"],
    reach: { kind: "trailing", days },
    request: () => get(path),
    read: (answer, input) =>
      page(
        input,
        readRecords<DatedLoad>(list(answer, name), {
          field: "scores.STRAIN",
          span: input,
          read: toCardioLoad,
          dayOf: ({ date }) => date,
          dayOfUnread: dayOfLoad,
        }),
      ),
  };
}

export const dayCalls: readonly Call[] = [
  daily({ ...activities, name: "activities", yields: figureFields, reach: spans, read: toFigures }),
  {
    // The same address: figures stand beside zones that can't be read.
    name: "activities zones",
    yields: [...figureFields, ...minuteFields],
    reach: spans,
    request: (input) => between(activities.path, input, "activity_zones"),
    read: (answer, input) => {
      const rows = list(answer, activities.path);
      const [figures, minutes] = [
        readRows(rows, { fields: figureFields, read: toFigures, dayOfUnread: dayOfActivity }),
        readRows(rows, {
          fields: minuteFields,
          read: (row) => toZoneMinutes(row, input.today),
          dayOfUnread: dayOfActivity,
        }),
      ];
      return page(input, joined([figures, minutes]));
    },
  },
  daily({
    ...activities,
    name: "activities steps",
    flag: "steps",
    yields: ["activity.samples:STEPS:ONE_MINUTE"],
    reach: shortSpans,
    needs: offsetFields,
    read: (row, today, have) => toSteps(row, today, offsetsIn(have)),
  }),
  daily(
    {
      name: "continuous-heart-rate",
      path: "users/continuous-heart-rate",
      yields: ["heart.samples:ONE_SECOND"],
      reach: shortSpans,
      needs: offsetFields,
      read: (row, _today, have) => toHeartRates(row, offsetsIn(have)),
      dayOf: dayOfHeartRates,
    },
    heartRatesIn,
  ),
  cardioLoad("cardio-load", WINDOW_DAYS, "users/cardio-load"),
  cardioLoad("cardio-load of half a year", LOAD_DAYS, `users/cardio-load/period/days/${LOAD_DAYS}`),
  {
    name: "spo2",
    yields: ["readings.oxygenSaturations"],
    reach: spans,
    request: (input) => between("users/biosensing/spo2", input),
    read: (answer, input) =>
      page(
        input,
        readRecords<OxygenRecord>(list(answer, "spo2"), {
          field: "readings.oxygenSaturations",
          span: input,
          read: toOxygen,
          dayOf: ({ time }) => localDateOf(time),
          dayOfUnread: dayOfOxygen,
        }),
      ),
  },
  daily({
    name: "skintemperature",
    path: "users/biosensing/skintemperature",
    yields: ["vitals.skinTemperature", "vitals.skinTemperatureDeviation"],
    reach: spans,
    read: toSkinTemperature,
    dayOf: dayOfSkinTemperature,
  }),
];

/** Documented as one day's object, and answered as a list of them inside an object. */
function heartRatesIn(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  const { heart_rates, heart_rate_samples } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  return heart_rates === undefined && heart_rate_samples !== undefined ? [answer] : list(heart_rates, "heart_rates");
}
