import { number, object, optionalObject, optionalString, type Unchecked } from "../../../http/json.js";
import { type Cell, nothing } from "../../../model/cells.js";
import type { LocalDate, Meal, NutritionRecord } from "../../../model/records.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import { figure, figureCells } from "../../kit/figures.js";
import { readRecords, readRows } from "../../kit/members.js";
import { requiredDate } from "../../kit/times.js";
import type { Input, ReadPage } from "../../provider.js";
import { dayOfRow } from "./raw.js";

/** https://dev.fitbit.com/build/reference/web-api/nutrition/get-food-log/ */
interface RawFoodLog {
  readonly logId: number;
  readonly loggedFood: {
    readonly name: string;
    readonly mealTypeId: number;
    readonly calories: number;
  };
  /** Grams, sodium in milligrams. Left out for foods of which only the energy is known. */
  readonly nutritionalValues: RawNutrients;
}
interface RawNutrients {
  readonly calories: number;
  readonly carbs: number;
  readonly fat: number;
  readonly fiber: number;
  readonly protein: number;
  readonly sodium: number;
}
/** https://dev.fitbit.com/build/reference/web-api/nutrition/get-water-log/ (ml) */
interface RawWaterLog {
  readonly logId: number;
  readonly amount: number;
}

/** https://dev.fitbit.com/build/reference/web-api/nutrition/create-food-log/ */
const meals: Readonly<Record<number, Meal | undefined>> = {
  1: "BREAKFAST",
  2: "MORNING_SNACK",
  3: "LUNCH",
  4: "AFTERNOON_SNACK",
  5: "DINNER",
  7: "ANYTIME",
};

/** Fitbit's log has days only. */
const nothingElse = {
  ...{ time: null, name: null, meal: null, energyConsumed: null, carbohydrateGrams: null, fatGrams: null },
  ...{ proteinGrams: null, fiberGrams: null, sodiumMilligrams: null, water: null },
};

type Parts = Pick<ReadPage, "cells" | "skipped">;

/** The figures of a day and what was eaten. Without any food the summary's zeros say nothing. */
export function toFoodDay(answer: unknown, input: Input): Parts {
  const whole = envelope(answer, "food log");
  const logs = requiredList(whole, "foods");
  const raw: Unchecked<RawNutrients & { readonly water: number }> = object(whole["summary"], "summary");
  const foods = readRecords<NutritionRecord>(logs, {
    field: "nutrition.foods",
    span: input,
    read: toFood,
    dayOf: () => input.from,
    dayOfUnread: () => input.from,
  });
  const day = input.from;
  const eaten =
    logs.length === 0
      ? []
      : [
          ...figureCells("nutrition.carbohydrateGrams", day, raw.carbs),
          ...figureCells("nutrition.fatGrams", day, raw.fat),
          ...figureCells("nutrition.fiberGrams", day, raw.fiber),
          ...figureCells("nutrition.proteinGrams", day, raw.protein),
          ...figureCells("nutrition.sodiumMilligrams", day, raw.sodium),
        ];
  const cells = [
    ...foods.cells,
    ...eaten,
    ...aboveZero("nutrition.energyConsumed", day, raw.calories),
    ...aboveZero("nutrition.water", day, raw.water),
  ];
  return { cells, skipped: foods.skipped };
}

function toFood(value: unknown): NutritionRecord {
  const log: Unchecked<RawFoodLog> = object(value, "foods[]");
  const food: Unchecked<RawFoodLog["loggedFood"]> = object(log.loggedFood, "foods[].loggedFood");
  const values: Unchecked<RawNutrients> = optionalObject(log.nutritionalValues) ?? {};
  return {
    ...nothingElse,
    id: logId(log.logId),
    name: optionalString(food.name),
    meal: meals[Number(food.mealTypeId)] ?? null,
    energyConsumed: figure(values.calories) ?? figure(food.calories),
    carbohydrateGrams: figure(values.carbs),
    fatGrams: figure(values.fat),
    proteinGrams: figure(values.protein),
    fiberGrams: figure(values.fiber),
    sodiumMilligrams: figure(values.sodium),
  };
}

export function toWaterDay(answer: unknown, input: Input): Parts {
  const whole = envelope(answer, "water log");
  const drinks = readRecords<NutritionRecord>(requiredList(whole, "water"), {
    field: "nutrition.drinks",
    span: input,
    read: (value) => {
      const log: Unchecked<RawWaterLog> = object(value, "water[]");
      return { ...nothingElse, id: logId(log.logId), water: figure(log.amount) };
    },
    dayOf: () => input.from,
    dayOfUnread: () => input.from,
  });
  const total = aboveZero("nutrition.water", input.from, object(whole["summary"], "summary")["water"]);
  return { cells: [...drinks.cells, ...total], skipped: drinks.skipped };
}

/** An id of more than 53 bits arrives as text. */
function logId(value: unknown): string {
  return typeof value === "string" && value !== "" ? value : String(number(value, "logId"));
}

type SeriesField = "nutrition.energyConsumed" | "nutrition.water";

/** https://dev.fitbit.com/build/reference/web-api/nutrition-timeseries/get-nutrition-timeseries-by-date-range/ */
export function toNutritionSeries(answer: unknown, key: string, field: SeriesField): Parts {
  return readRows(requiredList(envelope(answer, key), key), {
    fields: [field],
    read: (row): Cell[] => {
      const raw: Unchecked<{ readonly dateTime: string; readonly value: string }> = object(row, `${key}[]`);
      const day = requiredDate(raw.dateTime, `${key}[].dateTime`);
      return aboveZero(field, day, number(raw.value, `${key}[].value`));
    },
    dayOfUnread: dayOfRow("dateTime"),
  });
}

/** Days without a log have 0 in the series and in the summary: nobody eats and drinks nothing for a day and logs that. */
function aboveZero(field: SeriesField, day: LocalDate, value: unknown): Cell[] {
  return figure(value) === 0 ? [nothing(field, day, "NOT_RECORDED")] : figureCells(field, day, value);
}
