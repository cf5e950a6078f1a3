import { LRUCache } from "lru-cache";
import { atMost } from "../../bounded.js";
import type { Log } from "../../log.js";
import type { Clock } from "../../model/time.js";
import type { ProviderId } from "../../providers/index.js";
import type { Connection, HeaderTokens, TokenResolver } from "../connection.js";
import { type Adoption, unstoredConnection } from "../consent/adoption.js";
import { ProviderFailure } from "../oauth/provider-failure.js";
import type { RemoteResolver } from "../tokens/remote-resolver.js";
import { headerConnectionId } from "../tokens/tokens.js";
import type { Directory } from "./directory.js";
import type { Ownership } from "./ownership.js";

/** Longer than what a header token fetched is kept. */
const HEADER_NOTE_MS = 48 * 3_600_000;
const HEADER_NOTE_AGAIN_MS = 60_000;

interface ReadingDeps {
  readonly directory: Pick<Directory, "recalled">;
  readonly ownership: Pick<Ownership, "noteHeader">;
  readonly adoption: Pick<Adoption, "adopt">;
  readonly remote: Pick<RemoteResolver, "resolve"> | null;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  /** The providers, in the order of the registry. */
  readonly order: readonly ProviderId[];
  readonly resolvers: readonly TokenResolver[];
  isRetired(provider: ProviderId): boolean;
  isConfigured(provider: ProviderId): boolean;
}

/** Which connections may be read for a user: the stored ones, and those that a header or the app's service stands for. */
export function createReading(deps: ReadingDeps) {
  const { directory, ownership, adoption, remote, clock, log, order, resolvers, isRetired, isConfigured } = deps;
  /** Noted lately, by user and id: not every query writes. */
  const notedHeaders = new LRUCache<string, true>({ ...atMost(50_000), ttl: HEADER_NOTE_AGAIN_MS });

  const byHeader = async (userId: string, provider: ProviderId, token: string): Promise<Connection> => {
    const id = headerConnectionId(token);
    const noted = `${userId} ${id}`;
    if (!notedHeaders.has(noted)) await ownership.noteHeader(userId, { id, provider }, HEADER_NOTE_MS);
    notedHeaders.set(noted, true);
    return {
      ...unstoredConnection(userId, provider, [], clock.now()),
      id,
      status: isRetired(provider) ? "RETIRED" : "CONNECTED",
    };
  };

  /** Remembered once the app's service knows the user, so that history has a connection to belong to. */
  const byRemote = async (userId: string, id: ProviderId): Promise<Connection | null> => {
    try {
      if (!(await remote?.resolve(userId, id))) return null;
      return await adoption.adopt({ userId, provider: id, tokens: null, scopes: [], identity: null, cells: [] });
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      log.warn({ provider: id }, "the token service could not be asked");
      return null;
    }
  };

  return {
    /** As `Connections.forReading`. */
    connections: async (userId: string, headerTokens: HeaderTokens): Promise<readonly Connection[]> => {
      const stored = await directory.recalled(userId);
      const found = await Promise.all(
        order.map(async (id) => {
          const token = resolvers.includes("header") ? headerTokens[id] : undefined;
          if (token !== undefined) return await byHeader(userId, id, token);
          const known = stored.find((connection) => connection.provider === id);
          return known ?? (remote && !isRetired(id) && isConfigured(id) ? await byRemote(userId, id) : null);
        }),
      );
      return found.filter((connection) => connection !== null);
    },
    /** Whoever comes with a header token from now on is noted anew. */
    forgetNotes: () => notedHeaders.clear(),
  };
}
