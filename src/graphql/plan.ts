import { PulsegateError } from "../errors.js";
import type { CostReport, PlannedCall } from "../health-data/ask.js";
import { domainOf } from "../model/fields.js";
import type { Domain } from "../model/records.js";
import { providers } from "../providers/index.js";
import { providerOf } from "../providers/registry.js";
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
    calls: report.calls.map((call) => ({ ...call, domains: domainsOf(call) })),
    budgets: report.budgets
      .filter(({ scope }) => scope === "CONNECTION" || caller.kind === "app")
      .map((budget) => ({ ...budget, resetsAt: new Date(budget.resetsAt).toISOString() })),
  };
}

/** What a call is about, for people: its name is the provider's own. Empty for a call of another release. */
function domainsOf({ provider, call }: PlannedCall): readonly Domain[] {
  const declared = providerOf(providers, provider)?.calls.find(({ name }) => name === call);
  return [...new Set(declared?.yields.map(domainOf))];
}
