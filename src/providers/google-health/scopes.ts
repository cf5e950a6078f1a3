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

const written = (name: string) => `https://www.googleapis.com/auth/googlehealth.${name}.writeonly`;

/** Asked for only by name, or where an app's operations record such a thing. */
export const writeScopes = {
  activity: written("activity_and_fitness"),
  measurements: written("health_metrics_and_measurements"),
  sleep: written("sleep"),
  nutrition: written("nutrition"),
} as const;
