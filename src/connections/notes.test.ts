import type { Connection } from "./connection.js";
import { createNotes } from "./notes.js";

const connectionOf = (id: string, userId: string) => ({ id, userId }) as Connection;
const [ada, ben] = [connectionOf("c-1", "ada"), connectionOf("c-2", "ben")];
const unchanged = (before: Connection) => before;

/** Updates that end when the test says so. */
function bench() {
  const begun: { readonly id: string; end(error?: Error): void }[] = [];
  const warnings: unknown[] = [];
  const update = (id: string) =>
    new Promise<void>((resolve, reject) => {
      begun.push({ id, end: (error) => (error ? reject(error) : resolve()) });
    });
  const notes = createNotes(update, { warn: (facts: unknown) => void warnings.push(facts) } as never);
  return { notes, begun, warnings };
}
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test("a note begins once those who wait for the answer had their turn", async () => {
  const { notes, begun } = bench();
  void notes.put(ada, unchanged);
  for (let step = 0; step < 20; step++) await Promise.resolve();
  expect(begun).toEqual([]);
  await nextTurn();
  expect(begun).toMatchObject([{ id: "c-1" }]);
});

test("notes of one connection begin in the order of their answers", async () => {
  const seen: number[] = [];
  const update = async (_: string, change: (before: Connection) => Connection) => void change(ada);
  const notes = createNotes(update, { warn: () => {} } as never);
  const noting = [1, 2, 3].map((number) =>
    notes.put(ada, (before) => {
      seen.push(number);
      return before;
    }),
  );
  await Promise.all(noting);
  expect(seen).toEqual([1, 2, 3]);
});

test("only notes of the connections that are meant are waited for", async () => {
  const { notes, begun } = bench();
  void notes.put(ada, unchanged);
  void notes.put(ben, unchanged);
  await nextTurn();
  const settled = notes.settled(({ userId }) => userId === "ada");
  let isSettled = false;
  void settled.then(() => {
    isSettled = true;
  });
  await nextTurn();
  expect(isSettled).toBe(false);
  begun[0]!.end();
  await settled;
});

test("a note that can't be stored is told to whoever waits for it, is logged, and holds up nobody", async () => {
  const { notes, begun, warnings } = bench();
  const noted = notes.put(ada, unchanged);
  await nextTurn();
  begun[0]!.end(new Error("away"));
  await expect(noted).rejects.toThrow("away");
  await notes.settled(() => true);
  expect(warnings).toEqual([{ connectionId: "c-1" }]);
});
