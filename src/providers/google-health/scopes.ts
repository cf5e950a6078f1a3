const health = (name: string) => `https://www.googleapis.com/auth/googlehealth.${name}.readonly`;

export const scopes = {
  activity: health("activity_and_fitness"),
  measurements: health("health_metrics_and_measurements"),
  sleep: health("sleep"),
  profile: health("profile"),
  settings: health("settings"),
  nutrition: health("nutrition"),
  electrocardiograms: health("ecg"),
  rhythmNotifications: health("irn"),
  /** Google's own scopes, by the names under which they are granted. */
  names: "https://www.googleapis.com/auth/userinfo.profile",
  email: "https://www.googleapis.com/auth/userinfo.email",
} as const;
