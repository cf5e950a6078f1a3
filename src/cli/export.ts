import type { Connection } from "../connections/connection.js";
import type { Gateway } from "../gateway.js";
import { CommandFailed, type Io } from "./io.js";

/** Raised when a line's shape changes in a way that readers have to know of. */
const EXPORT_VERSION = 1;

/** Everything we keep of one user, a JSON object a line; docs/export.md tells what is in them. Never a token. */
export async function exportUser(
  io: Io,
  { connections, history, clock, audit }: Pick<Gateway, "connections" | "history" | "clock" | "audit">,
  userId: string,
): Promise<void> {
  const line = (value: object) => io.out(`${JSON.stringify(value)}\n`);
  const own: Connection[] = [];
  // Not `list`: a connection that another account's has replaced still has its readings.
  for await (const connection of connections.all()) if (connection.userId === userId) own.push(connection);
  if (own.length === 0 && !(await connections.hasEverConnected(userId))) {
    throw new CommandFailed(`There is no user "${userId}".`);
  }
  // Before the first line: who interrupts it has read some of it.
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
        ...("value" in cell.known ? { value: cell.known.value } : { nothing: cell.known.nothing }),
        call: cell.call,
        fetchedAt: instant(cell.at),
        settled: cell.settled,
      });
    }
  }
}

const instant = (ms: number) => new Date(ms).toISOString();
