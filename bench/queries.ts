/** Whose figures are asked for: somebody in the lab who wears a Fitbit nearly every day. */
export const PERSON = "demo";

/** 30 days × 8 figures. */
export const month = `query Month($user: ID!) {
  user(id: $user) {
    activity(range: { lastDays: 30 }) {
      days {
        steps distance energyBurned activeEnergyBurned basalEnergyBurned floors elevation sedentaryMinutes
      }
    }
  }
}`;

/** The heart, minute by minute, point by point or as columns. */
export const heart = (
  shape: "points { time value }" | "offsets values",
) => `query Heart($user: ID!, $from: LocalDate!, $to: LocalDate!) {
  user(id: $user) {
    heart(range: { from: $from, to: $to }) {
      days { samples(resolution: ONE_MINUTE) { ${shape} } }
    }
  }
}`;

const DAY_MS = 86_400_000;
export const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
