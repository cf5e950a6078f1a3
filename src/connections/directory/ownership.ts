import type { ProviderId } from "../../providers/index.js";
import { type Belonging, createBelongings } from "../../store/belongings.js";
import { textRows } from "../../store/row.js";
import type { Store } from "../../store/store.js";
import { type Connection, connectionRows } from "../connection.js";
import { hashOf } from "../oauth/oauth.js";
import { type Account, accountKey, noticeOwner } from "./accounts.js";

/** A connection that was once stored for a user, readable or not. */
export interface OwnedConnection {
  readonly id: string;
  /** As noted: it may be one that only another release knows. */
  readonly provider: ProviderId;
}

/** An account at a provider that a user's connection reserved. */
export interface OwnedAccount {
  readonly key: string;
  /** `noticeOwner` of the account. */
  readonly noticeOwner: string;
  /** False where another user's connection has it by now: what is told of it is theirs. */
  readonly isHeld: boolean;
}

/** What a user has, by key alone: so that it goes whatever its rows hold, and whoever else there is. */
export interface Ownership {
  noteConnection(connection: Pick<Connection, "id" | "userId" | "provider">): Promise<void>;
  noteAccount(userId: string, account: Account): Promise<void>;
  /** A connection's data are of this account, whoever has the account later. */
  noteHealthData(account: Account, connectionId: string): Promise<void>;
  /** Every connection with data of an account, of any user. */
  everyConnectionOf(account: Account): Promise<readonly string[]>;
  /** A connection that exists through a header token alone: what it fetches is kept for a day, and names no user. */
  noteHeader(userId: string, connection: OwnedConnection, ttlMs: number): Promise<void>;
  connections(userId: string, provider?: ProviderId): Promise<readonly OwnedConnection[]>;
  /** `connectionIds`: the user's own. */
  accounts(userId: string, connectionIds: readonly string[], provider?: ProviderId): Promise<readonly OwnedAccount[]>;
  headers(userId: string, provider?: ProviderId): Promise<readonly OwnedConnection[]>;
  eraseConnection(userId: string, connection: OwnedConnection): Promise<void>;
  /** `connectionIds`: those that go with it. */
  eraseAccount(userId: string, account: OwnedAccount, connectionIds: readonly string[]): Promise<void>;
  dropHeader(userId: string, connection: OwnedConnection): Promise<void>;
  /** Notes what a release before these notes stored. Once at a start, in the background. */
  complete(): Promise<void>;
}

const CONNECTIONS = "connections";
const ACCOUNTS = "accounts";
const HEADERS = "headers";
const READINGS = "readings";
const BATCH = 200;

export function createOwnership(store: Store): Ownership {
  const belongings = createBelongings(store);
  const rows = store.collection("connections", connectionRows);
  const holders = store.collection("provider-accounts", textRows);
  const connectionNote = ({ id, userId, provider }: Pick<Connection, "id" | "userId" | "provider">): Belonging => ({
    owner: hashOf(userId),
    kind: CONNECTIONS,
    key: `${provider}/${id}`,
  });
  const accountNote = (userId: string, { key, noticeOwner: told }: Omit<OwnedAccount, "isHeld">): Belonging => ({
    owner: hashOf(userId),
    kind: ACCOUNTS,
    key: `${key}/${told}`,
  });
  /** Belongs to the account itself: a notice names no user. */
  const readingsNote = (key: string, connectionId: string): Belonging => ({
    owner: key,
    kind: READINGS,
    key: connectionId,
  });
  const ownedAccount = (account: Account) => ({
    key: accountKey(account),
    noticeOwner: noticeOwner(account),
  });
  const headerNote = (userId: string, { id, provider }: OwnedConnection): Belonging => ({
    owner: hashOf(userId),
    kind: HEADERS,
    key: `${provider}/${id}`,
  });
  const noted = async (userId: string, kind: string, provider?: ProviderId): Promise<readonly OwnedConnection[]> => {
    const keys = await belongings.of(hashOf(userId), kind, provider === undefined ? "" : `${provider}/`);
    return keys.map((key) => {
      const [of, id] = key.split("/");
      return { id: id!, provider: of as ProviderId };
    });
  };

  return {
    noteConnection: (connection) => belongings.note(connectionNote(connection)),
    noteAccount: (userId, account) => belongings.note(accountNote(userId, ownedAccount(account))),
    noteHealthData: (account, connectionId) => belongings.note(readingsNote(accountKey(account), connectionId)),
    everyConnectionOf: (account) => belongings.of(accountKey(account), READINGS),
    noteHeader: (userId, connection, ttlMs) => belongings.note(headerNote(userId, connection), ttlMs),
    connections: (userId, provider) => noted(userId, CONNECTIONS, provider),
    accounts: async (userId, connectionIds, provider) => {
      const keys = await belongings.of(hashOf(userId), ACCOUNTS, provider === undefined ? "" : `${provider}:`);
      const found = keys.map((noted) => noted.split("/") as [string, string]);
      const holding = await holders.getMany(found.map(([key]) => key));
      return found.map(([key, told], index) => {
        const holder = holding[index];
        return { key, noticeOwner: told, isHeld: holder === undefined || connectionIds.includes(holder) };
      });
    },
    headers: (userId, provider) => noted(userId, HEADERS, provider),
    eraseConnection: async (userId, { id, provider }) => {
      await rows.erase(id);
      await belongings.drop(connectionNote({ id, userId, provider }));
    },
    eraseAccount: async (userId, account, connectionIds) => {
      if (account.isHeld) await holders.erase(account.key);
      for (const id of connectionIds) await belongings.drop(readingsNote(account.key, id));
      await belongings.drop(accountNote(userId, account));
    },
    dropHeader: (userId, connection) => belongings.drop(headerNote(userId, connection)),
    complete: async () => {
      let batch: Belonging[] = [];
      for await (const [, connection] of rows.scan("")) {
        const { userId, provider, providerUserId } = connection;
        batch.push(connectionNote(connection));
        if (providerUserId !== null) {
          const account = ownedAccount({ provider, providerUserId });
          batch.push(accountNote(userId, account), readingsNote(account.key, connection.id));
        }
        if (batch.length < BATCH) continue;
        await belongings.complete(batch);
        batch = [];
      }
      await belongings.complete(batch);
    },
  };
}
