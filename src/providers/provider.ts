import type { Cell, Flaw, Have } from "../model/cells.js";
import type { Field, FieldValue } from "../model/fields.js";
import type { Recorded, RecordKind } from "../model/recorded.js";
import type { DistanceMethod, Domain, HrvWindow, LocalDate, RestingRateMethod } from "../model/records.js";

/**
 * One wearable provider, as data: its identity, its OAuth profile, every call that it offers with the fields that the
 * call yields, and its notifications. `OtherId` names the providers that it succeeds or is succeeded by. Only readers,
 * `outcome`, derivations and the webhook contain behaviour. What a provider offers follows from `calls`; nothing else
 * declares it.
 */
export interface Provider<Id extends string = string, OtherId extends string = string> {
  readonly id: Id;
  /** The name in URLs and, in upper case with underscores, in environment variables: acme-band. */
  readonly slug: string;
  readonly name: string;
  readonly oauth: OAuthProfile;
  /** Origin of the API; the operator can replace it by `<SLUG>_API_URL`. */
  readonly apiUrl: string;
  /**
   * Other origins or URLs, by the key that calls use (`ApiRequest.base`). Each is replaceable by `<SLUG>_<KEY>_URL`.
   */
  readonly otherUrls?: Readonly<Record<string, string>>;
  /** Environment variables of this provider beyond client id, secret and URLs. */
  readonly settings?: readonly ProviderSetting[];
  /** Read right after consent or import, in order: who the person is, the zone, and what else is free. */
  readonly afterConsent: readonly ConnectStep[];
  readonly budgets: readonly Budget[];
  /**
   * How many days back, today included, the provider may still change its data, and how long such a day stays fresh.
   */
  readonly revision: { readonly days: number; readonly freshSeconds: number };
  readonly calls: readonly Call[];
  /**
   * True if a day's 0 (steps, energy) means that the device was worn and the person did not move. Left out: it may have
   * lain in a drawer.
   */
  readonly zeroMeansStill?: true;
  /** How the provider finds figures, as its documentation says. Left out: it does not say, or has no such figure. */
  readonly methods?: {
    readonly restingRate?: RestingRateMethod;
    /** Of its one kind of daily variability, RMSSD or SDNN. */
    readonly hrv?: HrvWindow;
    readonly distance?: DistanceMethod;
  };
  readonly derive?: readonly Derivation[];
  /** What the provider keeps for a person who writes it down. Left out: it takes nothing. */
  readonly records?: readonly Recording[];
  /** What an answer means: success, not ready yet, or a typed failure; and what is left of the budgets. */
  outcome(response: ProviderResponse, request: ApiRequest): Outcome;
  readonly webhook?: Webhook;
  /** Set if the vendor switched the service off: it is not contacted unless its API URL is overridden. */
  readonly retired?: { readonly since: LocalDate; readonly message: string; readonly successor?: OtherId };
  /** The provider that reported the same account before. `ConnectStep`'s `legacyUserId` joins the two accounts. */
  readonly succeeds?: OtherId;
}

interface ProviderSetting {
  /** The name without the provider's prefix: SUBSCRIBER_ID. */
  readonly name: string;
  readonly description: string;
  readonly secret?: boolean;
  /** True if everything works without it. */
  readonly optional?: boolean;
  /** The value if the operator sets none. */
  readonly default?: string;
  /** The value, if there is one, is sent with each consent as this parameter of the authorization URL. */
  readonly consentParam?: string;
  /** The values that are allowed, checked when the gateway starts. */
  readonly shape?: {
    readonly pattern: RegExp;
    /** The end of the sentence "ACME_BAND_SUBSCRIBER_ID must be …". */
    readonly sentence: string;
  };
}

/** The operator's configuration of one provider. */
export interface ProviderSettings {
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly apiUrl: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** The result of `revokeUrlOf`, or the operator's own URL. */
  readonly revokeUrl: string | null;
  readonly otherUrls: Readonly<Record<string, string>>;
  /** Values by `ProviderSetting.name`. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Whether the API URL is not the vendor's own. */
  readonly overridden: boolean;
}

