import type { Connection } from "../connections/connection.js";
import { domainOf, type Field, isDated } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";
import { epochDay, fromEpochDay } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { ProviderSettings } from "../providers/provider.js";
import { providerOf, standingOf } from "../providers/registry.js";

/** How many days are kept of each domain, today included. Every day of a domain without a number is kept. */
export type DaysKept = Readonly<Partial<Record<Domain, number>>>;

/** Which days the operator lets this gateway keep. */
export interface Retention {
  /** Null: all days are kept, of every connection. */
  readonly days: DaysKept | null;
  /** Whether it is for days of retired providers too. */
  readonly isForRetired: boolean;
  /** What is kept of a connection. Null: all of its days. */
  of(connection: Pick<Connection, "provider" | "status">): DaysKept | null;
}

/** Every day is kept. */
export const noRetention: Retention = { days: null, isForRetired: false, of: () => null };

/**
 * What only a retired provider has told can never be fetched again. It is kept, unless the operator says that the
 * retention is for it too.
 */
export function createRetention(deps: {
  readonly days: DaysKept | null;
  readonly isForRetired: boolean;
  readonly providers: readonly Provider[];
  settings(provider: ProviderId): ProviderSettings;
}): Retention {
  const isRetired = ({ provider: id, status }: Pick<Connection, "provider" | "status">): boolean => {
    const provider = providerOf(deps.providers, id);
    // One that this release does not know is left alone.
    if (!provider) return true;
    return status === "RETIRED" || standingOf(provider, deps.settings(id)) === "RETIRED";
  };
  return {
    days: deps.days,
    isForRetired: deps.isForRetired,
    of: (connection) => (deps.days !== null && (deps.isForRetired || !isRetired(connection)) ? deps.days : null),
  };
}

/** The first day that is kept of a domain, as an epoch day. Minus infinity where every day is. */
export function firstKept(kept: DaysKept | null, domain: Domain, today: number): number {
  const days = kept?.[domain];
  return days === undefined ? Number.NEGATIVE_INFINITY : today - days + 1;
}

export function isKept(kept: DaysKept | null, field: Field, day: LocalDate | null, today: LocalDate): boolean {
  if (kept === null || day === null || !isDated(field)) return true;
  return epochDay(day) >= firstKept(kept, domainOf(field), epochDay(today));
}

/** The first day that is kept of any of these domains. Null where every day is kept of one of them. */
export function firstKeptOfAny(kept: DaysKept | null, domains: readonly Domain[], today: LocalDate): LocalDate | null {
  const first = Math.min(...domains.map((domain) => firstKept(kept, domain, epochDay(today))));
  return Number.isFinite(first) ? fromEpochDay(first) : null;
}
