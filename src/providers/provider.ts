import type { Field } from "../model/fields.js";
import type { DistanceMethod, HrvWindow, LocalDate, RestingRateMethod } from "../model/records.js";
import type { Call, Derivation } from "./contract/calls.js";
import type { ApiRequest, Budget, Outcome, ProviderResponse } from "./contract/exchange.js";
import type { ConnectStep, OAuthProfile } from "./contract/login.js";
import type { Webhook } from "./contract/notifications.js";
import type { Recording } from "./contract/recording.js";
import type { ProviderSetting } from "./contract/settings.js";

export type * from "./contract/calls.js";
export type * from "./contract/exchange.js";
export type * from "./contract/login.js";
export type * from "./contract/notifications.js";
export type * from "./contract/recording.js";
export type * from "./contract/settings.js";

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

/** The address to which a withdrawal is posted. Null if it has no address of its own. */
export function revokeUrlOf({ oauth: { revocation } }: Provider): string | null {
  return revocation && revocation.kind !== "request" ? revocation.url : null;
}

/** The fields that a provider offers, by its calls and derivations. */
export function fieldsOf(provider: Provider): ReadonlySet<Field> {
  return new Set([...provider.calls.flatMap((call) => call.yields), ...(provider.derive ?? []).map((d) => d.yields)]);
}
