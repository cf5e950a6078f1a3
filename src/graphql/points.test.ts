import { pointsOf } from "./points.js";

const series = {
  unit: "bpm",
  localStart: "2026-03-29T00:00:00",
  stepSeconds: 3_600,
  offsets: [0, 3_600, 7_200],
  values: [60, 61, 62],
};
const times = (given: Partial<Parameters<typeof pointsOf>[0]>) =>
  pointsOf({ ...series, start: null, ...given }).map(({ time }) => time);

test("times keep the offset of the start", () => {
  const [first, second] = times({ start: "2026-03-02T00:00:00-05:00" });
  expect([first, second]).toEqual(["2026-03-02T00:00:00-05:00", "2026-03-02T01:00:00-05:00"]);
});

test("where the zone is known, daylight saving begins and ends within the day", () => {
  expect(times({ start: "2026-03-29T00:00:00+01:00", zone: "Europe/Berlin" })).toEqual([
    "2026-03-29T00:00:00+01:00",
    "2026-03-29T01:00:00+01:00",
    "2026-03-29T03:00:00+02:00",
  ]);
  expect(
    times({ start: "2026-10-25T00:00:00+02:00", zone: "Europe/Berlin", offsets: [7_200, 10_800, 14_400] }),
  ).toEqual(["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"]);
});

test("without an offset there is no instant", () => {
  expect(times({ start: null })).toEqual([null, null, null]);
});
