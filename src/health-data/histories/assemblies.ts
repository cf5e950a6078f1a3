import type { Domain } from "../../model/records.js";
import type * as views from "../views.js";
import { activity } from "./activity.js";
import { body } from "./body.js";
import { devices } from "./devices.js";
import { goals } from "./goals.js";
import { heart } from "./heart.js";
import { nutrition } from "./nutrition.js";
import { profile } from "./profile.js";
import { readings } from "./readings.js";
import type { Assembly, Scene } from "./scene.js";
import { scores } from "./scores.js";
import { sleep } from "./sleep.js";
import { vitals } from "./vitals.js";
import { workouts } from "./workouts.js";

export const assemblies: { readonly [D in Domain]: (scene: Scene) => Assembly<Omit<views.Histories[D], "sources">> } = {
  PROFILE: profile,
  ACTIVITY: activity,
  HEART: heart,
  SLEEP: sleep,
  BODY: body,
  WORKOUTS: workouts,
  VITALS: vitals,
  READINGS: readings,
  SCORES: scores,
  NUTRITION: nutrition,
  DEVICES: devices,
  GOALS: goals,
};
