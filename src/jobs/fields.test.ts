import { acmeBand } from "../providers/_example/index.js";
import type { Provider } from "../providers/index.js";
import { backgroundAsks, backgroundCells } from "./fields.js";

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

test("what was not granted is not looked for", () => {
  expect(backgroundCells(acme, { scopes: ["activity"] }, "SLEEP", span)).toEqual([]);
});
