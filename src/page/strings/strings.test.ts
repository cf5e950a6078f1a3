import { expect, test } from "@jest/globals";
import { createFormat } from "./format.js";
import { createSay } from "./say.js";
import { strings } from "./strings.js";

const names = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).toSorted();

test("both languages say the same things", () => {
  const unlike = Object.entries(strings).filter(([, [en, de]]) => names(en).join() !== names(de).join());
  expect(unlike).toEqual([]);
});

test("values stand in a text, and numbers take their word", () => {
  const format = createFormat({ language: "en", clock: "24" }, "UTC");
  const say = createSay("en", (value) => format.number(value));
  expect(say("meanOverWorn", { n: 1 })).toBe("Mean over 1 worn day");
  expect(say("meanOverWorn", { n: 1024 })).toBe("Mean over 1,024 worn days");
  expect(say("stale", { P: "$& {asOf}", asOf: "a", retryAt: "b" })).toContain("$& {asOf} could not be asked");
  const german = createFormat({ language: "de", clock: "24" }, "UTC");
  expect(createSay("de", (value) => german.number(value))("readingPast", { done: 1024, total: 2 })).toContain(
    "1.024 von 2 Tagen",
  );
});

test.each([
  ["en", "24", ["−0.4", "+0.3", "Sun 29 Nov", "Sunday 29 November", "14:20", "00:05", "6\u202fh 52\u202fmin"]],
  [
    "en",
    "12",
    ["−0.4", "+0.3", "Sun 29 Nov", "Sunday 29 November", "2:20\u202fpm", "12:05\u202fam", "6\u202fh 52\u202fmin"],
  ],
  ["de", "24", ["−0,4", "+0,3", "So., 29. Nov.", "Sonntag, 29. November", "14:20", "00:05", "6\u202fh 52\u202fmin"]],
] as const)("figures, days and times in %s by the %s-hour clock", (language, clock, written) => {
  const format = createFormat({ language, clock }, "Europe/Berlin");
  expect([
    format.change(-0.4, 1),
    format.change(0.3, 1),
    format.weekday("2026-11-29"),
    format.fullDay("2026-11-29"),
    format.time("2026-11-29T14:20:31+01:00"),
    format.clock(1445),
    format.duration(412),
  ]).toEqual(written);
});

test("a time with an offset is told by the clock where it was written down; one without, by the person's", () => {
  const format = createFormat({ language: "en", clock: "24" }, "Asia/Tokyo");
  expect(format.time("2026-11-29T23:30:00-08:00")).toBe("23:30");
  expect([format.time("2026-11-29T23:30:00Z"), format.dateOf("2026-11-29T23:30:00Z")]).toEqual(["08:30", "2026-11-30"]);
});
