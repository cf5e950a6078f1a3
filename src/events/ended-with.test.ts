import { endedWith } from "./ended-with.js";

/** Answers nothing until it is ended. */
function silence() {
  let end = () => {};
  const ended = new Promise<IteratorResult<number>>((resolve) => {
    end = () => resolve({ done: true, value: undefined });
  });
  let returns = 0;
  const source: AsyncIterableIterator<number> = {
    next: () => ended,
    return: async () => {
      returns++;
      end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return { source, returns: () => returns };
}
async function* doubled(source: AsyncIterable<number>) {
  for await (const value of source) yield value * 2;
}
const over = { done: true, value: undefined };

test("its return ends what waits for the source", async () => {
  const { source } = silence();
  const both = endedWith(source, doubled(source));
  const waiting = both.next();
  expect(await both.return?.()).toEqual(over);
  expect([await waiting, await both.next()]).toEqual([over, over]);
});

test("its return ends a source that nobody has asked yet, and nothing runs afterwards", async () => {
  const { source, returns } = silence();
  let begun = false;
  async function* never() {
    begun = true;
    yield* doubled(source);
  }
  const both = endedWith(source, never());
  await both.return?.();
  expect([returns(), await both.next(), begun]).toEqual([1, over, false]);
});

test("its return does not wait for what the generator is in the middle of", async () => {
  const { source, returns } = silence();
  let finish = () => {};
  const long = new Promise<void>((resolve) => {
    finish = resolve;
  });
  async function* slow() {
    await long;
    yield 1;
  }
  const both = endedWith(source, slow());
  const answer = both.next();
  await both.return?.();
  expect(returns()).toBe(1);
  finish();
  expect([await answer, await both.next()]).toEqual([{ done: false, value: 1 }, over]);
});
