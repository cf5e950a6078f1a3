import type { Wearable } from "./person.js";

/**
 * The common interface of all lab servers. A lab behaves like one provider, on an origin of its own.
 *
 * A lab shares nothing with the adapter of its provider but the provider's public documentation: with a shared reader,
 * a mistake would be on both sides and no test would find it.
 */

/** The labs' time, in epoch ms. Tests inject a clock that they move. */
export interface LabClock {
  now(): number;
}

/** A fault that a test sets. It applies to every matching request until it is cleared or `times` is used up. */
export interface LabFault {
  /** Only requests whose path contains this. Default: all API requests. */
  readonly path?: string;
  /** Only requests with this method: "POST". */
  readonly method?: string;
  /** The request is carried out first, and only its answer is late, replaced or lost: a write is done. */
  readonly after?: boolean;
  /** The number of requests that it affects. Without it: until it is cleared. */
  readonly times?: number;
  /** Waits for this time before anything else. */
  readonly latencyMs?: number;
  /** Answers this status with the provider's own error body (429, 500, 502, 503, 401, 403, 410). */
  readonly status?: number;
  /** The vendor's own name of the error, such as Google's `reason`. Only together with `status`. */
  readonly reason?: string;
  /**
   * `reset` drops the connection, `hang` never answers, `cut` announces the whole body and drops the connection in the
   * middle of it, `stall` stops in the middle and stays open, `malformed` sends incomplete JSON, `html` sends a
   * gateway's page.
   */
  readonly kind?: "reset" | "hang" | "cut" | "stall" | "malformed" | "html";
  /** Added to the answer, in place of headers of the same name. With `status`: added to that answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Changes the body of the true answer: adds a BOM, removes a member, or puts an error into a 200. */
  readonly rewrite?: (body: string) => string;
}

/** One request that the lab received, in order of arrival. It contains no token. */
export interface LabRequest {
  readonly method: string;
  /** With the query, in which no provider expects a secret. */
  readonly path: string;
  readonly kind: "api" | "token" | "authorize" | "revoke" | "subscription" | "other";
  readonly personId: string | null;
  readonly status: number;
}

/** A wearable sent what it recorded since the last sync. */
export interface SyncEvent {
  readonly personId: string;
  readonly provider: Wearable;
  readonly fromMs: number;
  readonly untilMs: number;
  /** The person's local days with new minutes. */
  readonly dates: readonly string[];
}

export interface SyncState {
  /** Labs show nothing after this time. It follows the clock in steps of 15 minutes, until `sync` is called. */
  syncedUntil(personId: string, provider: Wearable): number;
  /**
   * The device syncs now, up to that instant, and then no more until the next call. Default: all wearables of the
   * person.
   */
  sync(personId: string, untilMs: number, provider?: Wearable): void;
  /** Follows the clock again. What was synced stays synced. */
  follow(personId: string): void;
  /** Calls the listeners with what wearables that follow the clock synced since the last call. */
  tick(): void;
  /** Returns a function that stops listening. */
  onSync(listener: (event: SyncEvent) => void): () => void;
}

export interface Lab {
  readonly sync: SyncState;
  /** Origin, without a trailing slash: http://127.0.0.1:49152 */
  readonly url: string;
  readonly requests: readonly LabRequest[];
  forgetRequests(): void;
  addFault(fault: LabFault): void;
  clearFaults(): void;
  /**
   * Issues tokens for a person without a consent page, for tests and the start of the sandbox. `expiresInSeconds` may
   * be negative: the access token has then expired already.
   */
  issueTokens(personId: string, options?: { scopes?: readonly string[]; expiresInSeconds?: number }): LabTokens;
  /** Withdraws every token of the person, as the person can do at the provider. */
  revoke(personId: string): void;
  /** The address for notifications. Null stops them. */
  setWebhookUrl(url: string | null): void;
  close(): Promise<void>;
}

/** The lab of one provider. The `index.ts` of every folder `sandbox/<slug>` exports one as `lab`. */
export interface LabDefinition<L extends Lab = Lab> {
  /** The provider's id. */
  readonly provider: string;
  /** Whose days it answers, if they are not from the provider's own devices. */
  readonly wearable?: Wearable;
  /** What the demo people grant beside what `issueTokens` gives: scopes for writing, where a provider has them apart. */
  readonly writeScopes?: readonly string[];
  start(options: LabOptions): Promise<L>;
  /** The variables that an operator would set, by their names without the provider's prefix: `API_URL`. */
  environment(lab: L): Readonly<Record<string, string>>;
  /** Removes the limits: a test suite sends more requests in a minute than a person does in a day. */
  liftLimits(lab: L): void;
  /** The lab's address for an address that the vendor fixed. Null for all other addresses. */
  resolve?(lab: L, url: string): string | null;
}

interface LabOptions {
  readonly clock?: LabClock;
  /** Shared with the labs of other providers. Default: one of its own. */
  readonly sync?: SyncState;
  /** Fewer samples a day than the provider has, for tests in which more of them prove nothing. */
  readonly sparse?: boolean;
}

export interface LabTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAt: number | null;
  readonly scopes: readonly string[];
  readonly providerUserId: string;
}
