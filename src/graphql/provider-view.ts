import type { Config } from "../config/config.js";
import { domainOf } from "../model/fields.js";
import { type Domain, domains } from "../model/records.js";
import type { Provider, ProviderId } from "../providers/index.js";
import { fieldsOf } from "../providers/provider.js";
import { standingOf } from "../providers/registry.js";

export const providerStatuses = ["AVAILABLE", "SANDBOX", "NOT_CONFIGURED", "RETIRED"] as const;
type ProviderStatus = (typeof providerStatuses)[number];

/** A provider, as callers see it. */
export interface ProviderView {
  readonly id: ProviderId;
  readonly name: string;
  readonly status: ProviderStatus;
  readonly domains: readonly Domain[];
  readonly hourlyRequestLimit: number | null;
}

type Configured = Pick<Config, "sandbox" | "providers">;

/** Every provider of the registry under a configuration. Neither changes while the process runs. */
export function providerViews(
  registry: readonly Provider[],
  config: Configured,
): ReadonlyMap<ProviderId, ProviderView> {
  return new Map(
    registry.map((provider) => {
      const offered = new Set([...fieldsOf(provider)].map(domainOf));
      const view: ProviderView = {
        id: provider.id,
        name: provider.name,
        status: statusOf(provider, config),
        domains: domains.filter((domain) => offered.has(domain)),
        hourlyRequestLimit: hourlyLimit(provider),
      };
      return [provider.id, view];
    }),
  );
}

function statusOf(provider: Provider, config: Configured): ProviderStatus {
  if (config.sandbox) return "SANDBOX";
  return standingOf(provider, config.providers[provider.id]);
}

/** A shorter window is multiplied up to one hour. A longer window says nothing about a single hour. */
function hourlyLimit(provider: Provider): number | null {
  const limits = provider.budgets
    .filter(({ scope, windowSeconds }) => scope === "CONNECTION" && windowSeconds <= 3_600)
    .map(({ limit, windowSeconds }) => Math.floor((limit * 3_600) / windowSeconds));
  return limits.length === 0 ? null : Math.min(...limits);
}
