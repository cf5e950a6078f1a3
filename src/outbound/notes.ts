import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Cipher, type Sealed, sealedSchema } from "../connections/tokens/vault.js";
import type { DataUpdate } from "../events/updates.js";
import type { JobQueue } from "../jobs/queue.js";
import type { Log } from "../log.js";
import type { Clock } from "../model/time.js";
import { type RowForm, rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";
import { type Lanes, newLane } from "./lanes.js";
import { newPlace } from "./messages.js";
import type { Registry } from "./registry.js";
import { type ResealCount, resealRows } from "./resealing.js";
import type { Aspect, StandingOperation, Webhook, WebhookEvent } from "./webhook.js";

export const RUN = "outbound-run";
export const TELL = "outbound-tell";

/** What happened, apart from changed data. It is told as it was noted. */
export interface Happening {
  readonly type: Exclude<WebhookEvent, "OPERATION_CHANGED">;
  readonly userId: string;
  readonly at: number;
  /** What the message says. JSON. */
  readonly data: unknown;
  /** Messages of happenings of one name have one id. Left out: the place of the note. */
  readonly name?: string;
  /** The connection that is about to become so: told only if it did. */
  readonly connection?: { readonly id: string; readonly state: string };
  /** The lane that the person had: webhooks of this person alone are told too. */
  readonly ofLane?: string;
}

interface SealedHappening {
  readonly box: Sealed;
}
const happeningRows: RowForm<SealedHappening> = rowsOf(z.looseObject({ box: sealedSchema }));
interface Change {
  readonly userId: string;
}
const changeRows: RowForm<Change> = rowsOf(z.looseObject({ userId: z.string() }));

/**
 * What has to be looked at: noted in the store before whoever brings it is told that all is well, and taken away once the
 * messages that follow are stored. Without a webhook that wants it, nothing is noted.
 */
export interface Notes {
  /** Rejects where it can't be noted: the change has to be brought again. */
  dataChanged(update: DataUpdate): Promise<void>;
  personChanged(userId: string, aspect: Aspect): Promise<void>;
  happened(happening: Happening): Promise<void>;
  /** Has the person's happenings told, if there are any. Never throws. */
  tell(userId: string): Promise<void>;
  /** Never throws: what is noted is found again by `recover`. */
  enqueueRun(lane: string, operation: string, at?: number): Promise<void>;
  enqueueTell(lane: string): Promise<void>;

  changes(lane: string, operation: string): AsyncIterable<readonly [key: string, userId: string]>;
  drop(keys: readonly string[]): Promise<void>;
  happenings(lane: string): AsyncIterable<readonly [key: string, happening: Happening]>;
  told(key: string): Promise<void>;
  /** Lanes and operations of which something is noted, and lanes with happenings. */
  left(): Promise<{ readonly runs: ReadonlySet<string>; readonly tells: ReadonlySet<string> }>;
  forgetLane(lane: string): Promise<void>;
  reseal(count: ResealCount): Promise<unknown>;
}

export interface NotesDeps {
  readonly store: Store;
  readonly cipher: Cipher;
  readonly lanes: Lanes;
  readonly registry: Pick<Registry, "all">;
  readonly operations: readonly StandingOperation[];
  readonly queue: Pick<JobQueue, "enqueue" | "removeAll">;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
}

/** A job that runs may have looked before this: one more follows it. */
const FOLLOW_MS = 1_000;

export function isOf(webhook: Webhook, lane: string): boolean {
  return webhook.lane === null || webhook.lane === lane;
}

export const happeningBinding = (key: string) => ["outbound-event", key];

export function createNotes(deps: NotesDeps): Notes {
  const { lanes, registry, operations, queue, cipher, clock, log } = deps;
  const changes = deps.store.collection("outbound-changes", changeRows);
  const events = deps.store.collection("outbound-events", happeningRows);

  const enqueue = async (id: string, kind: string, payload: unknown, notBefore?: number) => {
    try {
      if (await queue.enqueue({ id, kind, payload, notBefore })) return;
      await queue.enqueue({ id: `${id}/next`, kind, payload, notBefore: (notBefore ?? clock.now()) + FOLLOW_MS });
    } catch (error) {
      log.warn({ err: error }, "a webhook waits until the queue is back");
    }
  };
  const enqueueRun: Notes["enqueueRun"] = (lane, operation, at) =>
    enqueue(`${RUN}/${lane}/${operation}${at === undefined ? "" : `/${Math.ceil(at)}`}`, RUN, { lane, operation }, at);
  const enqueueTell = (lane: string) => enqueue(`${TELL}/${lane}`, TELL, { lane });

  /** Notes the person for the operations that read it. */
  const changed = async (userId: string, isRead: (operation: StandingOperation) => boolean) => {
    // Costs nothing, and most changes are read by none: so before the store is asked.
    const reading = operations.filter(isRead);
    if (reading.length === 0) return;
    const wanted = (await registry.all()).filter((webhook) => webhook.operation !== null);
    if (wanted.length === 0) return;
    const lane = await lanes.of(userId);
    for (const { name } of reading) {
      if (!wanted.some((webhook) => webhook.operation === name && isOf(webhook, lane))) continue;
      await changes.set(`${lane}/${name}/${randomUUID()}`, { userId });
      await enqueueRun(lane, name);
    }
  };
  const readConnections = new Set(operations.filter(({ also }) => also.has("connections")).map(({ name }) => name));

  return {
    enqueueRun,
    enqueueTell,

    dataChanged: (update) => changed(update.userId, (operation) => operation.reads(update, clock.now())),
    personChanged: (userId, aspect) => changed(userId, ({ also }) => also.has(aspect)),

    happened: async (happening) => {
      const { type, userId, ofLane } = happening;
      const isWanted = ({ events, operation }: Webhook) =>
        events.includes(type) ||
        (type === "CONNECTION_CHANGED" && operation !== null && readConnections.has(operation));
      const wanted = (await registry.all()).filter(isWanted);
      if (wanted.length === 0) return;
      // Whoever was deleted has no lane any more, and gets none by being told of.
      const lane = ofLane === undefined ? await lanes.of(userId) : newLane();
      if (!wanted.some((webhook) => isOf(webhook, ofLane ?? lane))) return;
      const key = `${lane}/${newPlace(happening.at)}`;
      await events.set(key, { box: cipher.seal(happeningBinding(key), happening) });
      if (happening.connection === undefined) await enqueueTell(lane);
    },

    tell: async (userId) => {
      try {
        if ((await registry.all()).length === 0) return;
        const lane = await lanes.find(userId);
        if (lane === null) return;
        for await (const _ of events.keys(`${lane}/`)) return await enqueueTell(lane);
      } catch (error) {
        log.warn({ err: error }, "a changed connection is told to webhooks later");
      }
    },

    changes: async function* (lane, operation) {
      for await (const [key, { userId }] of changes.scan(`${lane}/${operation}/`)) yield [key, userId];
    },
    drop: async (keys) => {
      for (const key of keys) await changes.erase(key);
    },
    happenings: async function* (lane) {
      // In their order: the first character is behind nothing.
      for await (const [key, { box }] of events.scan(`${lane}/`, `${lane}/`))
        yield [key, cipher.open<Happening>(happeningBinding(key), box)];
    },
    told: (key) => events.erase(key),
    left: async () => {
      const runs = new Set<string>();
      const tells = new Set<string>();
      for await (const key of changes.keys("")) runs.add(key.slice(0, key.lastIndexOf("/")));
      for await (const key of events.keys("")) tells.add(key.slice(0, key.lastIndexOf("/")));
      return { runs, tells };
    },
    reseal: (count) =>
      resealRows(events, {
        ...{ cipher, count, binding: happeningBinding },
        boxOf: ({ box }) => box,
        write: (key, row, box) => events.set(key, { ...row, box }),
      }),
    forgetLane: async (lane) => {
      await changes.eraseAll(`${lane}/`);
      await events.eraseAll(`${lane}/`);
      await queue.removeAll(`${RUN}/${lane}/`);
      await queue.removeAll(`${TELL}/${lane}`);
    },
  };
}
