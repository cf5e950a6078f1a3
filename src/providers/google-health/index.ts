import type { OxygenRecord, Vo2MaxTestRecord } from "../../model/records.js";
import { bodyMassIndexes } from "../kit/body-mass-index.js";
import { nutritionSums } from "../kit/nutrition.js";
import type { Provider } from "../provider.js";
import { dailyFigureCalls, dailyTotalCalls } from "./calls/daily.js";
import { identityRequest, profileCalls, settingsRequest, tokenInfoRequest } from "./calls/profile.js";
import { nightCalls, readingCalls } from "./calls/readings.js";
import { recordCalls } from "./calls/records.js";
import { sampleCalls } from "./calls/samples.js";
import { toGrantedScopes, toIdentity, toSettings } from "./mappers/account.js";
import { toOxygenCourse } from "./mappers/readings.js";
import { minutelyBudget, outcome } from "./outcome.js";
import { googleRecords } from "./records.js";
import { scopes } from "./scopes.js";
import { USUAL_SUBSCRIBER_ID } from "./subscriber.js";
import { googleHealthWebhook } from "./webhook.js";

/** Google Health API v4: reaches accounts of Fitbit and Pixel since the Fitbit Web API is gone. */
export const googleHealth: Provider<"GOOGLE_HEALTH", "FITBIT"> = {
  id: "GOOGLE_HEALTH",
  slug: "google-health",
  name: "Google Health",
  apiUrl: "https://health.googleapis.com",
  otherUrls: {
    TOKENINFO: "https://oauth2.googleapis.com/tokeninfo",
    USERINFO: "https://www.googleapis.com/oauth2/v3/userinfo",
    WEBHOOK_KEYS: "https://www.gstatic.com/googlehealthapi/webhooks/webhooks_public_keyset.json",
  },
  oauth: {
    authorizeUrl: "https://accounts.google.com/o/oauth2/v2/auth",
    tokenUrl: "https://oauth2.googleapis.com/token",
    revocation: { kind: "token", url: "https://oauth2.googleapis.com/revoke", in: "query" },
    clientAuth: "body",
    pkce: true,
    scopeSeparator: " ",
    // Gives the zone. Identity can be read with any one of the health scopes.
    baseScopes: [scopes.settings],
    scopesAreEnforced: true,
    // Without both there is no refresh token, at least not at a second consent. Never include_granted_scopes: every
    // call refuses a token that covers other Google APIs too.
    authorizeParams: { access_type: "offline", prompt: "consent" },
    refresh: "reusable",
    refreshRepeatSeconds: 0,
    grantedScopes: { request: () => tokenInfoRequest, read: toGrantedScopes },
  },
  settings: [
    {
      name: "PROJECT_NUMBER",
      description: "Number (not id) of the Google Cloud project whose webhook subscriber is managed.",
    },
    {
      name: "SUBSCRIBER_ID",
      description: "What our webhook subscriber is called in the project: each deployment needs one of its own.",
      default: USUAL_SUBSCRIBER_ID,
      shape: {
        pattern: /^[a-z][a-z0-9-]{2,34}[a-z0-9]$/,
        sentence: "4 to 36 lower-case letters, digits and dashes, a letter first and no dash last",
      },
    },
    {
      name: "SERVICE_ACCOUNT",
      description: "Key of a service account with roles/health.editor: its JSON, or the path of a file with it.",
      secret: true,
    },
    {
      name: "REQUESTS_PER_MINUTE",
      description: "Requests a minute for each person: 300 for projects that Google verified, 150 for others.",
      optional: true,
      default: "300",
      shape: { pattern: /^[1-9]\d{0,3}$/, sentence: "a whole number from 1 to 9999" },
    },
    {
      name: "WEBHOOK_SECRET",
      description:
        "The whole Authorization header that notifications must carry: Bearer, a space, and a long random value.",
      secret: true,
    },
    {
      name: "WEBHOOK_SECRET_PREVIOUS",
      description: "The secret before it, accepted while the new one is being introduced.",
      optional: true,
      secret: true,
    },
  ],
  afterConsent: [
    { name: "identity", required: true, identifies: true, request: () => identityRequest, read: toIdentity },
    {
      name: "settings",
      scope: scopes.settings,
      required: false,
      request: () => settingsRequest,
      read: (answer) => ({ cells: toSettings(answer) }),
    },
  ],
  budgets: [minutelyBudget],
  // Trackers sync about every 15 minutes when the phone is near. Nights are completed later.
  revision: { days: 3, freshSeconds: 900 },
  calls: [
    ...profileCalls,
    ...dailyTotalCalls,
    ...dailyFigureCalls,
    ...sampleCalls,
    ...recordCalls,
    ...nightCalls,
    ...readingCalls,
  ],
  // Days that were not worn are left out of totals: https://developers.google.com/health/data-presence-and-true-zeros
  zeroMeansStill: true,
  // The variability is that of the whole night. How the resting rate is found is Google's own.
  methods: { restingRate: "PROVIDER", hrv: "NIGHT", distance: "MEASURED" },
  derive: [
    {
      // Runs are a data type of their own.
      yields: "readings.vo2MaxTests",
      from: ["readings.vo2MaxOthers", "readings.vo2MaxRuns"],
      derive: (lists) => lists.flatMap((list) => (Array.isArray(list) ? list : [])) as readonly Vo2MaxTestRecord[],
    },
    {
      // Google files these samples by their time, not by night: the course is that of the calendar day.
      yields: "vitals.course:oxygenSaturation",
      from: ["readings.oxygenSaturations"],
      derive: ([list]) => toOxygenCourse(list as readonly OxygenRecord[] | undefined),
    },
    {
      // Total energy contains basal and active energy, and active energy contains no basal part. So basal is the
      // difference, if both are known.
      yields: "activity.basalEnergyBurned",
      from: ["activity.energyBurned", "activity.activeEnergyBurned"],
      derive: ([total, active]) =>
        typeof total === "number" && typeof active === "number" && total >= active
          ? Number((total - active).toFixed(6))
          : null,
    },
    bodyMassIndexes,
    ...nutritionSums,
  ],
  records: googleRecords,
  outcome,
  webhook: googleHealthWebhook,
  succeeds: "FITBIT",
};
