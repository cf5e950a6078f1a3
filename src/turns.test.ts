import { pacer, turn } from "./turns.js";

const loop = () => new Promise<void>((resolve) => setImmediate(resolve));

test("of all who wait one goes on with each turn of the loop, in the order in which they came", async () => {
  const gone: number[] = [];
  for (const each of [1, 2, 3]) void turn().then(() => gone.push(each));
  expect(gone).toEqual([]);
  for (const expected of [[1], [1, 2], [1, 2, 3]]) {
    await loop();
    expect(gone).toEqual(expected);
  }
  const again = turn().then(() => gone.push(4));
  await again;
  expect(gone).toEqual([1, 2, 3, 4]);
});

test("work is interrupted once it has held the loop for four milliseconds, counted anew after each turn", async () => {
  let now = 100;
  const pace = pacer(() => now);
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
  expect(pace()).toBeInstanceOf(Promise);
});
