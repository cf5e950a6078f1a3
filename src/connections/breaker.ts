import type { Log } from "../log.js";
import { type Backoff, backoffMs, jittered } from "../model/backoff.js";
import type { Clock } from "../model/time.js";
import type { ProviderId } from "../providers/index.js";

/**
 * Stops requests to a provider that is down, so that they cost callers nothing: without it each waits until the request
 * times out. For each provider and process. Packages for this have timers and clocks of their own, and none of them
 * tells when it tries again.
 */
export interface Breaker {
  /** Epoch ms from which the provider is asked again; null where it is asked now. */
  openUntil(provider: ProviderId): number | null;
  /**
   * Sends one request, unless the provider is down: then it answers since when that is so. Once the wait is over, one
   * request is sent while the others still wait for what becomes of it. `isDown`: null where nothing was heard.
   */
  send<T>(
    provider: ProviderId,
    request: () => Promise<T>,
    isDown: (answer: T) => boolean | null,
  ): Promise<T | OpenUntil>;
}

interface OpenUntil {
  readonly openUntil: number;
}

export interface BreakerDeps {
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
  /** Told at each change. */
  readonly onChange?: (provider: ProviderId, isOpen: boolean) => void;
}

/**
 * So many failures with no answer between them, over so long a time: one bad moment, or one person's data that a
 * provider can't give, is no outage.
 */
const FAILURES = 3;
const LASTING_MS = 5_000;
const WAITS: Backoff = { firstMs: 5_000, longestMs: 60_000 };

/** Of one provider, since its last answer. */
interface Trouble {
  failures: number;
  /** When the first request that failed was sent. */
  readonly sinceMs: number;
  /** How many times the provider was found to be down. */
  rounds: number;
  /** Null while it is asked. */
  until: number | null;
  isTried: boolean;
}

export function createBreaker({ clock, log, onChange }: BreakerDeps): Breaker {
  const troubles = new Map<ProviderId, Trouble>();

  const openUntil = (provider: ProviderId): number | null => {
    const trouble = troubles.get(provider);
    if (!trouble || trouble.until === null) return null;
    const now = clock.now();
    if (now < trouble.until) return trouble.until;
    return trouble.isTried ? now + WAITS.firstMs : null;
  };

  function answered(provider: ProviderId): void {
    const trouble = troubles.get(provider);
    troubles.delete(provider);
    if (trouble?.until == null) return;
    log.info({ provider }, "the provider answers again");
    onChange?.(provider, false);
  }

  function failed(provider: ProviderId, sentAt: number): void {
    const now = clock.now();
    const trouble = troubles.get(provider) ?? { failures: 0, sinceMs: sentAt, rounds: 0, until: null, isTried: false };
    troubles.set(provider, trouble);
    trouble.failures++;
    // What was sent before the provider was found to be down says nothing new.
    if (trouble.until !== null && sentAt < trouble.until) return;
    if (trouble.failures < FAILURES || now - trouble.sinceMs < LASTING_MS) return;
    trouble.rounds++;
    const waitMs = jittered(backoffMs(WAITS, trouble.rounds));
    const wasAsked = trouble.until === null;
    trouble.until = now + waitMs;
    if (!wasAsked) return;
    log.warn({ provider, failures: trouble.failures }, "the provider does not answer, and is asked less often");
    onChange?.(provider, true);
  }

  return {
    openUntil,
    async send(provider, request, isDown) {
      const until = openUntil(provider);
      if (until !== null) return { openUntil: until };
      const sentAt = clock.now();
      const tried = troubles.get(provider);
      const isTrial = tried !== undefined && tried.until !== null;
      if (isTrial) tried.isTried = true;
      try {
        const answer = await request();
        const down = isDown(answer);
        if (down === true) failed(provider, sentAt);
        if (down === false) answered(provider);
        return answer;
      } finally {
        // Given up by its caller, too: then the next one tries.
        if (isTrial) tried.isTried = false;
      }
    },
  };
}
