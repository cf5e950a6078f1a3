import { connectionStatuses } from "../../connections/connection.js";
import { jobStatuses, updateOrigins } from "../../events/updates.js";
import { exclusionReasons, periods } from "../../health-data/statistics.js";
import { sourceStatuses } from "../../health-data/views.js";
import {
  activityMetrics,
  batteryLevels,
  distanceMethods,
  domains,
  ecgFindings,
  goalMetrics,
  goalPeriods,
  heartZoneKinds,
  hrvWindows,
  mealRelations,
  meals,
  missingReasons,
  resolutions,
  restingRateMethods,
  scoreKinds,
  sexes,
  sleepMetrics,
  sleepStages,
  temperatureSites,
  vitalMethods,
  workoutKinds,
  workoutMetrics,
} from "../../model/records.js";
import { providers } from "../../providers/index.js";
import { providerStatuses } from "../provider-view.js";
import { energyUnits, glucoseUnits, lengthUnits, massUnits, temperatureUnits, volumeUnits } from "../units.js";
import { enumeration } from "./field.js";

export const ProviderIdEnum = enumeration(
  "ProviderId",
  providers.map(({ id }) => id),
  "A wearable provider.",
);
export const DomainEnum = enumeration("Domain", domains, "A kind of data. Each has its own history on `User`.");
export const SexEnum = enumeration("Sex", sexes, "Sex, as the user entered it at the provider.");
export const ActivityMetricEnum = enumeration(
  "ActivityMetric",
  activityMetrics,
  "Measures of activity that have samples within a day.",
);
export const SleepStageEnum = enumeration(
  "SleepStage",
  sleepStages,
  "Sleep stages. Devices without a heart-rate sensor distinguish AWAKE, RESTLESS and ASLEEP; others AWAKE, LIGHT, DEEP and REM.",
);
export const WorkoutKindEnum = enumeration(
  "WorkoutKind",
  workoutKinds,
  "Type of exercise. Later versions may have more: clients must accept values that they do not know.",
  {
    PADDLING: "Canoe, kayak, stand-up paddling.",
    WATER_SPORTS: "On or in the water, but for swimming, rowing and paddling.",
    TEAM_SPORTS: "But for basketball and soccer, which are kinds of their own.",
    RECOVERY: "Stretching, breathing and the like.",
  },
);
export const GoalMetricEnum = enumeration("GoalMetric", goalMetrics, "What a goal measures.");
export const GoalPeriodEnum = enumeration("GoalPeriod", goalPeriods, "The period in which a goal is to be reached.", {
  OPEN: "No period: a value to reach once, such as a target weight.",
});
export const LengthUnitEnum = enumeration("LengthUnit", lengthUnits, "Units for lengths and distances.");
export const MassUnitEnum = enumeration("MassUnit", massUnits, "Units for weights.");
export const EnergyUnitEnum = enumeration("EnergyUnit", energyUnits, "Units for energy.");
export const VolumeUnitEnum = enumeration("VolumeUnit", volumeUnits, "Units for volumes.", {
  FLUID_OUNCE: "US customary, 29.57 ml.",
  CUP: "US customary, 8 fluid ounces.",
});
export const MealEnum = enumeration("Meal", meals, "The meal that something belongs to.", {
  ANYTIME: "Between meals, or of a meal that nobody named.",
});
export const TemperatureUnitEnum = enumeration("TemperatureUnit", temperatureUnits, "Units for temperatures.");
export const GlucoseUnitEnum = enumeration("GlucoseUnit", glucoseUnits, "Units for blood glucose.");
export const SleepMetricEnum = enumeration("SleepMetric", sleepMetrics, "What is measured in the course of a night.", {
  HEART_RATE: "In beats per minute.",
  HRV_RMSSD: "Heart-rate variability as RMSSD, in milliseconds.",
  RESPIRATORY_RATE: "In breaths per minute.",
});
export const WorkoutMetricEnum = enumeration(
  "WorkoutMetric",
  workoutMetrics,
  "What is measured in the course of a workout.",
  {
    HEART_RATE: "In beats per minute.",
    SPEED: "In metres a second.",
    CADENCE: "Steps, strokes or turns a minute, by the kind of workout.",
    POWER: "In watts.",
    ALTITUDE: "In metres above the sea.",
  },
);
export const RestingRateMethodEnum = enumeration(
  "RestingRateMethod",
  restingRateMethods,
  "How a resting heart rate is found. Rates that are found differently differ by several beats.",
  {
    PROVIDER: "By a method of the provider's own, which it does not publish in full.",
    LOWEST_OF_NIGHT: "The lowest rate of the night.",
    DEEP_SLEEP: "The rate in deep sleep.",
  },
);
export const HrvWindowEnum = enumeration(
  "HrvWindow",
  hrvWindows,
  "Over which time heart-rate variability was taken. Figures of two windows are not comparable.",
  { FOUR_HOURS_OF_SLEEP: "Four hours of sleep that begin soon after falling asleep." },
);
export const DistanceMethodEnum = enumeration("DistanceMethod", distanceMethods, "How a day's distance is found.", {
  MEASURED: "From steps, their length, or satellites.",
  EQUIVALENT: "The walk that would burn as much energy.",
});
export const VitalMethodEnum = enumeration("VitalMethod", vitalMethods, "How a vital was found.", {
  MEASURED: "By a sensor, over the night or the day.",
  ESTIMATED: "Reckoned from other figures, such as age, weight and resting heart rate.",
  EXERCISE_TEST: "By exercise, such as a run or a test on a treadmill.",
  RANGE: "The provider gives a range. `value` is its middle.",
  SPOT: "By one measurement at a moment.",
});
export const MealRelationEnum = enumeration(
  "MealRelation",
  mealRelations,
  "When blood glucose was measured, relative to a meal.",
);
export const TemperatureSiteEnum = enumeration(
  "TemperatureSite",
  temperatureSites,
  "Where a temperature was measured.",
  {
    CORE: "Inside: ear, mouth, forehead artery or the like. Fever is judged by these.",
    SKIN: "At the skin, for example the wrist.",
    BODY: "Elsewhere, or the provider does not say where.",
  },
);
export const EcgFindingEnum = enumeration(
  "EcgFinding",
  ecgFindings,
  "What the provider's algorithm found in an electrocardiogram. Not a diagnosis.",
);
export const ScoreKindEnum = enumeration("ScoreKind", scoreKinds, "What a provider's own score is about.", {
  READINESS: "How ready the body is, from the night before.",
  STRAIN: "How much was asked of the body.",
  RESILIENCE: "Over weeks: the balance of load and recovery.",
});
export const PeriodEnum = enumeration("Period", periods, "What statistics are divided into.", {
  WEEK: "Calendar weeks, from Monday.",
  MONTH: "Calendar months.",
  RANGE: "All days of the range together.",
});
export const ExclusionReasonEnum = enumeration(
  "ExclusionReason",
  exclusionReasons,
  "Why a day does not count in statistics.",
  {
    NOT_WORN: "The device was not worn: see `worn`.",
    NOT_COMPLETE: "Today, or a day that is not proven synced to its end.",
    MISSING: "The day has no such figure.",
  },
);
export const BatteryLevelEnum = enumeration("BatteryLevel", batteryLevels, "Charge of a device's battery.", {
  LOW: "Low or empty.",
});
export const JobStatusEnum = enumeration("JobStatus", jobStatuses, "State of a background job.", {
  WAITING: "The job waits for the provider's rate limit. `resumesAt` says when it continues.",
});
export const UpdateOriginEnum = enumeration("UpdateOrigin", updateOrigins, "Why data has changed.", {
  LIVE: "The provider reported new data.",
  BACKFILL: "A backfill fetched past data.",
});
export const RateLimitScopeEnum = enumeration(
  "RateLimitScope",
  ["CONNECTION", "APP"],
  "Which requests a rate limit counts.",
  {
    CONNECTION: "Requests for one user's connection.",
    APP: "Requests for all users of this gateway together.",
  },
);

