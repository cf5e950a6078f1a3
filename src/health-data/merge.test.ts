import fc from "fast-check";
import type { SleepRecord, WeighingRecord, WorkoutRecord } from "../model/records.js";
import {
  alternativesTo,
  chooseDay,
  chooseField,
  chooseRecords,
  type DayView,
  daysOfSpan,
  daysOfWeighing,
  isSameSleep,
  isSameWeighing,
  isSameWorkout,
  joinWeighings,
} from "./merge.js";

interface TestSource extends DayView {
  readonly name: string;
  readonly group: string;
}
const look = (source: TestSource) => source;
const source = fc.record({
  group: fc.constantFrom("a", "b", "c"),
  answered: fc.boolean(),
  witness: fc.option(fc.constantFrom(0, 3, 8_211)),
  isOutdated: fc.boolean(),
});
const sources = fc
  .array(source, { minLength: 1, maxLength: 5 })
  .map((all) => all.map((each, index): TestSource => ({ ...each, name: `s${index}` })));

describe("a day", () => {
  it("exists whatever the order of the sources, and with it who has something to say", () => {
    fc.assert(
      fc.property(
        sources.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, other]) => {
          const groups = (order: readonly TestSource[]) => {
            const chosen = chooseDay(order, look);
            return chosen && [chosen.winner, ...chosen.alternatives].map(({ group }) => group).sort();
          };
          expect(groups(other)).toEqual(groups(all));
        },
      ),
    );
  });

  it("never goes to a source without a reading where another has one", () => {
    fc.assert(
      fc.property(sources, (all) => {
        const winner = chooseDay(all, look)?.winner;
        const witnessed = all.filter(({ answered, witness }) => answered && (witness ?? 0) > 0);
        const current = ({ isOutdated }: TestSource) => !isOutdated;
        if (witnessed.length > 0) expect(winner).toBe(witnessed.find(current) ?? witnessed[0]);
        else {
          const answered = all.filter((each) => each.answered);
          expect(winner).toBe(answered.find(current) ?? answered[0]);
        }
      }),
    );
  });

  it("goes to the same source whatever else was selected", () => {
    const answers = fc.array(
      fc.record({ witness: fc.option(fc.constantFrom(0, 71)), a: fc.boolean(), b: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(answers, (all) => {
        // Somebody answered the witness: then nothing else matters.
        fc.pre(all.some(({ witness }) => witness !== null));
        const winner = (selected: "a" | "b") =>
          chooseDay(
            all.map((each, index) => ({ each, index, group: `${index}` })),
            ({ each }) => ({
              answered: each.witness !== null || each[selected],
              witnessAnswered: each.witness !== null,
              witness: each.witness,
            }),
          )!.winner.index;
        expect(winner("a")).toBe(winner("b"));
      }),
    );
  });

  it("goes to who answered the witness rather than to a better source that answered only something else", () => {
    const of = (name: string, answered: boolean, witnessAnswered: boolean): TestSource => ({
      ...{ name, group: name, answered, witnessAnswered, witness: null },
    });
    const [other, zero] = [of("other", true, false), of("zero", true, true)];
    expect(chooseDay([other, zero], look)).toEqual({ winner: zero, alternatives: [other] });
    expect(chooseDay([of("silent", false, false)], look)).toBeNull();
  });

  it("has no alternative of the winner's own group, and of another its part with a reading", () => {
    const of = (name: string, group: string, witness: number | null): TestSource => ({
      name,
      group,
      witness,
      answered: true,
    });
    const [successor, predecessor, other] = [of("new", "joined", 0), of("old", "joined", 512), of("other", "x", 77)];
    expect(chooseDay([successor, predecessor], look)).toEqual({ winner: predecessor, alternatives: [] });
    const both = { ...successor, witness: 513 };
    expect(chooseDay([both, predecessor], look)).toEqual({ winner: both, alternatives: [] });
    expect(alternativesTo(other, [successor, predecessor, other], look)).toEqual([predecessor]);
  });
});

const clock = (second: number) => new Date(Date.UTC(2026, 9, 6) + second * 1000).toISOString();
const spanned = (start: number, end: number) => ({ id: `${start}-${end}`, start: clock(start), end: clock(end) });
const night = (start: number, end: number) => spanned(start, end) as unknown as SleepRecord;
const workout = (start: number, end: number, kind: WorkoutRecord["kind"]) =>
  ({ ...spanned(start, end), kind }) as unknown as WorkoutRecord;
const weighing = (
  second: number | null,
  weight: number | null,
  fatPercentage: number | null = null,
): WeighingRecord => ({
  id: `w${second}`,
  time: second === null ? null : clock(second),
  weight,
  bodyMassIndex: null,
  fatPercentage,
});

