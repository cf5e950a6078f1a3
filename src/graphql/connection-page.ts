import { type ConnectionPage, fits, type PageAsked } from "../connections/directory/pages.js";
import { PulsegateError } from "../errors.js";
import { type Caller, requireApp } from "./caller.js";
import type { Services } from "./services.js";
import type { ConnectionPageType } from "./types/connection.js";

export const MAX_PAGE = 500;

/** Connections of everybody whom the caller speaks for. FORBIDDEN for user tokens, BAD_USER_INPUT for a wrong argument. */
export async function connectionPage(
  caller: Caller,
  connections: Pick<Services["connections"], "list" | "page">,
  { after, ...asked }: PageAsked,
): Promise<ConnectionPageType> {
  const own = caller.kind === "user" && caller.appKey !== undefined ? caller.userId : null;
  if (own === null) requireApp(caller);
  if (asked.first < 1 || asked.first > MAX_PAGE)
    throw new PulsegateError("BAD_USER_INPUT", `first must be from 1 to ${MAX_PAGE}.`);
  const all = { ...asked, after: after === null ? null : idIn(after) };
  const page = own === null ? await connections.page(all) : ownPage(await connections.list(own), all);
  return {
    nodes: page.nodes,
    pageInfo: { hasNextPage: page.hasMore, endCursor: page.end === null ? null : cursorOf(page.end) },
  };
}

/** As `Connections.page`, of one person's few connections. */
function ownPage(list: ConnectionPage["nodes"], { first, after, ...filter }: PageAsked): ConnectionPage {
  const left = list
    .filter((connection) => connection.id > (after ?? "") && fits(connection, filter))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const nodes = left.slice(0, first);
  return { nodes, hasMore: left.length > first, end: nodes.at(-1)?.id ?? after };
}

/** So that nobody takes a cursor for an id, nor an id for a cursor. */
const PREFIX = "after:";

const cursorOf = (id: string) => Buffer.from(PREFIX + id).toString("base64url");

function idIn(cursor: string): string {
  const id = Buffer.from(cursor, "base64url").toString("latin1").slice(PREFIX.length);
  if (/^[\w-]{1,128}$/.test(id) && cursorOf(id) === cursor) return id;
  throw new PulsegateError("BAD_USER_INPUT", "after is no cursor: send an endCursor as it came.");
}
