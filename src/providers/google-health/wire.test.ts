import { UnreadableAnswer } from "../../http/json.js";
import type { ApiRequest } from "../provider.js";
import { pageAfter, rollUp } from "./calls/requests.js";
import {
  hasNoEnd,
  instant,
  pointId,
  requiredDate,
  toDate,
  toMinutes,
  toSampleMoment,
  toSeconds,
  toSpan,
} from "./mappers/wire.js";

const day = (day: number) => ({ year: 2026, month: 11, day });

describe("times and dates as Google writes them", () => {
  it("are seconds with their unit, and nothing else", () => {
    expect(["900s", "-18000s", "89.5s", "0s"].map(toSeconds)).toEqual([900, -18_000, 89.5, 0]);
    for (const wrong of ["900", "s", "1e3s", " 5s", "5sec", 5, ["5s"], null, undefined])
      expect(toSeconds(wrong)).toBeNull();
  });

  it("are dates of three parts, of which none may be missing", () => {
    expect(toDate({ year: 2026, month: 3, day: 5 })).toBe("2026-03-05");
    expect(toDate({ year: "2026", month: "12", day: "31" })).toBe("2026-12-31");
    const part = [{ month: 3, day: 5 }, { year: 2026, day: 5 }, { year: 2026, month: 3 }, day(31), day(0), {}, null];
    expect(part.map(toDate)).toEqual(part.map(() => null));
    expect(() => requiredDate(day(31), "a")).toThrow("a is not a date");
  });

  it("are instants with an offset, and no other text", () => {
    expect(instant("2026-11-18T07:00:00.25Z", "a")).toBe(Date.UTC(2026, 10, 18, 7, 0, 0, 250));
    for (const wrong of ["2026-11-18T07:00:00", "noonZ", 1_763_449_200_000, ["2026-11-18T07:00:00Z"], null])
      expect(() => instant(wrong, "a")).toThrow("a is not a time");
  });

  const span = (more: object, zone?: string) =>
    Object.values(toSpan({ startTime: "2026-11-18T07:00:00Z", endTime: "2026-11-18T08:30:00Z", ...more }, zone, "a"));
  const civil = (hours: number, minutes: number, seconds?: number) => ({
    date: day(18),
    time: { hours, minutes, ...(seconds === undefined ? {} : { seconds }) },
  });

  it.each<[string, object, string, string]>([
    ["its own offsets", { startUtcOffset: "3600s", endUtcOffset: "7200s" }, "08:00:00+01:00", "10:30:00+02:00"],
    ["the other's offset, of the start", { startUtcOffset: "-18000s" }, "02:00:00-05:00", "03:30:00-05:00"],
    ["the other's offset, of the end", { endUtcOffset: "-14400s" }, "03:00:00-04:00", "04:30:00-04:00"],
    ["an offset as a clock writes it", { startUtcOffset: "-07:00" }, "00:00:00-07:00", "01:30:00-07:00"],
    [
      "what the civil times imply",
      { civilStartTime: civil(9, 30), civilEndTime: civil(11, 15) },
      "09:30:00+02:30",
      "11:15:00+02:45",
    ],
    [
      "an offset before civil times",
      { startUtcOffset: "3600s", civilStartTime: civil(9, 30) },
      "08:00:00+01:00",
      "09:30:00+01:00",
    ],
    ["the zone, where nothing else is told", {}, "16:00:00+09:00", "17:30:00+09:00"],
    [
      "the zone, where a civil time lacks a half",
      { civilStartTime: { date: day(18) }, civilEndTime: { time: { hours: 1 } } },
      "16:00:00+09:00",
      "17:30:00+09:00",
    ],
    ["the zone, where an offset is none", { startUtcOffset: ["+01:00"] }, "16:00:00+09:00", "17:30:00+09:00"],
    ["the zone, where an offset is a time", { startUtcOffset: "x+01:00" }, "16:00:00+09:00", "17:30:00+09:00"],
  ])("are told by %s", (_, more, start, end) => {
    expect(span(more, "Asia/Tokyo")).toEqual([`2026-11-18T${start}`, `2026-11-18T${end}`]);
  });

  it("keep the UTC that they are written in where nobody knows better", () => {
    expect(span({})).toEqual(["2026-11-18T07:00:00+00:00", "2026-11-18T08:30:00+00:00"]);
  });

  it("take an offset from a civil time to the minute, and midnight from one without members", () => {
    const at = (physicalTime: string, civilTime: object) => toSampleMoment({ physicalTime, civilTime }, "UTC", "a");
    expect(at("2026-11-18T07:00:40Z", civil(9, 30, 40))).toBe("2026-11-18T09:30:40+02:30");
    expect(at("2026-11-18T07:00:40.9Z", civil(9, 30, 40))).toBe("2026-11-18T09:30:40.900+02:30");
    expect(at("2026-11-18T07:00:40Z", civil(9, 30))).toBe("2026-11-18T09:29:40+02:29");
    expect(at("2026-11-18T01:00:00Z", { date: day(18), time: {} })).toBe("2026-11-18T00:00:00-01:00");
    const both = { physicalTime: "2026-11-18T07:00:00Z", utcOffset: "3600s", civilTime: civil(9, 0) };
    expect(toSampleMoment(both, "Asia/Tokyo", "a")).toBe("2026-11-18T08:00:00+01:00");
  });

  it("have no end where one has begun and has none", () => {
    const startTime = "2026-11-18T07:00:00Z";
    expect([{ startTime }, { startTime, endTime: null }, { startTime, endTime: "" }].map(hasNoEnd)).toEqual(
      Array(3).fill(true),
    );
    expect([{ startTime, endTime: "late" }, { startTime: 7 }, {}, null, undefined].map(hasNoEnd)).toEqual(
      Array(5).fill(false),
    );
  });

  it("round half a minute up, once", () => {
    expect([29.9, 30, 89.9, 90].map(toMinutes)).toEqual([0, 1, 1, 2]);
  });
});

it("a point is named by its own last part, merged ones first, and else by its time", () => {
  const [dataPointName, name] = ["users/1/a/dataPoints/m7", "users/1/a/dataPoints/s8"];
  expect(pointId({ dataPointName, name }, "t")).toBe("m7");
  expect(pointId({ name }, "t")).toBe("s8");
  expect([pointId({}, "t"), pointId({ name: "" }, "t"), pointId({ name: 7 }, "t")]).toEqual(["t", "t", "t"]);
});

it("a page leads on by a token of at most 4,096 characters, and ends without one", () => {
  const request: ApiRequest = { method: "GET", path: "/p", query: { pageSize: 3 } };
  const pageToken = "t".repeat(4096);
  expect(pageAfter(request, { nextPageToken: pageToken })).toEqual({ ...request, query: { pageSize: 3, pageToken } });
  expect(() => pageAfter(request, { nextPageToken: `${pageToken}t` })).toThrow(UnreadableAnswer);
  for (const nextPageToken of [undefined, null, ""]) expect(pageAfter(request, { nextPageToken })).toBeUndefined();
});

it("windows are as many as begin in the range, and no more than a page may hold", () => {
  const size = (seconds: number, of: number) =>
    (rollUp("steps", 0, seconds * 1000, of).json as { pageSize: number }).pageSize;
  expect([size(3600, 900), size(3601, 900), size(10_000 * 60, 60), size(10_001 * 60, 60)]).toEqual([
    4, 5, 10_000, 10_000,
  ]);
});
