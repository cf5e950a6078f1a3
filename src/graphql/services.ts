import type { Connections } from "../connections/connections.js";
import type { Updates } from "../events/updates.js";
import type { HealthData } from "../health-data/ask.js";
import type { Backfills } from "../jobs/backfill/backfill.js";
import type { Clock } from "../model/time.js";
import type { Webhooks } from "../outbound/outbound.js";
import type { Provider } from "../providers/index.js";
import type { Recorder } from "../recording/recorder.js";
import type { ProviderSubscriptions } from "../webhooks/provider-subscriptions/subscriptions.js";
import type { MustConfirm } from "./confirmation.js";

/** Everything that resolvers use. */
export interface Services {
  readonly healthData: HealthData;
  readonly connections: Pick<
    Connections,
    | "list"
    | "hasEverConnected"
    | "begin"
    | "callback"
    | "confirm"
    | "problem"
    | "missingScopes"
    | "page"
    | "disconnect"
    | "importConnection"
    | "sourcePriority"
    | "setSourcePriority"
  >;
  readonly subscriptions: ProviderSubscriptions;
  readonly backfills: Backfills;
  readonly updates: Updates;
  readonly outbound: Webhooks;
  readonly recorder: Pick<Recorder, "record" | "remove">;
  /** Deletes everything of a user: tokens, subscriptions, cache, history, jobs, receipts. */
  eraseUser(userId: string): Promise<void>;
  /** The registry, in its order. */
  readonly providers: readonly Provider[];
  readonly clock: Clock;
  /** Whether a connection that a caller begins waits to be confirmed. */
  readonly mustConfirm: MustConfirm;
}
