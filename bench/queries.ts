/** Whose figures are asked for: somebody in the lab who wears a Fitbit nearly every day. */
export const PERSON = "both";
/** Others, whose figures are the same. */
export const CROWD: readonly string[] = Array.from({ length: 100 }, (_, at) => `crowd-${at}`);

const figures = "steps distance energyBurned activeEnergyBurned basalEnergyBurned floors elevation sedentaryMinutes";

/** So many days × 8 figures. */
export const activity = (days: number) => `query Activity($user: ID!) {
  user(id: $user) { activity(range: { lastDays: ${days} }) { days { ${figures} } } }
}`;

/** The steps of several people, days in a row. */
export const stepsOf = (people: readonly string[], days: number) =>
  `{ ${people.map((id, at) => `p${at}: user(id: "${id}") { activity(range: { lastDays: ${days} }) { days { steps } } }`).join(" ")} }`;

/** What an app shows first: 30 days, 7 nights, the weight, and why figures are missing. */
export const dashboard = `query Dashboard($user: ID!) {
  user(id: $user) {
    activity(range: { lastDays: 30 }) {
      days { date steps distance floors activeZoneMinutes missing { field reason } }
      totals { steps distance }
    }
    heart(range: { lastDays: 30 }) { days { date restingRate missing { field reason } } }
    sleep(range: { lastDays: 7 }) {
      sessions { date start end isMainSleep minutesAsleep efficiency stages { stage minutes } }
    }
    body(range: { lastDays: 30 }) { measurements { date weight } latest { date weight } }
  }
}`;

/** What is asked for the first time, of any days and providers: the same figures as above. */
const variables = "$user: ID!, $from: LocalDate!, $to: LocalDate!, $providers: [ProviderId!]";
const asked = "range: { from: $from, to: $to }, providers: $providers";

export const activityOf = `query Activity(${variables}) {
  user(id: $user) { activity(${asked}) { days { ${figures} } } }
}`;

/** Nights come with the month here. */
export const dashboardOf = `query Dashboard(${variables}) {
  user(id: $user) {
    activity(${asked}) {
      days { date steps distance floors activeZoneMinutes missing { field reason } }
      totals { steps distance }
    }
    heart(${asked}) { days { date restingRate missing { field reason } } }
    sleep(${asked}) { sessions { date start end isMainSleep minutesAsleep efficiency } }
    body(${asked}) { measurements { date weight } latest { date weight } }
  }
}`;

export const heartOf = (shape: Shape) => `query Heart(${variables}) {
  user(id: $user) { heart(${asked}) { days { samples(resolution: ONE_MINUTE) { ${shape} } } } }
}`;

type Shape = "points { time value }" | "offsets values";

/** A week of the heart, minute by minute, point by point or as columns. */
export const heart = (shape: Shape) => `query Heart($user: ID!, $from: LocalDate!, $to: LocalDate!) {
  user(id: $user) {
    heart(range: { from: $from, to: $to }) {
      days { samples(resolution: ONE_MINUTE) { ${shape} } }
    }
  }
}`;

const DAY_MS = 86_400_000;
export const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
