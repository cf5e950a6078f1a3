import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { AuditLog } from "../audit/log.js";
import type { JobHandler } from "../jobs/queue.js";
import { type Clock, systemTimers } from "../model/time.js";
import { keepLease } from "../store/lease.js";
import { type RowForm, rowsOf, textRows } from "../store/row.js";
import type { Store } from "../store/store.js";
import { bodyText } from "./body.js";
import { type Messages, newMessageId, newPlace } from "./messages.js";
import { isOf, type Notes } from "./notes.js";
import { LONGEST_MS, timely } from "./schedule.js";
import { KEPT_MS, type StandingOperation, type Webhook } from "./webhook.js";

/** What an operation answers a person at a moment. */
interface StandingAnswer {
  /** JSON, as `POST /graphql` would write it. */
  readonly data: string;
  readonly errors: string | null;
  /** Equal for answers that say the same, whenever they were made. */
  readonly digest: string;
  /** Epoch ms: when it is worth asking again, where a provider could not be asked for all of it. */
  readonly againAt: number | null;
}

/** Throws where the answer could not be made for a passing reason of ours. */
export type AnswerStanding = (
  operation: StandingOperation,
  userId: string,
  signal: AbortSignal,
) => Promise<StandingAnswer>;

/** What was last sent of a person to a webhook. */
interface Last {
  readonly digest: string;
  /** Epoch ms. */
  readonly at: number;
  /** The note that led to it: while it is there, the message may not be stored yet. */
  readonly token: string;
  readonly place: string;
  readonly message: { readonly id: string; readonly body: string };
}
const lastRows: RowForm<Last> = rowsOf(
  z.looseObject({
    ...{ digest: z.string(), at: z.number(), token: z.string(), place: z.string() },
    message: z.looseObject({ id: z.string(), body: z.string() }),
  }),
);

/** A webhook that a change was not told to yet: its gap is not over, it is disabled, or a provider could not be asked. */
interface Owed {
  readonly userId: string;
  readonly token: string;
  /** Epoch ms; null while the webhook is disabled. */
  readonly dueAt: number | null;
  /** Answers that lacked a provider's, one after the other. */
  readonly lacking: number;
}
const owedRows: RowForm<Owed> = rowsOf(
  z.looseObject({ userId: z.string(), token: z.string(), dueAt: z.number().nullable(), lacking: z.number() }),
);

export interface RunsDeps {
  readonly store: Store;
  readonly notes: Notes;
  readonly messages: Messages;
  readonly operations: readonly StandingOperation[];
  readonly answer: AnswerStanding;
  readonly audit: Pick<AuditLog, "noteRead">;
  readonly clock: Clock;
  /** Those that may still be told something. */
  webhooks(): Promise<readonly Webhook[]>;
  isKnown(userId: string): Promise<boolean>;
  forgetLane(lane: string): Promise<void>;
  /** Has a webhook's messages sent. */
  send(webhookId: string): Promise<void>;
  readonly count?: (outcome: RunOutcome) => void;
}

/** `unchanged`: the answer says what was sent before, to every webhook that is due. */
export type RunOutcome = "changed" | "unchanged" | "failed";

export interface Runs {
  readonly handler: JobHandler;
  /** Puts what is due, and on no queue, back on it. */
  recover(): Promise<void>;
  /** Has everything looked at that a webhook could not be told while it was disabled. */
  revive(webhookId: string): Promise<void>;
  /** Erases the answers that were sent or wait: data that they were made of were deleted. */
  forgetAnswers(lane: string): Promise<void>;
  /** Another after each time that answers of the person were erased. */
  erasureOf(lane: string): Promise<string | undefined>;
  forgetLane(lane: string): Promise<void>;
  forgetWebhook(webhookId: string): Promise<void>;
}

const LEASE_MS = 30_000;
const BUSY_MS = 1_000;
/** After so many answers in a row that lack a provider's, only another change brings the next. */
const MOST_LACKING = 12;
const AT_ONCE = 20;

