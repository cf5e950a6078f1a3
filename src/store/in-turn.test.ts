import { inTurn } from "./in-turn.js";

/** Each look at the clock takes no time; each piece of work takes 1 ms. */
function bench() {
  const clock = { time: 0 };
  const run = inTurn(() => clock.time);
  const done: string[] = [];
  const piece = (name: string) =>
    run(() => {
      clock.time += 1;
      done.push(name);
      return name;
    });
  const busy = () =>
    run(() => {
      clock.time += 4;
    });
  const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve));
  return { run, done, piece, busy, turnOfLoop };
}

test("work is run at once as long as it holds the loop for a short time, then one piece a turn, in order", async () => {
  const { done, piece, turnOfLoop } = bench();
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const all = Promise.all(names.map(piece));
  expect(done).toEqual(["a", "b", "c", "d"]);
  await turnOfLoop();
  expect(done).toEqual(["a", "b", "c", "d", "e"]);
  await turnOfLoop();
  expect(done).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(await all).toEqual(names);
});

test("a chain in which each piece follows the result of the one before lets others have a turn", async () => {
  const { piece, done } = bench();
  const seen: number[] = [];
  let isOver = false;
  const look = () => {
    seen.push(done.length);
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  for (let each = 0; each < 20; each++) await piece(`${each}`);
  isOver = true;
  expect(seen.length).toBeGreaterThan(3);
  expect(Math.max(...seen.map((count, at) => count - (seen[at - 1] ?? 0)))).toBeLessThanOrEqual(5);
});

test("what waits is not overtaken, and what others did with the results counts too", async () => {
  const { done, piece, busy, turnOfLoop } = bench();
  await busy();
  const first = piece("first");
  await turnOfLoop();
  const second = piece("second");
  await Promise.all([first, second]);
  expect(done).toEqual(["first", "second"]);
});

test("what the work throws rejects, at once and in its turn, and holds up nothing", async () => {
  const { run, piece, busy } = bench();
  const fails = () =>
    run(() => {
      throw new Error("disk full");
    });
  await expect(fails()).rejects.toThrow("disk full");
  await busy();
  const [late, after] = await Promise.allSettled([fails(), piece("after")]);
  expect([late.status, after.status]).toEqual(["rejected", "fulfilled"]);
});
