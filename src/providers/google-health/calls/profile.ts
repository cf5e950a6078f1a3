import { cell, present } from "../../../model/cells.js";
import { envelope, omittableList } from "../../kit/envelope.js";
import { readMembers } from "../../kit/members.js";
import type { ApiRequest, Call } from "../../provider.js";
import { toDevice, toEmail, toNames, toProfile, toSettings } from "../mappers/account.js";
import { toKilograms, toMetres } from "../mappers/body.js";
import { scopes } from "../scopes.js";
import { newest, pageAfter } from "./requests.js";

const once = { kind: "once" } as const;

export const settingsRequest: ApiRequest = { method: "GET", path: "/v4/users/me/settings" };
export const identityRequest: ApiRequest = { method: "GET", path: "/v4/users/me/identity" };
/** A POST with the token in its header, as in all requests: a token in a query would appear in logs. */
export const tokenInfoRequest: ApiRequest = { method: "POST", path: "", base: "TOKENINFO", reads: true };
const userInfo: ApiRequest = { method: "GET", path: "", base: "USERINFO", optional: true };
const pairedDevices: ApiRequest = { method: "GET", path: "/v4/users/me/pairedDevices", query: { pageSize: 100 } };

export const profileCalls: readonly Call[] = [
  {
    name: "profile",
    yields: ["profile.age", "profile.memberSince"],
    reach: once,
    scope: scopes.profile,
    request: () => ({ method: "GET", path: "/v4/users/me/profile" }),
    read: (answer) => ({ cells: toProfile(answer), covers: null }),
  },
  {
    name: "settings",
    yields: ["profile.timeZone", "profile.utcOffsetSeconds", "profile.locale"],
    reach: once,
    scope: scopes.settings,
    request: () => settingsRequest,
    read: (answer) => ({ cells: toSettings(answer), covers: null }),
  },
  {
    name: "userinfo names",
    yields: ["profile.displayName", "profile.givenName", "profile.familyName", "profile.avatarUrl"],
    reach: once,
    scope: scopes.names,
    request: () => userInfo,
    read: (answer) => ({ cells: toNames(answer), covers: null }),
  },
  {
    // The same address with another scope: a person may grant the email address but not the name.
    name: "userinfo email",
    yields: ["profile.email"],
    reach: once,
    scope: scopes.email,
    request: () => userInfo,
    read: (answer) => ({ cells: toEmail(answer), covers: null }),
  },
  newestFigure("height", "profile.height", toMetres),
  newestFigure("weight", "profile.weight", toKilograms),
  {
    name: "pairedDevices",
    yields: ["devices.devices"],
    reach: once,
    scope: scopes.settings,
    request: () => pairedDevices,
    read: (answer, _input, _have, asked) => {
      const devices = omittableList(envelope(answer), "pairedDevices");
      const { found, skipped } = readMembers(devices, { fields: ["devices.devices"], read: toDevice });
      const cells = devices.length > 0 && found.length === 0 ? [] : [cell("devices.devices", null, found)];
      return { cells, skipped, covers: null, next: pageAfter(asked, answer) };
    },
  },
];

function newestFigure(
  type: string,
  field: "profile.height" | "profile.weight",
  read: (point: unknown) => number | null,
): Call {
  return {
    name: `${type} newest`,
    yields: [field],
    reach: once,
    scope: scopes.measurements,
    request: () => newest(type),
    read: (answer, _input, _have, asked) => {
      const points = omittableList(envelope(answer), "dataPoints");
      // A page before the first point may be empty. After the first point nothing else is needed.
      if (points.length === 0) return { cells: [], covers: null, next: pageAfter(asked, answer) };
      const { found, skipped } = readMembers(points.slice(0, 1), { fields: [field], read });
      return { cells: present(field, null, found[0]), skipped, covers: null };
    },
  };
}
