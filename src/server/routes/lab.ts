import type { RequestHandler } from "express";
import { PulsegateError } from "../../errors.js";
import type { Clock } from "../../model/time.js";
import { textsOf } from "../middleware/request.js";

/** The provider lab inside. */
export interface InnerLab {
  syncPerson(personId: string, untilMs: number | null): boolean;
  consentPage(path: string): string | null;
}

const HOUR_MS = 3_600_000;

/** `?until=` an instant, or `?hoursAgo=`; without either the wearables sync now. */
export function syncIn(lab: InnerLab, clock: Clock): RequestHandler {
  return (request, response) => {
    const untilMs = instantOf(textsOf(request.query), clock.now());
    const { person } = request.params;
    if (!lab.syncPerson(String(person), untilMs))
      throw new PulsegateError("BAD_USER_INPUT", "Nobody in the lab has this id; docs/lab.md names them.");
    response.status(204).end();
  };
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/**
 * Hands a browser the lab's consent page, and what the lab answers to its form. For paths below `/lab`. It leads back to
 * our own callback alone: a lab takes any client's address.
 */
export function consentIn(lab: InnerLab, publicUrl: string): RequestHandler {
  return async (request, response, next) => {
    const page = lab.consentPage(request.path.slice("/lab".length));
    if (page === null) return next();
    const asked = new URL(page);
    asked.search = new URL(request.originalUrl, page).search;
    const answer = await fetch(asked, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
    const location = answer.headers.get("location");
    if (location !== null && !location.startsWith(`${publicUrl}/oauth/`)) {
      throw new PulsegateError("BAD_USER_INPUT", "Behind this address, consent leads back to this gateway alone.");
    }
    if (location !== null) response.location(location);
    response.status(answer.status).set("content-security-policy", policy);
    response.type(answer.headers.get("content-type") ?? "html").send(await answer.text());
  };
}

function instantOf({ until, hoursAgo }: Readonly<Record<string, string | undefined>>, now: number): number | null {
  if (hoursAgo !== undefined) {
    // Longer ago than anybody syncs late.
    if (!/^\d{1,3}$/.test(hoursAgo)) throw new PulsegateError("BAD_USER_INPUT", "hoursAgo has to be 0 to 999.");
    return now - Number(hoursAgo) * HOUR_MS;
  }
  const untilMs = until === undefined ? null : Date.parse(until);
  if (untilMs === null || untilMs <= now) return untilMs;
  throw new PulsegateError("BAD_USER_INPUT", "until has to be an instant that is over, such as 2026-11-20T12:00:00Z.");
}
