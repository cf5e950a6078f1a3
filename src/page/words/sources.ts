import type { Source, State } from "../data/state.js";
import type { Domain } from "../generated/operations.js";
import type { Page } from "../parts/page.js";
import { moment } from "./moments.js";

type Telling = Pick<Page, "say" | "format" | "today" | "name">;

/** What kept a source from answering, for people; null where there is nothing to say. */
export function sourceSentence(page: Telling, source: Source): string | null {
  const { say } = page;
  const P = page.name(source.provider);
  const retryAt = source.retryAt === null ? null : moment(page, source.retryAt);
  switch (source.status) {
    case "STALE":
      return source.asOf !== null && retryAt !== null
        ? say("stale", { P, asOf: moment(page, source.asOf), retryAt })
        : say("staleNow", { P });
    case "RATE_LIMITED":
      return retryAt !== null ? say("usedUpUntil", { P, retryAt }) : say("usedUp", { P });
    case "UNAVAILABLE":
      return retryAt !== null ? say("didNotAnswerNext", { P, retryAt }) : say("didNotAnswer", { P });
    case "REAUTHORIZATION_REQUIRED":
      return say("noLongerReads", { P });
    case "INSUFFICIENT_SCOPE":
      return say("notAllowed", { P });
    case "ACTION_REQUIRED":
      return say("isWaiting", { P, message: source.message ?? "" });
    case "NOT_CONFIGURED":
      return say("notFullySetUp", { P, message: source.message ?? "" });
    default:
      return null;
  }
}

/** Whether a source is behind for a while: it could not be asked, or did not answer. */
export const isBehind = ({ status }: Source): boolean =>
  status === "STALE" || status === "RATE_LIMITED" || status === "UNAVAILABLE";

/** Whether any of the person's sources has such data at all. */
export function isOffered({ providers, person }: Pick<State, "providers" | "person">, domain: Domain): boolean {
  const connected = new Set(person?.connections.map((one) => one.provider.id));
  return providers?.some(({ id, domains }) => connected.has(id) && domains.includes(domain)) ?? true;
}

/** Whether more than one of the person's sources has such data. */
export function hasOthers({ providers, person }: Pick<State, "providers" | "person">, domain: Domain): boolean {
  const connected = person?.connections.filter(({ status }) => status !== "AWAITING_CONFIRMATION") ?? [];
  const offering = connected.filter((one) =>
    providers?.some(({ id, domains }) => id === one.provider.id && domains.includes(domain)),
  );
  return offering.length > 1;
}
