import type { Cell, Flaw, Have } from "../model/cells.js";
import type { Field, FieldValue } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";

/**
 * One wearable provider, as data: who they are, how to be let in, every call they offer with what it yields, and how
 * they call back. `OtherId` names the providers that it succeeds or is succeeded by. Only readers, `outcome`, derivations and the webhook contain behaviour. What a provider offers is
 * read off `calls`; nothing else declares it.
 */
export interface Provider<Id extends string = string, OtherId extends string = string> {
  readonly id: Id;
  /** As in URLs and environment variables (there in upper case with underscores): acme-band. */
  readonly slug: string;
  readonly name: string;
  readonly oauth: OAuthProfile;
  /** Origin of the API; the operator can replace it by `<SLUG>_API_URL`. */
  readonly apiUrl: string;
  /** Other origins or URLs that calls name by key (`ApiRequest.base`), each replaceable by `<SLUG>_<KEY>_URL`. */
  readonly otherUrls?: Readonly<Record<string, string>>;
  /** Environment variables of this provider beyond client id, secret and URLs. */
  readonly settings?: readonly ProviderSetting[];
  /** Read right after consent or import, in order: who this is, which zone, what else is free. */
  readonly afterConsent: readonly ConnectStep[];
  readonly budgets: readonly Budget[];
  /** How many days back, today included, the provider may still change its mind, and how long such a day stays fresh. */
  readonly revision: { readonly days: number; readonly freshSeconds: number };
  readonly calls: readonly Call[];
  readonly derive?: readonly Derivation[];
  /** What an answer means: fine, to be asked again shortly, or a typed failure; and what is left of the budgets. */
  outcome(response: ProviderResponse, request: ApiRequest): Outcome;
  readonly webhook?: Webhook;
  /** The vendor switched the service off: it is not contacted unless its API URL is overridden. */
  readonly retired?: { readonly since: LocalDate; readonly message: string; readonly successor?: OtherId };
  /** This provider reports the same underlying source as another one did, joined by `ConnectStep`'s `legacyUserId`. */
  readonly succeeds?: OtherId;
}

interface ProviderSetting {
  /** Without the provider's prefix: SUBSCRIBER_ID. */
  readonly name: string;
  readonly description: string;
  readonly secret?: boolean;
  /** Everything works without it. */
  readonly optional?: boolean;
  /** What it is where the operator says nothing. */
  readonly default?: string;
  /** What the provider takes; looked at when the gateway starts. */
  readonly shape?: {
    readonly pattern: RegExp;
    /** As in "ACME_BAND_SUBSCRIBER_ID must be …". */
    readonly sentence: string;
  };
}

/** What the operator configured for one provider. */
export interface ProviderSettings {
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly apiUrl: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** `revokeUrlOf`, or the operator's own. */
  readonly revokeUrl: string | null;
  readonly otherUrls: Readonly<Record<string, string>>;
  /** By `ProviderSetting.name`. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Whether the API URL is not the vendor's own. */
  readonly overridden: boolean;
}

