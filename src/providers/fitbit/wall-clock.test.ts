import fc from "fast-check";
import { addDays, fromEpochDay, instantOf, inZone, localToOffset } from "../../model/time.js";
import { between, localDateTime, localDayClock, occurrences, secondsOfClock, wallClockOffsets } from "./wall-clock.js";

const minutes = (count: number) => Array.from({ length: count }, (_, i) => i * 60);
const clockText = (wall: number) => new Date(wall * 1000).toISOString().slice(11, 19);

describe("a local day", () => {
  it("of 24 hours is its wall clock", () => {
    const clock = localDayClock("2024-03-12", "Europe/Berlin");
    expect(clock).toMatchObject({ start: "2024-03-12T00:00:00+01:00", seconds: 86_400 });
    expect(clock.offsets([0, 5400, 86_399])).toEqual([0, 5400, 86_399]);
  });

  it("in spring is an hour shorter, and the hour that was skipped moves forward", () => {
    const clock = localDayClock("2024-03-31", "Europe/Berlin");
    expect(clock.seconds).toBe(23 * 3600);
    // 01:59, 02:30 (never was), 03:00, 23:59
    expect(clock.offsets([7140, 9000, 10_800, 86_340])).toEqual([7140, 9000, 7200, 82_740]);
  });

  it("in autumn is an hour longer; what it gives twice is the first", () => {
    const clock = localDayClock("2024-10-27", "Europe/Berlin");
    expect(clock.seconds).toBe(25 * 3600);
    // 02:00, 02:30, 03:00
    expect(clock.offsets([7200, 9000, 10_800])).toEqual([7200, 9000, 14_400]);
  });

  it("in autumn has the second where the rows go back", () => {
    const clock = localDayClock("2024-10-27", "Europe/Berlin");
    // 02:30, 02:59, then again 02:00, 02:30
    expect(clock.offsets([9000, 10_740, 7200, 9000])).toEqual([9000, 10_740, 10_800, 12_600]);
  });

  it("begins later where a clock change skips midnight, and half an hour is a change too", () => {
    expect(localDayClock("2018-11-04", "America/Sao_Paulo")).toMatchObject({
      start: "2018-11-04T01:00:00-02:00",
      seconds: 23 * 3600,
    });
    expect(localDayClock("2024-04-07", "Australia/Lord_Howe").seconds).toBe(24.5 * 3600);
    // 00:30 never was; 01:00 is the start.
    expect(localDayClock("2018-11-04", "America/Sao_Paulo").offsets([1800, 3600])).toEqual([1800, 0]);
  });
});

