import type { ConnectStep, Provider } from "../provider.js";
import { accountCalls, offsetOfNights } from "./calls/account.js";
import { dayCalls } from "./calls/days.js";
import { recordCalls } from "./calls/records.js";
import { availableNights, userRequest } from "./calls/requests.js";
import { toProfile, toUserId } from "./mappers/account.js";
import { budgets, outcome } from "./outcome.js";
import { scopes } from "./scopes.js";
import { webhook } from "./webhook.js";

/** Nothing is given before it. 409: the person is registered. */
const register = (when: "consent" | "import"): ConnectStep => ({
  name: `register after ${when}`,
  required: true,
  when,
  acceptedStatuses: [409],
  request: ({ memberId }) => ({
    method: "POST",
    path: "/v3/users",
    headers: { accept: "application/json" },
    json: { "member-id": memberId },
  }),
  read: () => ({}),
});

/** Polar AccessLink v3: sports watches, bands and rings. */
export const polar: Provider<"POLAR", never> = {
  id: "POLAR",
  slug: "polar",
  name: "Polar",
  apiUrl: "https://www.polaraccesslink.com",
  oauth: {
    authorizeUrl: "https://flow.polar.com/oauth2/authorization",
    tokenUrl: "https://polarremote.com/v2/oauth2/token",
    // Deletes the person's registration, and all tokens with it.
    revocation: {
      kind: "request",
      request: (userId) => (userId === null ? null : { ...userRequest(userId), method: "DELETE" }),
    },
    clientAuth: "basic",
    pkce: false,
    scopeSeparator: " ",
    baseScopes: [scopes.all],
    scopesAreEnforced: true,
    // A token says that it ends after a year, and does not end.
    refresh: "none",
    refreshRepeatSeconds: 0,
    userIdKey: "x_user_id",
  },
  afterConsent: [
    register("consent"),
    register("import"),
    {
      name: "user",
      required: true,
      identifies: true,
      request: ({ providerUserId }) => (providerUserId === null ? null : userRequest(providerUserId)),
      read: (answer) => ({ providerUserId: toUserId(answer), cells: toProfile(answer) }),
    },
    {
      name: "newest night",
      required: false,
      request: () => availableNights,
      read: (answer) => ({ cells: offsetOfNights(answer).cells }),
    },
  ],
  budgets,
  // The watch may be synced days later, and a person may correct a night.
  revision: { days: 7, freshSeconds: 1800 },
  calls: [...accountCalls, ...dayCalls, ...recordCalls],
  // The lowest rate of the night is our rule. The variability is that of four hours, as Polar's documentation says.
  methods: { restingRate: "LOWEST_OF_NIGHT", hrv: "FOUR_HOURS_OF_SLEEP" },
  outcome,
  webhook,
};
