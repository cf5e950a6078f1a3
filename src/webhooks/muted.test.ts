import { keyvStore } from "../store/keyv-store.js";
import { memoryBackend } from "../store/memory.js";
import type { Store } from "../store/store.js";
import { createMuted } from "./muted.js";

let store: Store;
beforeEach(() => {
  store = keyvStore(memoryBackend());
});
afterEach(() => store.close());

const domainsOf = async (id: string) => [...(await createMuted(store).of(id))].sort();

test("what is muted adds up, for its connection alone, until each domain is heard again", async () => {
  const muted = createMuted(store);
  await muted.mute("c1", ["SLEEP"]);
  await muted.mute("c1", ["HEART", "BODY"]);
  await muted.mute("c2", ["GOALS"]);
  expect([await domainsOf("c1"), await domainsOf("c2")]).toEqual([["BODY", "HEART", "SLEEP"], ["GOALS"]]);
  await muted.unmute("c1", ["HEART", "GOALS"]);
  expect([await domainsOf("c1"), await domainsOf("c2")]).toEqual([["BODY", "SLEEP"], ["GOALS"]]);
  await muted.unmute("c1", ["BODY", "SLEEP"]);
  const rows: string[] = [];
  for await (const key of store.collection("muted").keys("")) rows.push(key);
  expect(rows).toEqual(["c2"]);
});

test("of a connection that is forgotten nothing is left", async () => {
  const muted = createMuted(store);
  await muted.mute("c1", ["SLEEP"]);
  await muted.mute("c2", ["HEART"]);
  await muted.forget("c1");
  expect([await domainsOf("c1"), await domainsOf("c2")]).toEqual([[], ["HEART"]]);
});
