import type { Provider, ProviderSettings } from "../provider.js";

/** The provider with the operator's own limits, for budgets with a `limitSetting` that is set. */
export function withOwnLimits<P extends Provider>(provider: P, { values }: Pick<ProviderSettings, "values">): P {
  if (!provider.budgets.some(({ limitSetting }) => limitSetting !== undefined)) return provider;
  const budgets = provider.budgets.map((budget) => {
    const own = budget.limitSetting === undefined ? undefined : values[budget.limitSetting];
    return own === undefined ? budget : { ...budget, limit: Number(own) };
  });
  return { ...provider, budgets };
}
