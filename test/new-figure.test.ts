import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import { present } from "../src/model/cells.js";
import type { Call, Provider } from "../src/providers/provider.js";
import type { Serving } from "../src/serve.js";

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

let api: Server;
let serving: Serving;
const asked: string[] = [];

beforeAll(async () => {
  const rows = await import("../src/model/figures.js");
  jest.resetModules();
  jest.unstable_mockModule("../src/model/figures.js", () => ({
    ...rows,
    activityFigures: { ...rows.activityFigures, swum: row },
  }));
  const { acmeBand } = await import("../src/providers/_example/index.js");
  const days = acmeBand.calls.find(({ name }) => name === "days") as Call;
  const acme: Provider = {
    ...acmeBand,
    calls: [
      ...acmeBand.calls.filter((call) => call !== days),
      {
        ...days,
        yields: [...days.yields, swum],
        read: (answer, ...more) => {
          const reading = days.read(answer, ...more);
          const told = (answer as { readonly days: readonly { readonly date: string; readonly swum?: number }[] }).days;
          const swims = told.flatMap((day) => present(swum, day.date, day.swum));
          return { ...reading, cells: [...reading.cells, ...swims] };
        },
      },
    ],
  };
  jest.unstable_mockModule("../src/providers/index.js", () => ({ providers: [acme] }));
  api = createServer((request, response) => {
    asked.push(request.url!);
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
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[request.url!.split("?")[0]!] ?? {}));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const { serve } = await import("../src/serve.js");
  serving = await serve({
    PORT: "0",
    STORE_URL: "memory:",
    LOG_LEVEL: "silent",
    SINGLE_USER: "ada",
    SANDBOX: "0",
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    ACME_BAND_CLIENT_ID: "client",
    ACME_BAND_CLIENT_SECRET: "secret",
    ACME_BAND_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
  });
  await serving.gateway.connections.importConnection({
    userId: "ada",
    provider: acme.id,
    accessToken: "acme-access",
    refreshToken: "acme-refresh",
  });
});
afterAll(async () => {
  await serving?.close();
  api?.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
});

it("is asked for, converted, summed, held to its bounds and named as missing", async () => {
  const query = `{ viewer { activity(range: { from: "2026-11-02", to: "2026-11-05" }) {
    days { date swum(unit: KILOMETER) missing { field reason } } totals { swum } } } }`;
  const answer = await fetch(`${serving.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  expect(await answer.json()).toEqual({
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
  expect(asked.filter((url) => url.startsWith("/v1/days"))).toEqual(["/v1/days?from=2026-11-02&to=2026-11-05"]);
});

it("is described by its row in the schema", async () => {
  const { schemaText } = await import("../src/graphql/schema.js");
  expect(schemaText()).toContain(`"""How far the person swam."""\n  swum(`);
});
