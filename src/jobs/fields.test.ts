import { acmeBand } from "../providers/_example/index.js";
import { type Provider, providers } from "../providers/index.js";
import { backgroundAsks, backgroundCells, backgroundReserve, domainsOf } from "./fields.js";

const acme = acmeBand as unknown as Provider;
const span = { from: "2026-11-02", to: "2026-11-03" };

test("background work leaves to people what costs a request for each night", () => {
  const [ask] = backgroundAsks(acme, { userId: "ada" }, ["SLEEP"], span, true);
  expect([...ask!.fields]).toEqual(["sleep.sessions"]);
  const cells = backgroundCells(acme, { scopes: [] }, "SLEEP", span);
  expect(cells.map(({ field, day }) => [field, day])).toEqual([
    ["sleep.sessions", "2026-11-02"],
    ["sleep.sessions", "2026-11-03"],
  ]);
});

test("background work asks no provider for a figure that costs a request for each day", () => {
  const costly = providers.flatMap((provider) => {
    const asked = new Set(
      backgroundAsks(provider, { userId: "ada" }, domainsOf(provider), span, true).flatMap((ask) => [...ask.fields]),
    );
    expect(asked.size).toBeGreaterThan(0);
    return [...asked].filter((field) => {
      const calls = provider.calls.filter(({ yields }) => yields.includes(field));
      return calls.length > 0 && calls.every(({ reach }) => reach.kind === "days" && reach.max === 1);
    });
  });
  expect(costly).toEqual([]);
});

test("background work asks the provider that it is for, and nobody else's", () => {
  const asks = backgroundAsks(acme, { userId: "ada" }, ["ACTIVITY", "PROFILE"], span, true);
  expect(asks).toEqual([
    expect.objectContaining({ userId: "ada", domain: "ACTIVITY", providers: [acme.id], range: span }),
    expect.objectContaining({ userId: "ada", domain: "PROFILE", providers: [acme.id], range: null }),
  ]);
});

test("what was not granted is not looked for", () => {
  expect(backgroundCells(acme, { scopes: ["activity"] }, "SLEEP", span)).toEqual([]);
});

test("a third of each budget is left to people, with what may be under way, and of a small one no more than its larger part", () => {
  const leftOf = (...limits: readonly number[]) =>
    backgroundReserve({ budgets: limits.map((limit) => ({ limit })) } as unknown as Provider);
  expect(leftOf()).toBeCloseTo(1 / 3);
  expect(leftOf(3_000, 150)).toBeCloseTo(1 / 3 + 4 / 150);
  expect(leftOf(5)).toBe(0.6);
});
