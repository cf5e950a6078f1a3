import { type AcmeGateway, startAcme } from "./support/acme.js";

/** The contract of vitals, readings and scores over HTTP, on the provider to copy. */

const answers: Record<string, unknown> = {
  "/v1/me": { id: "person-1", name: "Ada", zone: "Europe/Berlin" },
  "/v1/nights": {
    nights: [
      { date: "2026-11-02", oxygen: 96.4, oxygen_low: 91.2, oxygen_high: 98.7 },
      { date: "2026-11-03", oxygen: 412 },
      { date: "2026-11-04", oxygen: 95.3, oxygen_low: 12, oxygen_high: 97.9 },
    ],
  },
  "/v1/readiness": {
    readiness: [
      { date: "2026-11-02", score: 81, level: "good", sleep: 74 },
      { date: "2026-11-03", score: null },
    ],
  },
  // What comes in UTC takes the offset of its day.
  "/v1/days": {
    days: ["2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"].map((date) => ({
      date,
      start: `${date}T00:00:00+01:00`,
    })),
  },
  "/v1/temperatures": {
    temperatures: [
      { at: Date.parse("2026-11-03T07:20:00+01:00") / 1000, celsius: 37.5 },
      { at: Date.parse("2026-11-03T21:05:00+01:00") / 1000, celsius: 99 },
    ],
  },
};
const range = `range: { from: "2026-11-02", to: "2026-11-05" }`;

let acme: AcmeGateway;
let failing: string | null = null;
beforeEach(async () => {
  failing = null;
  // Connected on the first of the days: Acme gives no temperature of before.
  const now = { at: Date.parse("2026-11-02T06:00:00Z") };
  acme = await startAcme(({ pathname }) => (pathname === failing ? undefined : answers[pathname]), {
    clock: { now: () => now.at },
  });
  now.at = Date.parse("2026-11-20T12:00:00Z");
});
afterEach(async () => await acme.close());

const viewer = async (selection: string) => {
  const answer = (await acme.ask(`{ viewer { ${selection} } }`)) as { data: { viewer: unknown }; errors?: unknown };
  expect(answer.errors).toBeUndefined();
  return answer.data.viewer;
};

it("a vital costs its own call, and says of each day its value or a reason", async () => {
  expect(
    await viewer(`vitals(${range}) { oxygenSaturation { date source value low high method reason samples { unit } }
      missing { field reason } sources { status } }`),
  ).toEqual({
    vitals: {
      oxygenSaturation: [
        ["2026-11-02", 96.4, 91.2, 98.7, "MEASURED", null],
        ["2026-11-03", null, null, null, null, "PROVIDER_ERROR"],
        ["2026-11-04", 95.3, null, 97.9, "MEASURED", null],
        ["2026-11-05", null, null, null, null, "NOT_RECORDED"],
      ].map(([date, value, low, high, method, reason]) => ({
        ...{ date, source: "ACME_BAND", value, low, high, method, reason, samples: null },
      })),
      missing: [],
      sources: [{ status: "OK" }],
    },
  });
  expect(acme.asked).toEqual(["/v1/nights?from=2026-11-02&to=2026-11-05"]);
});

it("what the provider does not offer is a null list, named in missing, and costs no call", async () => {
  expect(
    await viewer(`vitals(${range}) { skinTemperature(unit: FAHRENHEIT) { value } missing(fields: ["skinTemperature", "vo2Max"]) { field reason }
      sources { status } }
      readings(${range}) { bloodPressures { systolicMmHg } missing { field reason } sources { status } }
      scores(${range}, kinds: [STRAIN, SLEEP]) { scores { name } sources { status } }`),
  ).toEqual({
    vitals: {
      skinTemperature: null,
      missing: [
        { field: "skinTemperature", reason: "UNSUPPORTED" },
        { field: "vo2Max", reason: "UNSUPPORTED" },
      ],
      sources: [{ status: "UNSUPPORTED" }],
    },
    readings: {
      bloodPressures: null,
      missing: [{ field: "bloodPressures", reason: "UNSUPPORTED" }],
      sources: [{ status: "UNSUPPORTED" }],
    },
    scores: { scores: null, sources: [{ status: "UNSUPPORTED" }] },
  });
  expect(acme.asked).toEqual([]);
});

it("scores are the provider's own, with their scale and parts", async () => {
  expect(
    await viewer(`scores(${range}) { scores { date kind name value scaleMin scaleMax level reason settled
      contributors { name value scaleMin scaleMax } } }`),
  ).toEqual({
    scores: {
      scores: [
        {
          ...{ date: "2026-11-02", kind: "READINESS", name: "Readiness", value: 81, scaleMin: 1, scaleMax: 100 },
          ...{ level: "good", reason: null, settled: true },
          contributors: [{ name: "Sleep", value: 74, scaleMin: 1, scaleMax: 100 }],
        },
        {
          ...{ date: "2026-11-03", kind: "READINESS", name: "Readiness", value: null, scaleMin: 1, scaleMax: 100 },
          ...{ level: null, reason: "NOT_RECORDED", settled: expect.any(Boolean) },
          contributors: [{ name: "Sleep", value: null, scaleMin: 1, scaleMax: 100 }],
        },
      ],
    },
  });
});

it("a reading that can't be is left out, and the others are in the caller's unit", async () => {
  expect(
    await viewer(`readings(${range}) { temperatures { time date site c: value f: value(unit: FAHRENHEIT) k: value(unit: KELVIN) }
      sources { status message } }`),
  ).toEqual({
    readings: {
      temperatures: [
        { time: "2026-11-03T07:20:00+01:00", date: "2026-11-03", site: "CORE", c: 37.5, f: 99.5, k: 310.65 },
      ],
      sources: [{ status: "OK", message: "What could not be read or believed is left out (2026-11-03)." }],
    },
  });
});

it("a list whose call failed is null with its reason, and the vitals are answered all the same", async () => {
  failing = "/v1/readiness";
  expect(
    await viewer(`scores(range: { from: "2026-10-01", to: "2026-10-02" }) { scores { value } sources { status } }
      vitals(range: { from: "2026-11-02", to: "2026-11-02" }) { oxygenSaturation { value } }`),
  ).toEqual({
    scores: { scores: null, sources: [{ status: "UNAVAILABLE" }] },
    vitals: { oxygenSaturation: [{ value: 96.4 }] },
  });
});

it.each([
  ["vitals", 'missing(fields: ["oxygen"])', "missing: VitalHistory has no field"],
  ["readings", 'missing(fields: ["samples"])', "missing: ReadingHistory has no field"],
])("a misspelt name in %s { %s } is the caller's mistake", async (history, selection, message) => {
  const answer = await acme.ask(`{ viewer { ${history}(${range}) { ${selection} { field } } } }`);
  expect(answer).toMatchObject({
    data: { viewer: { [history]: null } },
    errors: [{ message: expect.stringContaining(message), extensions: { code: "BAD_USER_INPUT" } }],
  });
});
