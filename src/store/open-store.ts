import { StoreUnavailable } from "../errors.js";
import type { Backend } from "./backend.js";
import { keyvStore, type OnUnreadable, reason } from "./keyv-store.js";
import type { Store } from "./store.js";

export interface OpenStoreOptions {
  /** Called with the SQLite file's folder if it had to be made, so that the operator learns where it is. */
  readonly dataFolderLog?: (folder: string) => void;
  /** The table on PostgreSQL, the start of every key on Redis. It separates two installations on one server. */
  readonly space?: string;
  /** Called for each row that can't be read. */
  readonly onUnreadable?: OnUnreadable;
}

/**
 * Opens `memory:`, `sqlite:path`, `postgres://…` or `redis://…` and checks that it answers. Rejects with
 * `StoreUnavailable` if it does not. After a later outage the store works again when the server is back. The caller
 * closes it.
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Store> {
  const scheme = /^[a-z]+(?=:)/.exec(url)?.[0];
  const space = options.space ?? "pulsegate";
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(space)) throw new TypeError("A store's space is a plain lower-case word.");
  const open = backends[scheme ?? ""];
  if (!open) throw new TypeError("A store is one of memory:, sqlite:path, postgres://… and redis://….");
  let backend: Backend;
  try {
    backend = await open.backend(url, space, options);
  } catch (error) {
    throw new StoreUnavailable(`${open.name} can't be opened (${reason(error)}).`);
  }
  return keyvStore(backend, options.onUnreadable);
}

interface Opener {
  readonly name: string;
  backend(url: string, space: string, options: OpenStoreOptions): Promise<Backend>;
}

// Each is loaded where it is used: the clients of two servers are a third of what a start has to load.
const postgres: Opener = {
  name: "PostgreSQL",
  backend: async (url, space) => await (await import("./postgres.js")).postgresBackend(url, space),
};
const redis: Opener = {
  name: "Redis",
  backend: async (url, space) => await (await import("./redis.js")).redisBackend(url, space),
};
const backends: Readonly<Record<string, Opener>> = {
  memory: {
    name: "The memory store",
    backend: async () => (await import("./memory.js")).memoryBackend(),
  },
  sqlite: {
    name: "SQLite",
    backend: async (url, _, { dataFolderLog }) =>
      (await import("./sqlite.js")).sqliteBackend(url.slice("sqlite:".length), dataFolderLog),
  },
  postgres,
  postgresql: postgres,
  redis,
  rediss: redis,
};
