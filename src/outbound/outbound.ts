import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { AuditLog } from "../audit/log.js";
import type { AppKey } from "../config/keys.js";
import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import { hashOf } from "../connections/oauth/oauth.js";
import type { KeyRotation } from "../connections/tokens/key-rotation.js";
import { type Cipher, type Sealed, sealedSchema } from "../connections/tokens/vault.js";
import { PulsegateError } from "../errors.js";
import type { BackfillJob, DataUpdate } from "../events/updates.js";
import { createHttpClient, type HttpClientOptions } from "../http/client.js";
import type { JobHandler, JobQueue } from "../jobs/queue.js";
import type { Log } from "../log.js";
import type { Clock } from "../model/time.js";
import type { ProviderId } from "../providers/index.js";
import type { Delay } from "../store/lease.js";
import { rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";
import { createOutboundKeyRotation } from "./key-rotation.js";
import { createLanes } from "./lanes.js";
import { createMessages } from "./messages.js";
import { createNotes, RUN, TELL } from "./notes.js";
import { createRegistry } from "./registry.js";
import { resealRows } from "./resealing.js";
import { type AnswerStanding, createRuns, type RunOutcome } from "./runs.js";
import { createSender, SEND, type SendOutcome } from "./sender.js";
import { newSecret, sealSecret } from "./signing.js";
import { targetOf } from "./target.js";
import { createTells, stateOf } from "./tells.js";
import {
  type Aspect,
  KEPT_DAYS,
  type StandingOperation,
  type Webhook,
  type WebhookEvent,
  type WebhookStatus,
} from "./webhook.js";

/** Who asks: an app key, and the only person that it speaks for. */
export interface WebhookOwner {
  readonly app: string;
  readonly userId: string | null;
}

/** A webhook as its app sees it. */
export interface ShownWebhook
  extends Pick<Webhook, "id" | "url" | "operation" | "events" | "createdAt" | "minimumGapSeconds"> {
  readonly status: WebhookStatus;
  readonly lastDeliveredAt: number | null;
  readonly lastFailure: string | null;
}

interface NewWebhook {
  readonly url: string;
  readonly operation: string | null;
  readonly events: readonly WebhookEvent[] | null;
  readonly userId: string | null;
  readonly minimumGapSeconds: number;
}

/** Webhooks of an app key. All but `list` throw BAD_USER_INPUT, for a webhook of another key too: it is not there. */
export interface Webhooks {
  list(owner: WebhookOwner): Promise<readonly ShownWebhook[]>;
  create(owner: WebhookOwner, asked: NewWebhook): Promise<{ readonly webhook: ShownWebhook; readonly secret: string }>;
  remove(owner: WebhookOwner, id: string): Promise<void>;
  enable(owner: WebhookOwner, id: string): Promise<ShownWebhook>;
  rotate(
    owner: WebhookOwner,
    id: string,
    overlapHours: number,
  ): Promise<{ readonly webhook: ShownWebhook; readonly secret: string }>;
  /** `since`: epoch ms. */
  replay(owner: WebhookOwner, id: string, since: number): Promise<ShownWebhook>;
  /** Messages that wait to be delivered. */
  pending(id: string): Promise<number>;
}

/** What apps are told over HTTP, by addresses that they name. */
export interface Outbound {
  readonly webhooks: Webhooks;
  /** Rejects where it can't be noted: whoever brings the change has to bring it again. */
  dataChanged(update: DataUpdate): Promise<void>;
  personChanged(userId: string, aspect: Aspect): Promise<void>;
  /** Right before the connection is stored so. Rejects likewise. */
  connectionChanging(connection: Connection): Promise<void>;
  /** Never throws. */
  connectionChanged(connection: Connection): Promise<void>;
  /** Right before the job is stored as finished. Rejects likewise. */
  backfillFinishing(job: BackfillJob & { readonly provider: ProviderId }): Promise<void>;
  /** Does the deletion, then tells of it, and forgets what was to be told of the person. May be repeated. */
  deletingUser(userId: string, erase: () => Promise<void>): Promise<void>;
  /** Erases the answers that were sent of a person or wait: data that they were made of were deleted. May be repeated. */
  forgetAnswers(userId: string): Promise<void>;
  /** Encrypts under the first key what is under another, and adds that to what was done before. */
  rotateKeys(before: KeyRotation): Promise<KeyRotation>;
  /** At start, then every minute. */
  recover(): Promise<void>;
  /** Ends the requests in flight. */
  close(): void;
  readonly handlers: Readonly<Record<string, JobHandler>>;
  /** Of a queue of their own: one that waits for a receiver holds up no other work. */
  readonly sendHandlers: Readonly<Record<string, JobHandler>>;
}

export interface OutboundDeps {
  readonly store: Store;
  readonly cipher: Cipher;
  readonly appKeys: readonly AppKey[];
  readonly allowPrivate: boolean;
  readonly operations: readonly StandingOperation[];
  /** Why an operation of this name can't be sent; null if it can. */
  faultOf(operation: string): string | null;
  readonly answer: AnswerStanding;
  readonly connections: Pick<Connections, "get" | "hasEverConnected">;
  readonly queue: Pick<JobQueue, "enqueue" | "removeAll">;
  readonly sendQueue: Pick<JobQueue, "enqueue" | "removeAll">;
  /** Resolves the names of receivers instead of the system: for tests. */
  readonly lookup?: HttpClientOptions["lookup"];
  readonly audit: Pick<AuditLog, "record" | "noteRead">;
  readonly clock: Clock;
  readonly delay: Delay;
  readonly log: Log;
  /** Deletes everything of a person: a deletion that a crash interrupted is brought to its end. */
  eraseUser(userId: string): Promise<void>;
  readonly onRun?: (outcome: RunOutcome) => void;
  readonly onSend?: (outcome: SendOutcome) => void;
}

/** The longest wait for a receiver's answer. */
const RECEIVER_MS = 15_000;
const REPLAY = "outbound-replay";
const CLEAN = "outbound-clean";
const LONGEST_GAP_SECONDS = 86_400;
const LONGEST_OVERLAP_HOURS = 168;
/** Secrets that sign at once. */
const MOST_SECRETS = 5;
const HOUR_MS = 3_600_000;
/** A deletion that runs is let to its end by the process that began it. */
const DELETING_MS = 5 * 60_000;

const mistake = (sentence: string) => new PulsegateError("BAD_USER_INPUT", sentence);
const deletionRows = rowsOf<{ readonly at: number; readonly box: Sealed }>(
  z.looseObject({ at: z.number(), box: sealedSchema }),
);

export const deletionBinding = (key: string) => ["outbound-deletion", key];

export function createOutbound(deps: OutboundDeps): Outbound {
  const { store, cipher, connections, queue, clock, log } = deps;
  const lanes = createLanes(store);
  const registry = createRegistry(deps);
  const messages = createMessages(deps);
  const notes = createNotes({ ...deps, lanes, registry });
  const http = createHttpClient({
    timeoutMs: RECEIVER_MS,
    publicOnly: !deps.allowPrivate,
    lookup: deps.lookup,
  });
  const deletions = store.collection("outbound-deletions", deletionRows);

  /** A key that was taken away, or bound to somebody, tells no more than it could ask. */
  const isAllowed = async ({ app, lane }: Webhook): Promise<boolean> => {
    const keys = deps.appKeys.filter(({ name }) => name === app);
    if (keys.some(({ userId }) => userId === null)) return true;
    if (lane === null) return false;
    const own = await Promise.all(keys.map(({ userId }) => lanes.find(userId!)));
    return own.includes(lane);
  };
  const allowed = async () => {
    const all = await registry.all();
    const isFine = await Promise.all(all.map(isAllowed));
    return all.filter((_, index) => isFine[index]);
  };
  const forgetLane = async (lane: string) => {
    await notes.forgetLane(lane);
    await runs.forgetLane(lane);
    await messages.forgetLane(lane);
  };
  const forgetWebhook = async (id: string) => {
    await registry.remove(id);
    await sender.forgetWebhook(id);
    await messages.forgetWebhook(id);
    await queue.enqueue({ id: `${CLEAN}/${id}`, kind: CLEAN, payload: { webhookId: id } });
  };

  const sender = createSender({
    ...{ ...deps, http, registry, messages, isAllowed },
    queue: deps.sendQueue,
    retire: forgetWebhook,
    count: deps.onSend,
  });
  const send = (webhookId: string) => sender.send(webhookId);
  const runs = createRuns({
    ...{ ...deps, notes, messages, forgetLane, send },
    webhooks: allowed,
    isKnown: (userId) => connections.hasEverConnected(userId),
    count: deps.onRun,
  });
  const tells = createTells({ ...deps, notes, messages, send, webhooks: allowed });

  const shown = async (webhook: Webhook): Promise<ShownWebhook> => {
    const { id, url, operation, events, createdAt, minimumGapSeconds } = webhook;
    const { failures, lastDeliveredAt, lastFailure } = await sender.health(id);
    const fault = operation === null ? null : deps.faultOf(operation);
    return {
      ...{ id, url, operation, events, createdAt, minimumGapSeconds, lastDeliveredAt },
      status: webhook.isDisabled ? "DISABLED" : failures > 0 ? "FAILING" : "ACTIVE",
      lastFailure: fault ?? lastFailure,
    };
  };
  const isOwn = async ({ app, userId }: WebhookOwner): Promise<(webhook: Webhook) => boolean> => {
    const lane = userId === null ? null : await lanes.find(userId);
    return (webhook) => webhook.app === app && (userId === null || (lane !== null && webhook.lane === lane));
  };
  const own = async (owner: WebhookOwner, id: string): Promise<Webhook> => {
    const found = await registry.get(id);
    if (!found || !(await isOwn(owner))(found)) throw mistake("This app key has no webhook of this id.");
    return found;
  };
  const changed = async (owner: WebhookOwner, id: string, how: (before: Webhook) => Webhook): Promise<Webhook> => {
    await own(owner, id);
    const after = await registry.change(id, how);
    if (!after) throw mistake("This app key has no webhook of this id.");
    return after;
  };

  const eventsOf = ({ operation, events }: NewWebhook): readonly WebhookEvent[] => {
    const named = [...new Set(events ?? [])];
    if (operation === null) {
      if (named.length === 0) throw mistake("Name an operation, or events, or both.");
      if (named.includes("OPERATION_CHANGED")) throw mistake("OPERATION_CHANGED needs an operation: name one.");
      return named;
    }
    const fault = deps.faultOf(operation);
    if (fault !== null) throw mistake(fault);
    return [...new Set<WebhookEvent>(["OPERATION_CHANGED", ...named])];
  };

  const webhooks: Webhooks = {
    list: async (owner) => await Promise.all((await registry.all()).filter(await isOwn(owner)).map(shown)),

    create: async ({ app, userId: bound }, asked) => {
      const { operation, minimumGapSeconds } = asked;
      const events = eventsOf(asked);
      const url = targetOf(asked.url, deps.allowPrivate);
      if (minimumGapSeconds < 0 || minimumGapSeconds > LONGEST_GAP_SECONDS)
        throw mistake(`minimumGapSeconds must be from 0 to ${LONGEST_GAP_SECONDS}.`);
      const userId = bound ?? asked.userId;
      const [id, secret] = [randomBytes(12).toString("hex"), newSecret()];
      const webhook: Webhook = {
        ...{ id, app, url, operation, events, minimumGapSeconds },
        lane: userId === null ? null : await lanes.of(userId),
        createdAt: clock.now(),
        secrets: [{ box: sealSecret(cipher, id, secret), until: null }],
        ...{ isDisabled: false, round: 0 },
      };
      await registry.add(webhook);
      return { webhook: await shown(webhook), secret };
    },

    remove: async (owner, id) => {
      await own(owner, id);
      await forgetWebhook(id);
    },

    enable: async (owner, id) => {
      const webhook = await changed(owner, id, (before) =>
        before.isDisabled ? { ...before, isDisabled: false, round: before.round + 1 } : before,
      );
      await sender.wake(id);
      await runs.revive(id);
      return await shown(webhook);
    },

    rotate: async (owner, id, overlapHours) => {
      if (overlapHours < 0 || overlapHours > LONGEST_OVERLAP_HOURS)
        throw mistake(`overlapHours must be from 0 to ${LONGEST_OVERLAP_HOURS}.`);
      const secret = newSecret();
      const webhook = await changed(owner, id, (before) => {
        const now = clock.now();
        const ends = now + overlapHours * HOUR_MS;
        const older = before.secrets
          .map(({ box, until }) => ({ box, until: until ?? ends }))
          .filter(({ until }) => until > now);
        const newest = { box: sealSecret(cipher, id, secret), until: null };
        return { ...before, secrets: [newest, ...older].slice(0, MOST_SECRETS) };
      });
      return { webhook: await shown(webhook), secret };
    },

    replay: async (owner, id, since) => {
      const webhook = await own(owner, id);
      if (since > clock.now()) throw mistake(`since must not lie in the future; ${KEPT_DAYS} days are kept.`);
      await queue.enqueue({ id: `${REPLAY}/${id}/${since}`, kind: REPLAY, payload: { webhookId: id, since } });
      return await shown(webhook);
    },

    pending: (id) => messages.count(id),
  };

  const rotateKeys = createOutboundKeyRotation({
    ...{ cipher, registry, messages, notes, lanes, runs, forgetLane },
    deletions: (count) =>
      resealRows(deletions, {
        ...{ cipher, count, binding: deletionBinding },
        boxOf: ({ box }) => box,
        write: (key, row, box) => deletions.set(key, { ...row, box }),
      }),
  });

  return {
    webhooks,
    close: () => http.close(),
    rotateKeys,
    dataChanged: notes.dataChanged,
    personChanged: notes.personChanged,

    connectionChanging: async (connection) => {
      const { id, userId, provider, status } = connection;
      await notes.happened({
        ...{ type: "CONNECTION_CHANGED", userId, at: clock.now() },
        data: { id, provider, status },
        connection: { id, state: stateOf(connection) },
      });
    },
    connectionChanged: ({ userId }) => notes.tell(userId),

    backfillFinishing: async ({ id, userId, provider, status, daysDone, daysTotal }) => {
      const data = { id, provider, status, daysDone, daysTotal };
      await notes.happened({ type: "BACKFILL_FINISHED", userId, at: clock.now(), data, name: `backfill/${id}` });
    },

    deletingUser: async (userId, erase) => {
      const key = hashOf(userId);
      const wanted = (await registry.all()).some(({ events }) => events.includes("USER_DELETED"));
      // Before the first row goes: after a crash nothing else would tell that there was somebody.
      if (wanted && (await connections.hasEverConnected(userId)))
        await deletions.putIfAbsent(key, { at: clock.now(), box: cipher.seal(deletionBinding(key), userId) });
      await erase();
      const lane = await lanes.find(userId);
      const begun = await deletions.get(key);
      if (begun) {
        const at = clock.now();
        const name = `deleted/${begun.at}/${key}`;
        await notes.happened({ type: "USER_DELETED", userId, at, data: null, name, ofLane: lane ?? "none" });
      }
      if (lane !== null) {
        await forgetLane(lane);
        for (const webhook of await registry.all())
          if (webhook.lane === lane && !webhook.events.includes("USER_DELETED")) await forgetWebhook(webhook.id);
      }
      await lanes.forget(userId);
      await deletions.erase(key);
    },

    forgetAnswers: async (userId) => {
      const lane = await lanes.find(userId);
      if (lane !== null) await runs.forgetAnswers(lane);
    },

    recover: async () => {
      for await (const [key, { at, box }] of deletions.scan(""))
        if (clock.now() - at > DELETING_MS) await deps.eraseUser(cipher.open<string>(deletionBinding(key), box));
      if ((await registry.all()).length === 0) return;
      await runs.recover();
      await tells.recover();
      await sender.recover();
    },

    handlers: {
      [RUN]: runs.handler,
      [TELL]: tells.handler,
      [REPLAY]: {
        run: async ({ payload }) => {
          const { webhookId, since } = payload as { readonly webhookId: string; readonly since: number };
          if (await registry.get(webhookId)) {
            await messages.again(webhookId, since);
            log.info({ webhook: webhookId }, "what a webhook was sent is sent again");
            await send(webhookId);
          }
          return { kind: "done" };
        },
      },
      [CLEAN]: {
        run: async ({ payload }) => {
          const { webhookId } = payload as { readonly webhookId: string };
          await runs.forgetWebhook(webhookId);
          await messages.forgetWebhook(webhookId);
          return { kind: "done" };
        },
      },
    },
    sendHandlers: { [SEND]: sender.handler },
  };
}