export interface OAuthProfile {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** How a grant is withdrawn; null where the provider has no way to. */
  readonly revocation: Revocation | null;
  /** How the client proves itself at the token endpoint: HTTP Basic, or id and secret in the form. */
  readonly clientAuth: "basic" | "body";
  readonly pkce: boolean;
  readonly scopeSeparator: " " | ",";
  /** Asked for whatever the domains: identity, the profile's zone. */
  readonly baseScopes: readonly string[];
  /** What the provider takes as a redirect address, which is the same one at consent and exchange. All must hold. */
  readonly redirect?: readonly RedirectRule[];
  /** False where the provider's scopes mean nothing: then no call is ever held back for a missing one. */
  readonly scopesAreEnforced: boolean;
  /** Put before each scope that is asked for, and taken off scopes in answers, which may have it or not: "ext:". */
  readonly scopePrefix?: string;
  readonly authorizeParams?: Readonly<Record<string, string>>;
  /** Form fields that the token endpoint wants beyond those of RFC 6749. They replace none of these. */
  readonly tokenParams?: Readonly<Partial<Record<"exchange" | "refresh", Readonly<Record<string, string>>>>>;
  /**
   * What an answer of the OAuth endpoints would be in RFC 6749's own form: a status, and `access_token` or `error` at
   * the top of the body. Pure. Left out where the provider keeps to the RFC. Of the errors, `invalid_grant` ends a
   * connection for good, `invalid_client` and `unauthorized_client` are the operator's to mend, and every other one
   * is passing trouble. `call` tells what was asked, since one error may mean different things.
   */
  asStandard?(answer: TokenAnswer, call: TokenCall): TokenAnswer;
  /** Calls that are proven by a signature in place of the client's secret. */
  readonly signed?: SignedCalls;
  /** `rotating`: each refresh token works once. `none`: a token is good until it is refused. */
  readonly refresh: "rotating" | "reusable" | "none";
  /** Within this time the same refresh may be repeated and gives the same answer; 0 where it may not. */
  readonly refreshRepeatSeconds: number;
  /** Where the token answer names the user: "user_id". */
  readonly userIdKey?: string;
  /**
   * Asks what an access token may do that somebody else obtained. Left out where there is no way to: then an import
   * that names no scopes is taken to have all.
   */
  readonly grantedScopes?: {
    request(): ApiRequest;
    /** In the provider's words, separated like a token answer's. Throws `UnreadableAnswer`. */
    read(answer: unknown): string;
  };
}

interface RedirectRule {
  /** Found in a whole address that is taken, which is in the form of the URL standard. */
  readonly pattern: RegExp;
  /** As in "Acme Band takes only a redirect address that …". */
  readonly sentence: string;
}

/**
 * What the OAuth endpoints are asked: tokens for a code, tokens for a refresh token, the end of a grant, or a number
 * that a signed call needs.
 */
export type TokenCall = "exchange" | "refresh" | "revoke" | "nonce";

/** How a grant is withdrawn. It is gone where the answer is a success, or says that it was gone already. */
export type Revocation =
  /** A token of the grant is posted, with what proves the client; in the query it goes without credentials in a form. */
  | {
      readonly kind: "token";
      readonly url: string;
      readonly in: "form" | "query";
      /** "token" where it is left out. */
      readonly name?: string;
      /** `access`: only the access token is taken, and renewed first where it ran out. */
      readonly token?: "access";
    }
  /** A request with the person's access token, renewed first where it ran out. Null: it can't be asked for. */
  | { readonly kind: "request"; request(providerUserId: string | null): ApiRequest | null }
  /** A call in the name of the app, which names the person. It needs no token of theirs. */
  | { readonly kind: "app"; readonly url: string; form(providerUserId: string): Readonly<Record<string, string>> };

/** Signed calls carry `client_id`, the nonce where there is one, and the signature beside their own form. */
interface SignedCalls {
  readonly calls: readonly ("exchange" | "refresh" | "revoke")[];
  /** The field that the signature goes into. */
  readonly name: string;
  /** The fields that are signed. Every one of these calls must have them. */
  readonly signs: readonly string[];
  /** A number that is good once, asked for before each of the calls. The question is signed too. */
  readonly nonce?: {
    /** As in `ApiRequest`. */
    readonly path: string;
    readonly base?: string;
    readonly params: Readonly<Record<string, string>>;
    /** The field that tells the time, in seconds since 1970. */
    readonly timestamp: string;
    readonly signs: readonly string[];
    /** Its name in the answer (after `asStandard`) and in the call. */
    readonly name: string;
  };
  /** The signature. Pure. `fields` are the signed ones alone, in the order of their names. */
  sign(fields: Readonly<Record<string, string>>, clientSecret: string): string;
}

/** An answer of the OAuth endpoints. */
export interface TokenAnswer {
  readonly status: number;
  /** Parsed losslessly; an empty object where the body is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The `retry-after` header: seconds, or an HTTP date. */
  readonly retryAfter?: string;
}

