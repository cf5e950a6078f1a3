import type { ConnectionSubscription } from "../../connections/connection.js";
import { PulsegateError } from "../../errors.js";
import type { Domain } from "../../model/records.js";
import type { Provider } from "../../providers/index.js";
import type { ProviderSettings, SubscriptionScheme } from "../../providers/provider.js";
import type { Door } from "../address.js";

/** How long before its expiry a subscription is renewed. A provider may be unavailable for some days. */
export const RENEWED_AHEAD_MS = 7 * 86_400_000;

/** A provider that may be asked, and the way in which it is asked to notify. */
interface Notifier<Scheme extends SubscriptionScheme> {
  readonly provider: Provider;
  readonly settings: ProviderSettings;
  readonly scheme: Scheme;
  readonly door: Door;
}
export type PerUser = Notifier<Extract<SubscriptionScheme, { kind: "per-user" }>>;
export type AppWide = Notifier<Exclude<SubscriptionScheme, { kind: "per-user" }>>;

/** Throws PROVIDER_NOT_CONFIGURED. */
export function webhookUrlOf({ provider, door }: Pick<PerUser | AppWide, "provider" | "door">): string {
  if (door.url !== null) return door.url;
  throw new PulsegateError(
    "PROVIDER_NOT_CONFIGURED",
    `${provider.name} can't be told where to send notifications: that address is made of the client secret, which is not set.`,
  );
}

/** An expiry in epoch ms as the provider gave it; null if it is not a possible time. */
export function soundEnd(end: number | null | undefined): number | null {
  return typeof end === "number" && end > 0 && end <= LATEST_MS ? end : null;
}
/** What a Date can hold. */
const LATEST_MS = 8.64e15;

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
