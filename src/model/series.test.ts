import fc from "fast-check";
import type { Field, SamplesField } from "./fields.js";
import { activityMetrics, resolutions, type SampleSeries } from "./records.js";
import {
  binned,
  joinedSeries,
  offeredSamples,
  otherResolutions,
  samplesField,
  samplesOf,
  unitOfSamples,
} from "./series.js";

const steps = { ONE_MINUTE: 60, FIVE_MINUTES: 300, FIFTEEN_MINUTES: 900 } as const;
const recorded = fc
  .uniqueArray(fc.nat(90_000), { maxLength: 60 })
  .chain((offsets) =>
    fc.tuple(
      fc.constant(offsets.sort((a, b) => a - b)),
      fc.array(fc.nat(220), { minLength: offsets.length, maxLength: offsets.length }),
    ),
  )
  .map(
    ([offsets, values]): SampleSeries => ({
      start: "2026-10-25T00:00:00+02:00",
      localStart: "2026-10-25T00:00:00",
      stepSeconds: null,
      offsets,
      values,
    }),
  );
const resolution = fc.constantFrom("ONE_MINUTE", "FIVE_MINUTES", "FIFTEEN_MINUTES");
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("joining", () => {
  /** The samples of a series that a page has, as a page would tell them: from a start that may be its own. */
  const part = ({ offsets, values, ...rest }: SampleSeries, isIn: (index: number) => boolean): SampleSeries => ({
    ...rest,
    offsets: offsets.filter((_, index) => isIn(index)),
    values: values.filter((_, index) => isIn(index)),
  });

  it("makes a whole of two parts, whichever comes first", () => {
    fc.assert(
      fc.property(recorded, fc.func(fc.boolean()), (whole, chosen) => {
        const [a, b] = [part(whole, (index) => chosen(index)), part(whole, (index) => !chosen(index))];
        expect(joinedSeries(a, b)).toEqual(whole);
        expect(joinedSeries(b, a)).toEqual(whole);
        expect(joinedSeries(whole, b)).toEqual(whole);
      }),
    );
  });

  it("takes the day's start from the earliest sample, and a later page's word for one second", () => {
    const series = (start: string, offsets: number[], values: number[]): SampleSeries => ({
      ...{ start, localStart: "2026-10-20T00:00:00", stepSeconds: null, offsets, values },
    });
    // The day began in Paris; the later page only knows of the evening in London.
    const evening = series("2026-10-20T00:00:00+01:00", [64_800, 64_805], [71, 72]);
    const morning = series("2026-10-20T00:00:00+02:00", [25_200, 68_400], [58, 73]);
    expect(joinedSeries(evening, morning)).toEqual(
      series("2026-10-20T00:00:00+02:00", [25_200, 68_400, 68_405], [58, 73, 72]),
    );
    expect(joinedSeries(morning, evening).values).toEqual([58, 71, 72]);
  });
});

describe("binning", () => {
  it("sums counts, bin by bin, and leaves empty bins out", () => {
    fc.assert(
      fc.property(recorded, resolution, (series, at) => {
        const result = binned(series, samplesField("STEPS", at));
        const step = steps[at];
        expect(sum(result.values)).toBe(sum(series.values));
        expect(result.stepSeconds).toBe(step);
        expect(result.offsets).toEqual([...new Set(series.offsets.map((offset) => offset - (offset % step)))]);
      }),
    );
  });

  it("averages rates", () => {
    fc.assert(
      fc.property(recorded, resolution, (series, at) => {
        const result = binned(series, samplesField("HEART", at));
        result.offsets.forEach((bin, index) => {
          const inside = series.values.filter((_, each) => {
            const offset = series.offsets[each]!;
            return offset >= bin && offset < bin + steps[at];
          });
          expect(result.values[index]).toBeCloseTo(sum(inside) / inside.length, 6);
        });
      }),
    );
  });

  it("makes nothing finer than it was recorded", () => {
    const coarse: SampleSeries = {
      start: null,
      localStart: "2026-10-06T00:00:00",
      stepSeconds: 900,
      offsets: [0, 900],
      values: [7, 11],
    };
    expect(binned(coarse, samplesField("STEPS", "ONE_MINUTE"))).toBe(coarse);
    expect(binned(coarse, samplesField("STEPS", "FIFTEEN_MINUTES"))).toBe(coarse);
  });
});

describe("names", () => {
  it("are read as they are written", () => {
    for (const metric of [...activityMetrics, "HEART"] as const)
      for (const each of resolutions)
        expect(samplesOf(samplesField(metric, each))).toEqual({ metric, resolution: each });
    expect(unitOfSamples("activity.samples:DISTANCE:ONE_MINUTE")).toBe("m");
  });

  it("know what is finer and what is coarser", () => {
    expect(otherResolutions("heart.samples:FIVE_MINUTES", "finer")).toEqual([
      "heart.samples:ONE_SECOND",
      "heart.samples:ONE_MINUTE",
    ]);
    expect(otherResolutions("heart.samples:FIVE_MINUTES", "coarser")).toEqual(["heart.samples:FIFTEEN_MINUTES"]);
  });
});

it("asks for the resolution itself, else the coarsest finer one, else the finest there is", () => {
  const offers = (...each: SamplesField[]) => new Set<Field>(each);
  const wanted = "heart.samples:FIVE_MINUTES";
  const [second, minute, quarter] = [
    "heart.samples:ONE_SECOND",
    "heart.samples:ONE_MINUTE",
    "heart.samples:FIFTEEN_MINUTES",
  ] as const;
  expect(offeredSamples(wanted, offers(second, minute, wanted))).toBe(wanted);
  expect(offeredSamples(wanted, offers(second, minute, quarter))).toBe(minute);
  expect(offeredSamples(wanted, offers(quarter))).toBe(quarter);
  expect(offeredSamples(wanted, offers())).toBeNull();
});
