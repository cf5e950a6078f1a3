import type { ConnectionHooks } from "../connections/connection.js";
import { checked } from "../model/bounds.js";
import { type Clock, dateIn } from "../model/time.js";
import type { History } from "./history.js";

/** Keeps what the connect steps told beside who somebody is. Fits `ConnectionHooks.storeCells`. */
export function createConnectCells(history: Pick<History, "write">, clock: Clock) {
  const store: NonNullable<ConnectionHooks["storeCells"]> = (connection, cells) => {
    const at = clock.now();
    const today = dateIn("UTC", at);
    return history.write(
      connection.id,
      cells.map((cell) => ({ ...checked(cell, today), at, call: "connect", settled: false })),
    );
  };
  return store;
}
