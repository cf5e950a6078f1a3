import type { SleepStage, ZoneKind } from "./types.js";

/** The style of each heart zone. */
export const zoneHues: Record<ZoneKind, string> = {
  BELOW_ZONES: "zone-below",
  LIGHT: "zone-1",
  MODERATE: "zone-2",
  VIGOROUS: "zone-3",
  PEAK: "zone-4",
};

/** The style of each stage of sleep. */
export const stageHues: Record<SleepStage, string> = {
  AWAKE: "awake",
  RESTLESS: "awake",
  REM: "rem",
  LIGHT: "light",
  ASLEEP: "light",
  DEEP: "deep",
};
