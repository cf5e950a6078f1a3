import { openStore } from "../../store/open-store.js";
import { createOwnership } from "./ownership.js";

const DAY_MS = 86_400_000;

test("what is asked for of one provider leaves out the others', whatever was noted", async () => {
  const ownership = createOwnership(await openStore("memory:"));
  for (const [provider, id] of [
    ["FITBIT", "f"],
    ["MISFIT", "m"],
  ] as const) {
    await ownership.noteConnection({ id, userId: "ada", provider });
    await ownership.noteHeader("ada", { id: `header-${id}`, provider }, DAY_MS);
    await ownership.noteAccount("ada", { provider, providerUserId: `${id}-41` });
  }
  expect(await ownership.connections("ada", "MISFIT")).toEqual([{ id: "m", provider: "MISFIT" }]);
  expect(await ownership.headers("ada", "FITBIT")).toEqual([{ id: "header-f", provider: "FITBIT" }]);
  expect(await ownership.accounts("ada", [], "MISFIT")).toHaveLength(1);
  expect(await ownership.connections("ada")).toHaveLength(2);
  expect(await ownership.headers("ada")).toHaveLength(2);
  expect(await ownership.headers("bob")).toEqual([]);
});
