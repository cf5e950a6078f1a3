import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from "prom-client";
import type { Told } from "../gateway.js";
import type { CostReport } from "../health-data/ask.js";
import { createGauges } from "./gauges.js";

/** What the gateway counts. No user ids, and no figures of health: labels are few and fixed. */
export type Metrics = ReturnType<typeof createMetrics>;

/** From a second to a day. */
const latenesses = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400];
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Registers everything with the given registry: once for each. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "pulsegate_http_request_seconds",
    help: "Requests to this gateway.",
    labelNames: ["route", "method", "status"] as const,
    buckets: seconds,
    registers,
  });
  const operations = new Counter({
    name: "pulsegate_graphql_operations_total",
    help: "GraphQL operations, by how they ended.",
    labelNames: ["type", "outcome"] as const,
    registers,
  });
  const listening = new Gauge({
    name: "pulsegate_graphql_subscriptions",
    help: "GraphQL subscriptions that are open.",
    registers,
  });
  const upstream = new Histogram({
    name: "pulsegate_upstream_request_seconds",
    help: "Requests to providers.",
    labelNames: ["provider", "status"] as const,
    buckets: seconds,
    registers,
  });
  const planned = new Counter({
    name: "pulsegate_planned_requests_total",
    help: "Provider requests that queries needed, by where they were answered from.",
    labelNames: ["provider", "origin"] as const,
    registers,
  });
  const refreshes = new Counter({
    name: "pulsegate_token_refreshes_total",
    help: "Token refreshes, by how they ended.",
    labelNames: ["provider", "outcome"] as const,
    registers,
  });
  const down = new Gauge({
    name: "pulsegate_provider_down",
    help: "1 while a provider does not answer and is asked less often.",
    labelNames: ["provider"] as const,
    registers,
  });
  const notifications = new Counter({
    name: "pulsegate_notifications_total",
    help: "Requests to the webhook doors, by what became of them.",
    labelNames: ["provider", "outcome"] as const,
    registers,
  });
  const notices = new Counter({
    name: "pulsegate_notices_total",
    help: "What notifications said of one person each, by what became of it.",
    labelNames: ["provider", "outcome"] as const,
    registers,
  });
  const runs = new Counter({
    name: "pulsegate_webhook_runs_total",
    help: "Operations that were run for webhooks, by whether the answer changed.",
    labelNames: ["outcome"] as const,
    registers,
  });
  const sends = new Counter({
    name: "pulsegate_webhook_messages_total",
    help: "Attempts to send messages to webhooks, by how they ended, and webhooks that were disabled.",
    labelNames: ["outcome"] as const,
    registers,
  });
  const unreadable = new Counter({
    name: "pulsegate_unreadable_rows_total",
    help: "Stored rows that could not be read and were set aside.",
    labelNames: ["collection", "reason"] as const,
    registers,
  });
  const stopped = new Gauge({
    name: "pulsegate_stopped_series",
    help: "Connections that had a figure on most days and have had none of it for a week, counted once a day.",
    labelNames: ["provider", "figure"] as const,
    registers,
  });
  const late = {
    notification: new Histogram({
      name: "pulsegate_notification_lateness_seconds",
      help: "From a notification until the days that it told of were fetched and stored.",
      labelNames: ["provider"] as const,
      buckets: latenesses,
      registers,
    }),
    sync: new Histogram({
      name: "pulsegate_sync_lateness_seconds",
      help: "From a wearable's sync, where the provider tells of it, until what was asked for after it was stored.",
      labelNames: ["provider"] as const,
      buckets: latenesses,
      registers,
    }),
  };
  const closed = new Counter({
    name: "pulsegate_budget_refusals_total",
    help: "Requests that were not sent to a provider, since a limit had nothing left for them.",
    labelNames: ["provider"] as const,
    registers,
  });
  const told: Told = {
    upstream: (provider, status, took) => upstream.observe({ provider, status }, took),
    refresh: (provider, outcome) => refreshes.inc({ provider, outcome }),
    providerDown: (provider, isDown) => down.set({ provider }, isDown ? 1 : 0),
    budgetClosed: (provider) => closed.inc({ provider }),
    late: (since, provider, took) => late[since].observe({ provider }, took),
    notification: (outcome, provider) => notifications.inc({ provider, outcome }),
    notice: (outcome, provider) => notices.inc({ provider, outcome }),
    unreadableRow: ({ namespace, reason }) => unreadable.inc({ collection: namespace, reason }),
    webhookRun: (outcome) => runs.inc({ outcome }),
    webhookSend: (outcome) => sends.inc({ outcome }),
    stoppedSeries: (counts) => {
      stopped.reset();
      for (const [provider, figures] of counts)
        for (const [figure, count] of figures) stopped.set({ provider, figure }, count);
    },
  };
  return {
    ...told,
    request: (route: string, method: string, status: number, took: number) =>
      requests.observe({ route, method, status }, took),
    operation: (type: string, outcome: "ok" | "partial" | "failed") => operations.inc({ type, outcome }),
    subscriptions: (change: 1 | -1) => listening.inc(change),
    /** What the planner decided for one operation, by where its calls were answered from. */
    planned: ({ calls }: CostReport) => {
      for (const { provider, origin, requests: count } of calls) planned.inc({ provider, origin }, count);
    },
    /** From now on queues and budgets are looked at when somebody asks for the metrics. */
    watch: createGauges(registers),
  };
}
