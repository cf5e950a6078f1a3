import { ageOn } from "../people/index.js";
import type { Person } from "../person.js";
import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { totalsOf } from "./day-totals.js";
import { deviceOf } from "./device.js";
import { chance, round } from "./json.js";
import { addDays, datesBetween, offsetMs, wallClock } from "./local-time.js";
import { lengthOf, weightOf } from "./units.js";
import type { View } from "./view.js";

/** Who somebody is, what they wear, and their badges, of which nobody in the lab has any. */
const USER = "/1/user/:user";
const AVERAGE_DAYS = 30;

export const accountRoutes: readonly ApiRoute[] = [
  reads(`${USER}/profile.json`, "profile", profile),
  reads(`${USER}/devices.json`, "settings", devices),
  reads(`${USER}/badges.json`, "profile", () => ({ badges: [] })),
];

function profile(call: ApiCall): unknown {
  const { view, units, userId, scopes } = call;
  const { person } = view;
  const preference = unitPreference(person);
  const walking = round(person.heightCm * 0.414, 1);
  const image = (size: number) => `https://example.invalid/a${size}.jpg`;
  return {
    user: {
      age: ageOn(person, view.today),
      ambassador: false,
      autoStrideEnabled: true,
      avatar: image(100),
      avatar150: image(150),
      avatar640: image(640),
      averageDailySteps: averageSteps(view),
      challengesBeta: true,
      clockTimeDisplayFormat: preference === "en_US" ? "12hour" : "24hour",
      corporate: false,
      corporateAdmin: false,
      // Where somebody lives is only told to who may know where they are.
      ...(scopes.has("location") ? { country: person.locale.slice(-2) } : {}),
      dateOfBirth: person.dateOfBirth,
      displayName: `${person.givenName} ${person.familyName.slice(0, 1)}.`,
      displayNameSetting: "name",
      distanceUnit: preference === "en_GB" ? "METRIC" : preference,
      encodedId: userId,
      features: { exerciseGoal: true },
      firstName: person.givenName,
      foodsLocale: person.locale,
      fullName: `${person.givenName} ${person.familyName}`,
      gender: person.sex === "female" ? "FEMALE" : "MALE",
      glucoseUnit: "METRIC",
      height: lengthOf(person.heightCm, units),
      heightUnit: preference === "en_GB" ? "METRIC" : preference,
      isBugReportEnabled: false,
      isChild: false,
      isCoach: false,
      languageLocale: person.locale,
      lastName: person.familyName,
      legalTermsAcceptRequired: false,
      locale: person.locale,
      memberSince: person.memberSince,
      mfaEnabled: false,
      offsetFromUTCMillis: offsetMs(person.timeZone, view.nowMs),
      sdkDeveloper: false,
      sleepTracking: "Normal",
      startDayOfWeek: preference === "en_US" ? "SUNDAY" : "MONDAY",
      strideLengthRunning: lengthOf(round(walking * 1.42, 1), units),
      strideLengthRunningType: "auto",
      strideLengthWalking: lengthOf(walking, units),
      strideLengthWalkingType: "default",
      swimUnit: preference === "en_GB" ? "METRIC" : preference,
      temperatureUnit: preference === "en_GB" ? "METRIC" : preference,
      timezone: person.timeZone,
      topBadges: [],
      visibleUser: true,
      waterUnit: preference === "en_GB" ? "METRIC" : preference,
      waterUnitName: preference === "en_US" ? "fl oz" : "ml",
      weight: weightOf(round(person.day(view.today).weightKg, 1), units),
      weightUnit: preference,
    },
  };
}

/** What the person would like to see. It says nothing about the units of any answer. */
function unitPreference(person: Person): "METRIC" | "en_US" | "en_GB" {
  return person.locale === "en_US" || person.locale === "en_GB" ? person.locale : "METRIC";
}

function averageSteps(view: View): number {
  const dates = datesBetween(addDays(view.today, -AVERAGE_DAYS), addDays(view.today, -1));
  const worn = dates.map((date) => totalsOf(view, date)).filter((totals) => totals.worn);
  return Math.round(worn.reduce((total, { steps }) => total + steps, 0) / Math.max(1, worn.length));
}

/** The tracker, and a scale for who has stepped on one lately. Their times are those of the account's zone. */
function devices({ view }: ApiCall): unknown {
  const { person } = view;
  if (person.hasTracker === false) return [];
  const worn = datesBetween(addDays(view.today, -400), view.today).reverse();
  const lastWorn = worn.find((date) => view.wears(date));
  if (lastWorn === undefined) return [];
  const lastSyncMs = Math.min(view.syncedMs, person.day(lastWorn).endMs);
  const { id, model, mac } = deviceOf(person);
  const batteryLevel = 24 + Math.floor(75 * chance(`battery ${person.id} ${lastWorn}`));
  const battery = batteryLevel > 60 ? "High" : batteryLevel > 35 ? "Medium" : "Low";
  const tracker = {
    battery,
    batteryLevel,
    deviceVersion: model,
    features: [],
    id,
    lastSyncTime: wallClock(person.timeZone, lastSyncMs),
    mac,
    type: "TRACKER",
  };
  const weighed = worn.slice(0, AVERAGE_DAYS).flatMap((date) => view.weighings(date));
  const lastMs = Math.max(0, ...weighed.map(({ timeMs }) => timeMs));
  if (lastMs === 0) return [tracker];
  const scale = {
    battery: "Medium",
    deviceVersion: "Aria 2",
    id: String(Number(id) + 1),
    lastSyncTime: wallClock(person.timeZone, lastMs),
    mac: mac.replace(/.$/, "0"),
    type: "SCALE",
  };
  return [tracker, scale];
}