/** What is asked about a person, or told of them, when a connection is made or imported, and read again from time to time. */
export type ConnectStep = {
  readonly name: string;
  /** Skipped where the grant lacks it. */
  readonly scope?: string;
  /** Whether a connection can't be made without it. */
  readonly required: boolean;
  /** A step for one occasion alone, never repeated: to register a person who has just consented. Left out: always taken. */
  readonly when?: "consent" | "import";
  /** Statuses that say that nothing is left to do, like 409 for who is registered already. Their body is not read. */
  readonly acceptedStatuses?: readonly number[];
  /** Null: it can't be asked, since too little is known of the person. A required step then fails. */
  request(person: ConnectPerson): ApiRequest | null;
} & (
  | {
      /** The answer names the person. Where neither a step nor the token answer does, imports have to say who it is. */
      readonly identifies: true;
      read(answer: unknown): StepAnswer & { readonly providerUserId: string };
    }
  | { readonly identifies?: false; read(answer: unknown): StepAnswer & { readonly providerUserId?: never } }
);

/** What is known of somebody whose connection is being made. */
export interface ConnectPerson {
  /** From the token answer, an earlier step or the import; null where none has told it yet. */
  readonly providerUserId: string | null;
  /**
   * Ours, for providers that want a key of their client's: another one for each connection, the same whenever that person
   * connects the same account again, and made of nothing that says who it is. 43 characters of base64url.
   */
  readonly memberId: string;
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
  /** `clock`: windows begin at whole multiples of the window; `first`: with the first request. */
  readonly window: "clock" | "first";
  /** The setting by which an operator whose limit is another one says so. Its shape lets whole numbers through only. */
  readonly limitSetting?: string;
}

/**
 * How far one request of a call reaches, from which the planner reckons what a span of days costs. `back`: only that many
 * days can be asked for, today included. Older days are not asked for, and are answered with OUT_OF_REACH.
 */
export type Reach =
  /** Undated: one request answers it all. */
  | { readonly kind: "once" }
  /** Any span of up to `max` days. */
  | { readonly kind: "days"; readonly max: number; readonly back?: number }
  /** Windows of at most `max` hours: a day takes several requests. */
  | { readonly kind: "hours"; readonly max: number; readonly back?: number }
  /** Always the last `days` days, today included, whatever is asked. */
  | { readonly kind: "trailing"; readonly days: number }
  /** Pages of `size` records over a span of up to `maxDays`; `perDay` records are expected where nothing is stored. */
  | {
      readonly kind: "pages";
      readonly size: number;
      readonly perDay: number;
      readonly maxDays?: number;
      readonly back?: number;
    };

/** The days one planned request is about. For an undated call both ends are today. */
export interface Input {
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** Today, in the person's own zone. */
  readonly today: LocalDate;
  /** The day of the last consent, in the same zone: some providers give nothing of the time before. */
  readonly connectedOn: LocalDate;
  readonly providerUserId: string | null;
}

/** One endpoint: what it yields, how far one request reaches, what it needs first, and how its answer reads. */
export interface Call {
  /** Unique within the provider; shown in cost reports. */
  readonly name: string;
  /** Fields of which every day in reach is answered. Two calls that yield one field must mean the same by it. */
  readonly yields: readonly Field[];
  readonly reach: Reach;
  /** The OAuth scope without which it is not even tried. */
  readonly scope?: string;
  /**
   * Fields that are planned and read first, where they are unknown, and handed to `request` and `read`: undated ones, and
   * dated ones for the same days. A day whose dated need can't be had is not answered.
   */
  readonly needs?: readonly Field[];
  request(input: Input, fields: ReadonlySet<Field>, have: Have): ApiRequest;
  /**
   * Turns one answer (one page) into cells. Days inside `covers` of which a yielded field has no cell are then known
   * nothing (NOT_RECORDED), or an empty list. `covers` null: this page alone proves nothing of the days without cells
   * (the last page's `covers` counts). Cells of one day on several pages are joined: lists by record id, series by time.
   * `asked` is the request that this answers: with pages, the next one is made of it.
   * Throws `UnreadableAnswer` (http/json) for an answer without its required parts: never "no data".
   */
  read(answer: unknown, input: Input, have: Have, asked: ApiRequest): ReadPage;
}

export interface ReadPage {
  readonly cells: readonly Cell[];
  readonly covers: { readonly from: LocalDate; readonly to: LocalDate } | null;
  /** The next page. Followed even when this one was empty. One that was already asked for ends the reading as UNAVAILABLE. */
  readonly next?: ApiRequest;
  /** Parts that were left out. They cost their own day only; what else was told of that day is answered. */
  readonly skipped?: readonly Skipped[];
}

