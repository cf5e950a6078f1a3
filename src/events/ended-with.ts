/**
 * What the generator yields of its source; `return` ends both at once. A generator by itself is ended only when what it
 * waits for has come, and until then its source is held. (A Repeater of @repeaterjs runs nothing before the first
 * `next`: its source is held for ever where `return` comes first.)
 */
export function endedWith<T>(
  source: AsyncIterator<unknown>,
  generator: AsyncGenerator<T, void>,
): AsyncIterableIterator<T> {
  return {
    next: () => generator.next(),
    return: async () => {
      await source.return?.();
      // Not waited for: it may be in the middle of something long.
      void generator.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
