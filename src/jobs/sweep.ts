import { z } from "zod";
import type { Connections } from "../connections/connections.js";
import type { History } from "../health-data/history.js";
import { firstKept, type Retention } from "../health-data/retention.js";
import type { Log } from "../log.js";
import { type Domain, domains, type LocalDate } from "../model/records.js";
import { type Clock, epochDay } from "../model/time.js";
import { rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";
import type { JobHandler, JobQueue } from "./queue.js";

export interface SweepDeps {
  readonly store: Store;
  readonly queue: Pick<JobQueue, "enqueue">;
  readonly connections: Pick<Connections, "all">;
  readonly history: Pick<History, "eraseBefore">;
  readonly retention: Retention;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
  /** How many connections are looked at before other jobs get their turn. */
  readonly connectionsAtOnce?: number;
}

/** Erases the days that are not kept any more. */
export interface Sweep {
  /** Has it done once a day over all replicas, and once more when the setting changes. Call it hourly. */
  look(): Promise<void>;
  readonly handler: JobHandler;
}

export const SWEEP = "sweep";

/** How far the last sweep came. */
interface Progress {
  /** The day, in UTC, at which it began. */
  readonly day: LocalDate;
  /** What was to be kept. */
  readonly setting: string;
  /** The last connection that was looked at, in the order of ids. Null after the last of them. */
  readonly after: string | null;
  readonly connections: number;
}

const progressRows = rowsOf<Progress>(
  z.looseObject({ day: z.iso.date(), setting: z.string(), after: z.string().nullable(), connections: z.int() }),
);

const KEY = "sweep";
/** Other jobs that are due come first. */
const PAUSE_MS = 100;
/** In every zone of the world it is this day or a later one. */
const BEHIND_UTC_DAYS = 1;

export function createSweep(deps: SweepDeps): Sweep {
  const { queue, connections, history, retention, clock, log, connectionsAtOnce = 100 } = deps;
  const kept = deps.store.collection("retention", progressRows);
  const setting = JSON.stringify(retention);
  const today = (): LocalDate => new Date(clock.now()).toISOString().slice(0, 10);

  const begun = async (): Promise<Progress> => {
    const last = await kept.get(KEY);
    if (last && last.setting === setting && (last.after !== null || last.day === today())) return last;
    return { day: today(), setting, after: "", connections: 0 };
  };

  /** One that can't be written to now is looked at again tomorrow: the others don't wait for it. */
  const erase = async (id: string, days: ReadonlyMap<Domain, number>) => {
    try {
      return await history.eraseBefore(id, days);
    } catch (error) {
      log.warn({ err: error, connectionId: id }, "days that are not kept any more could not be erased");
      return false;
    }
  };

  return {
    look: async () => {
      if (retention.days === null || (await begun()).after === null) return;
      await queue.enqueue({ id: SWEEP, kind: SWEEP, payload: {} });
    },

    handler: {
      run: async ({ signal, stopping }) => {
        if (retention.days === null) return { kind: "done" };
        const progress = await begun();
        if (progress.after === null) return { kind: "done" };
        const first = epochDay(progress.day) - BEHIND_UTC_DAYS;
        let { after, connections: count } = progress;
        let seen = 0;
        for await (const connection of connections.all(after)) {
          signal.throwIfAborted();
          const days = retention.of(connection);
          const dated = domains.filter((domain) => days?.[domain] !== undefined);
          const since = new Map(dated.map((domain) => [domain, firstKept(days, domain, first)]));
          if (since.size > 0 && (await erase(connection.id, since))) count++;
          after = connection.id;
          if (++seen < connectionsAtOnce && !stopping.aborted) continue;
          await kept.set(KEY, { ...progress, after, connections: count });
          return { kind: "again", at: clock.now() + PAUSE_MS };
        }
        await kept.set(KEY, { ...progress, after: null, connections: count });
        if (count > 0) log.info({ connections: count }, "days that are not kept any more were erased");
        return { kind: "done" };
      },
    },
  };
}