describe("one event seen twice", () => {
  it("is a sleep that overlaps by more than half of the shorter", () => {
    expect(isSameSleep(night(0, 1000), night(500, 1500))).toBe(false);
    expect(isSameSleep(night(0, 1000), night(499, 1499))).toBe(true);
    expect(isSameSleep(night(0, 9000), night(8399, 9599))).toBe(true);
    expect(isSameSleep(night(0, 1000), night(1000, 2000))).toBe(false);
    expect(isSameSleep(night(500, 500), night(0, 1000))).toBe(false);
  });

  it("is a workout that overlaps by four fifths, if its kind is not another", () => {
    expect(isSameWorkout(workout(0, 1000, "RUNNING"), workout(200, 1200, "RUNNING"))).toBe(true);
    expect(isSameWorkout(workout(0, 1000, "RUNNING"), workout(201, 1201, "RUNNING"))).toBe(false);
    expect(isSameWorkout(workout(0, 1000, "RUNNING"), workout(0, 1000, "YOGA"))).toBe(false);
    expect(isSameWorkout(workout(0, 1000, "RUNNING"), workout(0, 1000, "OTHER"))).toBe(true);
    expect(isSameWorkout(workout(0, 1000, "OTHER"), workout(0, 1000, "RUNNING"))).toBe(true);
    expect(isSameWorkout(workout(0, 1000, "OTHER"), workout(201, 1201, "RUNNING"))).toBe(false);
  });

  it("is a weighing of equal value within two minutes", () => {
    expect(isSameWeighing(weighing(0, 64.5), weighing(120, 64.5))).toBe(true);
    expect(isSameWeighing(weighing(0, 64.5), weighing(121, 64.5))).toBe(false);
    expect(isSameWeighing(weighing(0, 64.5), weighing(0, 64.6))).toBe(false);
    expect(isSameWeighing(weighing(null, 64.5), weighing(0, 64.5))).toBe(false);
    expect(isSameWeighing(weighing(0, 64.5), weighing(0, null, 27.1))).toBe(false);
    expect(isSameWeighing(weighing(null, 64.5), weighing(null, 64.5))).toBe(true);
    expect(isSameWeighing(weighing(120, 64.5), weighing(0, 64.5))).toBe(true);
    expect(isSameWeighing(weighing(0, 64.5), weighing(0, 64.504))).toBe(true);
    expect(isSameWeighing(weighing(0, 64.5), weighing(0, 64.506))).toBe(false);
    expect(isSameWeighing(weighing(0, 64.5, 27.1), weighing(0, 64.5, 27.2))).toBe(false);
    expect(isSameWeighing(weighing(0, 64.5, 27.1), weighing(0, null, 27.1))).toBe(true);
  });

  it("leaves every record somewhere, and chooses by rank", () => {
    const span = fc
      .tuple(fc.nat(2_000), fc.integer({ min: 1, max: 900 }))
      .map(([start, length]) => night(start, start + length));
    const ranked = fc
      .array(fc.array(span, { maxLength: 4 }), { minLength: 1, maxLength: 3 })
      .map((all) => all.map((records, index) => ({ source: { group: `${index}`, index }, records })));
    fc.assert(
      fc.property(ranked, (all) => {
        const chosen = chooseRecords(all, isSameSleep, daysOfSpan);
        const kept = chosen.flatMap(({ record, alternatives }) => [record, ...alternatives.map((each) => each.record)]);
        expect(kept.length).toBe(all.flatMap(({ records }) => records).length);
        expect(new Set(kept)).toEqual(new Set(all.flatMap(({ records }) => records)));
        for (const { source, alternatives } of chosen)
          for (const other of alternatives) expect(other.source.index).toBeGreaterThan(source.index);
      }),
    );
  });

  /** Compared with all others, whatever the day. */
  const oneDay = () => [0];
  // Midnight in UTC is within: two minutes before and after it lie on different days.
  const rankedOf = <R>(record: fc.Arbitrary<R>) =>
    fc
      .array(fc.array(record, { maxLength: 6 }), { minLength: 1, maxLength: 3 })
      .map((all) => all.map((records, index) => ({ source: { group: `${index}` }, records })));
  const span = fc.tuple(fc.nat(200_000), fc.constantFrom(-60, 0, 900, 30_000, 190_000));

  it("is found among the records that share a day as it would be among all: nights and workouts", () => {
    const nights = rankedOf(span.map(([start, length]) => night(start, start + length)));
    fc.assert(
      fc.property(nights, (all) => {
        expect(chooseRecords(all, isSameSleep, daysOfSpan)).toEqual(chooseRecords(all, isSameSleep, oneDay));
      }),
    );
    const sessions = rankedOf(
      fc
        .tuple(span, fc.constantFrom<WorkoutRecord["kind"]>("RUNNING", "YOGA", "OTHER"))
        .map(([[start, length], kind]) => workout(start, start + length, kind)),
    );
    fc.assert(
      fc.property(sessions, (all) => {
        expect(chooseRecords(all, isSameWorkout, daysOfSpan)).toEqual(chooseRecords(all, isSameWorkout, oneDay));
      }),
    );
  });

  it("is found among the records that share a day as it would be among all: weighings", () => {
    type Dated = WeighingRecord & { readonly date: string };
    const isSame = (a: Dated, b: Dated) => (a.date === b.date || a.time !== null) && isSameWeighing(a, b);
    const dated = fc
      .tuple(
        fc.option(fc.integer({ min: 86_400 - 300, max: 86_400 + 300 })),
        fc.constantFrom("2026-10-06", "2026-10-07"),
      )
      .map(([second, date]): Dated => ({ ...weighing(second, 64.5), date }));
    fc.assert(
      fc.property(rankedOf(dated), (all) => {
        expect(chooseRecords(all, isSame, daysOfWeighing)).toEqual(chooseRecords(all, isSame, oneDay));
      }),
    );
    // Either side of midnight, as far apart as may be.
    const [late, early] = [-60, 60].map(
      (second): Dated => ({ ...weighing(86_400 + second, 64.5), date: "2026-10-06" }),
    );
    const sources = [
      { source: { group: "a" }, records: [late!] },
      { source: { group: "b" }, records: [early!] },
    ];
    expect(chooseRecords(sources, isSame, daysOfWeighing)).toHaveLength(1);
  });

  it("takes about one comparison for each record, not one for each pair", () => {
    const nights = (shift: number) =>
      Array.from({ length: 1_000 }, (_, index) => night(index * 86_400 + shift, index * 86_400 + shift + 25_000));
    let compared = 0;
    const sources = [
      { source: { group: "a" }, records: nights(0) },
      { source: { group: "b" }, records: nights(300) },
    ];
    const chosen = chooseRecords(
      sources,
      (a, b) => {
        compared++;
        return isSameSleep(a, b);
      },
      daysOfSpan,
    );
    expect([chosen.length, compared]).toEqual([1_000, 1_000]);
  });

  it("is counted once, and without an alternative, where two sources are joined", () => {
    const [heir, forebear] = [{ group: "g" }, { group: "g" }];
    const [seen, alone] = [night(0, 1000), night(3000, 4000)];
    const chosen = chooseRecords(
      [
        { source: heir, records: [seen] },
        { source: forebear, records: [night(10, 1010), alone] },
      ],
      isSameSleep,
      daysOfSpan,
    );
    expect(chosen.map(({ record, alternatives }) => [record, alternatives])).toEqual([
      [seen, []],
      [alone, []],
    ]);
  });
});

