import { plainRequest } from "../../test/support/plain-request.js";
import type { Ask } from "../health-data/ask.js";
import { createLoaders } from "./loaders.js";

const ask = (fields: string[]): Ask<"SLEEP"> => ({
  userId: "ann",
  domain: "SLEEP",
  range: { lastDays: 1 },
  fields: new Set(fields) as Ask["fields"],
  providers: null,
  alternatives: false,
  goalProgress: false,
});

function loaders() {
  const batches: (readonly Ask[])[] = [];
  const made = createLoaders(
    {
      healthData: {
        session: () => ({
          load: async (asks) => {
            batches.push(asks);
            return asks.map(() => ({ sessions: [], sources: [] }));
          },
          report: () => ({ upstreamCalls: 0, calls: [], budgets: [] }),
        }),
      },
      connections: { hasEverConnected: async (id: string) => id === "ann", list: async () => [] } as never,
    },
    plainRequest,
  );
  return { ...made, batches };
}

describe("loaders", () => {
  it("load what is asked twice once, and say so", async () => {
    const { history, loaded, batches } = loaders();
    const [one, same] = await Promise.all([history(ask(["a", "b"])), history(ask(["b", "a"]))]);
    expect(await history(ask(["a", "b"]))).toBe(one);
    expect(same).toBe(one);
    expect(batches.map((asks) => asks.length)).toEqual([1]);
    expect([...loaded()!.histories.keys()]).toEqual([one]);
  });

  it("name nothing that the next operation could not have just so", async () => {
    const { isKnown, loaded } = loaders();
    await isKnown("ann");
    expect([...loaded()!.users]).toEqual(["ann"]);
    await isKnown("nobody");
    expect(loaded()).toBeNull();
    const other = loaders();
    await other.connections("ann");
    expect(other.loaded()).toBeNull();
  });
});
