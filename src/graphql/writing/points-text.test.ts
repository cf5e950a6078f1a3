import fc from "fast-check";
import { type FieldNode, type GraphQLObjectType, parse } from "graphql";
import { withOffset } from "../../model/time.js";
import { pointsOf } from "../points.js";
import { schema } from "../schema.js";
import { writePoints } from "./points-text.js";

/** Writes `points`, selected in these words. */
function writerOf(selection: string) {
  const query = parse(`{ points ${selection} }`).definitions[0]!;
  const node = (query as { selectionSet: { selections: readonly FieldNode[] } }).selectionSet.selections[0]!;
  const type = schema().getType("Series") as GraphQLObjectType;
  const document = { schema: schema(), fragments: {}, variableValues: {} };
  return writePoints({ document, type, object: [], nodes: [node], args: {} });
}

const selections: readonly (readonly [selection: string, names: Readonly<Record<string, "time" | "value">>])[] = [
  ["{ time value }", { time: "time", value: "value" }],
  ["{ value time }", { value: "value", time: "time" }],
  ["{ value }", { value: "value" }],
  ["{ at: time }", { at: "time" }],
  ["{ at: time value also: time more: value }", { at: "time", value: "value", also: "time", more: "value" }],
];

const startMs = fc
  .tuple(fc.integer({ min: Date.UTC(2026, 2, 1), max: Date.UTC(2026, 10, 30) }), fc.constantFrom(1, 60_000, 3_600_000))
  .map(([ms, precision]) => ms - (ms % precision));
const offsetSeconds = fc.constantFrom(-34_200, -18_000, 0, 3_600, 20_700);
/** By steps in ms, some of which are no whole seconds, and some longer than an hour. */
const steps = fc.array(
  fc.tuple(
    fc.oneof(fc.constant(60_000), fc.integer({ min: 0, max: 9_000_000 })),
    fc.oneof(fc.integer({ min: -3, max: 220 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  ),
  { maxLength: 30 },
);

test("samples are written as they are, however they are selected", () => {
  const zones = fc.constantFrom(undefined, "Europe/Berlin", "America/New_York");
  fc.assert(
    fc.property(fc.option(startMs), offsetSeconds, zones, steps, (begin, seconds, zone, samples) => {
      let past = 0;
      const series = {
        ...{ unit: "bpm", localStart: "2026-03-01T00:00:00", stepSeconds: null, zone },
        start: begin === null ? null : withOffset(begin, seconds),
        offsets: samples.map(([step], index) => {
          past += index === 0 ? 0 : step;
          return past / 1000;
        }),
        values: samples.map(([, value]) => value),
      };
      const points = pointsOf(series);
      if (begin !== null && !zone) {
        const times = series.offsets.map((offset) => withOffset(begin + offset * 1000, seconds));
        expect(points.map(({ time }) => time)).toEqual(times);
      }
      for (const [selection, names] of selections) {
        const written = JSON.parse(writerOf(selection)(series as never));
        const expected = points.map((point) =>
          Object.fromEntries(Object.entries(names).map(([name, field]) => [name, point[field]])),
        );
        expect(written).toEqual(JSON.parse(JSON.stringify(expected)));
      }
    }),
  );
});

test("what is no number is not written", () => {
  const series = { unit: "bpm", start: null, localStart: "2026-03-01T00:00:00", stepSeconds: 60, offsets: [0] };
  const write = writerOf("{ value }");
  for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => write({ ...series, values: [value] } as never)).toThrow("not a number");
});
