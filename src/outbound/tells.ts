import { createHash } from "node:crypto";
import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import type { JobHandler } from "../jobs/queue.js";
import { type Clock, systemTimers } from "../model/time.js";
import { keepLease } from "../store/lease.js";
import type { Store } from "../store/store.js";
import { bodyText } from "./body.js";
import type { Messages } from "./messages.js";
import { type Happening, isOf, type Notes } from "./notes.js";
import type { Webhook } from "./webhook.js";

export interface TellsDeps {
  readonly store: Store;
  readonly notes: Notes;
  readonly messages: Messages;
  readonly connections: Pick<Connections, "get">;
  readonly clock: Clock;
  webhooks(): Promise<readonly Webhook[]>;
  send(webhookId: string): Promise<void>;
}

const LEASE_MS = 30_000;
const BUSY_MS = 1_000;
/** A note without its change is of one that is just being stored, or of one that a crash prevented. */
const STORING_MS = 60_000;

/** All by which one state of a connection is told from another. */
export function stateOf({ status, providerUserId, scopes }: Connection): string {
  const parts = JSON.stringify([status, providerUserId, scopes]);
  return createHash("sha256").update(parts).digest("base64url");
}

/** Makes messages of what happened, each once for each webhook. */
export function createTells(deps: TellsDeps): { readonly handler: JobHandler; recover(): Promise<void> } {
  const { store, notes, messages, clock } = deps;

  /** Whether it came to pass; null while that can't be said. */
  const isSo = async ({ connection, at }: Happening): Promise<boolean | null> => {
    if (connection === undefined) return true;
    const stored = await deps.connections.get(connection.id);
    if (stored && stateOf(stored) === connection.state) return true;
    return clock.now() - at < STORING_MS ? null : false;
  };

  const tell = async (key: string, lane: string, happening: Happening, hooks: readonly Webhook[]): Promise<void> => {
    const { type, userId, at, data, ofLane, name = key } = happening;
    const wanted = hooks.filter((one) => one.events.includes(type) && isOf(one, ofLane ?? lane));
    const place = key.slice(lane.length + 1);
    if (wanted.length > 0) {
      const text = bodyText({ type, at, userId, operation: null, data: JSON.stringify(data), errors: null });
      const body = await messages.keep(lane, text, place);
      for (const { id } of wanted) {
        // The same however often it is made: a crash makes no second message of one happening.
        const hash = createHash("sha256").update(`${id}/${name}`).digest("base64url").slice(0, 24);
        await messages.put(id, place, { id: `msg_${hash}`, type, lane, body, createdAt: at });
      }
    }
    // By now it is stored: what operations read of it is what came to pass.
    if (type === "CONNECTION_CHANGED") await notes.personChanged(userId, "connections");
    await notes.told(key);
    for (const { id } of wanted) await deps.send(id);
  };

  /** Answers when to look again; null where nothing is left. */
  const run = async (lane: string): Promise<number | null> => {
    const found: (readonly [string, Happening])[] = [];
    for await (const one of notes.happenings(lane)) found.push(one);
    const hooks = await deps.webhooks();
    /** Of several changes of a connection in a row the last is told. */
    const latest = new Map(found.flatMap(([key, { connection }]) => (connection ? [[connection.id, key]] : [])));
    for (const [key, happening] of found) {
      const { connection } = happening;
      const isLatest = connection === undefined || latest.get(connection.id) === key;
      const so = isLatest ? await isSo(happening) : false;
      // What came later is told later.
      if (so === null) return clock.now() + BUSY_MS;
      if (so) await tell(key, lane, happening, hooks);
      else await notes.told(key);
    }
    return null;
  };

  return {
    handler: {
      run: async ({ payload }) => {
        const { lane } = payload as { readonly lane: string };
        const lease = await store.lease(`outbound-tell/${lane}`, LEASE_MS);
        if (!lease) return { kind: "again", at: clock.now() + BUSY_MS };
        const letGo = keepLease(lease, LEASE_MS, systemTimers);
        try {
          const at = await run(lane);
          return at === null ? { kind: "done" } : { kind: "again", at };
        } finally {
          letGo();
          await lease.release().catch(() => {});
        }
      },
    },
    recover: async () => {
      for (const lane of (await notes.left()).tells) await notes.enqueueTell(lane);
    },
  };
}
