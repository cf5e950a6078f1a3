import type { Domain, LocalDate } from "../../model/records.js";
import type { ApiRequest, ProviderResponse } from "./exchange.js";
import type { ProviderSettings } from "./settings.js";

/**
 * How a provider notifies us of changes. The file that defines one begins with header, message, algorithm, delivery
 * model and link.
 */
export interface Webhook {
  /** How a subscription is made: per person and collection, once for the whole app, or by hand in the portal. */
  readonly subscriptions: SubscriptionScheme;
  /** Domains of which the provider can send notifications. */
  readonly domains: readonly Domain[];
  /** What `receive` verifies, in a phrase for operators: docs/security.md shows it beside the provider's name. */
  readonly verifiedBy: string;
  /** Longest body that is read. */
  readonly maxBytes: number;
  /** True if the provider checks our address with HEAD: `receive` then answers HEAD as well. Otherwise HEAD gets 405. */
  readonly head?: boolean;
  /**
   * For providers that don't sign notifications. The last part of our address is a secret, and `receive` gets only
   * requests that have it. The secret is derived from the client secret, or is the value of this setting.
   */
  readonly secretInUrl?: { readonly setting?: string };
  /**
   * Verifies the raw request, then parses it. Without a configured secret it refuses. It makes requests only through
   * `context.fetchText` (certificates, key sets), which is guarded and cached.
   */
  receive(request: WebhookRequest, context: WebhookContext): Promise<WebhookVerdict>;
  /** How to find the days of an object of which a notice gives only the id. Left out if notices always name days. */
  readonly lookUp?: LookUp;
}

/**
 * Sent with the person's own token, a few for each delivery, and only if people who wait don't need the budget. After
 * any failure the notice's whole domains are read again instead.
 */
export interface LookUp {
  /** Null if objects of this type can't be read one by one. */
  request(object: NamedObject): ApiRequest | null;
  /** The days of the object's figures, by its own offset. Throws `UnreadableAnswer`. */
  read(answer: unknown, object: NamedObject): { readonly from: LocalDate; readonly to: LocalDate };
}

export interface NamedObject {
  readonly type: string;
  readonly id: string;
}

export interface WebhookRequest {
  readonly method: "GET" | "POST" | "HEAD";
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Exactly as received: signatures are made over these bytes. */
  readonly body: Uint8Array;
}

export interface WebhookContext {
  readonly settings: ProviderSettings;
  /** What `AppApi.keepSecret` stored last, or null. Let its errors through: the provider then gets 503 and tries again. */
  givenSecret(): Promise<GivenSecret | null>;
  /** Epoch ms. */
  readonly now: number;
  /**
   * Fetches a small text over https without redirects, cached for `cacheSeconds`. The caller must check the URL before.
   */
  fetchText(
    url: string,
    options: { readonly cacheSeconds: number; readonly maxBytes: number; readonly refresh?: boolean },
  ): Promise<string>;
}

export type WebhookVerdict =
  /** For handshakes and refusals: nothing else happens. `reason` is logged. Without `contentType` the body is plain text. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: string;
      readonly contentType?: "application/json";
      readonly reason?: string;
    }
  /** A verified request to confirm: `confirmUrl` (checked by the verifier) is fetched once after the answer. */
  | { readonly kind: "confirm"; readonly status: number; readonly confirmUrl: string; readonly deliveryId: string }
  /**
   * Stored before the answer, processed afterwards. Repeats of one delivery have one `deliveryId`. `repeatsWithinMs`:
   * for notifications with neither an id nor a time of their own, for how long an equal one is a repeat. After that it
   * tells of another change. Left out: two days.
   */
  | {
      readonly kind: "accepted";
      readonly status: number;
      readonly deliveryId: string;
      readonly repeatsWithinMs?: number;
      readonly notices: readonly Notice[];
    };

/** The content of one notification. It never contains data: the days are read again. */
export type Notice =
  | {
      readonly kind: "changed";
      readonly providerUserId: string;
      readonly domains: readonly Domain[];
      /** Null if the notification names no days. If it names an object, `Webhook.lookUp` finds the days by `lookup`. */
      readonly days: { readonly from: LocalDate; readonly to: LocalDate } | null;
      /** The object that changed. If records have an id, this is the record's id. */
      readonly lookup?: NamedObject;
      /** The object was deleted at the provider, so it can't be looked up. */
      readonly deleted?: boolean;
    }
  | { readonly kind: "revoked"; readonly providerUserId: string }
  | { readonly kind: "account-deleted"; readonly providerUserId: string };

export type SubscriptionScheme =
  | {
      /** One subscription per person and collection, made with the person's own token. */
      readonly kind: "per-user";
      /** The collections of a domain. */
      readonly collections: readonly {
        readonly name: string;
        readonly domains: readonly Domain[];
        readonly scope?: string;
      }[];
      create(wanted: UserSubscription, settings: ProviderSettings): ApiRequest;
      /** Epoch ms at which the subscription expires, read from the answer to `create` or `renew`. Null if it does not say. */
      expiryOf?(answer: unknown): number | null;
      /** Sent from a week before the subscription expires. If left out, `create` is sent again. */
      renew?(subscription: UserSubscription, settings: ProviderSettings): ApiRequest;
      remove(stale: UserSubscription, settings: ProviderSettings): ApiRequest;
      list(settings: ProviderSettings): ApiRequest;
      /** An id or address that is left out counts as the one that we sent. `expiresAt` null: it does not expire. */
      readList(answer: unknown): readonly ListedSubscription[];
    }
  | {
      /**
       * One subscription for the whole app, made with the operator's service account. It covers everyone who consented.
       */
      readonly kind: "per-app";
      /**
       * Makes, renews or deletes subscriptions, so that exactly the right ones exist. It is called at each `subscribe` and
       * once a day, and never in two processes at once. `expiresAt` is the earliest expiry, in epoch ms.
       */
      ensure(api: AppApi): Promise<{ readonly notices: readonly string[]; readonly expiresAt?: number | null }>;
    }
  | {
      /** The API has no subscriptions: `notices` tell the operator what to set in the provider's portal. */
      readonly kind: "portal";
      notices(settings: ProviderSettings, webhookUrl: string): readonly string[];
    };

/** One person's subscription. `webhookUrl` is our whole address, including the secret if there is one. */
export interface UserSubscription {
  readonly collection: string;
  readonly subscriptionId: string;
  readonly webhookUrl: string;
}

interface ListedSubscription extends Partial<UserSubscription> {
  readonly collection: string;
  readonly expiresAt?: number | null;
}

/** A secret that the provider sends only once, in the answer that makes an app-wide subscription. */
export interface GivenSecret {
  /** The provider's id of that subscription. */
  readonly subscriptionId: string;
  readonly secret: string;
}

/** Requests on behalf of the operator, for app-wide subscriptions. */
export interface AppApi {
  readonly settings: ProviderSettings;
  readonly webhookUrl: string;
  readonly now: number;
  /** Epoch ms: now and a week. Renew what expires before. */
  readonly renewBefore: number;
  /**
   * What `keepSecret` stored last. Null if nothing is stored, or if it is damaged. If the provider lists a subscription
   * with another id, the answer with its secret was lost: delete that subscription and make a new one.
   */
  readonly secret: GivenSecret | null;
  /** Stores a secret, encrypted. Call it before anything else. From then on `WebhookContext.givenSecret` answers it. */
  keepSecret(given: GivenSecret): Promise<void>;
  /** Resolves with any answer, parsed. Rejects if there is none. */
  send(request: ApiRequest & { readonly url?: string }): Promise<ProviderResponse>;
}
