import { dateIn } from "../../model/time.js";
import { invalidRequestAsDead } from "../kit/token-answers.js";
import type { Provider } from "../provider.js";
import { accountCalls, latestActivity, personalInfo, recent } from "./calls/account.js";
import { dailyCalls } from "./calls/daily.js";
import { heartRateCalls } from "./calls/heart-rate.js";
import { recordCalls } from "./calls/records.js";
import { toUserId } from "./mappers/account.js";
import { toUtcOffset } from "./mappers/activity.js";
import { budgets, outcome } from "./outcome.js";
import { scopes } from "./scopes.js";
import { webhook } from "./webhook.js";

/** Oura API v2: rings. */
export const oura: Provider<"OURA", never> = {
  id: "OURA",
  slug: "oura",
  name: "Oura",
  apiUrl: "https://api.ouraring.com",
  oauth: {
    authorizeUrl: "https://moi.ouraring.com/oauth/v2/ext/oauth-authorize",
    tokenUrl: "https://moi.ouraring.com/oauth/v2/ext/oauth-token",
    revocation: { kind: "token", url: "https://moi.ouraring.com/oauth/v2/ext/oauth-revoke", in: "form" },
    clientAuth: "body",
    pkce: true,
    scopeSeparator: " ",
    // The portal drops scopes without it, and says nothing.
    scopePrefix: "extapi:",
    // Gives the offset from UTC. The person's id can be read with any scope.
    baseScopes: [scopes.daily],
    scopesAreEnforced: true,
    redirect: [
      {
        pattern: /^(https:|http:\/\/localhost[:/])/,
        sentence: "begins with https, or with http://localhost (http://127.0.0.1 is refused)",
      },
    ],
    refresh: "rotating",
    refreshRepeatSeconds: 0,
    // A refresh token of the other portal is dead too.
    asStandard: invalidRequestAsDead,
    portals: {
      setting: "PORTAL",
      others: {
        cloud: {
          authorizeUrl: "https://cloud.ouraring.com/oauth/authorize",
          tokenUrl: "https://api.ouraring.com/oauth/token",
          revocation: {
            ...{ kind: "token", url: "https://api.ouraring.com/oauth/revoke" },
            ...{ in: "query", name: "access_token", token: "access" },
          },
          pkce: false,
          scopePrefix: "",
        },
      },
    },
  },
  settings: [
    {
      name: "PORTAL",
      description:
        "Where the app was made: `developer` for developer.ouraring.com (all apps since 2025), `cloud` for the older cloud.ouraring.com.",
      optional: true,
      default: "developer",
      shape: { pattern: /^(developer|cloud)$/, sentence: "developer or cloud" },
    },
  ],
  afterConsent: [
    {
      name: "personal_info",
      required: true,
      identifies: true,
      request: () => personalInfo,
      read: (answer) => ({ providerUserId: toUserId(answer) }),
    },
    {
      name: "daily_activity",
      scope: scopes.daily,
      required: false,
      request: ({ now }) => latestActivity(dateIn("UTC", now)),
      read: (answer) => ({ cells: toUtcOffset(recent(answer).found) }),
    },
  ],
  budgets,
  // The ring syncs when the phone is near. Nights are completed once the person opens the app, and may be edited later.
  revision: { days: 3, freshSeconds: 900 },
  calls: [...accountCalls, ...dailyCalls, ...recordCalls, ...heartRateCalls],
  // The lowest rate and the average variability of the main sleep. The distance is an equivalent by Oura's own words.
  methods: { restingRate: "LOWEST_OF_NIGHT", hrv: "NIGHT", distance: "EQUIVALENT" },
  outcome,
  webhook,
};
