export const scopes = {
  profile: "read:profile",
  body: "read:body_measurement",
  cycles: "read:cycles",
  recovery: "read:recovery",
  sleep: "read:sleep",
  workouts: "read:workout",
  /** Without it there is no refresh token. */
  offline: "offline",
} as const;
