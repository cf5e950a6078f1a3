import { list, UnreadableAnswer } from "../../../http/json.js";
import { cell, present } from "../../../model/cells.js";
import { localDateOf } from "../../../model/time.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import { readMembers } from "../../kit/members.js";
import type { Call } from "../../provider.js";
import { changedAt, newest, toBody, toDevice, toEnd, toProfile, toStart, toWeighings } from "../mappers/account.js";
import { availableNights, exercises, physicalInfo, userRequest } from "./requests.js";

const once = { kind: "once" } as const;
/** How far back it is looked when the weight was entered last. */
const WEIGHT_DAYS = 90;

export const accountCalls: readonly Call[] = [
  {
    name: "user",
    yields: ["profile.givenName", "profile.familyName", "profile.dateOfBirth", "profile.sex"],
    reach: once,
    request: ({ providerUserId }) => {
      if (providerUserId === null) throw new UnreadableAnswer("the user's id is not known");
      return userRequest(providerUserId);
    },
    read: (answer) => ({ cells: toProfile(answer), covers: null }),
  },
  {
    name: "physical-info",
    yields: ["profile.height", "profile.weight", "goals.sleep"],
    reach: once,
    request: () => physicalInfo,
    read: (answer) => ({ cells: toBody(answer), covers: null }),
  },
  {
    // The same address: only the newest weight exists, so each change is a weighing of its day.
    name: "physical-info weight",
    yields: ["body.weight"],
    reach: { kind: "trailing", days: WEIGHT_DAYS },
    needs: ["profile.utcOffsetSeconds"],
    request: () => physicalInfo,
    read: (answer, { from, to }, have) => {
      const time = changedAt(answer, have.value("profile.utcOffsetSeconds"));
      if (time === null) return { cells: [], covers: null };
      const day = localDateOf(time);
      // An earlier weight was replaced: of the days before the newest one nothing is proven.
      if (day < from) return { cells: [], covers: { from, to } };
      return { cells: [cell("body.weight", day, toWeighings(answer, time))], covers: { from: day, to } };
    },
  },
  {
    name: "newest offset",
    yields: ["profile.utcOffsetSeconds"],
    reach: once,
    request: () => availableNights,
    read: (answer, _input, _have, asked) => {
      const isOfNights = asked.path === availableNights.path;
      const { cells, skipped } = isOfNights ? offsetOfNights(answer) : offsetIn(list(answer, "exercises"), toStart);
      // A person may not wear the watch at night.
      return { cells, skipped, covers: null, ...(isOfNights && cells.length === 0 && { next: exercises() }) };
    },
  },
  {
    name: "newest exercise",
    yields: ["devices.devices"],
    reach: once,
    request: () => exercises(),
    read: (answer) => {
      const all = list(answer, "exercises");
      const { found, skipped } = readMembers(all, { fields: ["devices.devices"], read: toDevice });
      const device = newest(found)?.device;
      return { cells: device ? [cell("devices.devices", null, [device])] : [], skipped, covers: null };
    },
  },
];

/** The offset at the end of the newest night. */
export function offsetOfNights(answer: unknown) {
  return offsetIn(requiredList(envelope(answer, "sleep"), "available"), toEnd);
}

function offsetIn(all: readonly unknown[], read: (member: unknown) => ReturnType<typeof toEnd>) {
  const { found, skipped } = readMembers(all, { fields: ["profile.utcOffsetSeconds"], read });
  return { cells: present("profile.utcOffsetSeconds", null, newest(found)?.offsetSeconds), skipped };
}
