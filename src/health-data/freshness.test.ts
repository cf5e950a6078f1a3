import { epochDay } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import type { Freshness } from "./ask.js";
import type { Provenance } from "./column.js";
import { UNDATED } from "./days.js";
import { isFresh, isSettledDay, mayStandIn, type SyncProof } from "./freshness.js";

const today = "2026-11-20";
const now = Date.parse("2026-11-20T12:00:00Z");
const provider = { revision: { days: 3, freshSeconds: 900 } } as Provider;
const nobody: SyncProof = { dataThrough: null, lastSyncDate: null };
const unsaid: Freshness = { maxAgeSeconds: null, noCache: false, onlyIfCached: false, staleIfErrorSeconds: null };
const aged = (seconds: number, settled = false): Provenance => ({
  at: now - seconds * 1000,
  call: "steps",
  settled,
});
const fresh = (stored: Provenance, day: string, freshness: Partial<Freshness> = {}) =>
  isFresh(stored, epochDay(day), { freshness: { ...unsaid, ...freshness }, now, today: epochDay(today), provider });

describe("a day is settled", () => {
  it.each([
    ["not inside the revision window, whatever proves it", "2026-11-18", "2026-11-20", null, false],
    ["outside of it, once a later day has data", "2026-11-17", "2026-11-18", null, true],
    ["not by its own data", "2026-11-17", "2026-11-17", null, false],
    ["once the device synced after its end", "2026-11-17", null, "2026-11-18", true],
    ["not by a sync on the day itself", "2026-11-17", null, "2026-11-17", false],
    ["not unproven for thirty days", "2026-10-21", null, null, false],
    ["unproven after that", "2026-10-20", null, null, true],
    ["never in the future", "2026-11-21", "2026-11-22", "2026-11-22", false],
  ] as const)("%s", (_, day, dataThrough, lastSyncDate, settled) => {
    expect(isSettledDay(day, today, provider, { dataThrough, lastSyncDate })).toBe(settled);
  });

  it("not today, even for a provider that revises nothing", () => {
    const sure = { revision: { days: 0, freshSeconds: 0 } } as Provider;
    expect(isSettledDay(today, today, sure, { ...nobody, lastSyncDate: "2026-11-21" })).toBe(false);
  });
});

describe("what is stored answers", () => {
  it.each([
    ["today", "2026-11-20", 60],
    ["in the revision window as long as the provider says", "2026-11-18", 900],
    ["outside of it, unproven, for an hour", "2026-11-17", 3600],
  ])("%s", (_, day, seconds) => {
    expect([fresh(aged(seconds), day), fresh(aged(seconds + 1), day)]).toEqual([true, false]);
  });

  it("undated for five minutes, and a day that is yet to come as today", () => {
    const world = { freshness: unsaid, now, today: epochDay(today), provider };
    expect([300, 301].map((seconds) => isFresh(aged(seconds), UNDATED, world))).toEqual([true, false]);
    expect([60, 61].map((seconds) => fresh(aged(seconds), "2026-11-21"))).toEqual([true, false]);
  });

  it("for as long as it takes, what was fetched since work began", () => {
    const since = { fetchedSince: now - 7_200_000 };
    expect([fresh(aged(7_200), "2026-11-20", since), fresh(aged(7_201), "2026-11-20", since)]).toEqual([true, false]);
  });

  it("for a settled day always, until no-cache", () => {
    const year = 365 * 86_400;
    expect(fresh(aged(year, true), "2025-01-02")).toBe(true);
    expect(fresh(aged(year, true), "2025-01-02", { maxAgeSeconds: 5 })).toBe(true);
    expect(fresh(aged(11, true), "2025-01-02", { noCache: true })).toBe(false);
  });

  it("even to no-cache while it is younger than ten seconds", () => {
    expect(fresh(aged(9.999), today, { noCache: true })).toBe(true);
    expect(fresh(aged(10), today, { noCache: true })).toBe(false);
  });

  it("within max-age", () => {
    expect([fresh(aged(30), today, { maxAgeSeconds: 30 }), fresh(aged(31), today, { maxAgeSeconds: 30 })]).toEqual([
      true,
      false,
    ]);
    // Two clicks are one wish.
    expect([9.999, 10].map((seconds) => fresh(aged(seconds), today, { maxAgeSeconds: 0 }))).toEqual([true, false]);
  });
});

describe("what is stale stands in", () => {
  const may = (stored: Provenance, freshness: Partial<Freshness> = {}, blocked = false) =>
    mayStandIn(stored, epochDay(today), {
      ...{ freshness: { ...unsaid, ...freshness }, now, today: epochDay(today), provider, blocked },
    });

  it("unless the caller says how stale is too stale", () => {
    expect(may(aged(99_999))).toBe(true);
    expect(may(aged(60 + 300), { staleIfErrorSeconds: 300 })).toBe(true);
    expect(may(aged(60 + 301), { staleIfErrorSeconds: 300 })).toBe(false);
    expect(may(aged(99_999, true), { staleIfErrorSeconds: 300 })).toBe(true);
  });

  it("for only-if-cached, but not against an age that was named beside it", () => {
    expect(may(aged(99_999), { onlyIfCached: true })).toBe(true);
    expect(may(aged(99_999), { onlyIfCached: true, maxAgeSeconds: 60 })).toBe(false);
    expect(may(aged(99_999), { onlyIfCached: true, noCache: true })).toBe(false);
  });

  it("always, where nobody can be asked any more", () => {
    expect(may(aged(99_999), { staleIfErrorSeconds: 0 }, true)).toBe(true);
  });
});