export interface OAuthProfile {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** How a grant is withdrawn. Null if the provider has no way to do so. */
  readonly revocation: Revocation | null;
  /** How the client authenticates at the token endpoint: HTTP Basic, or id and secret in the form. */
  readonly clientAuth: "basic" | "body";
  readonly pkce: boolean;
  readonly scopeSeparator: " " | ",";
  /** Scopes that are requested for any domains: identity and the profile's zone. */
  readonly baseScopes: readonly string[];
  /**
   * What the provider requires of a redirect address, which is the same at consent and exchange. All rules must hold.
   */
  readonly redirect?: readonly RedirectRule[];
  /** False if the provider does not enforce its scopes: then no call is left out because of a missing scope. */
  readonly scopesAreEnforced: boolean;
  /** Added before each scope in a request, and removed from scopes in answers, which may have it or not: "ext:". */
  readonly scopePrefix?: string;
  readonly authorizeParams?: Readonly<Record<string, string>>;
  /** Form fields that the token endpoint needs in addition to those of RFC 6749. They replace none of these. */
  readonly tokenParams?: Readonly<Partial<Record<"exchange" | "refresh", Readonly<Record<string, string>>>>>;
  /**
   * Converts an answer of the OAuth endpoints to the form of RFC 6749: a status, and `access_token` or `error` at the
   * top of the body. Pure. Left out if the provider keeps to the RFC. Of the errors, `invalid_grant` ends a connection
   * for good, `invalid_client` and `unauthorized_client` are for the operator to correct, and every other one is
   * temporary. `call` says what was requested, since one error may have several meanings.
   */
  asStandard?(answer: TokenAnswer, call: TokenCall): TokenAnswer;
  /** Calls that carry a signature instead of the client's secret. */
  readonly signed?: SignedCalls;
  /**
   * For a vendor with several portals, each with endpoints and rules of its own for the apps made in it. The operator
   * names one in the setting, and its members replace those of this profile.
   */
  readonly portals?: {
    readonly setting: string;
    readonly others: Readonly<Record<string, Partial<Omit<OAuthProfile, "portals">>>>;
  };
  /** `rotating`: each refresh token works once. `none`: a token is valid until it is refused. */
  readonly refresh: "rotating" | "reusable" | "none";
  /** For this time the same refresh may be repeated and gives the same answer. 0 if it must not be repeated. */
  readonly refreshRepeatSeconds: number;
  /**
   * What it means that an access token is refused which has just been renewed. Left out: the grant is gone. `scope`: that
   * request is not covered by the grant, which is gone only if the token endpoint says so.
   */
  readonly renewedTokenRefused?: "scope";
  /** The member of the token answer that names the user: "user_id". */
  readonly userIdKey?: string;
  /**
   * Asks for the scopes of an access token that another system obtained. Left out if the provider can't say: then an
   * import that names no scopes counts as having all.
   */
  readonly grantedScopes?: {
    request(): ApiRequest;
    /** Scopes in the provider's words, separated as in a token answer. Throws `UnreadableAnswer`. */
    read(answer: unknown): string;
  };
}

interface RedirectRule {
  /** Matches an address that is allowed. The address is whole, in the form of the URL standard. */
  readonly pattern: RegExp;
  /** The end of the sentence "Acme Band takes only a redirect address that …". */
  readonly sentence: string;
}

/**
 * The requests to the OAuth endpoints: tokens for a code, tokens for a refresh token, the withdrawal of a grant, or a
 * nonce for a signed call.
 */
export type TokenCall = "exchange" | "refresh" | "revoke" | "nonce";

/** How a grant is withdrawn. It is gone if the answer is a success, or says that the grant was gone before. */
export type Revocation =
  /**
   * Posts a token of the grant with the client's credentials. With the token in the query, no credentials are in a
   * form.
   */
  | {
      readonly kind: "token";
      readonly url: string;
      readonly in: "form" | "query";
      /** Default: "token". */
      readonly name?: string;
      /** `access`: only an access token is accepted. It is renewed first if it has expired. */
      readonly token?: "access";
    }
  /**
   * A request with the person's access token, which is renewed first if it has expired. Null if the request can't be
   * made.
   */
  | { readonly kind: "request"; request(providerUserId: string | null): ApiRequest | null }
  /** A call in the name of the app that names the person. It needs none of the person's tokens. */
  | { readonly kind: "app"; readonly url: string; form(providerUserId: string): Readonly<Record<string, string>> };

