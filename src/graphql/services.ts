import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import type { Domain, LocalDate } from "../model/records.js";
import type { Clock } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/provider.js";
import type { DateRange, Readings } from "../readings/ask.js";

/** Has providers notify this gateway, per connection. */
export interface ProviderSubscriptions {
  /** `domains` null: all that the provider can notify of. Throws `PulsegateError`. */
  subscribe(input: SubscriptionInput): Promise<SubscriptionResult>;
  unsubscribe(input: SubscriptionInput): Promise<SubscriptionResult>;
}
export interface SubscriptionInput {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly domains: readonly Domain[] | null;
}
export interface SubscriptionResult {
  readonly connection: Connection;
  /** What a person must still do, such as setting a hook in the provider's portal. */
  readonly notices: readonly string[];
}

export const jobStatuses = ["QUEUED", "RUNNING", "WAITING", "DONE", "FAILED"] as const;
export type JobStatus = (typeof jobStatuses)[number];

export interface BackfillJob {
  readonly id: string;
  readonly userId: string;
  readonly status: JobStatus;
  readonly daysDone: number;
  readonly daysTotal: number;
  /** Epoch ms; set while the job waits for the provider's rate limit. */
  readonly resumesAt: number | null;
}

/** Fetches history in the background. */
export interface Backfills {
  /** `domains` null: all. The range was checked for form only. Throws `PulsegateError`. */
  start(input: {
    readonly userId: string;
    readonly provider: ProviderId;
    readonly domains: readonly Domain[] | null;
    readonly range: DateRange;
  }): Promise<BackfillJob>;
  /** Newest first. */
  list(userId: string): Promise<readonly BackfillJob[]>;
  get(jobId: string): Promise<BackfillJob | null>;
  /** The job's state now, then each change; ends after DONE or FAILED, and when its `return` is called. */
  watch(jobId: string): AsyncIterableIterator<BackfillJob>;
}

export const updateOrigins = ["LIVE", "BACKFILL"] as const;
export type UpdateOrigin = (typeof updateOrigins)[number];

export interface DataUpdate {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly domain: Domain;
  readonly dates: readonly LocalDate[];
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly origin: UpdateOrigin;
}

/** What happens to one user, as it happens, from every replica. Iterators stop listening when their `return` is called. */
export interface Updates {
  data(userId: string): AsyncIterableIterator<DataUpdate>;
  connections(userId: string): AsyncIterableIterator<Connection>;
}

/** How a provider shows itself to callers; see `provider-view.ts`. */
export interface ProviderView {
  readonly id: ProviderId;
  readonly name: string;
  readonly status: ProviderStatus;
  readonly domains: readonly Domain[];
  readonly hourlyRequestLimit: number | null;
}
export const providerStatuses = ["AVAILABLE", "SANDBOX", "NOT_CONFIGURED", "RETIRED"] as const;
export type ProviderStatus = (typeof providerStatuses)[number];

/** Everything that resolvers call upon. */
export interface Services {
  readonly readings: Readings;
  readonly connections: Pick<
    Connections,
    | "list"
    | "hasEverConnected"
    | "begin"
    | "callback"
    | "confirm"
    | "disconnect"
    | "importConnection"
    | "sourcePriority"
    | "setSourcePriority"
  >;
  readonly subscriptions: ProviderSubscriptions;
  readonly backfills: Backfills;
  readonly updates: Updates;
  /** Forgets a user wholly: tokens, subscriptions, cache, history, jobs, receipts. */
  eraseUser(userId: string): Promise<void>;
  /** The registry, in its order. */
  readonly providers: readonly Provider[];
  readonly clock: Clock;
}

/** What the log must offer; pino fits. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
