const waiting: (() => void)[] = [];
let isRunning = false;

/**
 * Resolves when it is one's turn: whatever came in meanwhile is looked at first, and of all who wait one goes on with
 * each turn of the loop. Long work that waits here between its parts holds nobody else up for longer than a part.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (isRunning) return;
    isRunning = true;
    setImmediate(next);
  });
}

function next(): void {
  waiting.shift()!();
  // What was resolved runs before the loop goes on: it holds the loop for its own part alone.
  if (waiting.length > 0) setImmediate(next);
  else isRunning = false;
}

/** Work that holds the loop for less than this is not worth an interruption. */
const SLICE_MS = 4;

/**
 * For work in many parts: to be called between them, and awaited where it answers a promise. It does once the work has
 * held the loop for some milliseconds since it began or had its last turn.
 */
export function pacer(now: () => number = () => performance.now()): () => Promise<void> | undefined {
  let since = now();
  return () => {
    if (now() - since < SLICE_MS) return undefined;
    return turn().then(() => {
      since = now();
    });
  };
}
