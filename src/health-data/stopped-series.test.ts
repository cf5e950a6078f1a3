import { plainRequest, startLabGateway } from "../../test/support/lab-gateway.js";
import { addDays } from "../model/time.js";
import { acmeBand } from "../providers/_example/index.js";
import type { Provider } from "../providers/index.js";
import { keyvStore } from "../store/keyv-store.js";
import { memoryBackend } from "../store/memory.js";
import type { Ask } from "./ask.js";
import { createHistory } from "./history.js";
import { stoppedSeries } from "./stopped-series.js";

const today = "2026-11-30";
const provider = acmeBand as unknown as Provider;

/** What is found where each day back from yesterday was answered so: a value, nothing, or not at all. */
async function stopped(dayBack: (back: number) => "value" | "nothing" | "unknown") {
  const store = keyvStore(memoryBackend());
  const history = createHistory({ store, clock: { now: () => 9 } });
  const cells = Array.from({ length: 120 }, (_, index) => index + 1).flatMap((back) => {
    const said = dayBack(back);
    if (said === "unknown") return [];
    const known = said === "value" ? { value: 7 } : { nothing: "NOT_RECORDED" as const };
    return [
      { field: "activity.steps" as const, day: addDays(today, -back), known, at: 9, call: "days", settled: true },
    ];
  });
  await history.write("c", cells);
  const found = await stoppedSeries(history, provider, { id: "c" }, today);
  await store.close();
  return found.map(({ field, lastDay }) => [field, lastDay]);
}

it("finds a figure that came on most days and has not come for a week", async () => {
  expect(await stopped((back) => (back > 7 ? "value" : "nothing"))).toEqual([["activity.steps", "2026-11-22"]]);
  expect(await stopped((back) => (back > 40 ? "value" : "nothing"))).toEqual([["activity.steps", addDays(today, -41)]]);
  expect(await stopped((back) => (back > 9 && back % 3 > 0 ? "value" : "nothing"))).toHaveLength(1);
});

it.each<[string, (back: number) => "value" | "nothing" | "unknown"]>([
  ["came within the week", (back) => (back >= 7 ? "value" : "nothing")],
  ["never came", () => "nothing"],
  ["came seldom", (back) => (back > 7 && back % 4 === 0 ? "value" : "nothing")],
  ["was not asked for in the last week", (back) => (back > 7 ? "value" : "unknown")],
  [
    "came on too few days to be usual",
    (back) => (back > 7 && back < 12 ? "value" : back >= 12 ? "unknown" : "nothing"),
  ],
  ["stopped long ago", (back) => (back > 100 ? "value" : "nothing")],
])("says nothing of a figure that %s", async (_, dayBack) => {
  expect(await stopped(dayBack)).toEqual([]);
});

it("counts them by provider and figure, and asks nobody: a watch that stopped measuring oxygen last month", async () => {
  const lab = await startLabGateway();
  try {
    await lab.connect("unticked");
    const fields = ["vitals.oxygenSaturation", "vitals.respiratoryRate"] as const;
    const ask: Ask = {
      ...{ userId: "unticked", domain: "VITALS", range: { lastDays: 60 }, providers: null },
      ...{ fields: new Set(fields), alternatives: false, goalProgress: false },
    };
    await lab.gateway.healthData.session(plainRequest).load([ask]);
    const asked = lab.fitbit.requests.length;
    const counts = await lab.gateway.stopped.counts();
    expect([...counts].map(([provider, figures]) => [provider, [...figures]])).toEqual([
      ["FITBIT", [["vitals.oxygenSaturation", 1]]],
    ]);
    expect(lab.fitbit.requests).toHaveLength(asked);
  } finally {
    await lab.close();
  }
});