/** Signed calls carry `client_id`, the nonce if there is one, and the signature, in addition to their own form. */
interface SignedCalls {
  readonly calls: readonly ("exchange" | "refresh" | "revoke")[];
  /** The field for the signature. */
  readonly name: string;
  /** The fields that are signed. Each of these calls must have them. */
  readonly signs: readonly string[];
  /** A number for one use, requested before each call. That request is signed too. */
  readonly nonce?: {
    /** As in `ApiRequest`. */
    readonly path: string;
    readonly base?: string;
    readonly params: Readonly<Record<string, string>>;
    /** The field for the time, in seconds since 1970. */
    readonly timestamp: string;
    readonly signs: readonly string[];
    /** Its name in the answer (after `asStandard`) and in the call. */
    readonly name: string;
  };
  /** Makes the signature. Pure. `fields` are the signed fields only, in the order of their names. */
  sign(fields: Readonly<Record<string, string>>, clientSecret: string): string;
}

/** An answer of the OAuth endpoints. */
export interface TokenAnswer {
  readonly status: number;
  /** Parsed without rounding. An empty object if the body is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The `retry-after` header: seconds, or an HTTP date. */
  readonly retryAfter?: string;
}

/**
 * A request about a person. All steps are sent in order when a connection is made or imported. Those without `when` are
 * sent again later, because zone and names change.
 */
export type ConnectStep = {
  readonly name: string;
  /** The step is skipped if the grant lacks this scope. */
  readonly scope?: string;
  /** Whether a connection can't be made without this step. */
  readonly required: boolean;
  /** Send this step only after a consent, or only at an import, and never again. Example: to register the person. */
  readonly when?: "consent" | "import";
  /** Statuses that count as a success. Their body is not read. Example: 409 if the person is already registered. */
  readonly acceptedStatuses?: readonly number[];
  /** Null if too little is known of the person to make the request. A required step then fails. */
  request(person: ConnectPerson): ApiRequest | null;
} & (
  | {
      /**
       * The answer names the person. If neither a step nor the token answer does, an import must give the person's id.
       */
      readonly identifies: true;
      read(answer: unknown): StepAnswer & { readonly providerUserId: string };
    }
  | { readonly identifies?: false; read(answer: unknown): StepAnswer & { readonly providerUserId?: never } }
);

/** What is known of the person whose connection is being made. */
export interface ConnectPerson {
  /** From the token answer, an earlier step or the import. Null if none of them has named the person yet. */
  readonly providerUserId: string | null;
  /**
   * Our own id of the person, for providers that require one. It differs for each connection, stays equal whenever the
   * person connects the same account again, and does not reveal who the person is. 43 characters of base64url.
   */
  readonly memberId: string;
  /** Epoch ms, for a step that asks for the newest records. */
  readonly now: number;
}

interface StepAnswer {
  /** The same person's id at the provider that this one succeeds. */
  readonly legacyUserId?: string;
  readonly cells?: readonly Cell[];
}

export interface Budget {
  readonly scope: "CONNECTION" | "APP";
  readonly windowSeconds: number;
  readonly limit: number;
  /** `clock`: windows begin at whole multiples of the window. `first`: a window begins with its first request. */
  readonly window: "clock" | "first";
  /** The setting for an operator whose limit differs. Its shape must accept whole numbers only. */
  readonly limitSetting?: string;
}

/**
 * The days that one request of a call covers. The planner computes from it what a span of days costs. `back`: only that
 * many days can be requested, today included. Older days are not requested, and are answered with OUT_OF_REACH.
 */
export type Reach =
  /** Undated: one request answers everything. */
  | { readonly kind: "once" }
  /** Any span of up to `max` days. */
  | { readonly kind: "days"; readonly max: number; readonly back?: number }
  /** Spans of at most `max` hours: a day needs several requests. */
  | { readonly kind: "hours"; readonly max: number; readonly back?: number }
  /** Always the last `days` days, today included. */
  | { readonly kind: "trailing"; readonly days: number }
  /**
   * Pages of `size` records over a span of up to `maxDays`. `perDay` records are expected for a day if nothing is
   * stored.
   */
  | {
      readonly kind: "pages";
      readonly size: number;
      readonly perDay: number;
      readonly maxDays?: number;
      readonly back?: number;
    };

