/** A row may come from a release that knows more: what its records have beside ours never stands for what we tell. */
import { plainRequest, startLabGateway } from "../../test/support/lab-gateway.js";
import type { Domain } from "../model/records.js";
import { openStore } from "../store/open-store.js";
import type { RowForm } from "../store/row.js";
import type { Store } from "../store/store.js";
import type { Ask } from "./ask.js";

const foreign = { source: "NOBODY", absent: 5, alternatives: "none", courses: null, settled: "no", date: "1970-01-01" };

/** Adds foreign members to each stored record that has a time and an id. */
function withForeign(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withForeign);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withForeign(each)]));
  return "id" in members && ("start" in members || "time" in members) ? { ...members, ...foreign } : members;
}

function fromAnotherRelease(store: Store): Store {
  return {
    ...store,
    collection: <T>(namespace: string, form?: RowForm<T>) => {
      if (namespace !== "history" || !form) return store.collection(namespace, form);
      const read: RowForm<T>["read"] = (row, ...more) => form.read(withForeign(row), ...more);
      return store.collection(namespace, { ...form, read });
    },
  };
}

test("members of a stored record that we do not know replace none of ours", async () => {
  const ask = (domain: Domain, field: string): Ask => ({
    ...{ userId: "both", domain, providers: null, alternatives: false, goalProgress: false },
    range: { from: "2026-10-01", to: "2026-10-30" },
    fields: new Set([field]) as Ask["fields"],
  });
  const asks = [ask("SLEEP", "sleep.sessions"), ask("WORKOUTS", "workouts.workouts"), ask("BODY", "body.weight")];
  const store = await openStore("memory:");
  const listsFrom = async (own: Store) => {
    const lab = await startLabGateway({ store: { ...own, close: async () => {} } });
    if (own === store) await lab.connect("both");
    const histories = await lab.gateway.healthData.session(plainRequest).load(asks);
    await lab.gateway.history.flush();
    const { requests } = lab.fitbit;
    await lab.close();
    const lists = histories.map((each) => Object.values(each).find((list) => Array.isArray(list) && list.length > 0));
    return { lists: lists as object[][], requests };
  };
  await listsFrom(store);
  const ours = await listsFrom({ ...store });
  const theirs = await listsFrom(fromAnotherRelease(store));
  // All of it was read from the store.
  expect([ours.requests, theirs.requests]).toEqual([[], []]);
  expect(theirs.lists.map(({ length }) => length)).toEqual(ours.lists.map(({ length }) => length));
  expect(theirs.lists).toMatchObject(ours.lists);
  await store.close();
});