export const ResolutionEnum = enumeration(
  "Resolution",
  resolutions,
  "Length of the intervals that samples are grouped into, starting at local midnight. Counts are summed and rates averaged; intervals without data are absent. A provider that records less often answers at its own interval.",
  { ONE_SECOND: "Not grouped: as the provider recorded it." },
);

export const HeartZoneKindEnum = enumeration(
  "HeartZoneKind",
  heartZoneKinds,
  "Heart-rate zones, lowest first. Fitbit's Out of Range, Fat Burn, Cardio and Peak are LIGHT, MODERATE, VIGOROUS and PEAK. Custom zones of the user are not included.",
  { BELOW_ZONES: "Below all zones. Only for providers that report it." },
);

export const ConnectionStatusEnum = enumeration("ConnectionStatus", connectionStatuses, "State of a connection.", {
  AWAITING_CONFIRMATION: "The user gave consent and has not confirmed it yet: call `confirmConnection`.",
  REAUTHORIZATION_REQUIRED: "The provider no longer accepts the grant. The user has to connect again.",
  REVOKED: "The user disconnected. Stored data is still served.",
  RETIRED: "The vendor switched the service off. Stored data is still served.",
});

export const ProviderStatusEnum = enumeration(
  "ProviderStatus",
  providerStatuses,
  "Whether a provider can be used in this gateway.",
  {
    SANDBOX: "The provider is simulated inside this gateway, with demo people.",
    NOT_CONFIGURED: "The operator has not set the provider's credentials.",
    RETIRED: "The vendor switched the service off. Stored data is still served.",
  },
);

export const SourceStatusEnum = enumeration(
  "SourceStatus",
  sourceStatuses,
  "How a provider answered. When several apply, the first of this order: REAUTHORIZATION_REQUIRED, RETIRED, NOT_CONNECTED, NOT_CONFIGURED, ACTION_REQUIRED, RATE_LIMITED, UNAVAILABLE, STALE; then INSUFFICIENT_SCOPE or UNSUPPORTED when none of the requested fields could be answered; otherwise OK, with reasons in `missing`.",
  {
    STALE:
      "Stored data was served because of a temporary problem (rate limit, outage). `retryAt` says when to ask again.",
    NOT_CONFIGURED: "The operator has to correct something (credentials, an API to enable). `message` says what.",
    ACTION_REQUIRED:
      "The user has to do something at the provider (link an account, accept terms). `message` says what.",
  },
);

export const MissingReasonEnum = enumeration(
  "MissingReason",
  missingReasons,
  "Why a figure is null. UNKNOWN when no reason was observed.",
  {
    UNSUPPORTED: "The provider does not offer this figure.",
    INSUFFICIENT_SCOPE: "The user did not grant access to it. Connect again with the scope.",
    NOT_RECORDED: "The provider answered that it has no data.",
    OUT_OF_REACH: "The provider gives only more recent days.",
    NOT_KEPT: "This gateway keeps only more recent days of this domain. Nobody is asked for older ones.",
    NOT_YET_SYNCED: "The device has not sent this data to the provider yet.",
    NOT_PERMITTED_TO_APP:
      "The provider does not give this data to this app, for example because of a missing plan or permission.",
    NOT_FETCHED:
      "The provider was not asked: its rate limit was used up, the request said only-if-cached, or the provider is retired.",
    PROVIDER_ERROR: "The provider was asked and failed, or its answer could not be read.",
  },
);
