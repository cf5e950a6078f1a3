import { pacer, turn } from "./turns.js";

const loop = () => new Promise<void>((resolve) => setImmediate(resolve));

test("of all who wait one goes on with each turn of the loop, in the order in which they came", async () => {
  const gone: number[] = [];
  for (const each of [1, 2, 3]) void turn("ann").then(() => gone.push(each));
  expect(gone).toEqual([]);
  for (const expected of [[1], [1, 2], [1, 2, 3]]) {
    await loop();
    expect(gone).toEqual(expected);
  }
  const again = turn("ann").then(() => gone.push(4));
  await again;
  expect(gone).toEqual([1, 2, 3, 4]);
});

test("work is interrupted once it has held the loop for four milliseconds, counted anew after each turn", async () => {
  let now = 100;
  const pace = pacer("ann", () => now);
  now = 103.9;
  expect(pace()).toBeUndefined();
  now = 104;
  const waiting = pace();
  expect(waiting).toBeInstanceOf(Promise);
  now = 200;
  await waiting;
  now = 203.9;
  expect(pace()).toBeUndefined();
  now = 204;
  const again = pace();
  expect(again).toBeInstanceOf(Promise);
  await again;
});

test("owners take turns with each other, however much each waits for", async () => {
  const gone: string[] = [];
  const wait = (owner: string, name: string) => void turn(owner).then(() => gone.push(name));
  for (const each of [1, 2, 3]) wait("greedy", `greedy ${each}`);
  wait("ann", "ann 1");
  wait("bob", "bob 1");
  wait("ann", "ann 2");
  while (gone.length < 6) await loop();
  expect(gone).toEqual(["greedy 1", "ann 1", "bob 1", "greedy 2", "ann 2", "greedy 3"]);
});
