import { type Backoff, backoffMs, jittered } from "../model/backoff.js";

/** Work that outlives the request, and the process, that asked for it. */
export interface JobQueue {
  /**
   * Answers whether it was taken in: false where a job of this id already waits or runs. Once it resolves, the job is
   * done at some time, whatever becomes of this process.
   */
  enqueue(job: NewJob): Promise<boolean>;
  /** Forgets a job that waits. One that runs is told by its own `signal` only if it runs here. */
  remove(id: string): Promise<void>;
  /** As `remove`, for every job whose id begins so. */
  removeAll(prefix: string): Promise<void>;
  /** Begins to work off jobs, those left over by other processes included. */
  start(handlers: JobHandlers): Promise<void>;
  /** Rejects where the queue's server does not answer. */
  ping(): Promise<void>;
  /** What is due and nobody works on: all of it where replicas share a server, else what this process knows of. */
  waiting(): Promise<Waiting>;
  /**
   * Works no more: what runs is told that this process stops, gets that long to come to a good point, and is aborted
   * then. It goes on elsewhere or at the next start. Jobs may still be added.
   */
  stop(graceMs: number): Promise<void>;
  /** Stops at once, and lets go of everything. */
  close(): Promise<void>;
}

export interface Waiting {
  readonly count: number;
  /** Epoch ms since when the oldest is due. Null where nothing waits. */
  readonly since: number | null;
}

export interface NewJob {
  /** Letters, digits, "-", "_" and "/". */
  readonly id: string;
  readonly kind: string;
  /** JSON. No health figures, no tokens. */
  readonly payload: unknown;
  /** Epoch ms. */
  readonly notBefore?: number;
}

export type JobHandlers = Readonly<Record<string, JobHandler>>;

export interface JobHandler {
  run(job: RunningJob): Promise<JobOutcome>;
  /** Called once when the last attempt failed. */
  gaveUp?(job: Pick<RunningJob, "id" | "payload">, error: unknown): Promise<void>;
}

export interface RunningJob {
  readonly id: string;
  readonly payload: unknown;
  /** 1 for the first; waiting at a limit (`again`) does not count. */
  readonly attempt: number;
  /** Aborted when this process can't wait any longer, or has lost the job to another. */
  readonly signal: AbortSignal;
  /** Aborted when this process begins to stop: who has a step behind them ends with `again` instead of the next. */
  readonly stopping: AbortSignal;
}

/** Throwing means: try again after a growing, jittered time, and give up after `MAX_ATTEMPTS`. */
export type JobOutcome = { readonly kind: "done" } | { readonly kind: "again"; readonly at: number };

export const MAX_ATTEMPTS = 10;
const retries: Backoff = { firstMs: 5_000, longestMs: 30 * 60_000 };

/** How long a job waits after some failures. */
export function retryAfterMs(failures: number, random?: () => number): number {
  return jittered(backoffMs(retries, failures), random);
}