export function createRuns(deps: RunsDeps): Runs {
  const { store, notes, messages, clock } = deps;
  const lasts = store.collection("outbound-last", lastRows);
  const owed = store.collection("outbound-owed", owedRows);
  const erasures = store.collection("outbound-erasures", textRows);
  const byName = new Map(deps.operations.map((operation) => [operation.name, operation]));

  /** Everything that is noted of a person and an operation, as it is now. */
  const noted = async (lane: string, name: string) => {
    const changes: string[] = [];
    let userId: string | null = null;
    for await (const [key, whose] of notes.changes(lane, name)) {
      changes.push(key);
      userId = whose;
    }
    const waiting = new Map<string, Owed>();
    const begin = `${lane}/${name}/`;
    for await (const [key, one] of owed.scan(begin)) {
      waiting.set(key.slice(begin.length), one);
      userId = one.userId;
    }
    return { changes: changes.sort(), waiting, userId };
  };

  const forgetAnswers = async (lane: string) => {
    await erasures.set(lane, randomUUID(), KEPT_MS);
    await messages.forgetAnswers(lane);
    // Whatever the next answer says, it was not sent before. The gap stays.
    for await (const [key, last] of lasts.scan(`${lane}/`)) await lasts.set(key, { ...last, digest: "" });
  };

  const inParts = async <T>(all: readonly T[], work: (one: T) => Promise<void>) => {
    for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(work));
  };

  const run = async (lane: string, name: string, signal: AbortSignal): Promise<void> => {
    const { changes, waiting, userId } = await noted(lane, name);
    if (userId === null) return;
    const operation = byName.get(name);
    const owedAt = (id: string) => `${lane}/${name}/${id}`;
    const drop = async () => {
      for (const id of waiting.keys()) await owed.erase(owedAt(id));
      await notes.drop(changes);
    };
    if (!operation) return await drop();
    if (!(await deps.isKnown(userId))) return await deps.forgetLane(lane);
    const now = clock.now();
    const concerned = (await deps.webhooks()).filter((one) => one.operation === name && isOf(one, lane));
    for (const id of waiting.keys()) if (!concerned.some((one) => one.id === id)) await owed.erase(owedAt(id));
    const known = await lasts.getMany(concerned.map(({ id }) => `${lane}/${id}`));
    const message = ({ message, at }: Last) => ({
      ...message,
      type: "OPERATION_CHANGED" as const,
      lane,
      createdAt: at,
    });
    const due: { readonly webhook: Webhook; readonly last: Last | undefined; readonly lacking: number }[] = [];
    const touched = new Set<string>();
    const next = new Set<number>();

    await inParts([...concerned.entries()], async ([index, webhook]) => {
      const [last, open] = [known[index], waiting.get(webhook.id)];
      const tokens = new Set([...changes, ...(open ? [open.token] : [])]);
      if (tokens.size === 0) return;
      // Decided before a crash, and maybe not stored: a second look would find nothing new.
      if (last && tokens.has(last.token)) {
        await messages.put(webhook.id, last.place, message(last));
        touched.add(webhook.id);
      }
      const gapMs = webhook.minimumGapSeconds * 1_000;
      const free = last ? timely(last.at + gapMs, now, gapMs) : 0;
      const at = changes.length > 0 ? free : Math.max(free, timely(open?.dueAt ?? 0, now, LONGEST_MS));
      if (!webhook.isDisabled && at <= now) return void due.push({ webhook, last, lacking: open?.lacking ?? 0 });
      const dueAt = webhook.isDisabled ? null : at;
      if (dueAt !== null) next.add(dueAt);
      await owed.set(owedAt(webhook.id), { userId, token: randomUUID(), dueAt, lacking: open?.lacking ?? 0 });
    });

    if (due.length > 0) {
      const erasure = await erasures.get(lane);
      const answer = await deps.answer(operation, userId, signal);
      const told = due.filter(({ last }) => last?.digest !== answer.digest);
      if (told.length > 0) {
        const at = clock.now();
        const type = "OPERATION_CHANGED";
        const text = bodyText({ type, at, userId, operation: name, data: answer.data, errors: answer.errors });
        const body = await messages.keep(lane, text);
        for (const app of new Set(told.map(({ webhook }) => webhook.app))) deps.audit.noteRead(`app:${app}`, userId);
        await inParts(told, async ({ webhook, last }) => {
          const token = waiting.get(webhook.id)?.token ?? changes[0]!;
          // After everything that was sent before, whichever replica's clock was ahead.
          const place = newPlace(Math.max(at, (last?.at ?? 0) + 1));
          const sent = { digest: answer.digest, at, token, place, message: { id: newMessageId(), body } };
          await lasts.set(`${lane}/${webhook.id}`, sent);
          await messages.put(webhook.id, place, message(sent));
          touched.add(webhook.id);
        });
        // Made of data that were deleted meanwhile.
        if ((await erasures.get(lane)) !== erasure) await forgetAnswers(lane);
      }
      deps.count?.(told.length > 0 ? "changed" : "unchanged");
      await inParts(due, async ({ webhook, lacking }) => {
        if (answer.againAt === null || lacking >= MOST_LACKING) return await owed.erase(owedAt(webhook.id));
        const dueAt = Math.max(answer.againAt, clock.now() + webhook.minimumGapSeconds * 1_000);
        next.add(dueAt);
        await owed.set(owedAt(webhook.id), { userId, token: randomUUID(), dueAt, lacking: lacking + 1 });
      });
    }
    await notes.drop(changes);
    for (const at of next) await notes.enqueueRun(lane, name, at);
    await inParts([...touched], (id) => deps.send(id));
    // Forgotten meanwhile: what this left goes after them.
    if (!(await deps.isKnown(userId))) await deps.forgetLane(lane);
  };

  const parts = (key: string) => key.split("/") as [lane: string, name: string, id: string];

  return {
    handler: {
      run: async ({ payload, signal }) => {
        const { lane, operation } = payload as { readonly lane: string; readonly operation: string };
        const lease = await store.lease(`outbound-run/${lane}/${operation}`, LEASE_MS);
        if (!lease) return { kind: "again", at: clock.now() + BUSY_MS };
        const letGo = keepLease(lease, LEASE_MS, systemTimers);
        try {
          await run(lane, operation, signal);
          return { kind: "done" };
        } catch (error) {
          deps.count?.("failed");
          throw error;
        } finally {
          letGo();
          await lease.release().catch(() => {});
        }
      },
    },

    recover: async () => {
      const { runs } = await notes.left();
      for (const key of runs) {
        const [lane, name] = parts(key);
        await notes.enqueueRun(lane, name);
      }
      const due = new Set<string>();
      for await (const [key, { dueAt }] of owed.scan(""))
        if (dueAt !== null && timely(dueAt, clock.now(), LONGEST_MS) <= clock.now())
          due.add(key.slice(0, key.lastIndexOf("/")));
      for (const key of due) {
        const [lane, name] = parts(key);
        await notes.enqueueRun(lane, name);
      }
    },

    revive: async (webhookId) => {
      for await (const [key, one] of owed.scan("")) {
        const [lane, name, id] = parts(key);
        if (id !== webhookId || one.dueAt !== null) continue;
        await owed.set(key, { ...one, dueAt: 0 });
        await notes.enqueueRun(lane, name);
      }
    },

    forgetAnswers,
    erasureOf: (lane) => erasures.get(lane),

    forgetLane: async (lane) => {
      await erasures.erase(lane);
      await lasts.eraseAll(`${lane}/`);
      await owed.eraseAll(`${lane}/`);
    },

    forgetWebhook: async (webhookId) => {
      for (const rows of [lasts, owed])
        for await (const key of rows.keys("")) if (key.endsWith(`/${webhookId}`)) await rows.erase(key);
    },
  };
}
