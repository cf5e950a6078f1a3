/** Work that holds the loop for less than this is not worth an interruption. */
const SLICE_MS = 4;

/**
 * For work that does not wait for anything, such as statements of a database in a file: callers who await each other's
 * results would go on without end, and nothing else had a turn. What comes first is run first. It is run at once until
 * such work, and all that went on with its results, has held the loop for some milliseconds; from then on one piece is
 * run with each turn of the loop, until no piece waits. Rejects with what the work throws.
 */
export function inTurn(now: () => number = () => performance.now()): <T>(work: () => T) => Promise<T> {
  const waiting: (() => void)[] = [];
  /** When the present turn of the loop began to work. */
  let begun: number | null = null;
  const isHeld = (): boolean => {
    if (begun === null) {
      begun = now();
      setImmediate(() => {
        begun = null;
      });
    }
    return now() - begun >= SLICE_MS;
  };
  const next = (): void => {
    waiting.shift()!();
    if (waiting.length > 0) setImmediate(next);
  };
  return async (work) => {
    if (waiting.length === 0 && !isHeld()) return work();
    return await new Promise((resolve, reject) => {
      waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
      if (waiting.length === 1) setImmediate(next);
    });
  };
}
