import type { CycleRecord, SleepRecord } from "../../model/records.js";
import { dateIn } from "../../model/time.js";
import { invalidRequestAsDead } from "../kit/token-answers.js";
import type { Provider } from "../provider.js";
import { accountCalls, newestCycle, profileRequest } from "./calls/account.js";
import { recordCalls } from "./calls/records.js";
import { toUserId, toUtcOffset } from "./mappers/account.js";
import { toEnergy, toStrain } from "./mappers/cycle.js";
import { toRespiratoryRate } from "./mappers/sleep.js";
import { budgets, outcome } from "./outcome.js";
import { scopes } from "./scopes.js";
import { webhook } from "./webhook.js";

/** WHOOP API v2: straps. Its days are cycles, from sleep to sleep. */
export const whoop: Provider<"WHOOP", never> = {
  id: "WHOOP",
  slug: "whoop",
  name: "WHOOP",
  apiUrl: "https://api.prod.whoop.com",
  oauth: {
    authorizeUrl: "https://api.prod.whoop.com/oauth/oauth2/auth",
    tokenUrl: "https://api.prod.whoop.com/oauth/oauth2/token",
    revocation: { kind: "request", request: () => ({ method: "DELETE", path: "/developer/v2/user/access" }) },
    clientAuth: "body",
    pkce: false,
    scopeSeparator: " ",
    // The newest cycle gives the offset from UTC.
    baseScopes: [scopes.offline, scopes.profile, scopes.cycles],
    scopesAreEnforced: true,
    redirect: [{ pattern: /^https:/, sentence: "begins with https (https://localhost too)" }],
    // The access token of before dies with the refresh token.
    refresh: "rotating",
    refreshRepeatSeconds: 0,
    tokenParams: { refresh: { scope: scopes.offline } },
    asStandard: invalidRequestAsDead,
  },
  afterConsent: [
    {
      name: "profile",
      scope: scopes.profile,
      required: true,
      identifies: true,
      request: () => profileRequest,
      read: (answer) => ({ providerUserId: toUserId(answer) }),
    },
    {
      name: "newest cycle",
      scope: scopes.cycles,
      required: false,
      request: ({ now }) => newestCycle(dateIn("UTC", now)),
      read: (answer) => ({ cells: toUtcOffset(answer) }),
    },
  ],
  budgets,
  // A night is scored within minutes, may be edited later, and WHOOP corrects days of the past week by itself.
  revision: { days: 7, freshSeconds: 1800 },
  calls: [...accountCalls, ...recordCalls],
  // Both are taken in slow wave sleep, as WHOOP's help pages say.
  methods: { restingRate: "DEEP_SLEEP", hrv: "DEEP_SLEEP" },
  derive: [
    {
      yields: "activity.energyBurned",
      from: ["activity.cycles"],
      derive: ([cycles]) => toEnergy((cycles ?? []) as readonly CycleRecord[]),
    },
    {
      yields: "scores.STRAIN",
      from: ["activity.cycles"],
      derive: ([cycles]) => (cycles === undefined ? null : toStrain(cycles as readonly CycleRecord[])),
    },
    {
      yields: "vitals.respiratoryRate",
      from: ["sleep.sessions"],
      derive: ([sleeps]) => toRespiratoryRate((sleeps ?? []) as readonly SleepRecord[]),
    },
  ],
  outcome,
  webhook,
};
