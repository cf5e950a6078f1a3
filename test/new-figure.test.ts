import { jest } from "@jest/globals";
import { present } from "../src/model/cells.js";
import { type AcmeGateway, startAcme } from "./support/acme.js";

/** A daily figure is one row of model/figures.ts and a provider's reader: nothing else of the gateway names it. */
const row = {
  type: "Float",
  quantity: "length",
  least: 0,
  most: 9_000,
  description: "How far the person swam.",
  total: "How far the person swam, over all days.",
} as const;
const swum = "activity.swum" as "activity.distance";

const answers: Record<string, unknown> = {
  "/v1/me": { id: "person-1", name: "Ada", zone: "Europe/Berlin" },
  "/v1/days": {
    days: [
      { date: "2026-11-02", steps: 4_321, swum: 1_250 },
      { date: "2026-11-03", steps: 5_432 },
      { date: "2026-11-04", steps: 6_543, swum: 750 },
      { date: "2026-11-05", steps: 7_654, swum: 9_001 },
    ],
  },
};

let acme: AcmeGateway;

beforeAll(async () => {
  const rows = await import("../src/model/figures.js");
  jest.resetModules();
  jest.unstable_mockModule("../src/model/figures.js", () => ({
    ...rows,
    activityFigures: { ...rows.activityFigures, swum: row },
  }));
  acme = await startAcme(({ pathname }) => answers[pathname], {
    variant: (band) => ({
      ...band,
      calls: band.calls.map((call) => {
        if (call.name !== "days") return call;
        return {
          ...call,
          yields: [...call.yields, swum],
          read: (answer, ...more) => {
            const reading = call.read(answer, ...more);
            const told = (answer as { days: readonly { readonly date: string; readonly swum?: number }[] }).days;
            return {
              ...reading,
              cells: [...reading.cells, ...told.flatMap((day) => present(swum, day.date, day.swum))],
            };
          },
        };
      }),
    }),
  });
});
afterAll(async () => await acme.close());

it("is asked for, converted, summed, held to its bounds and named as missing", async () => {
  const answer = await acme.ask(`{ viewer { activity(range: { from: "2026-11-02", to: "2026-11-05" }) {
    days { date swum(unit: KILOMETER) missing { field reason } } totals { swum } } } }`);
  expect(answer).toEqual({
    data: {
      viewer: {
        activity: {
          days: [
            { date: "2026-11-02", swum: 1.25, missing: [] },
            { date: "2026-11-03", swum: null, missing: [{ field: "swum", reason: "NOT_RECORDED" }] },
            { date: "2026-11-04", swum: 0.75, missing: [] },
            { date: "2026-11-05", swum: null, missing: [{ field: "swum", reason: "PROVIDER_ERROR" }] },
          ],
          totals: { swum: 2_000 },
        },
      },
    },
  });
  expect(acme.asked).toEqual(["/v1/days?from=2026-11-02&to=2026-11-05"]);
});

it("is described by its row in the schema", async () => {
  const { schemaText } = await import("../src/graphql/schema.js");
  expect(schemaText()).toContain(`"""How far the person swam."""\n  swum(`);
});
