import { createShares } from "./shares.js";

const makerOf = (made: string[], text: string) => async () => {
  made.push(text);
  return text;
};

test("an event is answered once for each subscription, by whoever comes first", async () => {
  const shares = createShares<string>((text) => text.length);
  const made: string[] = [];
  const [event, next] = [{}, {}];
  const answers = await Promise.all([
    shares.answer("a", event, 1, makerOf(made, "one")),
    shares.answer("a", event, 1, makerOf(made, "two")),
    shares.answer("b", event, 1, makerOf(made, "three")),
  ]);
  expect(answers).toEqual(["one", "one", "three"]);
  expect(await shares.answer("a", event, 1, makerOf(made, "four"))).toBe("one");
  expect(await shares.answer("a", event, 2, makerOf(made, "five"))).toBe("five");
  expect(await shares.answer("a", next, 1, makerOf(made, "six"))).toBe("six");
  expect(made).toEqual(["one", "three", "five", "six"]);
});

test("a failure is shared by those who wait for it, and remembered for nobody", async () => {
  const shares = createShares<string>((text) => text.length);
  const event = {};
  const failing = async () => {
    throw new Error("no points left");
  };
  const first = shares.answer("a", event, 1, failing);
  const second = shares.answer("a", event, 1, makerOf([], "never"));
  await expect(first).rejects.toThrow("no points left");
  await expect(second).rejects.toThrow("no points left");
  expect(await shares.answer("a", event, 1, makerOf([], "again"))).toBe("again");
});

test("answers that are too long to be kept are not, and late failures end no newer answer", async () => {
  const shares = createShares<string>(() => 33 * 1024 * 1024);
  const event = {};
  expect(await shares.answer("a", event, 1, makerOf([], "one"))).toBe("one");
  expect(await shares.answer("a", event, 1, makerOf([], "two"))).toBe("two");
});
