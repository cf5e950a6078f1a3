/** Which service needs which scope is documented for the token answer only; clients use this assignment. */
export const scopes = {
  info: "user.info",
  metrics: "user.metrics",
  activity: "user.activity",
} as const;
