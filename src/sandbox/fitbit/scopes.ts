/** Every scope there is, in the words of the consent page. */
export const scopeLabels: Readonly<Record<string, string>> = {
  activity: "Activity and exercise",
  cardio_fitness: "Cardio fitness score",
  electrocardiogram: "Electrocardiogram",
  heartrate: "Heart rate",
  irregular_rhythm_notifications: "Irregular rhythm notifications",
  location: "Location and GPS",
  nutrition: "Food and water logs",
  oxygen_saturation: "Oxygen saturation",
  profile: "Profile",
  respiratory_rate: "Breathing rate",
  settings: "Devices and settings",
  sleep: "Sleep",
  social: "Friends",
  temperature: "Temperature",
  weight: "Weight",
};

export const allScopes: readonly string[] = Object.keys(scopeLabels);
