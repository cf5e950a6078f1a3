import { createHash } from "node:crypto";
import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import type { Bus } from "../events/bus.js";
import type { HealthData } from "../health-data/ask.js";
import type { History } from "../health-data/history.js";
import type { TellLateness } from "../health-data/person.js";
import type { DaySpan } from "../health-data/range.js";
import type { SourceReport } from "../health-data/views.js";
import { storedZone } from "../health-data/zone.js";
import type { Log } from "../log.js";
import type { Domain, LocalDate } from "../model/records.js";
import { addDays, type Clock, dateIn } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import { providerOf } from "../providers/registry.js";
import { numberRows } from "../store/row.js";
import type { Store } from "../store/store.js";
import { backgroundAsks, backgroundCells, backgroundReserve } from "./fields.js";
import type { JobHandler, JobQueue } from "./queue.js";

export interface PrefetchDeps {
  readonly store: Store;
  readonly queue: Pick<JobQueue, "enqueue" | "removeAll">;
  readonly connections: Pick<Connections, "get" | "all">;
  readonly providers: readonly Provider[];
  readonly healthData: HealthData;
  readonly history: Pick<History, "read" | "flush">;
  readonly bus: Pick<Bus, "dataUpdated">;
  readonly clock: Clock;
  readonly log: Log;
  readonly onLate?: TellLateness;
}

export interface Prefetch {
  /**
   * Days null: those that the provider may still change, and what is undated. `receivedAt`: when the notification came
   * that tells of them.
   */
  enqueue(connection: Connection, domains: readonly Domain[], days: DaySpan | null, receivedAt?: number): Promise<void>;
  /**
   * Looks once a day, over all replicas, for subscribed connections that nothing was heard of for a day, and has their
   * last days read: a notification may have got lost. Call it hourly.
   */
  quietLook(): Promise<void>;
  /** Takes their jobs off the queue, and forgets when they were last heard of. */
  forgetConnections(connectionIds: readonly string[]): Promise<void>;
  readonly handler: JobHandler;
}

export const PREFETCH = "prefetch";

interface Payload {
  readonly connectionId: string;
  readonly domains: readonly Domain[];
  readonly days: DaySpan | null;
  /** Nobody told of these days: what turns out to be new is told to listeners. */
  readonly quiet: boolean;
  /** Not there where nobody told of them. */
  readonly receivedAt?: number;
}

const DAY_MS = 86_400_000;
const QUIET_DAYS = 3;

