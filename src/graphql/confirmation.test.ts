import type { Caller } from "./caller.js";
import { confirmationPolicy } from "./confirmation.js";

const callers = {
  user: { kind: "user", userId: "ada", expiresAt: 1 },
  "bound key": { kind: "user", userId: "ada", expiresAt: Number.POSITIVE_INFINITY, appKey: "wall" },
  app: { kind: "app", name: "backend" },
  nobody: { kind: "user", userId: "me", expiresAt: null },
} as const satisfies Record<string, Caller>;

/** Whether it waits where the caller does not ask for it, and where they do. */
const both = (
  confirmConnections: "always" | "caller" | "never" | null,
  caller: keyof typeof callers,
  sandbox = false,
): readonly [boolean, boolean] => {
  const must = confirmationPolicy({ confirmConnections, sandbox });
  return [must(callers[caller], false), must(callers[caller], true)];
};

test("unset: users and keys bound to one always, an app's backend as it asks, nobody where none needs credentials", () => {
  expect(both(null, "user")).toEqual([true, true]);
  expect(both(null, "bound key")).toEqual([true, true]);
  expect(both(null, "app")).toEqual([false, true]);
  expect(both(null, "nobody")).toEqual([false, false]);
});

test("the people of the sandbox have nothing to confirm", () => {
  for (const caller of ["user", "app", "nobody"] as const) expect(both(null, caller, true)).toEqual([false, false]);
});

test.each(Object.keys(callers) as (keyof typeof callers)[])("what the operator says holds for %s", (caller) => {
  for (const sandbox of [false, true]) {
    expect(both("always", caller, sandbox)).toEqual([true, true]);
    expect(both("caller", caller, sandbox)).toEqual([false, true]);
    expect(both("never", caller, sandbox)).toEqual([false, false]);
  }
});
