import type { Notice } from "../providers/provider.js";
import { soundNotices } from "./sound-notices.js";

const good: Notice = {
  kind: "changed",
  providerUserId: "A1",
  domains: ["SLEEP"],
  days: { from: "2026-11-18", to: "2026-11-19" },
};

test("good notices stay as they are", () => {
  const ends: Notice[] = [
    { kind: "revoked", providerUserId: "A2" },
    { kind: "account-deleted", providerUserId: "A3" },
  ];
  expect(soundNotices([good, ...ends])).toEqual([good, ...ends]);
  const oneDay = { ...good, days: { from: "2026-11-18", to: "2026-11-18" } };
  expect(soundNotices([oneDay, { ...good, days: null }])).toEqual([oneDay, { ...good, days: null }]);
});

test.each([[7], [null], [""], ["a\0"], ["\ud800"], ["x".repeat(257)]])(
  "one that names nobody (%p) costs itself alone",
  (id) => {
    const bad = { ...good, providerUserId: id as string };
    expect(soundNotices([bad, good, { kind: "revoked", providerUserId: id as string }])).toEqual([good]);
  },
);

test("days that are none are some day; domains that nobody reads are left out", () => {
  for (const days of [
    { from: "2026-02-30", to: "2026-03-01" },
    { from: "2026-03-01", to: "+010000-01-01" },
    { from: "2026-03-01", to: "2026-03-32" },
    { from: "2026-11-19", to: "2026-11-18" },
  ])
    expect(soundNotices([{ ...good, days }])).toEqual([{ ...good, days: null }]);
  expect(soundNotices([{ ...good, domains: ["SLEEP", "MOOD" as never] }])).toEqual([good]);
  expect(soundNotices([{ ...good, domains: ["MOOD" as never] }, good])).toEqual([good]);
});
