import type { RequestHandler } from "express";
import { PulsegateError } from "../../errors.js";
import type { Clock } from "../../model/time.js";
import { textsOf } from "../middleware/request.js";

/** The provider lab inside. */
export interface InnerLab {
  syncPerson(personId: string, untilMs: number | null): boolean;
}

/** `?until=` an instant; without it the wearables sync now. */
export function syncIn(lab: InnerLab, clock: Clock): RequestHandler {
  return (request, response) => {
    const { until } = textsOf(request.query);
    const untilMs = until === undefined ? null : Date.parse(until);
    if (untilMs !== null && !(untilMs <= clock.now()))
      throw new PulsegateError(
        "BAD_USER_INPUT",
        "until has to be an instant that is over, such as 2026-11-20T12:00:00Z.",
      );
    const { person } = request.params;
    if (!lab.syncPerson(String(person), untilMs))
      throw new PulsegateError("BAD_USER_INPUT", "Nobody in the lab has this id; docs/lab.md names them.");
    response.status(204).end();
  };
}
