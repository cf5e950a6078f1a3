import { z } from "zod";
import { PulsegateError } from "../../errors.js";
import type { Clock } from "../../model/time.js";
import { rowsOf } from "../../store/row.js";
import type { Store } from "../../store/store.js";
import { hashOf } from "../oauth/oauth.js";

/** Consents that one user may have under way: begun, waiting for their confirmation, or ended a moment ago. */
const MAX_CONSENTS = 50;

interface Slot {
  readonly expiresAt: number;
}
const slotRows = rowsOf<Slot>(z.looseObject({ expiresAt: z.number() }));

/**
 * Numbered places of each user: whoever begins a consent takes one in a single step of the store, over all processes, so
 * that nobody fills the store.
 */
export interface ConsentSlots {
  /** Answers the place taken. RATE_LIMITED where all are. */
  take(userId: string, ttlMs: number): Promise<string>;
  /** The consent goes on: its place is held for that much longer. */
  keep(place: string, ttlMs: number): Promise<void>;
  /** Frees all places of a user. */
  clear(userId: string): Promise<void>;
}

export function createConsentSlots({ store, clock }: { readonly store: Store; readonly clock: Clock }): ConsentSlots {
  const slots = store.collection<Slot>("consent-slots", slotRows);
  return {
    take: async (userId, ttlMs) => {
      const user = hashOf(userId);
      const places = Array.from({ length: MAX_CONSENTS }, (_, number) => `${user}/${number}`);
      const held = await slots.getMany(places);
      const slot: Slot = { expiresAt: clock.now() + ttlMs };
      for (const [number, place] of places.entries())
        if (held[number] === undefined && (await slots.putIfAbsent(place, slot, ttlMs))) return place;
      const next = Math.min(...held.map((one) => one?.expiresAt ?? slot.expiresAt)) - clock.now();
      throw new PulsegateError("RATE_LIMITED", "This user has too many consents under way: finish one, or wait.", {
        retryAfterSeconds: Math.max(1, Math.ceil(next / 1000)),
      });
    },
    keep: (place, ttlMs) => slots.set(place, { expiresAt: clock.now() + ttlMs }, ttlMs),
    clear: (userId) => slots.eraseAll(`${hashOf(userId)}/`),
  };
}