describe("fields", () => {
  it("each name a source that said them", () => {
    const known = fc.oneof(
      fc.record({ value: fc.integer() }),
      fc.record({ nothing: fc.constantFrom("UNSUPPORTED" as const, "NOT_RECORDED" as const) }),
    );
    fc.assert(
      fc.property(fc.array(known, { maxLength: 4 }), (all) => {
        const chosen = chooseField(all, (each) => each);
        const first = all.find((each) => "value" in each);
        if (first) expect(chosen).toEqual({ ...first, source: first });
        else
          expect(chosen).toEqual({
            nothing: all.some((each) => "nothing" in each && each.nothing === "NOT_RECORDED")
              ? "NOT_RECORDED"
              : "UNSUPPORTED",
          });
      }),
    );
  });

  it("of one weighing are one measurement, of two they are not", () => {
    const joined = joinWeighings([weighing(0, 64.5), weighing(0, null, 27.1), weighing(0, 70.2)]);
    expect(joined).toEqual([weighing(0, 64.5, 27.1), weighing(0, 70.2)]);
  });

  it("of one weighing keep each figure, and the id of the weight whichever part came first", () => {
    const part = (id: string, more: Partial<WeighingRecord>) => ({ ...weighing(0, null), id, ...more });
    const parts = [
      part("fat", { fatPercentage: 27.1 }),
      part("weight", { weight: 64.5 }),
      part("index", { bodyMassIndex: 22.3 }),
    ];
    const whole = { id: "weight", time: clock(0), weight: 64.5, bodyMassIndex: 22.3, fatPercentage: 27.1 };
    expect(joinWeighings(parts)).toEqual([whole]);
    expect(joinWeighings([parts[1]!, parts[0]!, parts[2]!])).toEqual([whole]);
    for (const other of [{ weight: 64.6 }, { bodyMassIndex: 22.4 }, { fatPercentage: 27.2 }])
      expect(joinWeighings([whole, part("other", other)])).toHaveLength(2);
    expect(joinWeighings([weighing(0, 64.5), weighing(1, null, 27.1)])).toHaveLength(2);
  });
});
