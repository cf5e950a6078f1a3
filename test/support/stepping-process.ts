/**
 * Pulsegate in a process of its own that stands still before a step of its work: a write to the store. The parent says
 * which one (`stopAt`: how many further, or the first of a name), hears of each (`step`), and lets it go on (`go`), or ends it there. `SPACE`: what is kept apart in
 * the store.
 */
import { run } from "../../src/run.js";
import { openStore } from "../../src/store/open-store.js";
import type { RowForm } from "../../src/store/row.js";
import type { Collection, Lease, Store } from "../../src/store/store.js";

export type FromParent = { readonly stopAt: StopAt } | { readonly go: true };
export type StopAt = number | string;
export type FromChild = { readonly step: number; readonly what: string; readonly waits: boolean };

let stopAt: StopAt | null = null;
let count = 0;
let goOn = () => {};
process.on("message", (message: FromParent) => {
  // Whatever it has come to meanwhile: the parent listens to no further step.
  if ("go" in message) {
    stopAt = null;
    goOn();
  } else [stopAt, count] = [message.stopAt, 0];
});
// Who waits for its parent must not outlive it.
process.on("disconnect", () => process.exit(1));

async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  if (stopAt !== null) {
    const waits = ++count === stopAt || what === stopAt;
    if (waits) stopAt = 0;
    const going = new Promise<void>((resolve) => {
      if (waits) goOn = resolve;
      else resolve();
    });
    process.send!({ step: count, what, waits } satisfies FromChild);
    await going;
  }
  return await work();
}

/** The same store; reads change nothing, so that a death before one is a death after the write before it. */
function stepping(store: Store): Store {
  const leased = (name: string, lease: Lease): Lease => ({
    ...lease,
    release: () => step(`release ${name}`, () => lease.release()),
  });
  return {
    ...store,
    collection: <T>(namespace: string, form?: RowForm<T>): Collection<T> => {
      const all = store.collection<T>(namespace, form);
      return {
        ...all,
        set: (...args) => step(`set ${namespace}`, () => all.set(...args)),
        delete: (...args) => step(`delete ${namespace}`, () => all.delete(...args)),
        erase: (...args) => step(`erase ${namespace}`, () => all.erase(...args)),
        eraseAll: (...args) => step(`erase ${namespace}`, () => all.eraseAll(...args)),
        putIfAbsent: (...args) => step(`put ${namespace}`, () => all.putIfAbsent(...args)),
        take: (...args) => step(`take ${namespace}`, () => all.take(...args)),
      };
    },
    lease: async (name, ttlMs) => {
      const kind = name.split(/[/:]/)[0]!;
      const lease = await step(`lease ${kind}`, () => store.lease(name, ttlMs));
      return lease && leased(kind, lease);
    },
  };
}

const store = await openStore(process.env["STORE_URL"]!, { space: process.env["SPACE"] });
await run(process.env, { store: stepping(store) });
