import type { Connection } from "../connections/connection.js";
import type { Domain, LocalDate } from "../model/records.js";
import type { ProviderId } from "../providers/index.js";

export const updateOrigins = ["LIVE", "BACKFILL"] as const;
type UpdateOrigin = (typeof updateOrigins)[number];

export interface DataUpdate {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly domain: Domain;
  readonly dates: readonly LocalDate[];
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly origin: UpdateOrigin;
}

export const jobStatuses = ["QUEUED", "RUNNING", "WAITING", "DONE", "FAILED"] as const;
type JobStatus = (typeof jobStatuses)[number];

export interface BackfillJob {
  readonly id: string;
  readonly userId: string;
  readonly status: JobStatus;
  readonly daysDone: number;
  readonly daysTotal: number;
  /** Epoch ms, set while the job waits for the provider's rate limit. */
  readonly resumesAt: number | null;
}

/**
 * Live events of one user, or of all (null), from every replica. Iterators stop listening when their `return` is called. One
 * that is read too slowly ends with an error.
 */
export interface Updates {
  data(userId: string | null): AsyncIterableIterator<DataUpdate>;
  connections(userId: string | null): AsyncIterableIterator<Connection>;
}
