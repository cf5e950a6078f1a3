import type { Collection } from "../../store/store.js";
import type { Connection, ConnectionStatus } from "../connection.js";

/** Whom a page of connections is asked of: those with one of these statuses and providers. Null: any. */
export interface ConnectionFilter {
  readonly statuses: readonly ConnectionStatus[] | null;
  readonly providers: readonly Connection["provider"][] | null;
}

export interface PageAsked extends ConnectionFilter {
  readonly first: number;
  /** An id of a connection, which need not be there any more. Null: from the beginning. */
  readonly after: string | null;
}

export interface ConnectionPage {
  readonly nodes: readonly Connection[];
  /** There may be more behind `end`, although `nodes` may be fewer than asked for, or none. */
  readonly hasMore: boolean;
  /** The id to ask on from. Null if nothing has been looked at. */
  readonly end: string | null;
}

/** What one page may look at: a filter that fits nobody must not read the whole store for one request. */
export const MAX_LOOKED_AT = 2_000;
const BATCH = 200;

export function fits({ status, provider }: Connection, { statuses, providers }: ConnectionFilter): boolean {
  return (statuses?.includes(status) ?? true) && (providers?.includes(provider) ?? true);
}

export function createPages(deps: {
  readonly connections: Pick<Collection<Connection>, "scan">;
  /** As callers see it; null if they don't. */
  present(connection: Connection): Connection | null;
  inUse(found: readonly Connection[]): Promise<readonly Connection[]>;
}): (asked: PageAsked) => Promise<ConnectionPage> {
  return async ({ first, after, ...filter }) => {
    const nodes: Connection[] = [];
    let batch: Connection[] = [];
    const takeBatch = async () => {
      nodes.push(...(await deps.inUse(batch)));
      batch = [];
    };
    let end = after;
    let looked = 0;
    // One more than asked for tells that there is more.
    for await (const [id, stored] of deps.connections.scan("", after ?? "")) {
      if (looked === MAX_LOOKED_AT) {
        await takeBatch();
        return nodes.length > first ? cut(nodes, first) : { nodes, hasMore: true, end };
      }
      looked++;
      end = id;
      const connection = deps.present(stored);
      if (connection && fits(connection, filter)) batch.push(connection);
      if (batch.length < Math.min(BATCH, first + 1 - nodes.length)) continue;
      await takeBatch();
      if (nodes.length > first) return cut(nodes, first);
    }
    await takeBatch();
    return nodes.length > first ? cut(nodes, first) : { nodes, hasMore: false, end };
  };
}

function cut(found: readonly Connection[], first: number): ConnectionPage {
  const nodes = found.slice(0, first);
  return { nodes, hasMore: true, end: nodes.at(-1)!.id };
}
