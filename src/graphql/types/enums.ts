import { connectionStatuses } from "../../connections/connection.js";
import { jobStatuses, updateOrigins } from "../../events/updates.js";
import {
  activityMetrics,
  domains,
  goalMetrics,
  goalPeriods,
  heartZoneKinds,
  missingReasons,
  resolutions,
  sexes,
  sleepStages,
  workoutKinds,
} from "../../model/records.js";
import { providerIds } from "../../providers/provider.js";
import { sourceStatuses } from "../../readings/views.js";
import { providerStatuses } from "../provider-view.js";
import { energyUnits, lengthUnits, massUnits } from "../units.js";
import { enumeration } from "./field.js";

export const ProviderIdEnum = enumeration("ProviderId", providerIds, "A wearable provider.");
export const DomainEnum = enumeration("Domain", domains, "A kind of data: one history of a user each.");
export const SexEnum = enumeration("Sex", sexes, "As the user told their provider.");
export const ActivityMetricEnum = enumeration(
  "ActivityMetric",
  activityMetrics,
  "What activity samples can be had of.",
);
export const SleepStageEnum = enumeration(
  "SleepStage",
  sleepStages,
  "Classic sleep knows AWAKE, RESTLESS and ASLEEP; staged sleep AWAKE, LIGHT, DEEP and REM.",
);
export const WorkoutKindEnum = enumeration("WorkoutKind", workoutKinds, "What sort of exercise a workout was.");
export const GoalMetricEnum = enumeration("GoalMetric", goalMetrics, "What a goal is about.");
export const GoalPeriodEnum = enumeration("GoalPeriod", goalPeriods, "How often a goal is to be reached.", {
  OPEN: "Once: a weight to arrive at.",
});
export const LengthUnitEnum = enumeration(
  "LengthUnit",
  lengthUnits,
  "Units that lengths and distances can be answered in.",
);
export const MassUnitEnum = enumeration("MassUnit", massUnits, "Units that weights can be answered in.");
export const EnergyUnitEnum = enumeration("EnergyUnit", energyUnits, "Units that energies can be answered in.");
export const JobStatusEnum = enumeration("JobStatus", jobStatuses, "How far a background job is.", {
  WAITING: "For the provider's rate limit: `resumesAt` says until when.",
});
export const UpdateOriginEnum = enumeration("UpdateOrigin", updateOrigins, "Whether new data is news or history.", {
  LIVE: "The provider has just told of it.",
  BACKFILL: "A backfill fetched it.",
});
export const RateLimitScopeEnum = enumeration(
  "RateLimitScope",
  ["CONNECTION", "APP"],
  "Whose requests a limit counts.",
  {
    CONNECTION: "Those for one user.",
    APP: "Those for all users of this gateway together.",
  },
);

export const ResolutionEnum = enumeration(
  "Resolution",
  resolutions,
  "Bins from local midnight: counts summed, rates averaged, empty bins absent. A provider that records more coarsely answers at its own step.",
  { ONE_SECOND: "As recorded." },
);

export const HeartZoneKindEnum = enumeration(
  "HeartZoneKind",
  heartZoneKinds,
  "Fitbit's Out of Range, Fat Burn, Cardio and Peak are LIGHT, MODERATE, VIGOROUS and PEAK. A user's custom zones are left out.",
  { BELOW_ZONES: "Only where a provider says so." },
);

export const ConnectionStatusEnum = enumeration("ConnectionStatus", connectionStatuses, "How a connection stands.", {
  AWAITING_CONFIRMATION: "The user consented and has yet to confirm it (`confirmConnection`).",
  REAUTHORIZATION_REQUIRED: "The provider takes the grant no longer: connect again.",
  REVOKED: "Disconnected. What was stored is still served.",
  RETIRED: "The vendor switched the provider off. What was stored is still served.",
});

export const ProviderStatusEnum = enumeration(
  "ProviderStatus",
  providerStatuses,
  "Whether a provider can be used here.",
  {
    SANDBOX: "Simulated inside this gateway, with demo people.",
    NOT_CONFIGURED: "The operator has set no credentials for it.",
    RETIRED: "The vendor switched it off. What was stored is still served.",
  },
);

export const SourceStatusEnum = enumeration(
  "SourceStatus",
  sourceStatuses,
  "Where several hold, the first of this order: REAUTHORIZATION_REQUIRED, RETIRED, NOT_CONNECTED, NOT_CONFIGURED, ACTION_REQUIRED, RATE_LIMITED, UNAVAILABLE, STALE; then INSUFFICIENT_SCOPE or UNSUPPORTED where no asked field could be answered; else OK, with reasons in `missing`.",
  {
    STALE: "Served from the store for a passing cause (limit, outage); `retryAt` says when to ask again.",
    NOT_CONFIGURED: "The operator has something to set right (credentials, an API to enable); `message` says what.",
    ACTION_REQUIRED:
      "The user has something to do at the provider (link an account, accept terms); `message` says what.",
  },
);

export const MissingReasonEnum = enumeration(
  "MissingReason",
  missingReasons,
  "Why a figure is null: only what was observed, otherwise UNKNOWN.",
  {
    UNSUPPORTED: "The provider does not offer it.",
    INSUFFICIENT_SCOPE: "The user did not grant it: connect again with the scope.",
    NOT_RECORDED: "The provider answered that there is nothing.",
    NOT_YET_SYNCED: "The device has not sent this day in full yet.",
    NOT_PERMITTED_TO_APP: "The provider grants it to other apps than this one (Fitbit's intraday right, a plan).",
    NOT_FETCHED: "It was not asked for: budget spent, only-if-cached, provider retired.",
    PROVIDER_ERROR: "The provider was asked and failed.",
  },
);
