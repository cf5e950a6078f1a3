import { bodyMassIndexes } from "../kit/body-mass-index.js";
import type { Provider } from "../provider.js";
import { accountCalls } from "./calls/account.js";
import { activityCalls } from "./calls/activity.js";
import { heightRequest, measureCalls, toHeight } from "./calls/measures.js";
import { sleepCalls } from "./calls/sleep.js";
import { minutelyBudget, outcome } from "./outcome.js";
import { scopes } from "./scopes.js";
import { asStandard, sign } from "./token-answer.js";
import { withingsWebhook } from "./webhook.js";

/** Withings Public API: scales, cuffs, watches, sleep mats and thermometers. */
export const withings: Provider<"WITHINGS", never> = {
  id: "WITHINGS",
  slug: "withings",
  name: "Withings",
  apiUrl: "https://wbsapi.withings.net",
  oauth: {
    authorizeUrl: "https://account.withings.com/oauth2_user/authorize2",
    tokenUrl: "https://wbsapi.withings.net/v2/oauth2",
    // In the name of the app, so that an expired token of the person is no hindrance.
    revocation: {
      kind: "app",
      url: "https://wbsapi.withings.net/v2/oauth2",
      form: (userid) => ({ action: "revoke", userid }),
    },
    clientAuth: "body",
    pkce: false,
    scopeSeparator: ",",
    // Metrics give the zone.
    baseScopes: [scopes.metrics],
    scopesAreEnforced: true,
    tokenParams: { exchange: { action: "requesttoken" }, refresh: { action: "requesttoken" } },
    asStandard,
    // A missing scope is answered as a refused token.
    renewedTokenRefused: "scope",
    // Only what exists in the signed form alone. Two nonces asked for within one second are the same call, which
    // Withings refuses: at refreshes of several people at once that would happen.
    signed: {
      calls: ["revoke"],
      name: "signature",
      signs: ["action", "client_id", "nonce"],
      nonce: {
        path: "/v2/signature",
        params: { action: "getnonce" },
        timestamp: "timestamp",
        signs: ["action", "client_id", "timestamp"],
        name: "nonce",
      },
      sign,
    },
    refresh: "rotating",
    // The old token works for eight hours, but the same call is refused when it comes again within ten seconds.
    refreshRepeatSeconds: 0,
    userIdKey: "userid",
  },
  settings: [
    {
      name: "MODE",
      description: "demo: consent is to Withings's demo person, so that the cloud can be tried without a device.",
      optional: true,
      consentParam: "mode",
      shape: { pattern: /^demo$/, sentence: "demo, or left out" },
    },
    {
      name: "REQUESTS_PER_MINUTE",
      description: "Requests a minute for the whole app: 120 on the free plan.",
      optional: true,
      default: "120",
      shape: { pattern: /^[1-9]\d{0,4}$/, sentence: "a whole number from 1 to 99999" },
    },
    {
      name: "WEBHOOK_SECRET",
      description: "The last part of the address that Withings notifies; left out, it is made of the client secret.",
      optional: true,
      secret: true,
      shape: { pattern: /^[\w-]{22,128}$/, sentence: "22 to 128 letters, digits, _ or -, and not to be guessed" },
    },
  ],
  afterConsent: [
    {
      name: "zone",
      scope: scopes.metrics,
      required: false,
      request: () => heightRequest,
      read: (answer) => ({ cells: toHeight(answer) }),
    },
  ],
  budgets: [minutelyBudget],
  // A scale hands over what it measured days later.
  revision: { days: 7, freshSeconds: 900 },
  calls: [...accountCalls, ...activityCalls, ...sleepCalls, ...measureCalls],
  // There is no resting rate: the lowest rate of the night stands for it.
  methods: { restingRate: "LOWEST_OF_NIGHT", hrv: "NIGHT", distance: "MEASURED" },
  derive: [bodyMassIndexes],
  outcome,
  webhook: withingsWebhook,
};
