import { Gauge, type Registry } from "prom-client";
import type { Gateway } from "../gateway.js";
import type { Waiting } from "../jobs/queue.js";
import { standingOf } from "../providers/registry.js";

/** What is looked up when somebody asks for the metrics, and not counted as it happens. */
export type Watched = Pick<Gateway, "queues" | "webhooks" | "budgets" | "providers" | "clock"> & {
  readonly config: Pick<Gateway["config"], "providers">;
};

/** Answers what has them look at a gateway: before, they show nothing. */
export function createGauges(registers: Registry[]): (watched: Watched) => void {
  let watched: Watched | null = null;
  /** One look at all queues for both gauges: they are collected at one time. */
  let looking: Promise<readonly (readonly [string, Waiting])[]> | null = null;
  const look = () => {
    looking ??= (watched ? waitingIn(watched) : Promise.resolve([])).finally(() => {
      looking = null;
    });
    return looking;
  };

  new Gauge({
    name: "pulsegate_queue_waiting",
    help: "What is due in a queue and nobody works on.",
    labelNames: ["queue"] as const,
    registers,
    async collect() {
      const found = await look();
      this.reset();
      for (const [queue, { count }] of found) this.set({ queue }, count);
    },
  });
  new Gauge({
    name: "pulsegate_queue_oldest_seconds",
    help: "For how long the oldest of them has been due.",
    labelNames: ["queue"] as const,
    registers,
    async collect() {
      const found = await look();
      this.reset();
      const now = watched?.clock.now() ?? 0;
      for (const [queue, { since }] of found)
        this.set({ queue }, since === null ? 0 : Math.max(0, now - since) / 1_000);
    },
  });
  new Gauge({
    name: "pulsegate_budget_left_ratio",
    help: "Share of a limit of the whole app at a provider that is left, by the length of its window in seconds.",
    labelNames: ["provider", "window"] as const,
    registers,
    collect() {
      this.reset();
      if (!watched) return;
      for (const provider of watched.providers) {
        if (standingOf(provider, watched.config.providers[provider.id]) !== "AVAILABLE") continue;
        for (const { scope, limit, remaining, windowSeconds } of watched.budgets.known(provider, nobody))
          if (scope === "APP" && limit > 0)
            this.set({ provider: provider.id, window: windowSeconds }, Math.max(0, remaining) / limit);
      }
    },
  });

  return (gateway) => {
    watched = gateway;
  };
}

/** Limits of one person have no place here: there are too many, and each is somebody's. */
const nobody = { id: "", budgets: [] };

/** Of a queue whose server does not answer nothing is shown: that it is away is seen elsewhere. */
async function waitingIn({ queues, webhooks }: Watched): Promise<readonly (readonly [string, Waiting])[]> {
  const found = await Promise.all(
    Object.entries(queues).map(async ([name, queue]) => {
      const waiting = await queue.waiting().catch(() => null);
      return waiting ? [[name, waiting] as const] : [];
    }),
  );
  return [...found.flat(), ["notifications", webhooks.waiting()]];
}
