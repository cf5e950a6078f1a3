import type { Wearable } from "./person.js";

/**
 * What every lab server has in common: a faithful stand-in for one provider, on an origin of its own.
 *
 * A lab shares nothing with the adapter of the same provider but the provider's public documentation: were a reader
 * shared, its mistake would cancel itself out.
 */

/** The labs' time, in epoch milliseconds. Tests inject one that they move. */
export interface LabClock {
  now(): number;
}

/** Trouble on request. Each fault applies to every matching request until it is cleared or `times` is used up. */
export interface LabFault {
  /** Only requests whose path contains this; all API requests if left out. */
  readonly path?: string;
  /** How many requests it hits; without it, until cleared. */
  readonly times?: number;
  /** Wait this long before anything else happens. */
  readonly latencyMs?: number;
  /** Answer this status with the provider's own error body for it (429, 500, 502, 503, 401, 403, 410). */
  readonly status?: number;
  /** The vendor's own name for the trouble, where it has one: Google's `reason`. Only beside `status`. */
  readonly reason?: string;
  /**
   * `reset` drops the connection, `hang` never answers, `cut` promises the whole body and drops the connection in the
   * middle of it, `stall` stops there without an end, `malformed` sends JSON cut in the middle, `html` a gateway's page.
   */
  readonly kind?: "reset" | "hang" | "cut" | "stall" | "malformed" | "html";
  /** Go out with the answer and replace those that it has; with a status, with that answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent instead of the true answer's body: with a BOM before it, without a member, with an error in a 200. */
  readonly rewrite?: (body: string) => string;
}

/** One request that the lab received, in order of arrival. Holds no token. */
export interface LabRequest {
  readonly method: string;
  /** With the query, which names no secret on any of the three providers. */
  readonly path: string;
  readonly kind: "api" | "token" | "authorize" | "revoke" | "subscription" | "other";
  readonly personId: string | null;
  readonly status: number;
}

/** A wearable has handed over what it recorded since the last time. */
export interface SyncEvent {
  readonly personId: string;
  readonly provider: Wearable;
  readonly fromMs: number;
  readonly untilMs: number;
  /** The person's local days that have new minutes. */
  readonly dates: readonly string[];
}

export interface SyncState {
  /** Labs reveal nothing after it. Follows the clock, a quarter of an hour at a time, until `sync` is called. */
  syncedUntil(personId: string, provider: Wearable): number;
  /** The device syncs now, up to that instant, and then no more until told to. All of the person's wearables if not said. */
  sync(personId: string, untilMs: number, provider?: Wearable): void;
  /** Follow the clock again, from where the wearables are: what was handed over stays so. */
  follow(personId: string): void;
  /** Tells the listeners what wearables that follow the clock have handed over since it was last called. */
  tick(): void;
  /** Returns how to stop listening. */
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
   * Tokens for a person as if they had consented, for tests and the sandbox's start.
   * `expiresInSeconds` may be negative: an access token that has already expired.
   */
  issueTokens(personId: string, options?: { scopes?: readonly string[]; expiresInSeconds?: number }): LabTokens;
  /** Withdraws every token of the person, as if they had done so at the provider. */
  revoke(personId: string): void;
  /** Where notifications go; null stops them. */
  setWebhookUrl(url: string | null): void;
  close(): Promise<void>;
}

/** The lab of one provider: every folder `sandbox/<slug>` exports one from its `index.ts`, under the name `lab`. */
export interface LabDefinition<L extends Lab = Lab> {
  /** The provider's id. */
  readonly provider: string;
  /** Whose days it tells, where that is not what the provider's own devices recorded. */
  readonly wearable?: Wearable;
  start(options: LabOptions): Promise<L>;
  /** What an operator would set to use it, by the name of the variable without the provider's prefix: `API_URL`. */
  environment(lab: L): Readonly<Record<string, string>>;
  /** From now on no request is one too many: a test suite asks in a minute what no person asks in a day. */
  liftLimits(lab: L): void;
  /** Where it serves an address that the vendor fixed; null for all others. */
  resolve?(lab: L, url: string): string | null;
}

interface LabOptions {
  readonly clock?: LabClock;
  /** Shared with the labs of other providers; one of its own if left out. */
  readonly sync?: SyncState;
  /** Fewer samples a day than the provider has, where these take long to read and prove nothing more. */
  readonly sparse?: boolean;
}

export interface LabTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAt: number | null;
  readonly scopes: readonly string[];
  readonly providerUserId: string;
}
