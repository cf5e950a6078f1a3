/**
 * What the generator makes of its source; `return` ends both at once. A generator alone ends only when the value that
 * it waits for arrives, and holds its source until then. (A Repeater of @repeaterjs runs nothing before the first
 * `next`: if `return` comes first, its source is held for ever.)
 */
export function endedWith<T>(
  source: AsyncIterator<unknown>,
  generator: AsyncGenerator<T, void>,
): AsyncIterableIterator<T> {
  return {
    next: () => generator.next(),
    return: async () => {
      await source.return?.();
      // Not awaited: the generator may be inside long work.
      void generator.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
