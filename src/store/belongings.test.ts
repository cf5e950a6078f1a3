import { type Belongings, createBelongings } from "./belongings.js";
import { openStore } from "./open-store.js";
import type { Store } from "./store.js";

let store: Store;
let belongings: Belongings;
beforeEach(async () => {
  store = await openStore("memory:");
  belongings = createBelongings(store);
});
afterEach(() => store.close());

const of = async (owner: string, kind: string, prefix?: string) =>
  [...(await belongings.of(owner, kind, prefix))].sort();

test("are found by their owner, kind and beginning, and by nobody else's", async () => {
  const all: [string, string, string][] = [
    ["ada", "receipts", "fitbit/1"],
    ["ada", "receipts", "fitbit/2"],
    ["ada", "receipts", "misfit/3"],
    ["ada", "states", "fitbit/4"],
    ["ada2", "receipts", "fitbit/5"],
  ];
  for (const [owner, kind, key] of all) await belongings.note({ owner, kind, key });
  expect(await of("ada", "receipts")).toEqual(["fitbit/1", "fitbit/2", "misfit/3"]);
  expect(await of("ada", "receipts", "fitbit/")).toEqual(["fitbit/1", "fitbit/2"]);
  expect(await of("ada", "states")).toEqual(["fitbit/4"]);
  expect(await of("ad", "receipts")).toEqual([]);
  await belongings.drop({ owner: "ada", kind: "receipts", key: "fitbit/1" });
  expect(await of("ada", "receipts")).toEqual(["fitbit/2", "misfit/3"]);
  expect(await of("ada2", "receipts")).toEqual(["fitbit/5"]);
});

test("are noted for as long as what they are of, and for ever where no end is named", async () => {
  const [short, lasting] = ["short", "lasting"].map((key) => ({ owner: "ada", kind: "receipts", key }));
  await belongings.note(short!, 5);
  await belongings.note(lasting!);
  while ((await of("ada", "receipts")).length > 1) await new Promise(setImmediate);
  expect(await of("ada", "receipts")).toEqual(["lasting"]);
});

test("are completed with those that are not noted, and those that are keep their end", async () => {
  const [ending, missing] = ["ending", "missing"].map((key) => ({ owner: "ada", kind: "receipts", key }));
  await belongings.note(ending!, 200);
  await belongings.complete([ending!, missing!]);
  expect(await of("ada", "receipts")).toEqual(["ending", "missing"]);
  while ((await of("ada", "receipts")).length > 1) await new Promise(setImmediate);
  expect(await of("ada", "receipts")).toEqual(["missing"]);
});