/** The days of one planned request. For an undated call both ends are today. */
export interface Input {
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** Today in the person's zone. */
  readonly today: LocalDate;
  /** The day of the last consent, in the person's zone: some providers give no data of the time before. */
  readonly connectedOn: LocalDate;
  readonly providerUserId: string | null;
}

/** One endpoint: what it yields, the days that one request covers, what it needs first, and how its answer is read. */
export interface Call {
  /** Unique within the provider. Cost reports show it. */
  readonly name: string;
  /**
   * Fields that the call answers for every day that it covers. Two calls that yield one field must mean one thing by
   * it.
   */
  readonly yields: readonly Field[];
  readonly reach: Reach;
  /**
   * True if the provider gives nothing from before the consent (`Input.connectedOn`). Days before it are not requested,
   * and are answered with OUT_OF_REACH.
   */
  readonly sinceConnection?: true;
  /** The OAuth scope without which the call is not sent. */
  readonly scope?: string;
  /**
   * Fields that are planned and read first if they are unknown, and passed to `request` and `read`: undated ones, and
   * dated ones for the days of the request. A day is not answered if its dated need can't be read. If no call reaches
   * back to a day of a need, that day is read without it.
   */
  readonly needs?: readonly Field[];
  request(input: Input, fields: ReadonlySet<Field>, have: Have): ApiRequest;
  /**
   * True if what the call needs shows that there is nothing to ask for, such as the stages of a day without a night: no
   * request is made, and the days have nothing.
   */
  isNeedless?(input: Input, have: Have): boolean;
  /**
   * Turns one answer (one page) into cells. A day inside `covers` without a cell of a yielded field then counts as
   * NOT_RECORDED, or as an empty list. `covers` null: this page alone proves nothing of the days without cells (the
   * `covers` of the last page counts). Cells of one day on several pages are joined: lists by record id, series by
   * time. `asked` is the request that this answers: with pages, the next request is made from it. Throws
   * `UnreadableAnswer` (http/json) for an answer without its required parts: never "no data".
   */
  read(answer: unknown, input: Input, have: Have, asked: ApiRequest): ReadPage;
}

export interface ReadPage {
  readonly cells: readonly Cell[];
  readonly covers: { readonly from: LocalDate; readonly to: LocalDate } | null;
  /**
   * The request for the next page, sent even if this page was empty. A request that repeats an earlier one ends the
   * reading as UNAVAILABLE.
   */
  readonly next?: ApiRequest;
  /** True if records of days beside the requested ones were read: so the answer is of the expected form. */
  readonly readsOthers?: boolean;
  /** Parts that were left out. They affect their own day only; the other data of that day are answered. */
  readonly skipped?: readonly Skipped[];
}

/** A record, row or sample that could not be used. */
export interface Skipped {
  readonly field: Field;
  /** Null for undated fields, and if the day of the part is not known. */
  readonly day: LocalDate | null;
  readonly reason: Flaw;
  /** For the log: which part was wrong, never its content. */
  readonly why: string;
}

/** A field that is computed from other fields of one day (undated inputs are allowed). No call may yield it too. */
export interface Derivation {
  readonly yields: Field;
  readonly from: readonly Field[];
  /** Values in the order of `from`. An input is undefined if the provider has nothing. Null: no result is possible. */
  derive(values: readonly (FieldValue | undefined)[]): FieldValue | null;
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path under the API's origin, with a leading slash, percent-encoded. A full URL must be of that origin. */
  readonly path: string;
  /** Key of `Provider.otherUrls`, for a request to another origin than the API's. `path` is appended to that URL. */
  readonly base?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A POST that only reads: it may be repeated like a GET. */
  readonly reads?: boolean;
  /**
   * A refusal says nothing of the grant, and only this request's data are missing. For requests outside the API proper,
   * such as a vendor's general user info. Connect steps that are not `required` are sent with it.
   */
  readonly optional?: boolean;
}

export interface ProviderResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed without rounding (integers beyond 2^53 are strings). Undefined if the body is not JSON. */
  readonly body: unknown;
  /** Epoch ms of arrival. */
  readonly receivedAt: number;
}

