import type { Domain } from "../generated/operations.js";
import type { Page } from "../parts/page.js";

const keys = {
  ACTIVITY: "domainActivity",
  HEART: "domainHeart",
  SLEEP: "domainSleep",
  BODY: "domainBody",
  WORKOUTS: "domainWorkouts",
  VITALS: "domainVitals",
  SCORES: "domainScores",
  READINGS: "domainReadings",
  NUTRITION: "domainNutrition",
  GOALS: "domainGoals",
  DEVICES: "domainDevices",
  PROFILE: "domainProfile",
} as const satisfies Readonly<Record<Domain, string>>;

/** What days have, in the order in which the page shows it. */
export const dailyDomains = Object.keys(keys).slice(0, 7) as readonly Domain[];

/** "Activity, heart and sleep", in the page's order; what a later version adds is left out. Null where nothing is left. */
export function domainList({ say }: Pick<Page, "say">, domains: readonly Domain[]): string | null {
  const words = Object.entries(keys).flatMap(([domain, key]) => (domains.includes(domain as Domain) ? [say(key)] : []));
  const last = words.pop();
  if (last === undefined) return null;
  const list = words.length === 0 ? last : `${words.join(", ")} ${say("and")} ${last}`;
  return `${list[0]!.toUpperCase()}${list.slice(1)}`;
}
