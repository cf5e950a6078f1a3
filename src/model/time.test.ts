import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import {
  addDays,
  dateIn,
  daysInclusive,
  eachDay,
  epochDay,
  fromEpochDay,
  instantOf,
  inZone,
  isLocalDate,
  isTimeZone,
  localDateOf,
  localToOffset,
  normaliseInstant,
  offsetOf,
  plusSeconds,
  startOfDay,
  withOffset,
} from "./time.js";

const zones = Intl.supportedValuesOf("timeZone");
const zone = fc.constantFrom(...zones);
// Offsets have had whole minutes everywhere since 1972: what RFC 3339 can say.
const instant = fc.integer({ min: Date.UTC(1973, 0), max: Date.UTC(2040, 0) });
const date = fc.integer({ min: epochDay("1973-01-02"), max: epochDay("2039-12-30") }).map(fromEpochDay);

describe("calendar days", () => {
  it("count on over months, leap years and centuries", () => {
    expect([addDays("2024-02-28", 1), addDays("2026-02-28", 1), addDays("2026-01-01", -1)]).toEqual([
      "2024-02-29",
      "2026-03-01",
      "2025-12-31",
    ]);
    expect(daysInclusive("2024-01-01", "2024-12-31")).toBe(366);
    expect([...eachDay("2026-10-24", "2026-10-26")]).toEqual(["2026-10-24", "2026-10-25", "2026-10-26"]);
    fc.assert(
      fc.property(date, fc.integer({ min: -900, max: 900 }), (day, by) => {
        expect(addDays(addDays(day, by), -by)).toBe(day);
      }),
    );
  });

  it("are told from what only looks like one", () => {
    expect(["2026-02-29", "2026-13-01", "2026-1-01", "yesterday", "2024-02-29"].map(isLocalDate)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(["Europe/Berlin", "UTC", "+01:00", "Mars/Olympus"].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});

describe("in every zone of the world", () => {
  it("an instant belongs to the local day in which it lies", () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const day = dateIn(name, at);
        expect(startOfDay(day, name)).toBeLessThanOrEqual(at);
        expect(startOfDay(addDays(day, 1), name)).toBeGreaterThan(at);
        expect(localDateOf(inZone(at, name))).toBe(day);
      }),
    );
  });

  it("an instant is written with its offset and read back as itself", () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const text = inZone(at, name);
        expect(instantOf(text)).toBe(at);
        const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name);
        expect(offsetOf(text)).toBe(offsetNanoseconds / 1e9);
      }),
    );
  });

  it("a wall-clock time is its first occurrence, or moved by the gap that skips it", () => {
    const wall = fc.tuple(date, fc.nat(86_399)).map(([day, second]) => {
      return `${day}T${new Date(second * 1000).toISOString().slice(11, 19)}`;
    });
    fc.assert(
      fc.property(zone, wall, (name, local) => {
        const text = localToOffset(local, name);
        const back = inZone(instantOf(text), name);
        expect(back).toBe(text);
        // What is shown is what was said, or lies in a gap: then nothing at all shows what was said.
        if (back.slice(0, 19) === local) {
          const earlier = Temporal.PlainDateTime.from(local).toZonedDateTime(name, { disambiguation: "earlier" });
          expect(instantOf(text)).toBe(earlier.epochMilliseconds);
        } else {
          expect(back.slice(0, 19) > local).toBe(true);
          expect(() =>
            Temporal.PlainDateTime.from(local).toZonedDateTime(name, { disambiguation: "reject" }),
          ).toThrow();
        }
      }),
    );
  });
});

it("files 23:00 at UTC-8 under that local day", () => {
  expect(localDateOf("2026-11-20T23:00:00-08:00")).toBe("2026-11-20");
  expect(dateIn("America/Los_Angeles", Date.parse("2026-11-21T07:00:00Z"))).toBe("2026-11-20");
});

it("takes the first of the hour that autumn gives twice, and moves the one that spring skips", () => {
  expect(localToOffset("2026-10-25T02:30:00", "Europe/Berlin")).toBe("2026-10-25T02:30:00+02:00");
  expect(localToOffset("2026-03-29T02:30:00", "Europe/Berlin")).toBe("2026-03-29T03:30:00+02:00");
  expect(localToOffset("2026-01-05T09:00:00", "Asia/Kolkata")).toBe("2026-01-05T09:00:00+05:30");
});

it("moves an instant on by elapsed seconds and keeps what it knows of the offset", () => {
  expect(plusSeconds("2026-11-20T23:59:30-03:30", 45)).toBe("2026-11-21T00:00:15-03:30");
  expect(withOffset(Date.parse("2026-11-20T12:00:00.250Z"), 3600)).toBe("2026-11-20T13:00:00.250+01:00");
});

it("spells instants in one way, and invents no offset", () => {
  expect(normaliseInstant("2026-11-20T12:00:00.000Z")).toBe("2026-11-20T12:00:00+00:00");
  expect([normaliseInstant("2026-11-20T12:00:00"), normaliseInstant(5), normaliseInstant("noZ")]).toEqual([
    null,
    null,
    null,
  ]);
});