describe("rows of a day", () => {
  it("that fall together are one: counts summed, rates averaged", () => {
    const clock = localDayClock("2024-03-31", "Europe/Berlin");
    const rows = [7140, 7200, 10_800, 10_860];
    expect(wallClockOffsets(rows, [1, 20, 300, 4000], clock, "sum")).toEqual({
      offsets: [7140, 7200, 7260],
      values: [1, 320, 4000],
    });
    expect(wallClockOffsets(rows, [50, 60, 70, 80], clock, "average")).toEqual({
      offsets: [7140, 7200, 7260],
      values: [50, 65, 80],
    });
    expect(wallClockOffsets([0, 0, 0], [60, 70, 80], clock, "average")).toEqual({ offsets: [0], values: [70] });
  });

  it("without a zone are as the wall said", () => {
    expect(wallClockOffsets([60, 0], [2, 1], null, "sum")).toEqual({ offsets: [0, 60], values: [1, 2] });
  });

  const changes = fc.constantFrom(
    ["Europe/Berlin", "2024-03-31"],
    ["Europe/Berlin", "2024-10-27"],
    ["America/New_York", "2024-03-10"],
    ["America/New_York", "2024-11-03"],
    ["America/Havana", "2024-11-03"],
    ["America/Sao_Paulo", "2018-11-04"],
    ["Australia/Lord_Howe", "2024-04-07"],
    ["Australia/Lord_Howe", "2024-10-06"],
    ["Africa/Cairo", "2024-04-26"],
    ["Asia/Kathmandu", "2024-05-05"],
  ) as fc.Arbitrary<[string, string]>;
  const anyDay = fc.tuple(
    fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Auckland"),
    fc.integer({ min: 16_000, max: 20_000 }).map(fromEpochDay),
  );

  it("ascend strictly inside the day and lose no count, on any day", () => {
    fc.assert(
      fc.property(
        fc.oneof(changes, anyDay),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 86_399 }), fc.nat(100)), { maxLength: 60 }),
        ([zone, day], rows) => {
          const clock = localDayClock(day, zone);
          const { offsets, values } = wallClockOffsets(
            rows.map(([wall]) => wall),
            rows.map(([, value]) => value),
            clock,
            "sum",
          );
          offsets.forEach((offset, i) => {
            expect(offset).toBeGreaterThan(i === 0 ? -1 : offsets[i - 1]!);
            expect(offset).toBeLessThan(clock.seconds);
          });
          expect(values.reduce((a, b) => a + b, 0)).toBe(rows.reduce((a, [, value]) => a + value, 0));
        },
      ),
    );
  });

  it("show the wall time that they were given, but for times that never were", () => {
    fc.assert(
      fc.property(fc.oneof(changes, anyDay), fc.integer({ min: 0, max: 86_399 }), ([zone, day], wall) => {
        const clock = localDayClock(day, zone);
        const [offset] = clock.offsets([wall]);
        const local = `${day}T${clockText(wall)}`;
        const instant = instantOf(clock.start) + offset! * 1000;
        expect(instant).toBe(instantOf(localToOffset(local, zone)));
        if (inZone(instant, zone).slice(0, 19) !== local) expect(occurrences(local, zone)).toHaveLength(1);
      }),
    );
  });

  it("of a device that counts every elapsed minute are every elapsed minute, both ways", () => {
    fc.assert(
      fc.property(changes, ([zone, day]) => {
        const clock = localDayClock(day, zone);
        const elapsed = minutes(clock.seconds / 60);
        const walls = elapsed.map((at) =>
          secondsOfClock(inZone(instantOf(clock.start) + at * 1000, zone).slice(11, 19), "row"),
        );
        expect(wallClockOffsets(walls, elapsed, clock, "average")).toEqual({ offsets: elapsed, values: elapsed });
      }),
      { numRuns: 30 },
    );
  });

  it("of a full wall clock stay inside the day, both ways", () => {
    fc.assert(
      fc.property(changes, ([zone, day]) => {
        const clock = localDayClock(day, zone);
        const { offsets, values } = wallClockOffsets(
          minutes(1440),
          minutes(1440).map(() => 1),
          clock,
          "sum",
        );
        expect(values.reduce((a, b) => a + b, 0)).toBe(1440);
        expect(offsets.at(-1)).toBe(clock.seconds - 60);
        expect(offsets).toHaveLength(Math.min(1440, clock.seconds / 60));
      }),
    );
  });
});

describe("a span", () => {
  it("is its first occurrences without a duration, and what the duration says with one", () => {
    const iso = ({ start, end }: { start: number; end: number }) =>
      [start, end].map((at) => inZone(at, "Europe/Berlin"));
    const [from, to] = ["2024-10-27T02:30:00", "2024-10-27T03:30:00"];
    expect(iso(between(from, to, null, "Europe/Berlin"))).toEqual([
      "2024-10-27T02:30:00+02:00",
      "2024-10-27T03:30:00+01:00",
    ]);
    expect(iso(between(from, to, 3_600_000, "Europe/Berlin"))).toEqual([
      "2024-10-27T02:30:00+01:00",
      "2024-10-27T03:30:00+01:00",
    ]);
    expect(iso(between(from, to, 7_200_000, "Europe/Berlin"))).toEqual([
      "2024-10-27T02:30:00+02:00",
      "2024-10-27T03:30:00+01:00",
    ]);
  });

  it("occurs twice in autumn, once else, and in spring the skipped hour is not twice", () => {
    expect(occurrences("2024-10-27T02:30:00", "Europe/Berlin")).toHaveLength(2);
    expect(occurrences("2024-03-31T02:30:00", "Europe/Berlin")).toHaveLength(1);
    expect(occurrences(`${addDays("2024-03-31", 1)}T02:30:00`, "Europe/Berlin")).toHaveLength(1);
  });
});

describe("a local time", () => {
  it.each([
    ["2024-03-12T19:41:07.000", "2024-03-12T19:41:07"],
    ["2024-03-12T19:41:07.250", "2024-03-12T19:41:07.250"],
    ["2024-03-12T19:41", "2024-03-12T19:41:00"],
    ["2024-03-12T19:41:07Z", null],
    ["2024-13-12T19:41:07", null],
    ["2024-02-30T19:41:07", null],
    ["", null],
    [1710227730000, null],
  ])("%j is %j", (given, expected) => expect(localDateTime(given)).toBe(expected));

  it.each([
    ["07:15:30", 26_130],
    ["07:15", 26_100],
    ["9:25", 33_900],
  ])("of day %s is %d seconds", (given, expected) => expect(secondsOfClock(given, "time")).toBe(expected));
});
