import { jest } from "@jest/globals";
import type { Provider } from "../src/providers/provider.js";
import { type AcmeGateway, startAcme } from "./support/acme.js";

/** Whether a day was worn, and averages that leave out what would make them wrong: over HTTP, on the provider to copy. */

// A Monday and the Tuesday after it are left out of this week: Tuesday by the device, Wednesday by a drawer.
const steps: Record<string, number | null> = {
  "2026-11-01": 9_000,
  "2026-11-02": 4_000,
  "2026-11-03": null,
  "2026-11-04": 0,
  "2026-11-05": 6_000,
  "2026-11-06": 8_000,
};
const answers: Record<string, unknown> = {
  "/v1/me": { id: "person-1", name: "Ada", zone: "Europe/Berlin" },
  "/v1/days": {
    days: Object.entries(steps).map(([date, count]) => ({ date, km: 2.5, ...(count !== null && { steps: count }) })),
  },
};
const range = `range: { from: "2026-11-01", to: "2026-11-06" }`;

async function gateway(more: Partial<Provider>): Promise<AcmeGateway> {
  jest.resetModules();
  return await startAcme(({ pathname }) => answers[pathname], { variant: (band) => ({ ...band, ...more }) as never });
}
const viewer = async (acme: AcmeGateway, selection: string) => {
  const answer = (await acme.ask(`{ viewer { ${selection} } }`)) as { data: { viewer: never }; errors?: unknown };
  expect(answer.errors).toBeUndefined();
  return answer.data.viewer as { activity: { days: { worn: boolean | null }[]; statistics: unknown } };
};

describe("a provider whose 0 may be a day in the drawer", () => {
  let acme: AcmeGateway;
  beforeEach(async () => {
    acme = await gateway({});
  });
  afterEach(async () => await acme.close());

  it("says of each day whether it was worn, and keeps its 0", async () => {
    const { activity } = await viewer(
      acme,
      `activity(${range}) { days { date distance worn missing(fields: ["worn"]) { reason } } }`,
    );
    expect(activity.days.map(({ worn }) => worn)).toEqual([true, true, false, false, true, true]);
    // The witness came with the distance: it is one call.
    expect(acme.asked).toEqual(["/v1/days?from=2026-11-01&to=2026-11-06"]);
    const { activity: last } = await viewer(acme, `activity(${range}) { days { steps } }`);
    expect(last.days.map((day) => (day as unknown as { steps: number }).steps)).toEqual(Object.values(steps));
  });

  it("leaves days that were not worn out of the week's average, and says so", async () => {
    const { activity } = await viewer(
      acme,
      `activity(${range}) { statistics(by: WEEK) { from to
        steps { days mean minimum maximum median standardDeviation excluded { date reason missing } }
        distance(unit: KILOMETER) { days mean } floors { days mean excluded { date reason missing } } } }`,
    );
    const none = { mean: null, minimum: null, maximum: null, median: null, standardDeviation: null };
    const notWorn = ["2026-11-03", "2026-11-04"].map((date) => ({ date, reason: "NOT_WORN", missing: null }));
    // Nothing proves that the last day was synced to its end.
    const open = { date: "2026-11-06", reason: "NOT_COMPLETE", missing: null };
    const lacking = (date: string) => ({ date, reason: "MISSING", missing: "UNSUPPORTED" });
    expect(activity.statistics).toEqual([
      {
        ...{ from: "2026-11-01", to: "2026-11-01" },
        steps: { ...none, days: 1, mean: 9_000, minimum: 9_000, maximum: 9_000, median: 9_000, excluded: [] },
        distance: { days: 1, mean: 2.5 },
        floors: { days: 0, mean: null, excluded: [lacking("2026-11-01")] },
      },
      {
        ...{ from: "2026-11-02", to: "2026-11-06" },
        steps: {
          ...{ days: 2, mean: 5_000, minimum: 4_000, maximum: 6_000, median: 5_000, standardDeviation: 1414.213562 },
          excluded: [...notWorn, open],
        },
        distance: { days: 2, mean: 2.5 },
        floors: { days: 0, mean: null, excluded: [lacking("2026-11-02"), ...notWorn, lacking("2026-11-05"), open] },
      },
    ]);
  });

  it("is empty for a range in the future, and knows nothing of today", async () => {
    const future = await viewer(acme, `activity(range: { from: "2099-01-01" }) { days { worn } statistics { from } }`);
    expect(future.activity).toEqual({ days: [], statistics: [] });
    const today = await viewer(
      acme,
      `activity(range: { lastDays: 1 }) { days { worn missing { field reason } } statistics { steps { days excluded { reason } } } }`,
    );
    expect(today.activity).toEqual({
      days: [{ worn: null, missing: [{ field: "worn", reason: "NOT_YET_SYNCED" }] }],
      statistics: [{ steps: { days: 0, excluded: [{ reason: "NOT_COMPLETE" }] } }],
    });
  });

  it("has no statistics of what nobody could answer, and none of hearts that it does not see", async () => {
    const answer = await viewer(
      acme,
      `heart(${range}) { days { worn } statistics { restingRate { mean } } sources { status } }`,
    );
    expect(answer).toEqual({ heart: { days: null, statistics: null, sources: [{ status: "UNSUPPORTED" }] } });
    expect(acme.asked).toEqual([]);
  });

  it("a year by weeks is under 3 kB", async () => {
    const selection = `activity(range: { from: "2025-11-01", to: "2026-10-31" }) { statistics(by: WEEK) { steps { mean } } }`;
    const { activity } = await viewer(acme, selection);
    expect(activity.statistics).toHaveLength(53);
    expect(JSON.stringify({ data: { viewer: { activity } } }).length).toBeLessThan(3_000);
    expect(acme.asked).toHaveLength(Math.ceil(365 / 90));
  });
});

describe("a provider whose 0 means worn and still", () => {
  let acme: AcmeGateway;
  beforeAll(async () => {
    acme = await gateway({ zeroMeansStill: true });
  });
  afterAll(async () => await acme.close());

  it("counts a still day, and leaves out the day that is missing", async () => {
    const selection = `activity(${range}) { days { worn } statistics { steps { days minimum } } }`;
    const { activity } = await viewer(acme, selection);
    expect(activity.days.map(({ worn }) => worn)).toEqual([true, true, false, true, true, true]);
    expect(activity.statistics).toEqual([{ steps: { days: 4, minimum: 0 } }]);
  });
});
