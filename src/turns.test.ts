import { pacer, turn } from "./turns.js";

const loop = () => new Promise<void>((resolve) => setImmediate(resolve));
/** Long enough for everybody to have rested. */
const rested = async () => {
  for (let each = 0; each < 5; each++) await loop();
};
afterEach(rested);

test("of all who wait one goes on with each turn of the loop, in the order in which they came", async () => {
  const gone: string[] = [];
  for (const each of ["ann", "bob", "cem"]) void turn(each).then(() => gone.push(each));
  expect(gone).toEqual([]);
  for (const expected of [["ann"], ["ann", "bob"], ["ann", "bob", "cem"]]) {
    await loop();
    expect(gone).toEqual(expected);
  }
});

test("an owner leaves three turns of the loop to others after each of its own, whether it waited meanwhile or came later", async () => {
  const gone: string[] = [];
  const wait = (owner: string) => void turn(owner).then(() => gone.push(owner));
  for (let each = 0; each < 2; each++) wait("greedy");
  const until = async (count: number) => {
    for (let loops = 1; ; loops++) {
      await loop();
      if (gone.length === count) return loops;
    }
  };
  expect(await until(1)).toBe(1);
  expect(await until(2)).toBe(4);
  wait("greedy");
  expect(await until(3)).toBe(4);
  // Who did not go on lately does not rest.
  wait("greedy");
  wait("dot");
  expect(await until(4)).toBe(1);
  expect(await until(5)).toBe(3);
  expect(gone).toEqual(["greedy", "greedy", "greedy", "dot", "greedy"]);
  // Having rested, it goes on at once.
  await rested();
  wait("greedy");
  expect(await until(6)).toBe(1);
});

test("what goes through eight turns of the loop meets two parts of one who waits without end", async () => {
  let [parts, isOver] = [0, false];
  const endless = async () => {
    for (;;) {
      await turn("greedy");
      if (isOver) return;
      parts++;
    }
  };
  const all = [endless(), endless(), endless()];
  while (parts === 0) await loop();
  const before = parts;
  for (let each = 0; each < 8; each++) await loop();
  expect(parts - before).toBe(2);
  isOver = true;
  await Promise.all(all);
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
