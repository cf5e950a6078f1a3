import { z } from "zod";
import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import { PulsegateError } from "../errors.js";
import type { DateRange } from "../health-data/ask.js";
import type { Log } from "../log.js";
import type { Domain } from "../model/records.js";
import type { Clock } from "../model/time.js";
import type { ProviderId } from "../providers/index.js";
import { rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";
import type { JobHandler, JobQueue } from "./queue.js";

export const ON_CONNECT = "on-connect";

interface Asked {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly domains: readonly Domain[] | null;
}

export interface OnConnectDeps {
  readonly store: Store;
  readonly queue: Pick<JobQueue, "enqueue" | "remove">;
  readonly connections: Pick<Connections, "get">;
  readonly subscriptions: { subscribe(asked: Asked): Promise<unknown> };
  readonly backfills: { start(asked: Asked & { readonly range: DateRange }): Promise<unknown> };
  /** What is done for each connection that a person consents to: `config` has these. */
  readonly subscribeOnConnect: boolean;
  /** 0: no backfill. */
  readonly backfillDaysOnConnect: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Subscribes new connections at their providers and fetches their past, as the operator configured. */
export interface OnConnect {
  /** Fits `ConnectionHooks.onAdopting`. Throws where the store can't answer: the connection could not be stored either. */
  adopting(connectionId: string): Promise<void>;
  /** Fits `ConnectionHooks.onAdopted`. Never throws: a queue that is away costs nobody their consent. */
  adopted(connection: Connection): Promise<void>;
  /** Puts what is not done back on the queue. At start and then regularly. */
  recover(): Promise<void>;
  forgetConnections(connectionIds: readonly string[]): Promise<void>;
  readonly handler: JobHandler;
}

/** What is left to do for a connection. `at` tells a later consent from the one before. */
interface Left {
  readonly at: number;
  readonly subscribe: boolean;
  readonly backfillDays: number;
}
const leftRows = rowsOf<Left>(z.looseObject({ at: z.number(), subscribe: z.boolean(), backfillDays: z.int().min(0) }));

const PAUSE_MS = 60_000;
/** A note without a connection may be of one that is just being stored; after so long, of one that a crash prevented. */
const STORING_MS = 10 * 60_000;

export function createOnConnect(deps: OnConnectDeps): OnConnect {
  const { queue, connections, subscriptions, backfills, clock, log } = deps;
  const left = deps.store.collection<Left>("on-connect", leftRows);
  const enqueue = (connectionId: string) =>
    queue.enqueue({ id: jobOf(connectionId), kind: ON_CONNECT, payload: { connectionId } });

  /** Does one thing. Answers when to try again; null where it is done, or can't be. */
  const attempt = async (
    connection: Connection,
    what: string,
    work: () => Promise<unknown>,
  ): Promise<number | null> => {
    try {
      await work();
      return null;
    } catch (error) {
      const code = error instanceof PulsegateError ? error.code : null;
      if (code === null || code === "PROVIDER_UNAVAILABLE" || code === "SERVICE_UNAVAILABLE") throw error;
      if (code === "RATE_LIMITED") {
        const seconds = Number((error as PulsegateError).details["retryAfterSeconds"]);
        return clock.now() + (seconds > 0 ? seconds * 1_000 : PAUSE_MS);
      }
      log.warn(
        { connectionId: connection.id, provider: connection.provider, code },
        `${what} on connect is not possible`,
      );
      return null;
    }
  };

  const { subscribeOnConnect: subscribe, backfillDaysOnConnect: backfillDays } = deps;
  const isWanted = subscribe || backfillDays > 0;
  const note = (id: string) => left.set(id, { at: clock.now(), subscribe, backfillDays });

  return {
    adopting: async (id) => {
      if (isWanted) await note(id);
    },

    adopted: async ({ id, status }) => {
      if (status !== "CONNECTED" || !isWanted) return;
      try {
        // Anew: a look in between may have ended what was noted for the consent before.
        await note(id);
        await enqueue(id);
      } catch (error) {
        log.warn({ err: error, connectionId: id }, "what follows a consent waits until the queue is back");
      }
    },

    recover: async () => {
      const ids: string[] = [];
      for await (const [id] of left.scan("")) ids.push(id);
      for (const id of ids) await enqueue(id);
    },

    forgetConnections: async (ids) => {
      for (const id of ids) {
        await left.erase(id);
        await queue.remove(jobOf(id));
      }
    },

    handler: {
      run: async ({ payload }) => {
        const { connectionId: id } = payload as { readonly connectionId: string };
        const todo = await left.get(id);
        const connection = await connections.get(id);
        // A row that can't be read stays: a later release may have written it.
        if (!todo) return { kind: "done" };
        if (connection?.status !== "CONNECTED") {
          if (clock.now() - todo.at < STORING_MS) return { kind: "again", at: clock.now() + PAUSE_MS };
          await left.erase(id);
          return { kind: "done" };
        }
        const { userId, provider } = connection;
        const { backfillDays } = todo;
        const asked = { userId, provider, domains: null };
        // A person who consented again meanwhile is to be looked after again.
        const isLatest = async () => (await left.get(id))?.at === todo.at;
        // The past first: it waits for no provider.
        if (backfillDays > 0) {
          const start = () => backfills.start({ ...asked, range: { lastDays: backfillDays } });
          const at = await attempt(connection, "a backfill", start);
          if (at !== null) return { kind: "again", at };
          if (await isLatest()) await left.set(id, { ...todo, backfillDays: 0 });
        }
        if (todo.subscribe) {
          const at = await attempt(connection, "a subscription", () => subscriptions.subscribe(asked));
          if (at !== null) return { kind: "again", at };
        }
        if (!(await isLatest())) return { kind: "again", at: clock.now() };
        await left.erase(id);
        return { kind: "done" };
      },
      gaveUp: async ({ payload }, error) => {
        const { connectionId } = payload as { readonly connectionId: string };
        await left.erase(connectionId);
        log.error({ err: error, connectionId }, "a new connection could not be subscribed or its past not be fetched");
      },
    },
  };
}

const jobOf = (connectionId: string) => `${ON_CONNECT}/${connectionId}`;
