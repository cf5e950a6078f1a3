import type { Log } from "../../log.js";
import type { Clock } from "../../model/time.js";
import type { ProviderId } from "../../providers/index.js";
import type { Directory } from "../directory/directory.js";
import type { Granted } from "../oauth/oauth.js";
import type { StoredTokens } from "./vault.js";

const DAY_MS = 86_400_000;
/** A grant this short is a sign of an app that its provider takes for one that is being tried out. */
const SHORT_MS = 31 * DAY_MS;
/** Told anew with each refresh, as so many seconds from now: it moves a little. */
const SAME_MS = 60_000;

/** Left out where nobody named one. `before` is the end of the refresh token that was used: where it stays, so does that. */
export function grantEnd(
  { refreshToken, refreshExpiresInSeconds }: Granted,
  now: number,
  before?: number,
): Pick<StoredTokens, "refreshExpiresAt"> {
  const told = refreshExpiresInSeconds === null ? undefined : now + refreshExpiresInSeconds * 1000;
  // No answer makes an old token live longer.
  const ends = refreshToken === null && before !== undefined ? Math.min(before, told ?? before) : told;
  return ends === undefined ? {} : { refreshExpiresAt: ends };
}

/** Keeps on the connection, where it can be read without a key, when its grant ends by itself. */
export interface GrantEnds {
  note(owner: { readonly id: string; readonly provider: ProviderId }, at: number | null): Promise<void>;
  /** Tells the operator once for each provider. */
  warn(provider: ProviderId, at: number | null): void;
}

export function createGrantEnds(deps: {
  readonly directory: Directory;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
}): GrantEnds {
  const warned = new Set<ProviderId>();
  const warn = (provider: ProviderId, at: number | null) => {
    const left = at === null ? Number.POSITIVE_INFINITY : at - deps.clock.now();
    if (left > SHORT_MS || warned.has(provider)) return;
    warned.add(provider);
    deps.log.warn(
      { provider, days: Math.ceil(left / DAY_MS) },
      "this provider's refresh tokens end soon: people will have to consent again, unless your app is published there",
    );
  };
  return {
    warn,
    note: async ({ id, provider }, at) => {
      warn(provider, at);
      await deps.directory.mutate(id, (before) => {
        const known = before?.grantEndsAt ?? null;
        const isSame = known === at || (known !== null && at !== null && Math.abs(known - at) < SAME_MS);
        return before && !isSame ? { ...before, grantEndsAt: at } : before;
      });
    },
  };
}
