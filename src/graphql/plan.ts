import { PulsegateError } from "../errors.js";
import type { CostReport } from "../health-data/ask.js";
import type { Caller } from "./caller.js";
import type { PlanMode } from "./context.js";

/** The plan in a request's extensions. Throws BAD_USER_INPUT for an unknown word. */
export function planOf(extensions: unknown, operation: "query" | "mutation" | "subscription"): PlanMode | null {
  if (typeof extensions !== "object" || extensions === null || !("plan" in extensions)) return null;
  const { plan } = extensions;
  if (plan === null) return null;
  if (plan !== "report" && plan !== "dry-run") {
    throw new PulsegateError("BAD_USER_INPUT", 'extensions.plan is "report" or "dry-run".');
  }
  if (plan === "dry-run" && operation !== "query") {
    throw new PulsegateError("BAD_USER_INPUT", "Only a query can have the plan dry-run.");
  }
  return plan;
}

/** `extensions.plan` of an answer. App-wide budgets are shown to app keys only: they are the operator's concern. */
export function planExtension(report: CostReport, caller: Caller): object {
  return {
    upstreamCalls: report.upstreamCalls,
    calls: report.calls,
    budgets: report.budgets
      .filter(({ scope }) => scope === "CONNECTION" || caller.kind === "app")
      .map((budget) => ({ ...budget, resetsAt: new Date(budget.resetsAt).toISOString() })),
  };
}
