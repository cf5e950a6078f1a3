import { tracedApart, traceHere, untraced } from "../tracing.js";
import type { JobHandler, JobQueue } from "./queue.js";

/** In a payload: the span that a job was put on the queue in. Handlers read members by their names, and not this one. */
const CAUSE = "trace";

/** The same queue, each run of a job a trace of its own, with a link to what put it there: on any replica, at any time. */
export function tracedQueue(queue: JobQueue): JobQueue {
  return {
    ...queue,
    enqueue: (job) => {
      const cause = traceHere();
      const payload = cause === undefined ? job.payload : { ...(job.payload as object), [CAUSE]: cause };
      // The queue may begin to look for work: that is no part of the request.
      return untraced(() => queue.enqueue({ ...job, payload }));
    },
    start: (handlers) =>
      queue.start(Object.fromEntries(Object.entries(handlers).map(([kind, handler]) => [kind, traced(kind, handler)]))),
  };
}

function traced(kind: string, handler: JobHandler): JobHandler {
  return {
    ...handler,
    run: (job) => {
      const facts = () => ({ "pulsegate.job.kind": kind, "pulsegate.job.attempt": job.attempt });
      const cause = (job.payload as { readonly [CAUSE]?: unknown } | null)?.[CAUSE];
      return tracedApart(`job ${kind}`, cause, facts, () => handler.run(job));
    },
  };
}
