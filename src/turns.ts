const waiting = new Map<unknown, (() => void)[]>();
let isRunning = false;

/**
 * Resolves when it is one's turn: whatever came in meanwhile is looked at first, and of all who wait one goes on with
 * each turn of the loop. Owners take turns with each other, however much each of them waits for: who began a hundred
 * things holds up nobody who began one. Long work that waits here between its parts holds others up for one part.
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
  const [owner, own] = waiting.entries().next().value!;
  waiting.delete(owner);
  own.shift()!();
  // Behind all others who wait.
  if (own.length > 0) waiting.set(owner, own);
  // What was resolved runs before the loop goes on: it holds the loop for its own part alone.
  if (waiting.size > 0) setImmediate(next);
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
