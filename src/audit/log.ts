import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { atMost } from "../bounded.js";
import type { Log } from "../log.js";
import type { Clock } from "../model/time.js";
import type { ProviderId } from "../providers/index.js";
import { type RowForm, rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";

/** What the log records: actions with a person's data. */
const auditActions = [
  /** A consent was started. */
  "connect",
  /** The person came back from the provider, and the connection was made or waits for `confirm`. */
  "consent",
  "confirm",
  "import",
  "disconnect",
  "subscribe",
  "unsubscribe",
  "backfill",
  "set-priority",
  "record",
  "delete-record",
  "read",
  "export",
  "delete",
  /** Of an app key's webhooks: these lines are of nobody, but for reads of those whose data were sent. */
  "webhook-create",
  "webhook-delete",
  "webhook-enable",
  "webhook-rotate-secret",
  "webhook-replay",
  "webhook-disabled",
] as const;
export type AuditAction = (typeof auditActions)[number];

export type Actor =
  /** The person, by a user token or as the viewer without credentials. */
  | "user"
  /** The person at the browser that came back from the provider. */
  | "browser"
  /** The provider reported that the grant or the account is gone. */
  | "provider"
  | "cli"
  /** `app:` and the name of the key. */
  | `app:${string}`;

/** One line. It has no token, no health figure and no user's id. */
export interface AuditEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actor: Actor;
  /** The program that the actor let ask (an assistant), as it calls itself. Absent where there is none. */
  readonly agent?: string;
  readonly action: AuditAction;
  readonly provider: ProviderId | null;
  /** The user's pseudonym; empty for a line of nobody. */
  readonly user: string;
}

const lineRows: RowForm<AuditEntry> = rowsOf(
  z.looseObject({
    at: z.iso.datetime(),
    actor: z.string(),
    agent: z.string().optional(),
    action: z.string(),
    provider: z.string().nullable(),
    user: z.string(),
  }),
);

export interface AuditLog {
  /**
   * Resolves when the line is stored. If the store fails, it resolves too and logs an error, since the action has
   * already happened.
   */
  record(entry: {
    readonly actor: Actor;
    readonly action: AuditAction;
    /** Null: the action is about nobody. */
    readonly userId: string | null;
    readonly provider?: ProviderId | null;
  }): Promise<void>;
  /**
   * Notes that somebody read a person's data, once an hour for each actor and person, and for each agent of theirs. The
   * caller does not wait for it.
   */
  noteRead(actor: Actor, userId: string, agent?: string | null): void;
  /** Ordered from the oldest to the newest. */
  entries(options?: { readonly userId?: string; readonly since?: number }): AsyncIterable<AuditEntry>;
  /** Resolves when everything noted is stored. */
  idle(): Promise<void>;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** An agent gives its name itself. Of more of them than this in an hour, the rest is one. */
const MAX_AGENTS = 10;
const OTHER_AGENTS = "others";

/**
 * An append-only log in the store. It names people by an HMAC under keys that are derived from the encryption keys:
 * with a user's id one can find that user's lines, but from the lines one can't find the user. Lines are removed only
 * when they are too old.
 */
export function createAuditLog(deps: {
  readonly store: Store;
  /** Pseudonyms are made with the first key; lines are found by all of them. */
  readonly encryptionKeys: readonly Uint8Array[];
  /** How long lines are kept. With 0 nothing is noted. */
  readonly days: number;
  readonly clock: Clock;
  readonly log: Pick<Log, "error">;
}): AuditLog {
  const { clock, days } = deps;
  const lines = deps.store.collection("audit", lineRows);
  const names = deps.encryptionKeys.map((key) => {
    const derived = Buffer.from(hkdfSync("sha256", key, "", "pulsegate audit pseudonyms", 32));
    return (userId: string) => createHmac("sha256", derived).update(userId).digest("base64url").slice(0, 22);
  });
  const pseudonym = names[0]!;
  const readsSeen = new LRUCache<string, true>(atMost(50_000));
  const agentsSeen = new LRUCache<string, Set<string>>(atMost(10_000));
  /** Makes the keys of lines of one millisecond different. */
  let count = 0;
  const underWay = new Set<Promise<void>>();

  const append = async (key: string, entry: AuditEntry): Promise<boolean> => {
    try {
      // Must never replace another line.
      await lines.putIfAbsent(key, entry, days * DAY_MS);
      return true;
    } catch (error) {
      deps.log.error({ err: error, action: entry.action }, "a line of the audit log could not be written");
      return false;
    }
  };

  const entryOf: (entry: Parameters<AuditLog["record"]>[0]) => AuditEntry = ({ actor, action, userId, provider }) => ({
    ...{ at: new Date(clock.now()).toISOString(), actor, action },
    ...{ provider: provider ?? null, user: userId === null ? "" : pseudonym(userId) },
  });

  const agentOf = (reader: string, agent: string): string => {
    const known = agentsSeen.get(reader) ?? new Set();
    if (!known.has(agent) && known.size >= MAX_AGENTS) return OTHER_AGENTS;
    agentsSeen.set(reader, known.add(agent));
    return agent;
  };

  return {
    record: async (given) => {
      if (days === 0) return;
      const entry = entryOf(given);
      const turn = String(count++).padStart(12, "0");
      await append(`${entry.at}/${turn}-${randomBytes(9).toString("base64url")}`, entry);
    },

    noteRead: (actor, userId, named) => {
      if (days === 0) return;
      const hour = new Date(Math.floor(clock.now() / HOUR_MS) * HOUR_MS).toISOString();
      const agent = named && agentOf(`${hour}/${actor}/${userId}`, named);
      const seen = `${hour}/${actor}/${userId}${agent ? `/${agent}` : ""}`;
      if (readsSeen.has(seen)) return;
      readsSeen.set(seen, true);
      const entry = { ...entryOf({ actor, action: "read", userId }), ...(agent && { agent }) };
      // All replicas use one key, so that the store keeps one line only.
      const key = `${hour}/${actor}/${entry.user}${agent ? `/${Buffer.from(agent).toString("base64url")}` : ""}`;
      const work = append(key, entry).then((isKept) => {
        underWay.delete(work);
        if (!isKept) readsSeen.delete(seen);
      });
      underWay.add(work);
    },

    async *entries({ userId, since = 0 } = {}) {
      const wanted = userId === undefined ? null : new Set(names.map((name) => name(userId)));
      // Reads one month at a time: a scan has no order, and the whole log may not fit into memory.
      const months = new Set<string>();
      for await (const [, { at }] of lines.scan("")) if (Date.parse(at) >= since) months.add(at.slice(0, 7));
      for (const month of [...months].sort()) {
        const found: { readonly order: string; readonly entry: AuditEntry }[] = [];
        for await (const [key, entry] of lines.scan(month)) {
          const isWanted = Date.parse(entry.at) >= since && (wanted?.has(entry.user) ?? true);
          if (isWanted) found.push({ order: `${entry.at} ${key}`, entry });
        }
        for (const { entry } of found.sort((a, b) => (a.order < b.order ? -1 : 1))) yield entry;
      }
    },

    idle: async () => {
      await Promise.all(underWay);
    },
  };
}
