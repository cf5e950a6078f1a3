import { createEmbeddedQueue, type EmbeddedQueueOptions } from "./embedded.js";
import type { JobQueue } from "./queue.js";

/** Several queues beside each other: of one, all jobs may be held up by what they wait for. */
export type OpenQueue = (name: string, concurrency?: number) => JobQueue;

/** On Redis where there is one, else in the store. */
export async function queuesOn(
  redisUrl: string | null,
  { store, ...shared }: Pick<EmbeddedQueueOptions, "store" | "clock" | "log" | "timers">,
): Promise<OpenQueue> {
  if (redisUrl === null)
    return (collection, concurrency) => createEmbeddedQueue({ store, ...shared, collection, concurrency });
  // Loaded where it is used: a start without Redis does not wait for its client.
  const { createBullQueue } = await import("./bullmq.js");
  return (name, concurrency) => createBullQueue({ redisUrl, ...shared, name, concurrency });
}
