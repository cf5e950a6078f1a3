import type { FitbitSwitches } from "./switches.js";
import type { UnitSystem } from "./units.js";
import type { View } from "./view.js";

/** An API request that has passed: the token is good, the scope granted, the quota not used up. */
export interface ApiCall {
  readonly view: View;
  readonly userId: string;
  readonly clientId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly units: UnitSystem;
  readonly scopes: ReadonlySet<string>;
  readonly switches: FitbitSwitches;
  /** Of this lab, for the absolute links in its answers. */
  readonly origin: string;
}

export interface ApiRoute {
  /** `:user` is `-` or the id of the token's owner. */
  readonly path: string;
  readonly scopes: readonly string[];
  /** Needs the right to intraday data on top. */
  readonly intraday?: boolean;
  /** The JSON of a 200. Throws a FitbitError for everything else. */
  answer(call: ApiCall): unknown;
  /** Sends the answer as it is instead. */
  readonly contentType?: string;
}

/** A route for reading with one scope. */
export function reads(path: string, scope: string, answer: ApiRoute["answer"]): ApiRoute {
  return { path, scopes: [scope], answer };
}
