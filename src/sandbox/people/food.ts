import type { PersonDrink, PersonFood, PersonMeal, PersonNutrients } from "../person.js";
import { dayNumber, MINUTE_MS } from "./calendar.js";
import { integer, pick, random } from "./random.js";
import type { Character } from "./roster.js";

/** A food of the catalogue, by one unit of its serving. */
export interface CatalogueFood extends PersonNutrients {
  readonly id: number;
  readonly name: string;
  readonly unit: string;
  readonly energyKcal: number;
}

type Figures = readonly [
  kcal: number,
  carbohydrate: number,
  fat: number,
  protein: number,
  saturatedFat: number | null,
  fiber: number | null,
  sugar: number | null,
  sodium: number | null,
  caffeine: number | null,
];

function food(id: number, name: string, unit: string, figures: Figures): CatalogueFood {
  const [energyKcal, carbohydrate, fat, protein, saturatedFat, fiber, sugar, sodium, caffeine] = figures;
  const nutrients = { carbohydrate, fat, protein, saturatedFat, fiber, sugar, sodium, caffeine };
  return { id, name, unit, energyKcal, ...nutrients };
}

/** Everybody's. The figures of common foods, rounded; not every maker says everything. */
export const FOODS: readonly CatalogueFood[] = [
  food(80851, "Porridge", "bowl", [214, 38.2, 4.1, 7.3, 0.8, 5.6, 1.2, 0.011, null]),
  food(81409, "Rye bread", "slice", [83, 15.5, 1.1, 2.7, 0.2, 1.9, 1.3, 0.211, null]),
  food(82782, "Banana", "piece", [105, 27, 0.4, 1.3, 0.1, 3.1, 14.4, 0.001, null]),
  food(83018, "Coffee with milk", "cup", [24, 2.4, 0.9, 1.6, 0.5, 0, 2.3, 0.022, 0.095]),
  food(84174, "Lentil soup", "bowl", [186, 28.6, 2.9, 12.4, null, 7.9, 3.4, 0.642, null]),
  food(84533, "Cheese sandwich", "piece", [352, 31.4, 17.6, 16.2, 9.4, 2.2, 4.7, 0.815, null]),
  food(85217, "Green salad", "bowl", [92, 8.3, 5.8, 2.1, 0.9, 2.8, null, 0.134, null]),
  food(86040, "Rice with vegetables", "plate", [438, 71.9, 11.3, 9.6, 1.7, 4.4, 6.1, 0.588, null]),
  food(86611, "Salmon", "gram", [2.08, 0, 0.13, 0.2, 0.03, 0, 0, 0.00059, null]),
  food(87125, "Pasta with tomatoes", "plate", [512, 84.1, 12.7, 15.8, 2.6, 6.7, 9.9, 0.701, null]),
  food(88302, "Apple", "piece", [95, 25.1, 0.3, 0.5, null, 4.4, 18.9, 0.002, null]),
  food(89456, "Dark chocolate", "gram", [5.98, 0.46, 0.43, 0.08, 0.25, 0.11, 0.24, 0.0002, 0.0008]),
  food(90277, "Yoghurt", "cup", [149, 11.4, 8, 8.5, 5.1, 0, 11.4, 0.113, null]),
];

interface Course {
  readonly meal: PersonMeal;
  /** Minutes after midnight. */
  readonly from: number;
  readonly chance: number;
  readonly choices: readonly (readonly [id: number, least: number, most: number])[];
  readonly foods: readonly [least: number, most: number];
}

const COURSES: readonly Course[] = [
  {
    meal: "breakfast",
    from: 420,
    chance: 0.95,
    choices: [
      [80851, 1, 1],
      [81409, 1, 3],
      [83018, 1, 2],
      [90277, 1, 1],
    ],
    foods: [1, 3],
  },
  {
    meal: "morningSnack",
    from: 600,
    chance: 0.35,
    choices: [
      [82782, 1, 1],
      [88302, 1, 2],
    ],
    foods: [1, 1],
  },
  {
    meal: "lunch",
    from: 735,
    chance: 0.9,
    choices: [
      [84174, 1, 1],
      [84533, 1, 2],
      [85217, 1, 1],
    ],
    foods: [1, 2],
  },
  {
    meal: "afternoonSnack",
    from: 945,
    chance: 0.4,
    choices: [
      [83018, 1, 1],
      [88302, 1, 1],
    ],
    foods: [1, 2],
  },
  {
    meal: "dinner",
    from: 1110,
    chance: 0.9,
    choices: [
      [86040, 1, 1],
      [86611, 110, 240],
      [87125, 1, 2],
      [85217, 1, 1],
    ],
    foods: [1, 3],
  },
  { meal: "eveningSnack", from: 1275, chance: 0.25, choices: [[89456, 10, 45]], foods: [1, 1] },
];

