import DataLoader from "dataloader";
import type { Connection } from "../connections/connection.js";
import {
  type Ask,
  askKey,
  type CostReport,
  type ReadingCounts,
  type ReadRequest,
  type ReadSession,
} from "../health-data/ask.js";
import type { Histories, SourceReport } from "../health-data/views.js";
import type { Domain } from "../model/records.js";
import type { Services } from "./services.js";

/**
 * One set for each operation, so that everything in the operation is planned together. A resolver must not await I/O
 * before it loads: a later load is in a batch of its own and costs calls of its own.
 */
export interface Loaders {
  /**
   * Null in a dry run, which has a report and no data. `weigh` is called before a provider is asked, with what is
   * stored, and rejects to refuse the ask.
   */
  history<D extends Domain>(ask: Ask<D>, weigh?: Weigh): Promise<Histories[D] | null>;
  /**
   * All that an operation asks, in the order of the asks: a single one does not wait for a batch. Rejects with what is
   * wrong with one of them. `history` gives the same afterwards.
   */
  histories(asks: readonly Ask[]): Promise<readonly Histories[Domain][]>;
  /**
   * Whether a user ever had a connection. Batched, so that all users of an operation are known at once and read
   * together.
   */
  isKnown(userId: string): Promise<boolean>;
  connections(userId: string): Promise<readonly Connection[]>;
  report(): CostReport;
  /** What every source said that was read so far. */
  sources(): readonly SourceReport[];
  /** Null if something without a lasting identity was loaded: connections, or unknown users. */
  loaded(): Loaded | null;
}

export type Weigh = (counts: ReadingCounts) => Promise<void>;

/** What an operation has loaded so far. */
export interface Loaded {
  /** All of these users are known. */
  readonly users: ReadonlySet<string>;
  /** Each history once, even if it was asked for several times. */
  readonly histories: ReadonlyMap<Histories[Domain], Ask>;
}

export function createLoaders(services: Pick<Services, "healthData" | "connections">, request: ReadRequest): Loaders {
  let session: ReadSession | undefined;
  const users = new Set<string>();
  const loaded = new Map<Histories[Domain], Ask>();
  /** Each place of the operation that asks, by what it asks. */
  const places = new Map<string, Weigh[]>();
  let isLasting = true;
  let hasBatches = false;
  const load = (asks: readonly Ask[]) => {
    session ??= services.healthData.session({
      ...request,
      weigh: async (ask, counts) => {
        for (const weigh of places.get(askKey(ask)) ?? []) await weigh(counts);
      },
    });
    return session.load(asks);
  };
  const histories = new DataLoader<Ask, Histories[Domain], string>(load, { cacheKeyFn: askKey });
  const known = new DataLoader<string, boolean>(async (ids) => {
    const answers = await Promise.allSettled(ids.map((id) => services.connections.hasEverConnected(id)));
    return answers.map((answer) => (answer.status === "fulfilled" ? answer.value : asError(answer.reason)));
  });
  const connections = new DataLoader<string, readonly Connection[]>(async (ids) => {
    const answers = await Promise.allSettled(ids.map((id) => services.connections.list(id)));
    return answers.map((answer) => (answer.status === "fulfilled" ? answer.value : asError(answer.reason)));
  });
  return {
    history: async <D extends Domain>(ask: Ask<D>, weigh?: Weigh) => {
      if (weigh) {
        const key = askKey(ask);
        places.set(key, [...(places.get(key) ?? []), weigh]);
      }
      hasBatches = true;
      const history = (await histories.load(ask as Ask)) as Histories[D];
      loaded.set(history, ask as Ask);
      return request.dryRun ? null : history;
    },
    histories: async (asks) => {
      const isOnly = asks.length === 1 && !hasBatches;
      const found = isOnly ? await load(asks) : await histories.loadMany(asks);
      if (isOnly) histories.prime(asks[0]!, found[0]!);
      return found.map((history, at) => {
        if (history instanceof Error) throw history;
        loaded.set(history, asks[at]!);
        return history;
      });
    },
    isKnown: async (userId) => {
      const isKnown = await known.load(userId);
      users.add(userId);
      isLasting &&= isKnown;
      return isKnown;
    },
    connections: (userId) => {
      isLasting = false;
      return connections.load(userId);
    },
    loaded: () => (isLasting ? { users, histories: loaded } : null),
    sources: () => [...loaded.keys()].flatMap((history) => history.sources),
    report: () => session?.report() ?? { upstreamCalls: 0, calls: [], budgets: [] },
  };
}

const asError = (reason: unknown) => (reason instanceof Error ? reason : new Error("unknown failure"));
