import type { Night } from "../data/state.js";

export const isNap = ({ isMainSleep }: Pick<Night, "isMainSleep">): boolean => isMainSleep === false;

/** The day's main sleep; the longest, where its maker does not tell. */
export function mainOf<S extends Pick<Night, "isMainSleep" | "minutesAsleep">>(sessions: readonly S[]): S | undefined {
  const nights = sessions.filter((one) => !isNap(one));
  return nights.toSorted((one, other) => (other.minutesAsleep ?? 0) - (one.minutesAsleep ?? 0))[0];
}

/** The stages of a night as minutes after midnight of the day on which it began. */
export function segmentsOf({ start, hypnogram }: Pick<Night, "start" | "hypnogram">) {
  const begun = minutesOfDay(start);
  return (hypnogram ?? []).map((segment) => {
    const from = begun + (Date.parse(segment.start) - Date.parse(start)) / 60_000;
    return { stage: segment.stage, from, to: from + segment.seconds / 60 };
  });
}

export const minutesOfDay = (instant: string): number =>
  Number(instant.slice(11, 13)) * 60 + Number(instant.slice(14, 16));
