import { z } from "zod";
import type { Cell } from "../../model/cells.js";
import type { ProviderId } from "../../providers/index.js";
import { rowsOf } from "../../store/row.js";
import type { CallbackResult } from "../oauth/redirects.js";
import { type Sealed, type StoredTokens, sealedSchema } from "../tokens/vault.js";
import type { Identity } from "./identity.js";

/** What the store holds of consents: begun ones, those that wait to be confirmed, and where used states led. */

export interface BegunConsent {
  readonly userId: string;
  /** Its place among those of the user; those that an earlier release began have none. */
  readonly place?: string;
  readonly provider: ProviderId;
  readonly scopes: readonly string[];
  readonly redirectTo: string | null;
  readonly confirm: boolean;
  /** Checked beside the store's own expiry, which may lag. */
  readonly expiresAt: number;
  /** The PKCE verifier: whoever reads the store must not be able to use a stolen code. */
  readonly verifier: Sealed;
}

export interface Awaiting {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly expiresAt: number;
  /** `AwaitingGrant`: tokens and what was read with them stay unusable until the person confirms. */
  readonly grant: Sealed;
}
export const begunRows = rowsOf<BegunConsent>(
  z.looseObject({
    userId: z.string(),
    provider: z.string(),
    scopes: z.array(z.string()),
    redirectTo: z.string().nullable(),
    confirm: z.boolean(),
    expiresAt: z.number(),
    verifier: sealedSchema,
  }),
);
export const awaitingRows = rowsOf<Awaiting>(
  z.looseObject({ userId: z.string(), provider: z.string(), expiresAt: z.number(), grant: sealedSchema }),
);
/** Where a used state led. Holds nothing that opens anything: the handle is made anew of what only the browser has. */
export interface Ended {
  readonly userId: string;
  readonly provider: ProviderId;
  /** Hash of what the provider sent the browser back with: another answer to the same state is not a repeat. */
  readonly answer: string;
  readonly expiresAt: number;
  /** Null while the first is under way. */
  readonly result: CallbackResult | null;
}
export const endedRows = rowsOf<Ended>(
  z.looseObject({
    userId: z.string(),
    provider: z.string(),
    answer: z.string(),
    expiresAt: z.number(),
    result: z.looseObject({ provider: z.string(), redirectTo: z.string().nullable() }).nullable(),
  }),
);

/** What waits for the confirmation, encrypted. */
export interface AwaitingGrant {
  readonly tokens: StoredTokens;
  readonly scopes: readonly string[];
  readonly identity: Identity;
  readonly cells: readonly Cell[];
  /** The id to give the connection if it is a new one. Grants that an earlier release stored have none. */
  readonly connectionId?: string;
}
