import { createHash } from "node:crypto";
import { z } from "zod";
import { noticeOwner } from "../connections/directory/accounts.js";
import { StoreUnavailable } from "../errors.js";
import type { Waiting } from "../jobs/queue.js";
import type { Log } from "../log.js";
import { type Backoff, backoffMs } from "../model/backoff.js";
import { domains } from "../model/records.js";
import { type Clock, systemTimers, type Timers } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { GivenSecret, Notice, ProviderSettings, WebhookRequest, WebhookVerdict } from "../providers/provider.js";
import { providerAt } from "../providers/registry.js";
import { createBelongings } from "../store/belongings.js";
import { type Delay, keepLease, wait, withLease } from "../store/lease.js";
import { type RowForm, rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";
import { traced } from "../tracing.js";
import { nextTurn } from "../turns.js";
import { doorOf } from "./address.js";
import type { Apply } from "./apply.js";
import type { FetchText } from "./fetch-text.js";
import { soundNotices } from "./sound-notices.js";

export interface WebhookReceiverDeps {
  readonly providers: readonly Provider[];
  settings(provider: ProviderId): ProviderSettings;
  readonly store: Store;
  readonly publicUrl: string;
  /** What the provider told us once, for `receive`. */
  givenSecret(provider: ProviderId): Promise<GivenSecret | null>;
  readonly apply: Apply;
  readonly fetchText: FetchText;
  /** Fetches a confirmation's address once; see `createVisit`. */
  readonly visit: (url: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly delay?: Delay;
  readonly timers?: Timers;
  readonly count?: (what: ReceiptOutcome, provider: ProviderId) => void;
}

/** `unavailable`: it could not be judged or stored, and the provider was asked to come again. */
type ReceiptOutcome = "accepted" | "repeated" | "refused" | "unavailable";

interface WebhookAnswer {
  readonly status: number;
  readonly body: string;
  /** Left out: plain text. */
  readonly contentType?: "application/json";
}

export interface WebhookReceiver {
  /**
   * Never throws. What it accepts is in the store before it resolves, and worked off afterwards. `secret` is what followed
   * the provider's name in the address.
   */
  receive(slug: string, request: WebhookRequest, secret?: string): Promise<WebhookAnswer>;
  /** The longest body worth reading for a provider; 0 where there is none. */
  maxBytes(slug: string): number;
  /** Works off what a crash or an outage left behind. At start, then every minute. */
  recover(): Promise<void>;
  /**
   * Takes these people (`noticeOwner`) out of every notification that waits or is worked off, and forgets those that spoke of nobody
   * else.
   */
  forgetOwners(noticeOwners: readonly string[]): Promise<void>;
  /** Accepted and not worked off, as the last `recover` found them; those of a moment ago are left out. */
  waiting(): Waiting;
  /** Resolves once nothing that this process accepted is under way: before it stops. */
  idle(): Promise<void>;
}

interface Receipt {
  readonly provider: ProviderId;
  readonly receivedAt: number;
  readonly attempts: number;
  /** Epoch ms. */
  readonly notBefore: number;
  readonly notices: readonly Notice[];
  /** Hashes of whom it speaks of, those of notices already worked off among them. */
  readonly owners: readonly string[];
  readonly confirmUrl?: string;
  /** For how long an equal one is a repeat, if the provider says so. */
  readonly repeatsWithinMs?: number;
}

/** What stays of a notification that was worked off, so that a repeat is known. */
interface Delivered {
  readonly receivedAt: number;
  /** Hashes of whom it spoke of. */
  readonly owners: readonly string[];
  /** As of the receipt. */
  readonly repeatsWithinMs?: number;
}

const about = { providerUserId: z.string() };
const noticeSchema = z.discriminatedUnion("kind", [
  z.looseObject({
    kind: z.literal("changed"),
    ...about,
    domains: z.array(z.enum(domains)),
    days: z.looseObject({ from: z.iso.date(), to: z.iso.date() }).nullable(),
  }),
  z.looseObject({ kind: z.literal("revoked"), ...about }),
  z.looseObject({ kind: z.literal("account-deleted"), ...about }),
]);
const owners = z.array(z.string());
/** One of a provider or kind that only another release knows waits for that release. */
const receiptRows = (known: readonly Provider[]): RowForm<Receipt> =>
  rowsOf(
    z.looseObject({
      provider: z.enum(known.map(({ id }) => id)),
      ...{ receivedAt: z.number(), attempts: z.number(), notBefore: z.number() },
      notices: z.array(noticeSchema),
      owners,
      confirmUrl: z.string().optional(),
      repeatsWithinMs: z.number().optional(),
    }),
  );
const deliveredRows: RowForm<Delivered> = rowsOf(
  z.looseObject({ receivedAt: z.number(), owners, repeatsWithinMs: z.number().optional() }),
);

/** Whom a notification speaks of, by its key, while it waits and while a repeat of it is known. */
const DELIVERIES = "deliveries";

/** Providers repeat an answered notification within hours. One that was never answered may come for a week. */
const REPEAT_MS = 48 * 3_600_000;
const LEASE_MS = 60_000;
/** One that came since is mostly being worked off, and waits for nothing. */
const FRESH_MS = 10_000;
const MAX_ATTEMPTS = 12;
const retries: Backoff = { firstMs: 30_000, longestMs: 3_600_000 };

export function createWebhookReceiver(deps: WebhookReceiverDeps): WebhookReceiver {
  const { store, clock, log } = deps;
  /** Accepted and not yet worked off. */
  const receipts = store.collection("receipts", receiptRows(deps.providers));
  /** Worked off. */
  const deliveries = store.collection("deliveries", deliveredRows);
  const belongings = createBelongings(store);
  const noteOf = (owner: string, key: string) => ({ owner, kind: DELIVERIES, key });
  const underWay = new Set<Promise<void>>();
  const find = (slug: string) => providerAt(deps.providers, slug);

  /** Answers whether it is new. The receipt itself is what tells a repeat, until the delivery is done. */
  const accept = async (key: string, receipt: Receipt): Promise<boolean> => {
    const isRepeat = async () => {
      const delivered = await deliveries.get(key);
      const { repeatsWithinMs = Number.POSITIVE_INFINITY } = delivered ?? {};
      return delivered !== undefined && receipt.receivedAt - delivered.receivedAt < repeatsWithinMs;
    };
    if (await isRepeat()) return false;
    for (const owner of receipt.owners) await belongings.note(noteOf(owner, key));
    if (!(await receipts.putIfAbsent(key, receipt))) return false;
    if (!(await isRepeat())) return true;
    // It was finished between the two looks.
    await receipts.delete(key);
    return false;
  };

  /** Not the lease of the work itself: that may be what forgets somebody, and must not wait for its own end. */
  const changing = async (key: string, work: () => Promise<void>): Promise<void> => {
    const times = { ttlMs: 15_000, waitMs: 30_000, delay: deps.delay ?? wait };
    if (!(await withLease(store, `receipt-change/${key}`, times, work)))
      throw new StoreUnavailable("A notification is held by another process for too long.");
  };

  const workOff = async (key: string): Promise<void> => {
    const lease = await store.lease(`receipt/${key}`, LEASE_MS);
    if (!lease) return;
    const letGo = keepLease(lease, LEASE_MS, deps.timers ?? systemTimers);
    try {
      const receipt = await receipts.get(key);
      if (!receipt || receipt.notBefore > clock.now()) return;
      let failed: readonly Notice[] = [];
      let unvisited = false;
      if (receipt.confirmUrl !== undefined) {
        try {
          await deps.visit(receipt.confirmUrl);
          log.info({ provider: receipt.provider }, "the provider's subscription is confirmed");
        } catch (error) {
          unvisited = true;
          log.warn({ err: error, provider: receipt.provider }, "a subscription could not be confirmed yet");
        }
      }
      ({ failed } = await deps.apply(receipt.provider, receipt.receivedAt, receipt.notices));
      await changing(key, () => conclude(key, failed, unvisited));
    } finally {
      letGo();
      await lease.release().catch(() => {});
    }
  };

  let waiting: Waiting = { count: 0, since: null };
  let isNoted = false;
  /** Of what a release without these notes stored, too. */
  const noteOwners = async () => {
    for (const collection of [receipts, deliveries])
      for await (const [key, { owners }] of collection.scan(""))
        await belongings.complete(owners.map((owner) => noteOf(owner, key)));
  };

  /** Whatever can't be read goes as a whole: whoever else it spoke of, nobody could have told them. */
  const leaveOut = async (key: string, gone: ReadonlySet<string>): Promise<void> => {
    const receipt = await receipts.get(key);
    const others = (owners: readonly string[]) => owners.filter((one) => !gone.has(one));
    if (!receipt || others(receipt.owners).length === 0) await receipts.erase(key);
    else {
      const { provider } = receipt;
      const notices = receipt.notices.filter(
        ({ providerUserId }) => !gone.has(noticeOwner({ provider, providerUserId })),
      );
      await receipts.set(key, { ...receipt, owners: others(receipt.owners), notices });
    }
    // After the receipt: what is concluded from now on no longer names them.
    const delivered = await deliveries.get(key);
    const left = delivered ? delivered.receivedAt + (delivered.repeatsWithinMs ?? REPEAT_MS) - clock.now() : 0;
    if (!delivered || others(delivered.owners).length === 0 || left <= 0) await deliveries.erase(key);
    else await deliveries.set(key, { ...delivered, owners: others(delivered.owners) }, left);
  };

  /** Keeps what is left to do, or that nothing is. */
  const conclude = async (key: string, failed: readonly Notice[], unvisited: boolean): Promise<void> => {
    const receipt = await receipts.get(key);
    // Everybody it spoke of was forgotten meanwhile.
    if (!receipt) return;
    const { provider, receivedAt, owners } = receipt;
    const notices = failed.filter(({ providerUserId }) => owners.includes(noticeOwner({ provider, providerUserId })));
    const attempts = receipt.attempts + 1;
    const open = notices.length > 0 || unvisited;
    if (open && attempts < MAX_ATTEMPTS) {
      const pause = backoffMs(retries, attempts);
      const { confirmUrl, ...rest } = receipt;
      const left = unvisited ? { confirmUrl } : {};
      await receipts.set(key, { ...rest, ...left, attempts, notices, notBefore: clock.now() + pause });
      return;
    }
    if (open)
      log.error(
        { provider, notices: notices.length, attempts },
        "notifications failed too often and are not tried again",
      );
    // In this order: a crash between the two costs a repeat, never a delivery.
    const { repeatsWithinMs } = receipt;
    const keptMs = repeatsWithinMs === undefined ? REPEAT_MS : receivedAt + repeatsWithinMs - clock.now();
    if (keptMs > 0) {
      await deliveries.set(key, { receivedAt, owners, repeatsWithinMs }, keptMs);
      for (const owner of owners) await belongings.note(noteOf(owner, key), keptMs);
    }
    await receipts.delete(key);
  };

  const begin = (key: string): Promise<void> => {
    const facts = () => ({ "pulsegate.provider": key.slice(0, key.indexOf("/")) });
    const work = traced("notification", facts, () => workOff(key))
      .catch((error: unknown) => log.warn({ err: error }, "a notification stays stored and is processed later"))
      .finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  };

  const keep = async (provider: Provider, verdict: Exclude<WebhookVerdict, { kind: "answer" }>, now: number) => {
    const key = `${provider.id}/${createHash("sha256").update(verdict.deliveryId).digest("base64url")}`;
    const notices = verdict.kind === "accepted" ? soundNotices(verdict.notices) : [];
    const receipt: Receipt = {
      provider: provider.id,
      receivedAt: now,
      attempts: 0,
      notBefore: 0,
      notices,
      owners: [...new Set(notices.map(({ providerUserId }) => noticeOwner({ provider: provider.id, providerUserId })))],
      ...(verdict.kind === "confirm" ? { confirmUrl: verdict.confirmUrl } : {}),
      ...(verdict.kind === "accepted" && verdict.repeatsWithinMs !== undefined
        ? { repeatsWithinMs: verdict.repeatsWithinMs }
        : {}),
    };
    if (await accept(key, receipt)) {
      deps.count?.("accepted", provider.id);
      // After the answer, which the caller sends once this promise resolves.
      setImmediate(() => void begin(key));
    } else deps.count?.("repeated", provider.id);
  };

  return {
    waiting: () => waiting,

    maxBytes: (slug) => find(slug)?.webhook?.maxBytes ?? 0,

    receive: async (slug, request, given) => {
      const provider = find(slug);
      const webhook = provider?.webhook;
      if (!provider || !webhook) return { status: 404, body: "" };
      if (request.body.byteLength > webhook.maxBytes) return { status: 413, body: "" };
      const now = clock.now();
      const settings = deps.settings(provider.id);
      const door = doorOf(provider, settings, deps.publicUrl);
      if (!door.opensTo(given)) {
        // 503: the operator has to set the client secret, and the provider tries again. 404: a guess learns nothing.
        const status = door.url === null ? 503 : 404;
        deps.count?.(door.url === null ? "unavailable" : "refused", provider.id);
        log.warn({ provider: provider.id, status }, "a notification came to an address without its secret");
        return { status, body: "" };
      }
      let verdict: WebhookVerdict;
      try {
        const givenSecret = () => deps.givenSecret(provider.id);
        const context = { settings, now, fetchText: deps.fetchText, givenSecret };
        verdict = await webhook.receive(request, context);
      } catch (error) {
        // What can't be judged is not believed; the provider asks again.
        deps.count?.("unavailable", provider.id);
        log.error({ err: error, provider: provider.id }, "a notification could not be verified");
        return { status: 503, body: "" };
      }
      if (verdict.kind === "answer") {
        const { status, body = "", contentType, reason } = verdict;
        if (status >= 400) deps.count?.(status >= 500 ? "unavailable" : "refused", provider.id);
        log[status >= 400 ? "warn" : "info"]({ provider: provider.id, status, reason }, "a notification was answered");
        return { status, body, ...(contentType && { contentType }) };
      }
      try {
        await keep(provider, verdict, now);
      } catch (error) {
        deps.count?.("unavailable", provider.id);
        log.error({ err: error, provider: provider.id }, "a notification could not be stored");
        return { status: 503, body: "" };
      }
      return { status: verdict.status, body: "" };
    },

    recover: async () => {
      if (!isNoted) await noteOwners();
      isNoted = true;
      const keys: string[] = [];
      const old: number[] = [];
      for await (const [key, { notBefore, receivedAt }] of receipts.scan("")) {
        if (notBefore <= clock.now()) keys.push(key);
        if (receivedAt < clock.now() - FRESH_MS) old.push(receivedAt);
      }
      waiting = { count: old.length, since: old.length === 0 ? null : old.reduce((a, b) => Math.min(a, b)) };
      for (const key of keys) await begin(key);
    },

    forgetOwners: async (noticeOwners) => {
      const gone = new Set(noticeOwners);
      const keys = new Map<string, string>();
      for (const owner of gone) for (const key of await belongings.of(owner, DELIVERIES)) keys.set(key, owner);
      for (const key of keys.keys()) {
        await changing(key, async () => {
          await leaveOut(key, gone);
        });
      }
      for (const owner of gone)
        for (const key of await belongings.of(owner, DELIVERIES)) await belongings.drop(noteOf(owner, key));
    },

    idle: async () => {
      // What was accepted in this turn begins in the next.
      await nextTurn();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
