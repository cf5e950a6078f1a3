import type { StoppedCount, StoppedCounts } from "./health-data/stopped-count.js";
import type { Prefetch } from "./jobs/prefetch.js";
import type { Sweep } from "./jobs/sweep.js";
import type { RegularWork } from "./schedule.js";
import type { Subscriptions } from "./webhooks/provider-subscriptions/subscriptions.js";

/** What a crash or an outage left behind is looked for this often. */
const RECOVERY_MS = 60_000;
const HOURLY_MS = 3_600_000;

interface Recovering {
  recover(): Promise<void>;
}

interface Workers {
  readonly prefetch: Prefetch;
  readonly subscriptions: Subscriptions;
  readonly sweep: Sweep;
  readonly stopped: StoppedCount;
  readonly tellStopped?: (counts: StoppedCounts) => void;
  readonly backfills: Recovering;
  readonly outbound: Recovering;
  readonly onConnect: Recovering;
  readonly connections: Recovering;
  readonly webhooks: Recovering;
}

/** All that a gateway does again and again. */
export function regularWork(workers: Workers): readonly RegularWork[] {
  const { prefetch, subscriptions, sweep, stopped, tellStopped } = workers;
  const hourly = { everyMs: HOURLY_MS, firstRound: "begun" } as const;
  const recovery = { everyMs: RECOVERY_MS, firstRound: "awaited" } as const;
  return [
    {
      ...hourly,
      firstRound: "later",
      run: prefetch.quietLook,
      failure: "could not check which connections have sent no notification for a day",
    },
    {
      // It may take long, and nothing waits for it.
      ...hourly,
      run: subscriptions.repairAll,
      failure: "looking after the subscriptions at providers did not succeed",
    },
    { ...hourly, run: sweep.look, failure: "could not look for days that are not kept any more" },
    {
      // From stored days alone, one connection after another.
      ...hourly,
      everyMs: 24 * HOURLY_MS,
      run: async () => tellStopped?.(await stopped.counts()),
      failure: "could not count the figures that stopped",
    },
    { ...recovery, run: workers.backfills.recover, failure: "recovering backfills did not succeed" },
    { ...recovery, run: workers.outbound.recover, failure: "recovering what webhooks are owed did not succeed" },
    { ...recovery, run: workers.onConnect.recover, failure: "recovering what follows consents did not succeed" },
    { ...recovery, run: workers.connections.recover, failure: "recovering connections did not succeed" },
    { ...recovery, run: workers.webhooks.recover, failure: "recovering notifications did not succeed" },
  ];
}
