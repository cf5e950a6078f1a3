import { cell } from "../../../model/cells.js";
import type { LocalDate } from "../../../model/records.js";
import { addDays } from "../../../model/time.js";
import { readMembers } from "../../kit/members.js";
import type { ApiRequest, Call } from "../../provider.js";
import { toBattery, toDevices, toEmail, toPerson, toRing } from "../mappers/account.js";
import { type Recent, toGoals, toRecent, toUtcOffset } from "../mappers/activity.js";
import { scopes } from "../scopes.js";
import { collection, document, members, pageAfter } from "./requests.js";

const once = { kind: "once" } as const;

export const personalInfo: ApiRequest = collection("personal_info");
/** How far back the newest day is looked for. */
const RECENT_DAYS = 7;

/** The newest days, whatever day it is where the person is. */
export function latestActivity(today: LocalDate): ApiRequest {
  return collection("daily_activity", { start_date: addDays(today, -RECENT_DAYS), end_date: addDays(today, 2) });
}

/** The readable ones of some daily documents. */
export function recent(answer: unknown) {
  const fields = ["profile.utcOffsetSeconds", "goals.daily"] as const;
  return readMembers<Recent>(members(answer), { fields, read: (member) => toRecent(document(member)) });
}

export const accountCalls: readonly Call[] = [
  {
    name: "personal_info",
    yields: ["profile.age", "profile.sex", "profile.height", "profile.weight"],
    reach: once,
    scope: scopes.personal,
    request: () => personalInfo,
    read: (answer) => ({ cells: toPerson(answer), covers: null }),
  },
  {
    // The same address with another scope: a person may grant the one and not the other.
    name: "personal_info email",
    yields: ["profile.email"],
    reach: once,
    scope: scopes.email,
    request: () => personalInfo,
    read: (answer) => ({ cells: toEmail(answer), covers: null }),
  },
  {
    name: "daily_activity newest",
    yields: ["profile.utcOffsetSeconds", "goals.daily"],
    reach: once,
    scope: scopes.daily,
    request: ({ today }) => latestActivity(today),
    read: (answer, _input, _have, asked) => {
      const { found, skipped } = recent(answer);
      const cells = [...toUtcOffset(found), ...toGoals(found)];
      return { cells, skipped, covers: null, next: pageAfter(asked, answer) };
    },
  },
  {
    name: "ring_battery_level",
    yields: ["devices.batteries"],
    reach: once,
    scope: scopes.ring,
    request: () => collection("ring_battery_level", { latest: "true" }),
    read: (answer, _input, _have, asked) => {
      const { found, skipped } = readMembers(members(answer), { fields: ["devices.batteries"], read: toBattery });
      return {
        cells: found.length === 0 ? [] : [cell("devices.batteries", null, found)],
        skipped,
        covers: null,
        next: pageAfter(asked, answer),
      };
    },
  },
  {
    name: "ring_configuration",
    yields: ["devices.devices"],
    reach: once,
    scope: scopes.ring,
    needs: ["devices.batteries"],
    request: () => collection("ring_configuration"),
    read: (answer, _input, have, asked) => {
      const rings = members(answer);
      const { found, skipped } = readMembers(rings, { fields: ["devices.devices"], read: toRing });
      const newest = [...(have.value("devices.batteries") ?? [])].sort((a, b) =>
        (a.time ?? "") < (b.time ?? "") ? 1 : -1,
      )[0];
      const cells =
        rings.length > 0 && found.length === 0 ? [] : [cell("devices.devices", null, toDevices(found, newest))];
      return { cells, skipped, covers: null, next: pageAfter(asked, answer) };
    },
  },
];