/** A record, row or sample that could not be used. */
export interface Skipped {
  readonly field: Field;
  /** Null for undated fields, and where the part does not tell its day. */
  readonly day: LocalDate | null;
  readonly reason: Flaw;
  /** For the log: which part was wrong, never what stood in it. */
  readonly why: string;
}

/** A field reckoned from other fields of the same day (undated inputs allowed). Never also yielded by a call. */
export interface Derivation {
  readonly yields: Field;
  readonly from: readonly Field[];
  /** Values in the order of `from`; an input that is known nothing is undefined. Null: nothing can be said. */
  derive(values: readonly (FieldValue | undefined)[]): FieldValue | null;
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path under the API's origin, with a leading slash and encoded where needed. A full URL must be of that origin. */
  readonly path: string;
  /** Key of `Provider.otherUrls`, for a request that is not for the API's origin; `path` is then appended to it. */
  readonly base?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A POST that only asks: as good as a GET, and repeated like one. */
  readonly reads?: boolean;
  /**
   * Its refusal says nothing of the grant, and costs what it would have told: for what is beside the API proper, like
   * a vendor's general user info. Connect steps that are not `required` are sent so.
   */
  readonly optional?: boolean;
}

export interface ProviderResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed losslessly (integers beyond 2^53 are strings); undefined where the body is no JSON. */
  readonly body: unknown;
  /** Epoch ms of arrival. */
  readonly receivedAt: number;
}

export type Outcome =
  | { readonly kind: "ok"; readonly budgets?: readonly BudgetReading[] }
  /** Not computed yet: ask the same again after this time. */
  | { readonly kind: "pending"; readonly retryAfterMs: number; readonly budgets?: readonly BudgetReading[] }
  | { readonly kind: "failed"; readonly failure: Failure; readonly budgets?: readonly BudgetReading[] };

export interface BudgetReading {
  readonly scope: "CONNECTION" | "APP";
  readonly windowSeconds: number;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch ms. */
  readonly resetsAt: number;
}

export interface Failure {
  readonly code: FailureCode;
  /** Epoch ms at which asking again makes sense, where the provider says it. */
  readonly retryAt?: number;
  /** A sentence for the person or operator. Never the provider's own text: that may hold a token. */
  readonly message?: string;
}

