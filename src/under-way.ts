/** Work that has begun and not come to its end, whoever waits for it. Who ends the process waits for it first. */
export interface UnderWay {
  /** The same methods; the promises that they answer with count as under way until they are settled. */
  watch<T extends object>(service: T): T;
  /** Resolves once nothing is under way, what begins meanwhile included. */
  idle(): Promise<void>;
}

export function createUnderWay(): UnderWay {
  const open = new Set<Promise<unknown>>();
  const watched = (method: (...args: unknown[]) => unknown) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const result = method.apply(this, args);
      if (!(result instanceof Promise)) return result;
      const settled = result.then(
        () => void open.delete(settled),
        () => void open.delete(settled),
      );
      open.add(settled);
      return result;
    };
  return {
    watch: (service) =>
      Object.fromEntries(
        Object.entries(service).map(([name, value]) => [name, typeof value === "function" ? watched(value) : value]),
      ) as typeof service,
    idle: async () => {
      while (open.size > 0) await Promise.all(open);
    },
  };
}

/** Waits for the work, and no longer than that. Answers whether it was done by then; how it ended is its owner's matter. */
export async function inTime(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = work.then(
    () => true,
    () => true,
  );
  return await Promise.race([done, late]).finally(() => clearTimeout(timer));
}
