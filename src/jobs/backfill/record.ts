import { createHash } from "node:crypto";
import { z } from "zod";
import { type BackfillJob, jobStatuses } from "../../events/updates.js";
import type { DaySpan } from "../../health-data/range.js";
import { type Domain, domains as everyDomain, type LocalDate } from "../../model/records.js";
import { addDays } from "../../model/time.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import { type RowForm, rowsOf } from "../../store/row.js";

/** What is kept of a job: how far it is, never what it read. */
export interface Kept extends BackfillJob {
  readonly provider: ProviderId;
  readonly domains: readonly Domain[];
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** The oldest day from which on everything is committed; null before the first. */
  readonly doneFrom: LocalDate | null;
  readonly undatedDone: boolean;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly reason: string | null;
}

const day = z.iso.date();
/** One of a provider, domain or state that only another release knows waits for that release. */
export const keptRows = (known: readonly Provider[]): RowForm<Kept> =>
  rowsOf(
    z.looseObject({
      id: z.string(),
      userId: z.string(),
      provider: z.enum(known.map(({ id }) => id)),
      domains: z.array(z.enum(everyDomain)),
      status: z.enum(jobStatuses),
      ...{ from: day, to: day, doneFrom: day.nullable() },
      ...{ daysDone: z.int(), daysTotal: z.int(), resumesAt: z.int().nullable(), createdAt: z.number() },
      undatedDone: z.boolean(),
      reason: z.string().nullable(),
    }),
  );

/** The longest that any provider answers at once, so that the planner has the calls with the longest reach to choose from. */
const CHUNK_DAYS = 365;
export const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 24);
/** A user's jobs lie side by side in the store, and the id tells nobody whose they are. */
export const prefixOf = (userId: string) => `${hash(userId)}-`;

export function isFinished({ status }: BackfillJob): boolean {
  return status === "DONE" || status === "FAILED";
}

export function shown({ id, userId, status, daysDone, daysTotal, resumesAt }: Kept): BackfillJob {
  return { id, userId, status, daysDone, daysTotal, resumesAt };
}

/** The newest days that are not done; null where none are left. */
export function nextChunk({ from, to, doneFrom }: Kept): DaySpan | null {
  const last = doneFrom === null ? to : addDays(doneFrom, -1);
  if (last < from) return null;
  const first = addDays(last, 1 - CHUNK_DAYS);
  return { from: first < from ? from : first, to: last };
}
