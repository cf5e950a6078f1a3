import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { invalid } from "./errors.js";
import { chance, round } from "./json.js";
import { addDays } from "./local-time.js";
import { distanceOf, weightOf } from "./units.js";
import type { View } from "./view.js";

export const goalRoutes: readonly ApiRoute[] = [
  reads("/1/user/:user/activities/goals/:period.json", "activity", (call) => {
    const period = call.params["period"];
    if (period !== "daily" && period !== "weekly") throw invalid("period", `Invalid period: ${period}`);
    return { goals: activityGoals(call, period) };
  }),
  reads("/1/user/:user/body/log/weight/goal.json", "weight", weightGoal),
  reads("/1/user/:user/body/log/fat/goal.json", "weight", ({ view }) => ({
    goal: hasGoals(view) ? { fat: view.person.sex === "female" ? 24 : 17 } : {},
  })),
  reads("/1.2/user/:user/sleep/goal.json", "sleep", sleepGoal),
];

/** Whoever has no device never set anything but what the service sets by itself. */
function hasGoals(view: View): boolean {
  return view.person.hasTracker !== false;
}

export function activityGoals(call: ApiCall, period: "daily" | "weekly"): object {
  const { view, units, switches } = call;
  const steps = 8000 + 500 * Math.floor(9 * chance(`goal ${view.person.id}`));
  const distance = round(distanceOf(steps * 0.805, units), 2);
  const altimeter = !switches.withoutAltimeter.includes(view.person.id);
  if (period === "weekly") {
    return {
      activeZoneMinutes: 150,
      distance: round(distance * 7, 2),
      floors: altimeter ? 70 : undefined,
      steps: steps * 7,
    };
  }
  return {
    activeMinutes: 30,
    activeZoneMinutes: 22,
    caloriesOut: 2100 + 50 * Math.floor(12 * chance(`burn ${view.person.id}`)),
    distance,
    floors: altimeter ? 10 : undefined,
    steps,
  };
}

function weightGoal(call: ApiCall): unknown {
  const { view, units } = call;
  if (!hasGoals(view)) return { goal: {} };
  const startDate = addDays(view.today, -41);
  const start = round(view.person.day(startDate).weightKg, 1);
  return {
    goal: {
      goalType: "LOSE",
      startDate,
      startWeight: weightOf(start, units),
      weight: weightOf(round(start - 3.5, 1), units),
      weightThreshold: 0.05,
    },
  };
}

/** The consistency and the hours are only there for those who have slept with a device. */
function sleepGoal({ view }: ApiCall): unknown {
  const updatedOn = `${addDays(view.today, -63)}T07:37:13.100Z`;
  if (!hasGoals(view)) return { goal: { minDuration: 480, updatedOn } };
  return {
    consistency: {
      awakeRestlessPercentage: 0.06,
      flowId: 0,
      recommendedSleepGoal: 450,
      typicalDuration: 431,
      typicalWakeupTime: "06:55",
    },
    goal: { bedtime: "23:05", minDuration: 445, updatedOn, wakeupTime: "06:50" },
  };
}
