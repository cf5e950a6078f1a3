import { z } from "zod";
import { connectionRows } from "../connections/connection.js";
import { domains } from "../model/records.js";
import { providers } from "../providers/index.js";
import { type BackfillJob, type DataUpdate, jobStatuses, updateOrigins } from "./updates.js";

/** Topic of changed connections, for other processes that remember their cells. */
export const HISTORY = "history";
const DATA = "data/";
const CONNECTION = "connection/";
/** Topics of what happens to all users: no topic of one user is called so. */
export const EVERY_DATA = "data";
export const EVERY_CONNECTION = "connection";
const JOB = "job/";
export const topicOf = {
  data: (userId: string) => DATA + userId,
  connection: (userId: string) => CONNECTION + userId,
  job: (jobId: string) => JOB + jobId,
};

export const isOfData = (topic: string) => topic === EVERY_DATA || topic.startsWith(DATA);

/** The range of a Date. */
const instant = z.number().min(-8.64e15).max(8.64e15);
const provider = z.enum(providers.map(({ id }) => id));
const envelope = z.looseObject({ from: z.string(), message: z.unknown() });
const dataUpdate: z.ZodType<DataUpdate> = z.looseObject({
  userId: z.string(),
  provider,
  domain: z.enum(domains),
  dates: z.array(z.iso.date()),
  receivedAt: instant,
  origin: z.enum(updateOrigins),
});
const job: z.ZodType<BackfillJob> = z.looseObject({
  id: z.string(),
  userId: z.string(),
  status: z.enum(jobStatuses),
  daysDone: z.int32().min(0),
  daysTotal: z.int32().min(0),
  resumesAt: instant.nullable(),
});
const ids = z.array(z.string());

/**
 * What another process published on a topic, and which process it was. Null if the message is not ours or only another
 * release understands it. So a listener gets only what it can show, and only what belongs to its user.
 */
export function readMessage(topic: string, text: string): { readonly from: string; readonly message: unknown } | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const sent = envelope.safeParse(json).data;
  const message = sent && messageOf(topic, sent["message"]);
  return message === undefined ? null : { from: sent!.from, message };
}

function messageOf(topic: string, given: unknown): unknown {
  if (topic === HISTORY) return ids.safeParse(given).data;
  if (isOfData(topic)) {
    const update = dataUpdate.safeParse(given).data;
    return update && [EVERY_DATA, topicOf.data(update.userId)].includes(topic) ? update : undefined;
  }
  if (topic === EVERY_CONNECTION || topic.startsWith(CONNECTION)) {
    const connection = connectionRows.read(given, () => {});
    const isKnown = connection && provider.safeParse(connection.provider).success;
    const isMeant = isKnown && [EVERY_CONNECTION, topicOf.connection(connection.userId)].includes(topic);
    return isMeant ? connection : undefined;
  }
  const change = job.safeParse(given).data;
  return change && topicOf.job(change.id) === topic ? change : undefined;
}
