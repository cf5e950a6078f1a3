import { expect, test } from "@jest/globals";
import { createSay } from "../strings/say.js";
import { levelWords } from "./levels.js";

const inLanguage = (language: "en" | "de") => ({ say: createSay(language, String) });

test.each([
  ["OVERREACHING", "Overreaching", "Überlastet"],
  ["solid", "Solid", "Solide"],
  ["VERY_HIGH", "Very high", "Very high"],
  ["toString", "Tostring", "Tostring"],
  ["_", "", ""],
  [null, "–", "–"],
])("a maker's level %s is no code: %s, %s", (level, english, german) => {
  expect([levelWords(inLanguage("en"), level), levelWords(inLanguage("de"), level)]).toEqual([english, german]);
});