export type Outcome =
  | {
      readonly kind: "ok";
      /** The provider has nothing of what was asked, such as a 404 of a record that few people have. No body is read. */
      readonly isNothing?: true;
      readonly budgets?: readonly BudgetState[];
    }
  /** Not computed yet: send the request again after this time. */
  | { readonly kind: "pending"; readonly retryAfterMs: number; readonly budgets?: readonly BudgetState[] }
  | { readonly kind: "failed"; readonly failure: Failure; readonly budgets?: readonly BudgetState[] };

export interface BudgetState {
  readonly scope: "CONNECTION" | "APP";
  readonly windowSeconds: number;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch ms. */
  readonly resetsAt: number;
}

export interface Failure {
  readonly code: FailureCode;
  /** Epoch ms from which another request makes sense, if the provider says so. */
  readonly retryAt?: number;
  /** A sentence for the person or operator. Never the provider's own text, which may contain a token. */
  readonly message?: string;
}

const failureCodes = [
  /** The access token is expired or unknown: refresh it once, then send the request once more. */
  "TOKEN_REJECTED",
  /** The grant is gone for good: the person must consent again. */
  "CONSENT_LOST",
  "INSUFFICIENT_SCOPE",
  "NOT_PERMITTED_TO_APP",
  "RATE_LIMITED",
  /** Switched off for good (410). */
  "RETIRED",
  /** Temporary: 5xx, timeout, an unreadable answer. */
  "UNAVAILABLE",
  /** The provider refuses our request as wrong. This is our defect: don't repeat the request. */
  "REJECTED",
  /** The person must do something at the provider. */
  "ACTION_REQUIRED",
  /** The operator must correct the configuration. */
  "NOT_CONFIGURED",
] as const;
export type FailureCode = (typeof failureCodes)[number];

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

/** What a provider can record of one kind. Pure. */
export interface Recording {
  readonly kind: RecordKind;
  /** Asked of a person only where an app names it, or where its operations record such a thing. */
  readonly scope: string;
  /** True if the provider keeps times as the person's clock shows them: then the gateway hands them over in that zone. */
  readonly wallClock?: true;
  /** Why the provider can't take a record as it is, in a sentence. Null or left out: it takes each. */
  lacks?(record: Recorded): string | null;
  /**
   * The provider's entries that make up one record: mostly one. `id` is ours, 40 characters of 0-9 and a-f, equal at each
   * repeat. Nothing for another kind.
   */
  entries(record: Recorded, id: string): readonly RecordEntry[];
  /** Deletes entries by their names, by one request or several. An entry that is gone may be a 404. */
  remove(names: readonly string[]): readonly { readonly request: ApiRequest; isDone(answer: unknown): boolean }[];
}

export interface RecordEntry {
  readonly request: ApiRequest;
  /** The provider's name of the entry. PENDING: it may still come. REFUSED: nothing was recorded. Throws `UnreadableAnswer`. */
  read(answer: unknown): { readonly name: string } | "PENDING" | "REFUSED";
  /** The status by which the provider says that it has an entry with our id, where ids may be chosen. */
  readonly repeated?: { readonly status: number; readonly name: string };
  /**
   * True if the provider keeps nothing by which the entry can be told from others like it, such as an id of ours. Then
   * others are looked for before it is sent, too, and it is not sent again soon after an answer was lost.
   */
  readonly unmarked?: true;
  /** Of what is looked through before sending: whether another entry stands where this one would. */
  isTaken?(answer: unknown): boolean;
  /** Looks for the entry after an answer was lost. */
  readonly look: ApiRequest;
  /**
   * Of an answer to that: the name of the entry where our id shows it, and the names of those that look like it. Throws
   * `UnreadableAnswer`.
   */
  find(answer: unknown): { readonly ours?: string; readonly alike: readonly string[] };
  /** The next page of what is looked through, where there is one. */
  further?(answer: unknown): ApiRequest | null;
  /** The id that the record has when it is read. */
  idOf(name: string): string;
}

/** The address to which a withdrawal is posted. Null if it has no address of its own. */
export function revokeUrlOf({ oauth: { revocation } }: Provider): string | null {
  return revocation && revocation.kind !== "request" ? revocation.url : null;
}

/** The fields that a provider offers, by its calls and derivations. */
export function fieldsOf(provider: Provider): ReadonlySet<Field> {
  return new Set([...provider.calls.flatMap((call) => call.yields), ...(provider.derive ?? []).map((d) => d.yields)]);
}
