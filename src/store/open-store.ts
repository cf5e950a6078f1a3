import { StoreUnavailable } from "../errors.js";
import { keyvStore, reason } from "./keyv-store.js";
import { memoryBackend } from "./memory.js";
import { sqliteBackend } from "./sqlite.js";
import type { Store } from "./store.js";

export interface OpenStoreOptions {
  /** Called with the SQLite file's folder when it had to be made, so that the operator learns where it is. */
  readonly dataFolderLog?: (folder: string) => void;
  /** Table on PostgreSQL, beginning of every key on Redis: what tells two installations on one server apart. */
  readonly space?: string;
}

/**
 * Opens `memory:`, `sqlite:path`, `postgres://…` or `redis://…` and sees that it answers. Rejects with
 * `StoreUnavailable` if not; an outage later on ends by itself when the server is back. Close it at the end.
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Store> {
  const scheme = /^[a-z]+(?=:)/.exec(url)?.[0];
  const space = options.space ?? "pulsegate";
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(space)) throw new TypeError("A store's space is a plain lower-case word.");
  switch (scheme) {
    case "memory":
      return keyvStore(memoryBackend());
    case "sqlite":
      try {
        return keyvStore(sqliteBackend(url.slice("sqlite:".length), options.dataFolderLog));
      } catch (error) {
        throw new StoreUnavailable(`SQLite can't open its file (${reason(error)}).`);
      }
    default:
      throw new TypeError("A store is one of memory:, sqlite:path, postgres://… and redis://….");
  }
}
