import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Cell } from "../model/cells.js";
import type { LocalDate } from "../model/records.js";
import type { ProviderId } from "../providers/index.js";
import type { BudgetState } from "../providers/provider.js";
import { type RowForm, rowsOf } from "../store/row.js";

export const connectionStatuses = [
  "CONNECTED",
  "AWAITING_CONFIRMATION",
  "REAUTHORIZATION_REQUIRED",
  "REVOKED",
  "RETIRED",
] as const;
export type ConnectionStatus = (typeof connectionStatuses)[number];

/** A person's link to one provider. Holds no token: those are in the vault, under the connection's id. */
export interface Connection {
  /** Opaque, unique over all users, and kept when the person consents again: see `newConnectionId`. */
  readonly id: string;
  readonly userId: string;
  readonly provider: ProviderId;
  readonly status: ConnectionStatus;
  readonly providerUserId: string | null;
  /** The same person's id at the provider that this one succeeds. */
  readonly legacyUserId: string | null;
  /** As granted; empty where the provider names none. */
  readonly scopes: readonly string[];
  /** Epoch ms, as are the following. */
  readonly connectedAt: number;
  readonly lastAttemptAt: number | null;
  readonly lastSuccessAt: number | null;
  readonly dataThrough: LocalDate | null;
  /** When the grant ends by itself, where the provider says so: the person has to consent again before. */
  readonly grantEndsAt?: number | null;
  /** What the provider last said that the person or the operator has to set right. */
  readonly trouble?: string | null;
  /** When the zone and identity were last read. */
  readonly identityReadAt: number | null;
  readonly subscriptions: readonly ConnectionSubscription[];
  /** As last heard from the provider. */
  readonly budgets: readonly BudgetState[];
}

/**
 * In the order of their texts, ids are in the order in which they were made: a page of connections begins behind an id,
 * and what is made later lies behind everything. The first letter puts them behind the random ids of earlier releases,
 * whose letters end with "f".
 */
export function newConnectionId(now: number): string {
  return `p${Math.max(0, now).toString(36).padStart(9, "0")}-${randomBytes(12).toString("hex")}`;
}

export interface ConnectionSubscription {
  readonly id: string;
  readonly collection: string;
  readonly domains: readonly string[];
  readonly createdAt: number | null;
  readonly expiresAt: number | null;
}

/** What a Date can hold. */
const instant = z.number().min(-8.64e15).max(8.64e15);
const lastTime = instant.nullable().catch(null);

/**
 * A stored connection. Who it belongs to must be readable; what it heard since is healed where it is not. The provider may
 * be one that only another release knows.
 */
export const connectionRows: RowForm<Connection> = rowsOf(
  z.looseObject({
    id: z.string(),
    userId: z.string(),
    provider: z.string(),
    status: z.enum(connectionStatuses),
    providerUserId: z.string().nullable(),
    legacyUserId: z.string().nullable().catch(null),
    scopes: z.array(z.string()).catch([]),
    connectedAt: instant,
    lastAttemptAt: lastTime,
    lastSuccessAt: lastTime,
    dataThrough: z.iso.date().nullable().catch(null),
    grantEndsAt: instant.nullish().catch(null),
    trouble: z.string().nullish().catch(null),
    identityReadAt: lastTime,
    subscriptions: z
      .array(
        z.looseObject({
          id: z.string(),
          collection: z.string(),
          domains: z.array(z.string()),
          createdAt: lastTime,
          expiresAt: lastTime,
        }),
      )
      .catch([]),
    budgets: z
      .array(
        z.looseObject({
          scope: z.enum(["CONNECTION", "APP"]),
          windowSeconds: z.number(),
          limit: z.number(),
          remaining: z.number(),
          resetsAt: instant,
        }),
      )
      .catch([]),
  }),
);

export type TokenResolver = "header" | "vault" | "remote";

/** Access tokens that came with a request, by provider. */
export type HeaderTokens = Readonly<Partial<Record<ProviderId, string>>>;

/** An access token ready for use, from whichever resolver had one. */
export interface UsableToken {
  readonly accessToken: string;
  /** Who answered: what a header token fetched is kept apart under `cacheScope`. */
  readonly resolver: TokenResolver;
  /** Null for the shared history; a hash of the header token otherwise. */
  readonly cacheScope: string | null;
}

/** What others do at turning points. Filled in after construction by those who need the connections themselves. */
export interface ConnectionHooks {
  /** Takes down what the provider would still send us, while the token still works; answers what a person must do by hand. */
  onDisconnect?(connection: Connection): Promise<readonly string[]>;
  /** Forgets every reading of this connection. Of one whose row can't be read the account is not known. */
  deleteData?(gone: Pick<Connection, "id" | "userId" | "provider" | "providerUserId">): Promise<void>;
  /** Right before a connection is stored as connected: to note what follows, so that a crash in between loses nothing. */
  onAdopting?(connectionId: string): Promise<void>;
  /** A person consented, or their tokens were imported: to a new connection, or to one that there was. */
  onAdopted?(connection: Connection): Promise<void>;
  /** Keeps what the connect steps read about the person. */
  storeCells?(connection: Connection, cells: readonly Cell[]): Promise<void>;
}
