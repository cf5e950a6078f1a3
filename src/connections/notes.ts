import type { Log } from "../log.js";
import { nextTurn } from "../turns.js";
import type { Connection } from "./connection.js";

type Change = (before: Connection) => Connection;

/** What providers' answers say of connections, stored beside what the answers are for. */
export interface Notes {
  /**
   * Begins once those who wait for the answer had their turn: to store it takes longer than to answer from it. Resolves
   * once it is stored. Rejects with `StoreUnavailable`, which nobody has to await: a later answer says the same.
   */
  put(connection: Connection, change: Change): Promise<void>;
  /** Resolves once all that was put of such connections is stored, or could not be. */
  settled(isMeant: (connection: Connection) => boolean): Promise<void>;
}

export function createNotes(
  update: (connectionId: string, change: Change) => Promise<unknown>,
  log: Pick<Log, "warn">,
): Notes {
  const underWay = new Set<{ readonly connection: Connection; readonly done: Promise<void> }>();
  return {
    put(connection, change) {
      const stored = (async () => {
        await nextTurn();
        await update(connection.id, change);
      })();
      const one = {
        connection,
        done: stored
          .catch(() => log.warn({ connectionId: connection.id }, "what an answer says of a connection was not stored"))
          .finally(() => void underWay.delete(one)),
      };
      underWay.add(one);
      return stored;
    },
    async settled(isMeant) {
      await Promise.all([...underWay].map(({ connection, done }) => (isMeant(connection) ? done : undefined)));
    },
  };
}
