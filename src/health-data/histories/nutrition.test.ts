import { answerOf, day, source } from "../../../test/support/sources.js";
import type { Field } from "../../model/fields.js";
import { recordIdOf } from "./record-ids.js";

const [before, after] = ["2026-10-05", "2026-10-07"];
const days = [before, day, after];
const energy = "nutrition.energyConsumed" as const;
const water = "nutrition.water" as const;
const lists: readonly Field[] = ["nutrition.foods", "nutrition.drinks"];
const nothing = { [energy]: "NOT_RECORDED", [water]: "NOT_RECORDED" } as const;
const entry = {
  ...{ time: null, name: null, meal: null, energyConsumed: null, carbohydrateGrams: null, fatGrams: null },
  ...{ proteinGrams: null, fiberGrams: null, sodiumMilligrams: null, water: null },
};

it("takes each day whole from the first source that has food logged", () => {
  const first = source("FIRST", { [day]: { [energy]: 1_900, [water]: 900 } }, { reasons: nothing });
  const second = source("SECOND", { [energy]: 2_100, [water]: 1_100 });
  const history = answerOf("NUTRITION", [first, second], { fields: [energy, water], days });
  expect(history.days!.map(({ date, source: from, energyConsumed, water: ml }) => [date, from, energyConsumed, ml]))
    // One figure is never of another source than the next.
    .toEqual([
      [before, "SECOND", 2_100, 1_100],
      [day, "FIRST", 1_900, 900],
      [after, "SECOND", 2_100, 1_100],
    ]);
  expect(history.days![1]!.alternatives).toMatchObject([{ source: "SECOND", energyConsumed: 2_100 }]);
});

it("answers a day without a log with null and the reason", () => {
  const one = source("ONE", {}, { reasons: nothing });
  const { days: found, entries } = answerOf("NUTRITION", [one], { fields: [energy, water] });
  expect(found).toMatchObject([{ energyConsumed: null, water: null, settled: true }]);
  expect([...found![0]!.absent]).toEqual([
    ["energyConsumed", "NOT_RECORDED"],
    ["water", "NOT_RECORDED"],
  ]);
  expect(entries).toBeNull();
});

it("lists entries of the chosen source by time, under ids of its own", () => {
  const foods = [
    { ...entry, id: "9", time: `${day}T19:10:00+02:00`, name: "Rice", energyConsumed: 510 },
    { ...entry, id: "7", time: `${day}T08:20:00+02:00`, name: "Oats", energyConsumed: 320, refused: ["fatGrams"] },
  ];
  const drinks = [{ ...entry, id: "7", time: `${day}T12:00:00+02:00`, water: 330 }];
  const cells = { [energy]: 830, [water]: 330, "nutrition.foods": foods, "nutrition.drinks": drinks };
  const other = source("OTHER", { ...cells, "nutrition.foods": [{ ...entry, id: "1", name: "Toast" }] });
  const { entries, days: found } = answerOf("NUTRITION", [source("ONE", cells), other], { fields: [...lists] });
  expect(found).toHaveLength(1);
  expect(entries!.map(({ name, water: ml, source: from }) => [name, ml, from])).toEqual([
    ["Oats", null, "ONE"],
    [null, 330, "ONE"],
    ["Rice", null, "ONE"],
  ]);
  const ids = entries!.map(({ id }) => id);
  expect(new Set(ids).size).toBe(3);
  expect(ids[0]).toBe(recordIdOf("FOOD", "connection of ONE", "7", day));
  expect(entries![0]!.absent.get("fatGrams")).toBe("PROVIDER_ERROR");
  expect(entries![0]!.absent.get("water")).toBe("NOT_RECORDED");
});

it("is empty where nothing was logged, and null where nobody could answer", () => {
  const none = source("NONE", { "nutrition.foods": [], "nutrition.drinks": [] });
  expect(answerOf("NUTRITION", [none], { fields: [...lists] }).entries).toEqual([]);
  const refused = source("REFUSED", {}, { reasons: {} });
  const history = answerOf("NUTRITION", [refused], { fields: [energy, ...lists] });
  expect(history).toMatchObject({ days: null, entries: null });
  expect([...history.absent]).toEqual([
    ["days", "UNKNOWN"],
    ["entries", "UNKNOWN"],
  ]);
  const without = source("WITHOUT", {}, { lacks: () => true });
  expect([...answerOf("NUTRITION", [without], { fields: [energy] }).absent]).toEqual([
    ["days", "UNSUPPORTED"],
    ["entries", "UNSUPPORTED"],
  ]);
  expect(without.asked).toEqual([]);
});

it("asks for nothing but what is selected where there is one source", () => {
  const one = source("ONE", { [water]: 700 });
  answerOf("NUTRITION", [one], { fields: [water], alternatives: false });
  expect(one.asked).toEqual([[water, [day]]]);
});
