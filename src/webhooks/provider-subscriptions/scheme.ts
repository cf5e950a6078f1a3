import type { ConnectionSubscription } from "../../connections/connection.js";
import type { Domain } from "../../model/records.js";
import type { Provider } from "../../providers/index.js";
import type { ProviderSettings, SubscriptionScheme } from "../../providers/provider.js";

/** A provider that may be asked, and the way in which it is asked to notify. */
interface Notifier<Scheme extends SubscriptionScheme> {
  readonly provider: Provider;
  readonly settings: ProviderSettings;
  readonly scheme: Scheme;
}
export type PerUser = Notifier<Extract<SubscriptionScheme, { kind: "per-user" }>>;
export type AppWide = Notifier<Exclude<SubscriptionScheme, { kind: "per-user" }>>;

/** What a change of a connection's subscriptions came to. */
export interface Changed {
  readonly entries: readonly ConnectionSubscription[];
  readonly notices: readonly string[];
  /** Why it stopped half-way. What was done before is real at the provider: keep `entries` before this is thrown. */
  readonly failure?: unknown;
}

/** The entries without these domains. An entry of a collection that serves none any more is among them. */
export function withoutDomains(
  entries: readonly ConnectionSubscription[],
  domains: readonly Domain[],
): readonly ConnectionSubscription[] {
  return entries.map((one) => ({
    ...one,
    domains: one.domains.filter((domain) => !domains.includes(domain as Domain)),
  }));
}

export function joined(before: readonly string[], more: readonly Domain[]): readonly string[] {
  return [...new Set([...before, ...more])];
}
