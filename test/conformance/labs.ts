import type { ProviderId } from "../../src/providers/provider.js";
import { startFitbitLab } from "../../src/sandbox/fitbit/index.js";
import { startGoogleHealthLab } from "../../src/sandbox/google-health/index.js";
import type { SyncState } from "../../src/sandbox/kit/index.js";
import type { Lab, LabClock } from "../../src/sandbox/lab.js";
import { startMisfitLab } from "../../src/sandbox/misfit/index.js";

/** What the suite needs of a lab beyond what all labs have. */
export interface StartedLab {
  readonly lab: Lab & { readonly sync: SyncState };
  readonly clientId: string;
  readonly clientSecret: string;
  /** Lifts the rate limit: the suite asks in a minute what no person asks in an hour. */
  unlimited(): void;
}

type AnyLab = StartedLab["lab"];

function starting<L extends AnyLab>(
  start: (options: { readonly clock: LabClock }) => Promise<L>,
  client: (lab: L) => readonly [id: string, secret: string],
  setLimit: (lab: L, limit: number) => void,
) {
  return async (clock: LabClock): Promise<StartedLab> => {
    const lab = await start({ clock });
    const [clientId, clientSecret] = client(lab);
    return { lab, clientId, clientSecret, unlimited: () => setLimit(lab, 1_000_000) };
  };
}

/**
 * How the lab of each provider starts. A provider without a line does not compile; with one, and a place in the registry,
 * it is held to everything in this folder. The addresses are those of the provider itself, moved to the lab's origin.
 */
export const labs: Readonly<Record<ProviderId, (clock: LabClock) => Promise<StartedLab>>> = {
  FITBIT: starting(
    startFitbitLab,
    (lab) => [lab.clientId, lab.clientSecret],
    (lab, limit) => lab.setHourlyLimit(limit),
  ),
  GOOGLE_HEALTH: starting(
    // A pulse every other second says nothing that one every six doesn't, and takes thrice as long to read.
    (options) => startGoogleHealthLab({ ...options, switches: { denseHeartRate: false } }),
    (lab) => [lab.app.clientId, lab.app.clientSecret],
    (lab, limit) => lab.setMinuteLimit(limit),
  ),
  MISFIT: starting(
    startMisfitLab,
    (lab) => [lab.app.key, lab.app.secret],
    (lab, limit) => lab.setHourlyLimit(limit),
  ),
};
