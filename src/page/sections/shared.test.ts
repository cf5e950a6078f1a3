import { expect, test } from "@jest/globals";
import { stepsGoal } from "./shared.js";

const goal = (source: string, target: number, metric = "STEPS", period = "DAILY") => ({
  ...{ source, target, metric, period },
});
const reached = (goals: readonly object[] | null, connections: Readonly<Record<string, string>>) =>
  stepsGoal(
    { goals: { goals } } as never,
    {
      connections: Object.entries(connections).map(([id, status]) => ({ status, provider: { id } })),
    } as never,
  );

test("the goal of a source that is connected is not hidden by an old one of a source that is not", () => {
  const goals = [goal("FITBIT", 7_000), goal("OURA", 9_500), goal("POLAR", 8_200)];
  expect(reached(goals, { FITBIT: "RETIRED", OURA: "CONNECTED", POLAR: "CONNECTED" })).toBe(9_500);
  expect(reached(goals, { FITBIT: "CONNECTED", OURA: "CONNECTED" })).toBe(7_000);
  expect(reached(goals, { FITBIT: "REVOKED", OURA: "REAUTHORIZATION_REQUIRED" })).toBe(7_000);
});

test("only a day's steps are the goal of a day's steps", () => {
  const others = [goal("OURA", 450, "ENERGY_BURNED"), goal("OURA", 61_000, "STEPS", "WEEKLY")];
  expect(reached([...others, goal("OURA", 9_100)], { OURA: "CONNECTED" })).toBe(9_100);
  expect([reached(others, { OURA: "CONNECTED" }), reached(null, {}), stepsGoal(null, null)]).toEqual([
    null,
    null,
    null,
  ]);
});
