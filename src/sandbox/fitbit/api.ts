import { accountRoutes } from "./account.js";
import { activityRoutes } from "./activity.js";
import { bodyRoutes } from "./body.js";
import type { ApiRoute } from "./call.js";
import { exerciseRoutes } from "./exercises.js";
import { foodRoutes } from "./foods.js";
import { goalRoutes } from "./goals.js";
import { heartRoutes } from "./heart.js";
import { nightlyRoutes } from "./nightly.js";
import { rhythmRoutes } from "./rhythm.js";
import { sleepRoutes } from "./sleep.js";

/** Everything that can be read. The first match answers, so that `heart` is not taken for an activity's resource. */
export const apiRoutes: readonly ApiRoute[] = [
  ...accountRoutes,
  ...exerciseRoutes,
  ...heartRoutes,
  ...goalRoutes,
  ...activityRoutes,
  ...nightlyRoutes,
  ...rhythmRoutes,
  ...sleepRoutes,
  ...bodyRoutes,
  ...foodRoutes,
];