const failureCodes = [
  /** The access token is used up or unknown: refresh once, ask once more. */
  "TOKEN_REJECTED",
  /** The grant is gone for good: only the person can renew it. */
  "CONSENT_LOST",
  "INSUFFICIENT_SCOPE",
  "NOT_PERMITTED_TO_APP",
  "RATE_LIMITED",
  /** Switched off for good (410). */
  "RETIRED",
  /** Passing trouble: 5xx, timeout, an unreadable answer. */
  "UNAVAILABLE",
  /** The provider finds our request wrong: our defect, not to be repeated. */
  "REJECTED",
  /** The person has something to do at the provider. */
  "ACTION_REQUIRED",
  /** The operator has something to set right. */
  "NOT_CONFIGURED",
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** How a provider tells us of changes. The file that defines one opens with header, message, algorithm, delivery model and link. */
export interface Webhook {
  /** How a subscription is made: per person and collection, once for the whole app by us, or by hand in the portal. */
  readonly subscriptions: SubscriptionScheme;
  /** Domains the provider can notify of. */
  readonly domains: readonly Domain[];
  /** Longest body that is read. */
  readonly maxBytes: number;
  /**
   * Verifies the raw request, then parses it. Fails closed: no secret configured is a refusal. Makes no request of its
   * own but through `context.fetchText` (certificates, key sets), which is guarded and cached.
   */
  receive(request: WebhookRequest, context: WebhookContext): Promise<WebhookVerdict>;
  /** How to learn the days of an object that a notice names by id alone. Left out where notices always name days. */
  readonly lookUp?: LookUp;
}

/**
 * Asked with the person's own token, a few for each delivery, and not where the budget is needed for people who wait.
 * Whatever fails, the notice's whole domains are read again instead.
 */
export interface LookUp {
  /** Null where objects of this type can't be read on their own. */
  request(object: NamedObject): ApiRequest | null;
  /** The days that the object's figures are filed under, by its own offset. Throws `UnreadableAnswer`. */
  read(answer: unknown, object: NamedObject): { readonly from: LocalDate; readonly to: LocalDate };
}

export interface NamedObject {
  readonly type: string;
  readonly id: string;
}

export interface WebhookRequest {
  readonly method: "GET" | "POST";
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Exactly as received: signatures are over these bytes. */
  readonly body: Uint8Array;
}

export interface WebhookContext {
  readonly settings: ProviderSettings;
  /** Epoch ms. */
  readonly now: number;
  /** Fetches a small text over https without redirects, cached for `cacheSeconds`. The caller has checked the URL. */
  fetchText(
    url: string,
    options: { readonly cacheSeconds: number; readonly maxBytes: number; readonly refresh?: boolean },
  ): Promise<string>;
}

export type WebhookVerdict =
  /** Handshakes and refusals: nothing further happens. `reason` goes to the log. */
  | { readonly kind: "answer"; readonly status: number; readonly body?: string; readonly reason?: string }
  /** A verified request to confirm: `confirmUrl` (checked by the verifier) is fetched once after the answer. */
  | { readonly kind: "confirm"; readonly status: number; readonly confirmUrl: string; readonly deliveryId: string }
  /** Stored before the answer, worked off afterwards. `deliveryId` is equal for repeats of one delivery. */
  | {
      readonly kind: "accepted";
      readonly status: number;
      readonly deliveryId: string;
      readonly notices: readonly Notice[];
    };

/** What one notification says. It never carries data: the days are read again. */
export type Notice =
  | {
      readonly kind: "changed";
      readonly providerUserId: string;
      readonly domains: readonly Domain[];
      /** Null: not told. Where the provider named an object, `Webhook.lookUp` finds out by `lookup`. */
      readonly days: { readonly from: LocalDate; readonly to: LocalDate } | null;
      /** The object that changed. Where records have an id, it is this one. */
      readonly lookup?: NamedObject;
      /** The object was deleted at the provider: nobody can look it up any more. */
      readonly deleted?: boolean;
    }
  | { readonly kind: "revoked"; readonly providerUserId: string }
  | { readonly kind: "account-deleted"; readonly providerUserId: string };

export type SubscriptionScheme =
  | {
      /** One subscription per person and collection, made with the person's own token. */
      readonly kind: "per-user";
      /** Collections that serve a domain. */
      readonly collections: readonly {
        readonly name: string;
        readonly domains: readonly Domain[];
        readonly scope?: string;
      }[];
      create(collection: string, subscriptionId: string, settings: ProviderSettings): ApiRequest;
      remove(collection: string, subscriptionId: string, settings: ProviderSettings): ApiRequest;
      list(settings: ProviderSettings): ApiRequest;
      readList(answer: unknown): readonly { readonly collection: string; readonly subscriptionId: string }[];
    }
  | {
      /** One subscriber for the whole project, made with the operator's service account; people are covered by consent. */
      readonly kind: "per-app";
      ensure(api: AppApi): Promise<{ readonly notices: readonly string[] }>;
    }
  | {
      /** Nothing can be done through the API: `notices` tell the operator what to set in the provider's portal. */
      readonly kind: "portal";
      notices(settings: ProviderSettings, webhookUrl: string): readonly string[];
    };

/** Requests on behalf of the operator, for app-wide subscriptions. */
export interface AppApi {
  readonly settings: ProviderSettings;
  readonly webhookUrl: string;
  readonly now: number;
  /** Any answer, parsed; failures of transport throw. */
  send(request: ApiRequest & { readonly url?: string }): Promise<ProviderResponse>;
}

/** The address that a withdrawal is posted to; null where it has none of its own. */
export function revokeUrlOf({ oauth: { revocation } }: Provider): string | null {
  return revocation && revocation.kind !== "request" ? revocation.url : null;
}

/** Typed look-ups over the registry's declarations. */
export function fieldsOf(provider: Provider): ReadonlySet<Field> {
  return new Set([...provider.calls.flatMap((call) => call.yields), ...(provider.derive ?? []).map((d) => d.yields)]);
}
