import type { Connection } from "../connections/connection.js";
import type { Sender } from "../health-data/fetch.js";
import type { History } from "../health-data/history.js";
import type { DaySpan } from "../health-data/range.js";
import { UnreadableAnswer } from "../http/json.js";
import { backgroundReserve } from "../jobs/fields.js";
import type { Log } from "../log.js";
import { domainOf, type FieldValue, isDated, isList } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";
import { addDays } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import { fieldsOf, type LookUp, type NamedObject, type Notice } from "../providers/provider.js";
import { providerOf } from "../providers/registry.js";

export type Change = Extract<Notice, { kind: "changed" }>;

/** The same changes, with days where an object that was named by id alone could be looked up. */
export type DayFinder = (connection: Connection, changes: readonly Change[]) => Promise<readonly Change[]>;

/** A first sync may name hundreds of objects: from here on, to read the domains again when asked for them is cheaper. */
const MOST_LOOK_UPS = 10;

export function createDayFinder(deps: {
  readonly providers: readonly Provider[];
  readonly sender: Sender;
  readonly history: Pick<History, "read">;
  readonly log: Log;
}): DayFinder {
  const { sender, log } = deps;

  const look = async (
    connection: Connection,
    provider: Provider,
    lookUp: LookUp,
    named: NamedObject,
  ): Promise<DaySpan | "unknown" | "not now"> => {
    const request = lookUp.request(named);
    if (!request) return "unknown";
    const reserve = backgroundReserve(provider);
    const { outcome, body } = await sender.send(connection, request, { headerTokens: {}, reserve });
    if (outcome.kind === "failed" && outcome.failure.code === "REJECTED") return "unknown";
    if (outcome.kind !== "ok") return "not now";
    try {
      return lookUp.read(body, named);
    } catch (error) {
      // As with the answers of calls: a reader that trips over one is as good as an unreadable one.
      if (!(error instanceof UnreadableAnswer) && !(error instanceof TypeError) && !(error instanceof RangeError))
        throw error;
      log.warn({ provider: provider.id, type: named.type, reason: error.message }, "a named object could not be read");
      return "unknown";
    }
  };

  /** A record that moved over midnight is still stored where it was: there it has to go. */
  const before = async (
    connection: Connection,
    provider: Provider,
    domains: readonly Domain[],
    { id }: NamedObject,
    { from, to }: DaySpan,
  ): Promise<readonly DaySpan[]> => {
    const fields = [...fieldsOf(provider)].filter(
      (field) => isDated(field) && isList(field) && domains.includes(domainOf(field)),
    );
    const days = [addDays(from, -1), addDays(to, 1)];
    const keys = fields.flatMap((field) => days.map((day) => ({ field, day })));
    if (keys.length === 0) return [];
    const stored = await deps.history.read(connection.id, keys);
    const holds = (day: LocalDate) =>
      fields.some((field) => {
        const known = stored.get(field, day)?.known;
        return known !== undefined && "value" in known && hasRecord(known.value, id);
      });
    return days.filter(holds).map((day) => ({ from: day, to: day }));
  };

  return async (connection, changes) => {
    const provider = providerOf(deps.providers, connection.provider);
    const lookUp = provider?.webhook?.lookUp;
    if (!provider || !lookUp || connection.status !== "CONNECTED") return changes;
    const named = new Map<string, NamedObject>();
    for (const { days, lookup, deleted } of changes)
      if (days === null && lookup && !deleted) named.set(keyOf(lookup), lookup);
    if (named.size === 0 || named.size > MOST_LOOK_UPS) return changes;
    const found = new Map<string, DaySpan>();
    for (const [key, object] of named) {
      const days = await look(connection, provider, lookUp, object);
      // The next would cost a time-out too, and the rest of the delivery waits.
      if (days === "not now") break;
      if (days !== "unknown") found.set(key, days);
    }
    const dated: Change[] = [];
    for (const change of changes) {
      const days = change.lookup && !change.deleted && change.days === null ? found.get(keyOf(change.lookup)) : null;
      if (!days) {
        dated.push(change);
        continue;
      }
      for (const each of [days, ...(await before(connection, provider, change.domains, change.lookup!, days))])
        dated.push({ ...change, days: each });
    }
    return dated;
  };
}

const keyOf = ({ type, id }: NamedObject) => `${type}/${id}`;

function hasRecord(value: FieldValue, id: string): boolean {
  return Array.isArray(value) && value.some((record) => (record as { readonly id?: string } | null)?.id === id);
}
