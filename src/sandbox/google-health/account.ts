import { fitbitUserId } from "../fitbit/user-id.js";
import { ageOn } from "../people/index.js";
import { invalid, RpcError } from "./errors.js";
import { readPageSize } from "./paging.js";
import { duration, googleDate, offsetSecondsAt, timestamp } from "./time.js";
import { steadyFraction } from "./user-id.js";
import type { View } from "./view.js";

/** What Google knows of an account besides measurements. Name, sex and date of birth are not among it. */
export function identity(view: View, withLegacyId: boolean) {
  return {
    name: "users/me/identity",
    healthUserId: view.healthUserId,
    ...(withLegacyId && { legacyUserId: fitbitUserId(view.person.id) }),
  };
}

/** Strides belong to another scope than the profile they stand in. */
export function profile(view: View, withStrides: boolean) {
  const { person } = view;
  return {
    name: `users/${view.healthUserId}/profile`,
    age: ageOn(person, view.today),
    membershipStartDate: googleDate(person.memberSince),
    ...(withStrides && {
      userConfiguredWalkingStrideLengthMm: 0,
      userConfiguredRunningStrideLengthMm: 0,
      autoWalkingStrideLengthMm: Math.round(person.heightCm * 4.14),
      autoRunningStrideLengthMm: Math.round(person.heightCm * 5.7),
    }),
  };
}

/** Units are for display only; data points have their own. */
export function settings(view: View) {
  const { person } = view;
  const american = person.locale.endsWith("_US");
  return {
    name: `users/${view.healthUserId}/settings`,
    timeZone: person.timeZone,
    utcOffset: duration(offsetSecondsAt(person.timeZone, view.untilMs)),
    languageLocale: view.options.hyphenatedLocales ? person.locale.replace("_", "-") : person.locale,
    autoStrideEnabled: true,
    strideLengthWalkingType: "STRIDE_LENGTH_TYPE_AUTO",
    strideLengthRunningType: "STRIDE_LENGTH_TYPE_DEFAULT",
    distanceUnit: american ? "DISTANCE_UNIT_MILES" : "DISTANCE_UNIT_KILOMETERS",
    weightUnit: american ? "WEIGHT_UNIT_POUNDS" : "WEIGHT_UNIT_KILOGRAMS",
    heightUnit: american ? "HEIGHT_UNIT_INCHES" : "HEIGHT_UNIT_CENTIMETERS",
    ...(!view.options.membersMissing && { swimUnit: "SWIM_UNIT_METERS" }),
    temperatureUnit: american ? "TEMPERATURE_UNIT_FAHRENHEIT" : "TEMPERATURE_UNIT_CELSIUS",
    glucoseUnit: american ? "GLUCOSE_UNIT_MG_DL" : "GLUCOSE_UNIT_MMOL_L",
    waterUnit: "WATER_UNIT_ML",
    foodLanguageCode: person.locale.replace("_", "-"),
  };
}

/** Only first-party devices: a phone that counts steps is not here. */
function pairedDevices(view: View) {
  const { person } = view;
  if (person.hasTracker === false) return [];
  const number = 2_750_000_000 + Math.floor(steadyFraction(`device:${person.id}`) * 100_000_000);
  const level = 25 + Math.floor(steadyFraction(`battery:${person.id}:${view.today}`) * 75);
  const tracker = {
    name: `users/me/pairedDevices/${number}`,
    deviceType: "TRACKER",
    deviceVersion: "Charge 6",
    batteryStatus: level > 60 ? "High" : level > 30 ? "Medium" : "Low",
    batteryLevel: level,
    lastSyncTime: timestamp(view.untilMs),
    macAddress: number.toString(16).toUpperCase().padStart(12, "0"),
    features: ["STEPS", "HEART_RATE", "SLEEP", "SPO2"],
  };
  const scale = {
    name: `users/me/pairedDevices/${number + 1}`,
    deviceType: "SCALE",
    deviceVersion: "Aria Air",
    batteryStatus: "High",
    macAddress: (number + 1).toString(16).toUpperCase().padStart(12, "0"),
    ...(!view.options.membersMissing && {
      batteryLevel: 90,
      lastSyncTime: timestamp(view.untilMs),
      features: ["WEIGHT"],
    }),
  };
  return [tracker, scale];
}

export function listPairedDevices(view: View, pageSize: string | null, pageToken: string | null) {
  const all = pairedDevices(view);
  const size = readPageSize(pageSize, [5, 100]);
  const from = pageToken ? Number(pageToken) : 0;
  if (!Number.isInteger(from) || from < 0) throw invalid(undefined, "The page token is invalid.");
  const page = all.slice(from, from + size);
  return {
    ...(page.length > 0 && { pairedDevices: page }),
    ...(from + size < all.length && { nextPageToken: `${from + size}` }),
  };
}

export function getPairedDevice(view: View, id: string) {
  const device = pairedDevices(view).find(({ name }) => name.endsWith(`/${id}`));
  if (!device) throw new RpcError("NOT_FOUND", "Requested entity was not found.");
  return device;
}

export function irnProfile(view: View) {
  return {
    name: `users/${view.healthUserId}/irnProfile`,
    onboardingStatus: true,
    enrollmentStatus: true,
    updateTime: timestamp(view.untilMs),
  };
}
