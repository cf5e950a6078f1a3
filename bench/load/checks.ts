import type { Tally } from "./workload.js";
import type { World } from "./world.js";

/** What became of all that was accepted, once everything has had its time. */
export interface Kept {
  /** Accepted, and not done. */
  readonly lost: readonly string[];
  /** In the store still: a notification or a backfill that failed waits before it is tried again. */
  readonly open: number;
  /** Done again where it must not be. */
  readonly doubled: readonly string[];
  /** Messages that came again under the id that they had, as receivers are told to expect. */
  readonly repeated: number;
  /** Connections whose grant is gone: a refresh token that was used twice would end so. */
  readonly broken: number;
  readonly messages: number;
}

/** Waits until nothing is under way any more, and looks. */
export async function whatIsKept(world: World, { notifications, backfills }: Tally, patienceMs: number): Promise<Kept> {
  const gateway = await world.gateway();
  try {
    const end = Date.now() + patienceMs;
    const jobs = async () => {
      const found = await Promise.all([...new Set(backfills)].map((id) => gateway.backfills.get(id)));
      return {
        gone: found.filter((job) => job === null).length,
        open: found.filter((job) => job && job.status !== "DONE" && job.status !== "FAILED").length,
      };
    };
    const receipts = async () => {
      let count = 0;
      for await (const _ of gateway.store.collection("receipts").keys("")) count++;
      return count;
    };
    const waiting = async () => {
      const all = await Promise.all(Object.values(gateway.queues).map((queue) => queue.waiting()));
      return all.reduce((sum, { count }) => sum + count, 0);
    };
    const openNow = async () => (await jobs()).open + (await receipts()) + (await waiting());
    while ((await openNow()) > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 500));
    const left = await receipts();
    const { gone, open } = await jobs();
    const unknown = await unmarked(gateway, notifications);
    // What is stored still will be worked off: of those it is not known yet.
    const lost = [...unknown.slice(left), ...(gone > 0 ? [`${gone} backfills`] : [])];
    let broken = 0;
    for await (const { status } of gateway.connections.all()) if (status !== "CONNECTED") broken++;
    return { lost, open: left + open, ...told(world), broken };
  } finally {
    await gateway.close();
  }
}

/** Accepted notifications whose days are neither marked as changed nor fetched since. */
async function unmarked(
  gateway: Awaited<ReturnType<World["gateway"]>>,
  notifications: Tally["notifications"],
): Promise<string[]> {
  const lost: string[] = [];
  for (const { person, date, at } of notifications) {
    const [connection] = await gateway.connections.list(person);
    const cells = await gateway.history.read(connection!.id, [{ field: "activity.steps", day: date }], true);
    const stored = cells.get("activity.steps", date);
    const since = at - REPEAT_MS;
    const isKnown = cells.isOvertaken("activity.steps", date, since) || (stored && stored.at >= since);
    if (!isKnown) lost.push(`notification of ${person} on ${date}`);
  }
  return lost;
}

/** An equal notification so soon after another counts as a repeat of it: see Fitbit's webhook. */
const REPEAT_MS = 2_000;

/** The same answer, told twice in a row under two ids, is done twice. */
function told({ messages }: World): Pick<Kept, "doubled" | "repeated" | "messages"> {
  const ids = new Set<string>();
  const last = new Map<string, string>();
  const doubled: string[] = [];
  let repeated = 0;
  for (const { id, userId, body } of messages) {
    if (ids.has(id)) repeated++;
    else if (last.get(userId) === body) doubled.push(`message ${id} of ${userId}`);
    ids.add(id);
    last.set(userId, body);
  }
  return { doubled, repeated, messages: messages.length };
}
