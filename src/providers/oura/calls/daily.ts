import { optionalString } from "../../../http/json.js";
import type { Cell } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import { page, readRows } from "../../kit/members.js";
import type { Call } from "../../provider.js";
import { activityFields, toActivity } from "../mappers/activity.js";
import type { Loose } from "../mappers/document.js";
import { toResilience, toScore } from "../mappers/scores.js";
import { toCardiovascularAge, toOxygen, toStress, toTemperatureDeviation, toVo2Max } from "../mappers/vitals.js";
import { scopes } from "../scopes.js";
import { document, documents, LONGEST_DAYS, members, pageAfter } from "./requests.js";

/** Collections with one document for each day. */
export const dailyCalls: readonly Call[] = [
  // Its end is never included. The day behind the last one tells where that one ends.
  daily("daily_activity", scopes.daily, activityFields, toActivity, 2),
  daily("daily_readiness", scopes.daily, ["scores.READINESS", "vitals.skinTemperatureDeviation"], (raw) => [
    toScore("scores.READINESS", raw),
    ...toTemperatureDeviation(raw),
  ]),
  daily("daily_sleep", scopes.daily, ["scores.SLEEP"], (raw) => [toScore("scores.SLEEP", raw)]),
  daily("daily_resilience", scopes.resilience, ["scores.RESILIENCE"], toResilience),
  daily("daily_spo2", scopes.oxygen, ["vitals.oxygenSaturation", "vitals.breathingDisturbanceIndex"], toOxygen),
  daily("daily_stress", scopes.daily, ["vitals.stressMinutes", "vitals.recoveryMinutes"], toStress),
  daily(
    "daily_cardiovascular_age",
    scopes.heartHealth,
    ["vitals.vascularAgeYears", "vitals.pulseWaveVelocity"],
    toCardiovascularAge,
  ),
  // With a capital letter here, and without one in notifications.
  daily("vO2_max", scopes.heartHealth, ["vitals.vo2Max"], toVo2Max),
];

function daily(
  name: string,
  scope: string,
  yields: readonly Field[],
  read: (raw: Loose) => readonly Cell[],
  daysBehind?: number,
): Call {
  return {
    name,
    yields,
    reach: { kind: "days", max: LONGEST_DAYS },
    scope,
    request: (input) => documents(name, input, daysBehind),
    read: (answer, input, _have, asked) => {
      const parts = readRows(members(answer), {
        fields: yields,
        read: (member) => read(document(member)),
        dayOfUnread: (member) => optionalString(document(member)["day"]),
      });
      return page(input, parts, pageAfter(asked, answer));
    },
  };
}
