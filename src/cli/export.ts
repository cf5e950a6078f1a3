import type { Connection } from "../connections/connection.js";
import type { Gateway } from "../gateway.js";
import { CommandFailed, type Io } from "./io.js";

/** Increased when the shape of a line changes in a way that readers must know of. */
const EXPORT_VERSION = 1;

/** Prints everything that is kept of one user, one JSON object a line, as docs/export.md describes. Never a token. */
export async function exportUser(
  io: Io,
  { connections, history, clock, audit }: Pick<Gateway, "connections" | "history" | "clock" | "audit">,
  userId: string,
): Promise<void> {
  const line = (value: object) => io.out(`${JSON.stringify(value)}\n`);
  const own: Connection[] = [];
  // `list` leaves out a connection that was replaced by one to another account; its data are still stored.
  for await (const connection of connections.all()) if (connection.userId === userId) own.push(connection);
  if (own.length === 0 && !(await connections.hasEverConnected(userId))) {
    throw new CommandFailed(`There is no data of a user "${userId}".`);
  }
  // Recorded before the first line, since a reader who stops early has read some of the data.
  await audit.record({ actor: "cli", action: "export", userId });
  own.sort((a, b) => a.connectedAt - b.connectedAt);
  await line({ type: "export", version: EXPORT_VERSION, userId, exportedAt: instant(clock.now()) });
  for (const connection of own) {
    await line({
      type: "connection",
      id: connection.id,
      provider: connection.provider,
      status: connection.status,
      providerUserId: connection.providerUserId,
      scopes: connection.scopes,
      connectedAt: instant(connection.connectedAt),
      lastSuccessAt: connection.lastSuccessAt === null ? null : instant(connection.lastSuccessAt),
      dataThrough: connection.dataThrough,
    });
    for await (const { field, day, cell } of history.entries(connection.id)) {
      if (io.signal.aborted) return;
      await line({
        type: "reading",
        connection: connection.id,
        field,
        day,
        ...cell.known,
        call: cell.call,
        fetchedAt: instant(cell.at),
        settled: cell.settled,
      });
    }
  }
}

const instant = (ms: number) => new Date(ms).toISOString();
