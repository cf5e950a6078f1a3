/** Resolves once the loop has looked at whatever came in meanwhile. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const waiting = new Map<unknown, (() => void)[]>();
/** Who went on lately, each with how many turns of the loop it still leaves to others. */
const resting = new Map<unknown, number>();
let isRunning = false;

/**
 * Turns of the loop that an owner leaves to others after each of its own. A request goes through several turns before it
 * is answered: so it meets a part of one owner's long work in one of them, and not in each.
 */
const REST = 3;

/**
 * Resolves when it is one's turn: whatever came in meanwhile is looked at first, and of all who wait one goes on with
 * each turn of the loop. Owners take turns with each other, however much each of them waits for: who began a hundred
 * things holds up nobody who began one. An owner who went on rests for some turns of the loop, in which nothing but
 * others' work is done: long work that waits here between its parts holds others up for one part.
 */
export function turn(owner: unknown): Promise<void> {
  return new Promise((resolve) => {
    const own = waiting.get(owner);
    if (own) own.push(resolve);
    else waiting.set(owner, [resolve]);
    if (isRunning) return;
    isRunning = true;
    setImmediate(next);
  });
}

function next(): void {
  for (const [owner, left] of resting) {
    if (left > 0) resting.set(owner, left - 1);
    else resting.delete(owner);
  }
  for (const [owner, own] of waiting) {
    if (resting.has(owner)) continue;
    waiting.delete(owner);
    own.shift()!();
    // Behind all others who wait.
    if (own.length > 0) waiting.set(owner, own);
    resting.set(owner, REST);
    break;
  }
  // What was resolved runs before the loop goes on: it holds the loop for its own part alone.
  if (waiting.size > 0 || resting.size > 0) setImmediate(next);
  else isRunning = false;
}

/** Work that holds the loop for less than this is not worth an interruption. */
const SLICE_MS = 4;

/**
 * For work in many parts: to be called between them, and awaited where it answers a promise. It does once the work has
 * held the loop for some milliseconds since it began or had its last turn.
 */
export function pacer(owner: unknown, now: () => number = () => performance.now()): () => Promise<void> | undefined {
  let since = now();
  return () => {
    if (now() - since < SLICE_MS) return undefined;
    return turn(owner).then(() => {
      since = now();
    });
  };
}
