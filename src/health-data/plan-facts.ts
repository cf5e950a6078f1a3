import type { Connection } from "../connections/connection.js";
import type { Facts } from "../tracing.js";
import { dayOf, UNDATED } from "./days.js";
import { isTransient, type WantedDays } from "./history.js";
import type { Plan, PlannedRequest } from "./planner.js";

/** What a caller's own token fetches has an id that is made of the token. */
const whose = ({ id, provider }: Connection): Facts => ({
  "pulsegate.provider": provider,
  ...(!isTransient(id) && { "pulsegate.connection.id": id }),
});

/** One line of a plan. */
export const callFacts = (connection: Connection, request: PlannedRequest): Facts => ({
  ...whose(connection),
  "pulsegate.call.name": request.call.name,
  ...spanFacts(request),
});

const spanFacts = (
  { from, to }: { readonly from: number; readonly to: number },
  of: "call" | "plan" = "call",
): Facts => (from === UNDATED ? {} : { [`pulsegate.${of}.from`]: dayOf(from)!, [`pulsegate.${of}.to`]: dayOf(to)! });

/** Which fields of which days, and never what they are. */
export function wantedFacts(connection: Connection, wanted: WantedDays): Facts {
  const dated = [...wanted.values()].filter((days) => days.length > 0 && days[0] !== UNDATED);
  const span = { from: Math.min(...dated.map((days) => days[0]!)), to: Math.max(...dated.map((days) => days.at(-1)!)) };
  return {
    ...whose(connection),
    "pulsegate.plan.fields": [...wanted.keys()].sort(),
    ...(dated.length > 0 && spanFacts(span, "plan")),
  };
}

export function planFacts({ requests, exact, outOfReach }: Plan): Facts {
  return {
    "pulsegate.plan.calls": requests.map(({ call }) => call.name),
    "pulsegate.plan.requests": requests.reduce((sum, request) => sum + request.requests, 0),
    "pulsegate.plan.at_least": requests.some(({ atLeast }) => atLeast),
    "pulsegate.plan.exact": exact,
    ...(outOfReach.size > 0 && { "pulsegate.plan.out_of_reach": [...outOfReach.keys()].sort() }),
  };
}
