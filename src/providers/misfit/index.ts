import { cell } from "../../model/cells.js";
import type { LocalDate } from "../../model/records.js";
import { addDays } from "../../model/time.js";
import { page } from "../kit/members.js";
import type { ApiRequest, Call, Input, Provider } from "../provider.js";
import { toDevices } from "./mappers/device.js";
import { toGoals } from "./mappers/goal.js";
import { toProfile, toUserId } from "./mappers/profile.js";
import { toWorkouts } from "./mappers/session.js";
import { toSleeps } from "./mappers/sleep.js";
import { summaryFields, toActivity } from "./mappers/summary.js";
import { hourlyBudget, outcome } from "./outcome.js";
import { misfitWebhook } from "./webhook.js";

const resource = (path: string, query?: Readonly<Record<string, string>>): ApiRequest => ({
  method: "GET",
  path: `/move/resource/v1/user/me/${path}`,
  query,
});

/**
 * A span of more than 31 days is answered with 400. One day more is read on both sides, so 29 days remain for a
 * request.
 */
const LONGEST_DAYS = 29;

/**
 * The vendor's texts differ on whether `end_date` is included, so one day more is requested and dropped if it arrives:
 * correct in both cases.
 */
const range = (from: LocalDate, to: LocalDate) => ({ start_date: from, end_date: addDays(to, 1) });

/**
 * It is not known which time of a record that crosses midnight puts it into a range: one day more is read on both
 * sides.
 */
const paddedRange = ({ from, to }: Input) => range(addDays(from, -1), to);

const profile: Call = {
  name: "profile",
  yields: ["profile.displayName", "profile.email", "profile.dateOfBirth", "profile.sex", "profile.avatarUrl"],
  reach: { kind: "once" },
  request: () => resource("profile"),
  read: (answer) => ({ cells: toProfile(answer), covers: null }),
};

const device: Call = {
  name: "device",
  yields: ["devices.devices"],
  reach: { kind: "once" },
  request: () => resource("device"),
  read: (answer) => ({ cells: [cell("devices.devices", null, toDevices(answer))], covers: null }),
};

const goals: Call = {
  name: "goals",
  // The goals are the only place where Misfit gives the offset from UTC. Some days lack it.
  yields: ["goals.daily", "profile.utcOffsetSeconds"],
  reach: { kind: "once" },
  request: ({ today }) => resource("activity/goals", range(addDays(today, -6), today)),
  read: (answer, { today }) => ({ ...toGoals(answer, today), covers: null }),
};

const summary: Call = {
  name: "summary",
  yields: summaryFields,
  reach: { kind: "days", max: LONGEST_DAYS },
  // Without `detail` the answer is one total over the range.
  request: ({ from, to }) => resource("activity/summary", { ...range(from, to), detail: "true" }),
  read: (answer, input) => page(input, toActivity(answer)),
};

const sessions: Call = {
  name: "sessions",
  yields: ["workouts.workouts"],
  reach: { kind: "days", max: LONGEST_DAYS },
  request: (input) => resource("activity/sessions", paddedRange(input)),
  read: (answer, input) => page(input, toWorkouts(answer, input)),
};

const sleeps: Call = {
  name: "sleeps",
  yields: ["sleep.sessions"],
  reach: { kind: "days", max: LONGEST_DAYS },
  request: (input) => resource("activity/sleeps", paddedRange(input)),
  read: (answer, input) => page(input, toSleeps(answer, input)),
};

/** Misfit Cloud API, switched off since 2023: it answers only if the operator configures a stand-in. */
export const misfit: Provider<"MISFIT", never> = {
  id: "MISFIT",
  slug: "misfit",
  name: "Misfit",
  apiUrl: "https://api.misfitwearables.com",
  oauth: {
    authorizeUrl: "https://api.misfitwearables.com/auth/dialog/authorize",
    tokenUrl: "https://api.misfitwearables.com/auth/tokens/exchange",
    revocation: null,
    clientAuth: "body",
    pkce: false,
    scopeSeparator: ",",
    // "public" is a placeholder by Misfit's own words. These three scopes give access to everything.
    baseScopes: ["public", "birthday", "email"],
    scopesAreEnforced: false,
    refresh: "none",
    refreshRepeatSeconds: 0,
  },
  settings: [
    {
      name: "SNS_TOPICS",
      description:
        "Topic ARNs whose notifications are ours, separated by commas. Without it every notification is refused.",
    },
    {
      name: "SNS_CA",
      description:
        "Certificates between Amazon's signing certificate and a public root, to which it must then lead: PEM text, or a file's path.",
      optional: true,
    },
  ],
  methods: { distance: "MEASURED" },
  afterConsent: [
    {
      name: "profile",
      required: true,
      identifies: true,
      request: () => resource("profile"),
      read: (answer) => ({ providerUserId: toUserId(answer), cells: toProfile(answer) }),
    },
  ],
  budgets: [hourlyBudget],
  // The tracker syncs when it is near the phone. Misfit's own clients read the last days again.
  revision: { days: 7, freshSeconds: 3600 },
  calls: [profile, device, goals, summary, sessions, sleeps],
  outcome,
  webhook: misfitWebhook,
  retired: {
    // The exact day is not documented. On this day the app could no longer log in.
    since: "2023-05-11",
    message:
      "Fossil closed Misfit's service in 2023. Nothing can be connected or fetched any more; stored days are kept.",
  },
};
