import type { MissingReason } from "../generated/operations.js";
import type { Page } from "../parts/page.js";

/** Why there is no figure. */
export type Gap = MissingReason | "NOT_WORN";

interface DayWithReasons {
  readonly worn?: boolean | null;
  readonly missing: readonly { readonly field: string; readonly reason: MissingReason }[];
}

/** A day's figure, or why it has none. A 0 of a wearable in the drawer is no day of rest. */
export function knownOf(day: DayWithReasons, field: string, value: number | null): number | Gap {
  if (day.worn === false) return "NOT_WORN";
  return value ?? day.missing.find((one) => one.field === field)?.reason ?? "UNKNOWN";
}

const keys = {
  NOT_WORN: "gapNotWorn",
  NOT_RECORDED: "gapNotRecorded",
  NOT_YET_SYNCED: "gapNotYetSynced",
  UNSUPPORTED: "gapUnsupported",
  INSUFFICIENT_SCOPE: "gapInsufficientScope",
  NOT_PERMITTED_TO_APP: "gapNotPermitted",
  NOT_FETCHED: "gapNotFetched",
  PROVIDER_ERROR: "gapProviderError",
  OUT_OF_REACH: "gapOutOfReach",
  NOT_KEPT: "gapNotKept",
  UNKNOWN: "gapUnknown",
} as const satisfies Readonly<Record<Gap, string>>;

/** The reason in words; `source` is whose day it is, where one provider is meant. */
export function gapWords({ say, name }: Pick<Page, "say" | "name">, gap: Gap, source: string | null): string {
  const P = source === null ? say("theSource") : name(source);
  // A reason of a later version says at least that there is none that we know.
  const key = keys[gap] ?? keys.UNKNOWN;
  return say(key, { P } as never);
}
