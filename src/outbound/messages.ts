import { randomBytes } from "node:crypto";
import { z } from "zod";
import { type Cipher, type Sealed, sealedSchema } from "../connections/tokens/vault.js";
import type { Clock } from "../model/time.js";
import { type RowForm, rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";
import { type ResealCount, resealRows } from "./resealing.js";
import { KEPT_MS, type WebhookEvent, webhookEvents } from "./webhook.js";

/** One message to one webhook. It stays the same over all attempts; what it says is a body, which webhooks share. */
interface Message {
  readonly id: string;
  readonly type: WebhookEvent;
  /** Whom it is of: messages of one lane are sent one after the other. */
  readonly lane: string;
  /** Where its body is. */
  readonly body: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** A message that was not delivered yet. */
export interface Pending extends Message {
  /** Failed ones, in this `round` of its webhook. */
  readonly attempts: number;
  readonly round: number;
  /** Epoch ms. */
  readonly nextAt: number;
}

const message = {
  ...{ id: z.string(), lane: z.string(), body: z.string(), createdAt: z.number() },
  type: z.enum(webhookEvents),
};
const messageRows: RowForm<Message> = rowsOf(z.looseObject(message));
const pendingRows: RowForm<Pending> = rowsOf(
  z.looseObject({ ...message, attempts: z.number(), round: z.number(), nextAt: z.number() }),
);
/** `until` (epoch ms): its end; left out by an earlier release. */
type Body = Sealed & { readonly until?: number };
const bodyRows: RowForm<Body> = rowsOf(sealedSchema.extend({ until: z.number().optional() }));

export const newMessageId = () => `msg_${randomBytes(18).toString("base64url")}`;

let count = 0;
/** Places in the order of sending: later ones are greater as texts. */
export function newPlace(at: number): string {
  count = (count + 1) % 1_000_000;
  return `${String(Math.max(0, at)).padStart(15, "0")}-${String(count).padStart(6, "0")}${randomBytes(4).toString("hex")}`;
}
const placeAt = (at: number) => String(Math.max(0, at)).padStart(15, "0");

/**
 * What is to be sent, and what was sent within the last days. Keys are a webhook and a place, so that what waits for a
 * webhook is read in its order.
 */
export interface Messages {
  /** Answers the key of the body. Under the same key it is written once; without a name it is an answer. */
  keep(lane: string, body: string, name?: string): Promise<string>;
  /** Undefined where it is no longer kept. */
  bodyOf(message: Message): Promise<string | undefined>;
  /** Does nothing where the message waits already, or was delivered. */
  put(webhookId: string, place: string, message: Message): Promise<void>;
  /** In their order, from behind a place. */
  waiting(webhookId: string, after?: string): AsyncIterable<readonly [place: string, pending: Pending]>;
  postpone(webhookId: string, place: string, pending: Pending): Promise<void>;
  delivered(webhookId: string, place: string, pending: Pending): Promise<void>;
  /** Without a word: its body is gone. */
  drop(webhookId: string, place: string): Promise<void>;
  count(webhookId: string): Promise<number>;
  isWaiting(webhookId: string): Promise<boolean>;
  /** Lets everything wait again that was delivered since then. */
  again(webhookId: string, since: number): Promise<void>;
  forgetWebhook(webhookId: string): Promise<void>;
  /** What waits with such a body is dropped when its turn comes. */
  forgetAnswers(lane: string): Promise<void>;
  forgetLane(lane: string): Promise<void>;
  /** Answers the keys of the bodies that it encrypted anew. They end when they would have ended. */
  reseal(count: ResealCount): Promise<readonly string[]>;
  /** Of these bodies, those that hold a person's data. */
  dropAnswers(keys: readonly string[]): Promise<void>;
}

/** In the keys of bodies: those that hold a person's data. */
const ANSWERS = "answers/";

export const bodyBinding = (key: string) => ["outbound-body", key];

export function createMessages(deps: {
  readonly store: Store;
  readonly cipher: Cipher;
  readonly clock: Clock;
}): Messages {
  const { store, cipher, clock } = deps;
  const bodies = store.collection("outbound-bodies", bodyRows);
  const pending = store.collection("outbound-pending", pendingRows);
  const sent = store.collection("outbound-sent", messageRows);
  const at = (webhookId: string, place: string) => `${webhookId}/${place}`;
  const leftMs = (createdAt: number) => createdAt + KEPT_MS - clock.now();
  const put: Messages["put"] = async (webhookId, place, given) => {
    const { id, type, lane, body, createdAt } = given;
    const left = leftMs(createdAt);
    const key = at(webhookId, place);
    if (left <= 0 || (await sent.get(key))) return;
    await pending.putIfAbsent(key, { id, type, lane, body, createdAt, attempts: 0, round: 0, nextAt: 0 }, left);
  };

  return {
    put,
    keep: async (lane, body, name = `${ANSWERS}${randomBytes(9).toString("base64url")}`) => {
      const key = `${lane}/${name}`;
      const until = clock.now() + KEPT_MS;
      await bodies.putIfAbsent(key, { ...cipher.seal(bodyBinding(key), body), until }, KEPT_MS);
      return key;
    },
    bodyOf: async ({ body, createdAt }) => {
      const box = leftMs(createdAt) > 0 ? await bodies.get(body) : undefined;
      return box && cipher.open<string>(bodyBinding(body), box);
    },
    waiting: async function* (webhookId, after) {
      const begin = at(webhookId, "");
      for await (const [key, one] of pending.scan(begin, begin + (after ?? ""))) yield [key.slice(begin.length), one];
    },
    postpone: async (webhookId, place, one) => {
      await pending.set(at(webhookId, place), one, Math.max(1, leftMs(one.createdAt)));
    },
    delivered: async (webhookId, place, { id, type, lane, body, createdAt }) => {
      const left = leftMs(createdAt);
      // In this order: a crash between the two costs a repeat with the same id.
      if (left > 0) await sent.set(at(webhookId, place), { id, type, lane, body, createdAt }, left);
      await pending.erase(at(webhookId, place));
    },
    drop: (webhookId, place) => pending.erase(at(webhookId, place)),
    count: async (webhookId) => {
      let found = 0;
      for await (const _ of pending.keys(at(webhookId, ""))) found++;
      return found;
    },
    isWaiting: async (webhookId) => {
      for await (const _ of pending.keys(at(webhookId, ""))) return true;
      return false;
    },
    again: async (webhookId, since) => {
      const begin = at(webhookId, "");
      for await (const [key, one] of sent.scan(begin, begin + placeAt(since))) {
        // Before it counts as undelivered: a crash between the two must not lose it.
        const left = leftMs(one.createdAt);
        if (left <= 0) continue;
        await pending.putIfAbsent(key, { ...one, attempts: 0, round: 0, nextAt: 0 }, left);
      }
    },
    forgetWebhook: async (webhookId) => {
      await pending.eraseAll(at(webhookId, ""));
      await sent.eraseAll(at(webhookId, ""));
    },
    forgetAnswers: (lane) => bodies.eraseAll(`${lane}/${ANSWERS}`),
    forgetLane: (lane) => bodies.eraseAll(`${lane}/`),
    reseal: (count) =>
      resealRows(bodies, {
        ...{ cipher, count, binding: bodyBinding },
        boxOf: (row) => row,
        write: (key, { until = clock.now() + KEPT_MS }, box) =>
          bodies.set(key, { ...box, until }, Math.max(1, until - clock.now())),
      }),
    dropAnswers: async (keys) => {
      for (const key of keys) if (key.includes(`/${ANSWERS}`)) await bodies.erase(key);
    },
  };
}
