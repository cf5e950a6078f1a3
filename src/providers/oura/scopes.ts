/** As Oura's service enforces them; its description names other ones. Requested with a prefix. */
export const scopes = {
  personal: "personal",
  email: "email",
  daily: "daily",
  heartRate: "heartrate",
  workout: "workout",
  oxygen: "spo2",
  /** Opens resilience. The minutes of stress belong to `daily`. */
  resilience: "stress",
  heartHealth: "heart_health",
  ring: "ring_configuration",
} as const;
