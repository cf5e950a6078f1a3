import { parse } from "graphql";
import { googleHealth } from "../providers/google-health/index.js";
import { providers } from "../providers/index.js";
import { oura } from "../providers/oura/index.js";
import { costs } from "./cost.js";
import { operationsIn } from "./trusted.js";

const clock = { now: () => Date.parse("2026-11-29T12:00:00Z") };
const cost = async (text: string, worn: readonly (typeof providers)[number][]) =>
  await (await costs(providers, clock))(operationsIn(parse(text))[0]!, worn);

const vitals = "oxygenSaturation { date } respiratoryRate { date }";

test.each([
  ["nobody's provider", "{ viewer { activity(range: { lastDays: 30 }) { days { steps } } } }", [], 0],
  ["two vitals of Google", `{ viewer { vitals(range: { lastDays: 30 }) { ${vitals} } } }`, [googleHealth], 2],
  ["two sources", "{ viewer { activity(range: { lastDays: 30 }) { days { steps } } } }", [googleHealth, oura], 2],
  [
    "an app's user",
    "query($id: ID!) { user(id: $id) { activity(range: { lastDays: 30 }) { days { steps } } } }",
    [oura],
    1,
  ],
  ["a range as a variable", "query($r: DateRange!) { viewer { activity(range: $r) { days { steps } } } }", [oura], 1],
  [
    "days as variables, a unit and a default",
    `query($from: LocalDate!, $to: LocalDate!, $unit: LengthUnit!, $worn: Boolean = false) {
      viewer { activity(range: { from: $from, to: $to }) { days { distance(unit: $unit) worn @include(if: $worn) } } } }`,
    [oura],
    1,
  ],
])("the calls of %s are planned without asking anybody", async (_, text, worn, calls) => {
  expect(await cost(text, worn)).toBe(calls);
});
