import { z } from "zod";
import { type Sealed, sealedSchema } from "../connections/tokens/vault.js";
import type { DataUpdate } from "../events/updates.js";
import { type RowForm, rowsOf } from "../store/row.js";

export const webhookEvents = ["OPERATION_CHANGED", "CONNECTION_CHANGED", "BACKFILL_FINISHED", "USER_DELETED"] as const;
export type WebhookEvent = (typeof webhookEvents)[number];
export const webhookStatuses = ["ACTIVE", "FAILING", "DISABLED"] as const;
export type WebhookStatus = (typeof webhookStatuses)[number];

/** Days for which what was sent is kept, encrypted, to be sent again. */
export const KEPT_DAYS = 7;
export const KEPT_MS = KEPT_DAYS * 86_400_000;

/** A configured operation that can be run for any person without a word of theirs. */
export interface StandingOperation {
  readonly name: string;
  /** With its fragments. */
  readonly text: string;
  /** Whether a change may be of cells that the operation reads. */
  reads(update: DataUpdate, now: number): boolean;
  /** What else of a person its answer depends on. */
  readonly also: ReadonlySet<Aspect>;
}

/** Of a person, besides their data: their connections, and the order in which sources are preferred. */
export type Aspect = "connections" | "order";

/** The operations that webhooks can name, and why another name is none of them. */
export interface StandingOperations {
  readonly operations: readonly StandingOperation[];
  /** A sentence that says what to do; null for one of them. */
  faultOf(name: string): string | null;
}

export const noOperations: StandingOperations = {
  operations: [],
  faultOf: () => "This gateway knows no operations: set OPERATIONS (docs/operations.md).",
};

/** Where an app is told of what. Of a person it holds a pseudonym alone (`Lanes`). */
export interface Webhook {
  readonly id: string;
  /** The name of the app key that made it: nobody else sees it. */
  readonly app: string;
  readonly url: string;
  readonly operation: string | null;
  readonly events: readonly WebhookEvent[];
  /** The only person that it tells of; null for all. */
  readonly lane: string | null;
  readonly minimumGapSeconds: number;
  /** Epoch ms. */
  readonly createdAt: number;
  /** The newest first. `until` (epoch ms): when an older one stops to sign. */
  readonly secrets: readonly { readonly box: Sealed; readonly until: number | null }[];
  readonly isDisabled: boolean;
  /** Grows when it is enabled again: attempts of an earlier round don't count. */
  readonly round: number;
}

export const webhookRows: RowForm<Webhook> = rowsOf(
  z.looseObject({
    ...{ id: z.string(), app: z.string(), url: z.string() },
    operation: z.string().nullable(),
    // What a later release tells of is told by that release.
    events: z.array(z.string()).transform((all) => webhookEvents.filter((one) => all.includes(one))),
    lane: z.string().nullable(),
    ...{ minimumGapSeconds: z.number(), createdAt: z.number() },
    secrets: z.array(z.looseObject({ box: sealedSchema, until: z.number().nullable() })),
    isDisabled: z.boolean(),
    round: z.number(),
  }),
);

/** What the last attempts said of a webhook's receiver. */
export interface Health {
  /** Failed attempts since the last that succeeded. */
  readonly failures: number;
  /** Epoch ms: until then the receiver is left alone. */
  readonly restsUntil: number;
  readonly lastDeliveredAt: number | null;
  /** A sentence without an address or a secret. */
  readonly lastFailure: string | null;
}
export const healthRows: RowForm<Health> = rowsOf(
  z.looseObject({
    ...{ failures: z.number(), restsUntil: z.number() },
    lastDeliveredAt: z.number().nullable(),
    lastFailure: z.string().nullable(),
  }),
);
export const well: Health = { failures: 0, restsUntil: 0, lastDeliveredAt: null, lastFailure: null };