const TYPED_IN: readonly (readonly [name: string, kcal: number])[] = [
  ["Lunch with colleagues", 640],
  ["Cake", 310],
  ["At my aunt's", 870],
];

const GRAMS_TO_A_TENTH_OF_A_MILLIGRAM = 10_000;

/** Times the amount, rounded: a sum of floats would have seventeen digits. */
const times = (amount: number, grams: number) =>
  Math.round(grams * amount * GRAMS_TO_A_TENTH_OF_A_MILLIGRAM) / GRAMS_TO_A_TENTH_OF_A_MILLIGRAM;

/** What an amount of a food of the catalogue has. */
export function nutrientsOf(eaten: CatalogueFood, amount: number): PersonNutrients & { readonly energyKcal: number } {
  const scaled = (grams: number | null) => (grams === null ? null : times(amount, grams));
  return {
    energyKcal: Math.round(eaten.energyKcal * amount),
    carbohydrate: times(amount, eaten.carbohydrate),
    fat: times(amount, eaten.fat),
    protein: times(amount, eaten.protein),
    saturatedFat: scaled(eaten.saturatedFat),
    fiber: scaled(eaten.fiber),
    sugar: scaled(eaten.sugar),
    sodium: scaled(eaten.sodium),
    caffeine: scaled(eaten.caffeine),
  };
}

/** What would lie after the end of a day, which a flight to the east makes short, is not eaten. */
export function mealsOn(character: Character, date: string, startMs: number, endMs: number): readonly PersonFood[] {
  const next = random(character.id, date, "meals");
  if (date < character.memberSince || next() >= character.mealLogChance) {
    return [];
  }
  const eaten: Omit<PersonFood, "id">[] = [];
  for (const { meal, from, chance, choices, foods } of COURSES) {
    if (next() >= chance) {
      continue;
    }
    const timeMs = startMs + integer(next, from, from + 75) * MINUTE_MS;
    const left = [...choices];
    for (let count = integer(next, ...foods); count > 0 && left.length > 0; count--) {
      const [id, least, most] = left.splice(integer(next, 0, left.length - 1), 1)[0]!;
      eaten.push({ meal, timeMs, ...portion(FOODS.find((known) => known.id === id)!, integer(next, least, most)) });
    }
  }
  if (next() < 0.15) {
    const [name, energyKcal] = pick(next, TYPED_IN);
    const timeMs = startMs + integer(next, 800, 1290) * MINUTE_MS;
    eaten.push({
      meal: "anytime",
      timeMs,
      foodId: null,
      name,
      amount: 1,
      unit: "serving",
      energyKcal,
      nutrients: null,
    });
  }
  return eaten
    .filter(({ timeMs }) => timeMs < endMs)
    .sort((a, b) => a.timeMs - b.timeMs)
    .map((one, index) => ({ ...one, id: logId(character, date, index) }));
}

function portion(food: CatalogueFood, amount: number) {
  const { energyKcal, ...nutrients } = nutrientsOf(food, amount);
  return { foodId: food.id, name: food.name, amount, unit: food.unit, energyKcal, nutrients };
}

const CUP_MILLILITERS = 236.588;
const FLUID_OUNCE_MILLILITERS = 29.5735;

export function drinksOn(character: Character, date: string, startMs: number, endMs: number): readonly PersonDrink[] {
  const next = random(character.id, date, "drinks");
  if (date < character.memberSince || next() >= character.drinkLogChance) {
    return [];
  }
  const american = character.locale === "en_US";
  const drawn = Array.from({ length: integer(next, 2, 9) }, () => integer(next, 400, 1380)).sort((a, b) => a - b);
  const minutes = drawn.filter((minute) => startMs + minute * MINUTE_MS < endMs);
  return minutes.map((minute, index) => {
    const unit = american ? pick(next, ["cup", "fluidOunce"] as const) : "milliliter";
    const amounts = { milliliter: integer(next, 3, 10) * 50, cup: CUP_MILLILITERS, fluidOunce: 0 };
    amounts.fluidOunce = integer(next, 6, 20) * FLUID_OUNCE_MILLILITERS;
    const milliliters = Math.round(amounts[unit] * 1000) / 1000;
    return { id: logId(character, date, 50 + index), timeMs: startMs + minute * MINUTE_MS, milliliters, unit };
  });
}

/** Eleven digits: the person, the day, and which of its logs. */
function logId({ number }: Character, date: string, index: number): string {
  return `${number}${String(dayNumber(date)).padStart(6, "0")}${String(index).padStart(4, "0")}`;
}
