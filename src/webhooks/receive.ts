import { createHash } from "node:crypto";
import type { Log } from "../graphql/services.js";
import type { Clock } from "../model/time.js";
import type {
  Notice,
  Provider,
  ProviderId,
  ProviderSettings,
  WebhookRequest,
  WebhookVerdict,
} from "../providers/provider.js";
import type { Store } from "../store/store.js";
import type { Apply } from "./apply.js";
import type { FetchText } from "./fetch-text.js";

export interface WebhookReceiverDeps {
  readonly providers: readonly Provider[];
  settings(provider: ProviderId): ProviderSettings;
  readonly store: Store;
  readonly apply: Apply;
  readonly fetchText: FetchText;
  /** Fetches a confirmation's address once; see `createVisit`. */
  readonly visit: (url: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly count?: (what: "accepted" | "repeated" | "refused" | "unavailable", provider: ProviderId) => void;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly body: string;
}

export interface WebhookReceiver {
  /** Never throws. What it accepts is in the store before it resolves, and worked off afterwards. */
  receive(slug: string, request: WebhookRequest): Promise<WebhookAnswer>;
  /** The longest body worth reading for a provider; 0 where there is none. */
  maxBytes(slug: string): number;
  /** Works off what a crash or an outage left behind. At start, then every minute. */
  recover(): Promise<void>;
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
  readonly confirmUrl?: string;
}

/** Repeats come within hours; Google goes on for a week, but with what was never answered. */
const REPEAT_MS = 48 * 3_600_000;
const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 12;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;

export function createWebhookReceiver(deps: WebhookReceiverDeps): WebhookReceiver {
  const { store, clock, log } = deps;
  /** Accepted and not yet worked off. */
  const receipts = store.collection<Receipt>("receipts");
  /** Worked off. */
  const deliveries = store.collection<number>("deliveries");
  const underWay = new Set<Promise<void>>();
  const find = (slug: string) => deps.providers.find((provider) => provider.slug === slug);

  /** Answers whether it is new. The receipt itself is what tells a repeat, until the delivery is done. */
  const accept = async (key: string, receipt: Receipt): Promise<boolean> => {
    if ((await deliveries.get(key)) !== undefined) return false;
    if (!(await receipts.putIfAbsent(key, receipt))) return false;
    if ((await deliveries.get(key)) === undefined) return true;
    // It was finished between the two looks.
    await receipts.delete(key);
    return false;
  };

  const workOff = async (key: string): Promise<void> => {
    const lease = await store.lease(`receipt/${key}`, LEASE_MS);
    if (!lease) return;
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
      const attempts = receipt.attempts + 1;
      const open = failed.length > 0 || unvisited;
      if (open && attempts < MAX_ATTEMPTS) {
        const wait = Math.min(FIRST_RETRY_MS * 2 ** receipt.attempts, LONGEST_RETRY_MS);
        const { confirmUrl, ...rest } = receipt;
        const left = unvisited ? { confirmUrl } : {};
        await receipts.set(key, { ...rest, ...left, attempts, notices: failed, notBefore: clock.now() + wait });
        return;
      }
      if (open) log.error({ provider: receipt.provider, notices: failed.length, attempts }, "notices are given up");
      // In this order: a crash between the two costs a repeat, never a delivery.
      await deliveries.set(key, receipt.receivedAt, REPEAT_MS);
      await receipts.delete(key);
    } finally {
      await lease.release().catch(() => {});
    }
  };

  const begin = (key: string): Promise<void> => {
    const work = workOff(key)
      .catch((error: unknown) => log.warn({ err: error }, "a receipt stays for later"))
      .finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  };

  const keep = async (provider: Provider, verdict: Exclude<WebhookVerdict, { kind: "answer" }>, now: number) => {
    const key = `${provider.id}/${createHash("sha256").update(verdict.deliveryId).digest("base64url")}`;
    const receipt: Receipt = {
      provider: provider.id,
      receivedAt: now,
      attempts: 0,
      notBefore: 0,
      notices: verdict.kind === "accepted" ? verdict.notices : [],
      ...(verdict.kind === "confirm" ? { confirmUrl: verdict.confirmUrl } : {}),
    };
    if (await accept(key, receipt)) {
      deps.count?.("accepted", provider.id);
      // After the answer, which the caller sends once this promise resolves.
      setImmediate(() => void begin(key));
    } else deps.count?.("repeated", provider.id);
  };

  return {
    maxBytes: (slug) => find(slug)?.webhook?.maxBytes ?? 0,

    receive: async (slug, request) => {
      const provider = find(slug);
      const webhook = provider?.webhook;
      if (!provider || !webhook) return { status: 404, body: "" };
      if (request.body.byteLength > webhook.maxBytes) return { status: 413, body: "" };
      const now = clock.now();
      const context = { settings: deps.settings(provider.id), now, fetchText: deps.fetchText };
      let verdict: WebhookVerdict;
      try {
        verdict = await webhook.receive(request, context);
      } catch (error) {
        // What can't be judged is not believed; the provider asks again.
        deps.count?.("unavailable", provider.id);
        log.error({ err: error, provider: provider.id }, "a notification could not be judged");
        return { status: 503, body: "" };
      }
      if (verdict.kind === "answer") {
        const { status, body = "", reason } = verdict;
        if (status >= 400) deps.count?.("refused", provider.id);
        log[status >= 400 ? "warn" : "info"]({ provider: provider.id, status, reason }, "a notification was answered");
        return { status, body };
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
      const keys: string[] = [];
      for await (const [key, { notBefore }] of receipts.scan("")) if (notBefore <= clock.now()) keys.push(key);
      for (const key of keys) await begin(key);
    },

    idle: async () => {
      // What was accepted in this turn begins in the next.
      await new Promise((resolve) => setImmediate(resolve));
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