export function createPrefetch(deps: PrefetchDeps): Prefetch {
  const { queue, connections, healthData, history, bus, clock, log } = deps;
  const heard = deps.store.collection("heard", numberRows);
  const looks = deps.store.collection("quiet-looks", numberRows);
  /** Looks whose end is not known: what they stored was maybe never told. */
  const begun = deps.store.collection("quiet-begun", numberRows);
  const find = (id: ProviderId) => providerOf(deps.providers, id);

  const enqueue = async (payload: Payload) => {
    const { connectionId, domains, days, quiet } = payload;
    const content = JSON.stringify([[...domains].sort(), days, quiet]);
    const id = `${jobsOf(connectionId)}${createHash("sha256").update(content).digest("hex").slice(0, 16)}`;
    if (!(await queue.enqueue({ id, kind: PREFETCH, payload }))) {
      // One like it waits or runs. If it runs, it may have asked before this change: one more follows it.
      await queue.enqueue({ id: `${id}/next`, kind: PREFETCH, payload, notBefore: clock.now() + 5_000 });
    }
    // It may have been forgotten while this was on its way.
    if ((await connections.get(connectionId)) === null) await queue.removeAll(jobsOf(connectionId));
  };

  const todayOf = async (connection: Connection): Promise<LocalDate> => {
    return dateIn((await storedZone(history, connection.id)) ?? "UTC", clock.now());
  };

  return {
    enqueue: (connection, domains, days, receivedAt) =>
      enqueue({ connectionId: connection.id, domains, days, quiet: false, receivedAt }),

    quietLook: async () => {
      const now = clock.now();
      const today = new Date(now).toISOString().slice(0, 10);
      if (!(await looks.putIfAbsent(today, now, 2 * DAY_MS))) return;
      let quiet = 0;
      for await (const connection of connections.all()) {
        if (connection.status !== "CONNECTED" || connection.subscriptions.length === 0) continue;
        const since = (await heard.get(connection.id)) ?? connection.connectedAt;
        const provider = find(connection.provider);
        if (!provider?.webhook || now - since < DAY_MS) continue;
        quiet++;
        const to = await todayOf(connection);
        const days = { from: addDays(to, 1 - QUIET_DAYS), to };
        await enqueue({ connectionId: connection.id, domains: provider.webhook.domains, days, quiet: true });
      }
      if (quiet > 0)
        log.info(
          { connections: quiet },
          "some connections have sent no notification for a day: their recent days are read",
        );
    },

    forgetConnections: async (ids) => {
      for (const id of ids) {
        await queue.removeAll(jobsOf(id));
        await heard.erase(id);
        await begun.erase(id);
      }
    },

    handler: {
      run: async ({ payload, signal }) => {
        const { connectionId, domains, days, quiet, receivedAt } = payload as Payload;
        const connection = await connections.get(connectionId);
        const provider = connection && find(connection.provider);
        // One that can no longer be asked is not asked in a session either.
        if (!connection || !provider) return { kind: "done" };
        const to = await todayOf(connection);
        const span = days ?? { from: addDays(to, 1 - provider.revision.days), to };
        const keys = domains.flatMap((domain) => backgroundCells(provider, connection, domain, span));
        // A crash after the days were stored leaves nothing to compare them with: then all of them count as new.
        const isFirst = quiet && (await begun.putIfAbsent(connectionId, clock.now(), DAY_MS));
        const before = isFirst ? await history.read(connectionId, keys) : null;
        const old =
          before && new Map(keys.map(({ field, day }) => [`${field}|${day}`, textOf(before.get(field, day))]));

        const session = healthData.session({
          // Nobody told of these days, so what is remembered of them proves nothing.
          freshness: {
            maxAgeSeconds: quiet ? 3_600 : null,
            noCache: false,
            onlyIfCached: false,
            staleIfErrorSeconds: null,
          },
          dryRun: false,
          headerTokens: {},
          reserve: backgroundReserve(provider),
          signal: () => signal,
        });
        const asks = backgroundAsks(provider, connection, domains, span, true);
        const sources = sourcesIn(await session.load(asks));
        await history.flush();
        // Forgotten meanwhile: nothing of it waits for better times.
        if ((await connections.get(connectionId)) === null) return { kind: "done" };
        const trouble = troubleOf(sources);
        if (trouble?.kind === "wait") return { kind: "again", at: trouble.at };
        if (trouble?.kind === "passing") throw new Error(trouble.reason);
        if (receivedAt !== undefined && !trouble)
          deps.onLate?.("notification", provider.id, Math.max(0, clock.now() - receivedAt) / 1000);

        if (quiet) {
          const after = await history.read(connectionId, keys);
          const { userId } = connection;
          for (const domain of domains) {
            const changed = backgroundCells(provider, connection, domain, span).filter(
              ({ field, day }) => textOf(after.get(field, day)) !== (old ? old.get(`${field}|${day}`) : undefined),
            );
            if (changed.length === 0) continue;
            const dates = [...new Set(changed.flatMap(({ day }) => day ?? []))].sort();
            const update = { userId, provider: provider.id, domain, dates, receivedAt: clock.now() };
            await bus.dataUpdated({ ...update, origin: "LIVE" });
          }
          await begun.erase(connectionId);
        }
        return { kind: "done" };
      },
    },
  };
}

/** A connection's jobs lie side by side. */
const jobsOf = (connectionId: string) => `${PREFETCH}/${connectionId}/`;

function textOf(stored: { readonly known: unknown } | undefined): string | undefined {
  return stored && JSON.stringify(stored.known);
}

export function sourcesIn(answers: readonly (object | Error)[]): readonly SourceReport[] {
  return answers.flatMap((answer) => {
    if (answer instanceof Error) throw answer;
    return (answer as { readonly sources: readonly SourceReport[] }).sources;
  });
}

export type Trouble =
  | { readonly kind: "wait"; readonly at: number }
  | { readonly kind: "passing"; readonly reason: string }
  | { readonly kind: "final"; readonly reason: string };

/** The gravest of what some sources say; null where everything was answered. */
export function troubleOf(sources: readonly SourceReport[]): Trouble | null {
  const final = sources.find(({ status }) => finals.has(status));
  if (final) return { kind: "final", reason: final.status };
  const limited = sources.filter(({ status, retryAt }) => (status === "RATE_LIMITED" || status === "STALE") && retryAt);
  if (limited.length > 0) return { kind: "wait", at: Math.max(...limited.map(({ retryAt }) => retryAt!)) };
  const passing = sources.find(({ status }) => passings.has(status));
  return passing ? { kind: "passing", reason: passing.status } : null;
}

const finals: ReadonlySet<SourceReport["status"]> = new Set([
  "REAUTHORIZATION_REQUIRED",
  "RETIRED",
  "NOT_CONNECTED",
  "NOT_CONFIGURED",
  "ACTION_REQUIRED",
]);
const passings: ReadonlySet<SourceReport["status"]> = new Set(["RATE_LIMITED", "STALE", "UNAVAILABLE"]);
