import type { Field, SamplesField } from "./fields.js";
import { withoutNoise } from "./numbers.js";
import { type ActivityMetric, type Resolution, resolutions, type SampleSeries } from "./records.js";

const stepOf: Readonly<Record<Resolution, number | null>> = {
  ONE_SECOND: null,
  ONE_MINUTE: 60,
  FIVE_MINUTES: 300,
  FIFTEEN_MINUTES: 900,
};

const unitOf: Readonly<Record<ActivityMetric | "HEART", string>> = {
  STEPS: "count",
  DISTANCE: "m",
  ENERGY_BURNED: "kcal",
  FLOORS: "count",
  ELEVATION: "m",
  HEART: "bpm",
};

/** Splits the name of a samples field. */
export function samplesOf(field: SamplesField): { metric: ActivityMetric | "HEART"; resolution: Resolution } {
  const parts = field.split(":");
  return parts.length === 3
    ? { metric: parts[1] as ActivityMetric, resolution: parts[2] as Resolution }
    : { metric: "HEART", resolution: parts[1] as Resolution };
}

export function samplesField(metric: ActivityMetric | "HEART", resolution: Resolution): SamplesField {
  return metric === "HEART" ? `heart.samples:${resolution}` : `activity.samples:${metric}:${resolution}`;
}

export function unitOfSamples(field: SamplesField): string {
  return unitOf[samplesOf(field).metric];
}

/** The fields of one measure at finer or coarser resolutions, finest first. */
export function otherResolutions(field: SamplesField, which: "finer" | "coarser"): readonly SamplesField[] {
  const { metric, resolution } = samplesOf(field);
  const at = resolutions.indexOf(resolution);
  const chosen = which === "finer" ? resolutions.slice(0, at) : resolutions.slice(at + 1);
  return chosen.map((each) => samplesField(metric, each));
}

/**
 * Which samples to ask a provider for when a series at some resolution is wanted: the wanted resolution if it is
 * offered, else the coarsest finer one (its samples are put into bins), else the finest one. Null if the provider has
 * no samples of this measure.
 */
export function offeredSamples(field: SamplesField, offered: ReadonlySet<Field>): SamplesField | null {
  if (offered.has(field)) return field;
  const finer = otherResolutions(field, "finer").filter((each) => offered.has(each));
  return finer.at(-1) ?? otherResolutions(field, "coarser").find((each) => offered.has(each)) ?? null;
}

/**
 * Joins two parts of one day's series, in any order. Where both have a sample for one second, the sample of the second
 * part counts.
 */
export function joinedSeries(a: SampleSeries, b: SampleSeries): SampleSeries {
  // Each part takes its first sample's time as the start of the day. The earlier start is the better one.
  const apart = a.start !== null && b.start !== null ? (Date.parse(b.start) - Date.parse(a.start)) / 1000 : 0;
  const isFirst = (a.offsets[0] ?? Number.POSITIVE_INFINITY) <= (b.offsets[0] ?? Number.POSITIVE_INFINITY) + apart;
  const [base, fromA, fromB] = isFirst ? [a, 0, apart] : [b, -apart, 0];
  const offsets: number[] = [];
  const values: number[] = [];
  for (let i = 0, k = 0; i < a.offsets.length || k < b.offsets.length; ) {
    const atA = i < a.offsets.length ? a.offsets[i]! + fromA : Number.POSITIVE_INFINITY;
    const atB = k < b.offsets.length ? b.offsets[k]! + fromB : Number.POSITIVE_INFINITY;
    offsets.push(Math.min(atA, atB));
    values.push(atB <= atA ? b.values[k]! : a.values[i]!);
    if (atA <= atB) i++;
    if (atB <= atA) k++;
  }
  return { ...base, offsets, values };
}

/**
 * Puts a finer series into bins from local midnight. Counts are summed, rates are averaged, and empty bins are left
 * out.
 */
export function binned(series: SampleSeries, field: SamplesField): SampleSeries {
  const { metric, resolution } = samplesOf(field);
  return inBins(series, resolution, metric === "HEART" ? "average" : "sum");
}

/** Puts a course as recorded into bins from its start. All courses are of rates: each bin has the average. */
export function courseAt(course: SampleSeries, resolution: Resolution): SampleSeries {
  return inBins(course, resolution, "average");
}

function inBins(series: SampleSeries, resolution: Resolution, join: "sum" | "average"): SampleSeries {
  const step = stepOf[resolution];
  if (step === null || (series.stepSeconds !== null && series.stepSeconds >= step)) return series;
  const offsets: number[] = [];
  const values: number[] = [];
  let count = 0;
  series.offsets.forEach((offset, index) => {
    const bin = Math.floor(offset / step) * step;
    const value = series.values[index]!;
    if (offsets.at(-1) !== bin) {
      offsets.push(bin);
      values.push(value);
      count = 1;
      return;
    }
    count++;
    const last = values.length - 1;
    values[last] = join === "average" ? values[last]! + (value - values[last]!) / count : values[last]! + value;
  });
  return { ...series, stepSeconds: step, offsets, values: values.map(withoutNoise) };
}
