import type { LocalDate } from "../../../model/records.js";
import type { Call } from "../../provider.js";
import { toBody, toProfile, toUtcOffset } from "../mappers/account.js";
import { scopes } from "../scopes.js";
import { BODY_PATH, get, newest } from "./requests.js";

export const profileRequest = get("user/profile/basic");
export const newestCycle = (today: LocalDate) => newest("cycle", today);

export const accountCalls: readonly Call[] = [
  {
    name: "profile",
    yields: ["profile.givenName", "profile.familyName", "profile.email"],
    reach: { kind: "once" },
    scope: scopes.profile,
    request: () => profileRequest,
    read: (answer) => ({ cells: toProfile(answer), covers: null }),
  },
  {
    name: "body measurement",
    yields: ["profile.height", "profile.weight"],
    reach: { kind: "once" },
    scope: scopes.body,
    request: () => ({ method: "GET", path: BODY_PATH }),
    read: (answer) => ({ cells: toBody(answer), covers: null }),
  },
  {
    name: "newest cycle",
    yields: ["profile.utcOffsetSeconds"],
    reach: { kind: "once" },
    scope: scopes.cycles,
    request: ({ today }) => newestCycle(today),
    read: (answer) => ({ cells: toUtcOffset(answer), covers: null }),
  },
];
