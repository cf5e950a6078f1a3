import { object } from "../../../http/json.js";
import { cell } from "../../../model/cells.js";
import { addDays, dateIn, localDateOf, startOfDay } from "../../../model/time.js";
import { page, readMembers, readRecords } from "../../kit/members.js";
import type { Call } from "../../provider.js";
import { toDevice, toElectrocardiogram, toGoals } from "../mappers/account.js";
import { bodyOf, epoch, listIn, pageAfter, reading, requiredZone } from "../mappers/wire.js";
import { scopes } from "../scopes.js";

const devices: Call = {
  name: "getdevice",
  yields: ["devices.devices"],
  reach: { kind: "once" },
  scope: scopes.info,
  request: () => reading("/v2/user", "getdevice"),
  read: (answer) => {
    const told = listIn(bodyOf(answer), "devices");
    const { found, skipped } = readMembers(told, { fields: ["devices.devices"], read: toDevice });
    const cells = told.length > 0 && found.length === 0 ? [] : [cell("devices.devices", null, found)];
    return { cells, skipped, covers: null };
  },
};

const goals: Call = {
  name: "getgoals",
  yields: ["goals.daily", "goals.sleep", "goals.weight"],
  reach: { kind: "once" },
  scope: scopes.info,
  request: () => reading("/v2/user", "getgoals"),
  read: (answer) => ({ cells: toGoals(answer), covers: null }),
};

/** The signal, hundreds of values a second, is not read. Times have no zone, so that of the profile is used. */
const electrocardiograms: Call = {
  name: "heart list",
  yields: ["readings.electrocardiograms"],
  reach: { kind: "pages", size: 200, perDay: 0.1 },
  scope: scopes.metrics,
  needs: ["profile.timeZone"],
  request: ({ from, to }, _fields, have) => {
    const zone = requiredZone(have.value("profile.timeZone"), "profile.timeZone");
    return reading("/v2/heart", "list", {
      startdate: String(startOfDay(from, zone) / 1000),
      enddate: String(startOfDay(addDays(to, 1), zone) / 1000),
    });
  },
  read: (answer, input, have, asked) => {
    const zone = requiredZone(have.value("profile.timeZone"), "profile.timeZone");
    const body = bodyOf(answer);
    const parts = readRecords(listIn(body, "series"), {
      field: "readings.electrocardiograms",
      span: input,
      read: (entry) => toElectrocardiogram(entry, zone),
      dayOf: ({ time }) => localDateOf(time),
      dayOfUnread: (entry) => dateIn(zone, epoch(object(entry, "series[]")["timestamp"], "timestamp") * 1000),
    });
    return page(input, parts, pageAfter(asked, body));
  },
};

export const accountCalls: readonly Call[] = [devices, goals, electrocardiograms];
