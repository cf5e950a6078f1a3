import { expect, test } from "@jest/globals";
import { emptyState } from "../data/state.js";
import type { Page } from "../parts/page.js";
import { createFormat } from "../strings/format.js";
import { createSay } from "../strings/say.js";
import { connectionWords } from "./connection.js";

const format = createFormat({ language: "en", clock: "24" }, "UTC");
const names: Readonly<Record<string, string>> = { GOOGLE_HEALTH: "Google Health", FITBIT: "Fitbit", OURA: "Oura" };
const connection = {
  id: "c",
  status: "CONNECTED",
  dataThrough: "2026-11-27",
  lastAttemptAt: null,
  lastSuccessAt: "2026-11-29T13:40:00Z",
  problem: null,
  subscriptions: [],
} as const;
const provider = (id: "OURA" | "FITBIT" | "MISFIT", status = "AVAILABLE") =>
  ({ id, name: names[id] ?? "Misfit", status, domains: ["SLEEP", "ACTIVITY", "DEVICES"] }) as never;

const words = (
  who: Parameters<typeof provider>,
  made: object | null,
  { sources = [], others = [] }: { readonly sources?: readonly object[]; readonly others?: readonly object[] } = {},
) => {
  const page = {
    ...{ format, say: createSay("en", (value) => format.number(value)), today: "2026-11-29" },
    name: (id: string) => names[id],
    state: { ...emptyState, person: { connections: others } },
  } as unknown as Page;
  const own = made && ({ ...connection, ...made, provider: { id: who[0] } } as never);
  const { sign, word, text, deeds } = connectionWords(page, provider(...who), own ?? undefined, sources as never);
  return [sign, word, text, deeds.join()];
};
const source = (status: string, more = {}) => ({
  ...{ provider: "OURA", status, message: null, retryAt: null, asOf: null, servedFromStore: false },
  ...more,
});

test.each([
  [{}, ["dot", "Connected", "Data through 27 Nov. Last asked 13:40.", "disconnect"]],
  [
    { subscriptions: [{ id: "s" }], dataThrough: "2026-11-28" },
    ["dot", "Connected", "Data through yesterday. New data arrives by itself.", "disconnect"],
  ],
  [
    { dataThrough: null },
    [
      "dot",
      "Connected",
      "Nothing has arrived yet. It appears after the device's next sync. Last asked 13:40.",
      "disconnect",
    ],
  ],
  [
    { status: "AWAITING_CONFIRMATION" },
    ["clock", "Waiting for you", "You consented at Oura but have not confirmed it here.", "start-again,discard"],
  ],
  [
    { status: "REAUTHORIZATION_REQUIRED" },
    [
      "triangle",
      "Consent ended",
      "Oura no longer lets this server read your data. Your days up to 27 Nov are kept.",
      "consent-again,disconnect",
    ],
  ],
  [
    { status: "REVOKED" },
    ["ring", "Disconnected", "Your days up to 27 Nov are kept; no new ones arrive.", "connect-again,delete-days"],
  ],
])("a connection with %j is told in words, with what can be done", (made, told) => {
  expect(words(["OURA"], made)).toEqual(told);
});

test("a service that was switched off leads on to where its days go on", () => {
  const retired = { status: "RETIRED" };
  const off = "Its maker switched it off on 2 Nov 2026. Your days up to then are kept";
  expect(words(["FITBIT"], retired)).toEqual([
    ...["struck", "Switched off", `${off}.`],
    "connect-successor,delete-days",
  ]);
  const others = [{ provider: { id: "GOOGLE_HEALTH" }, status: "CONNECTED" }];
  expect(words(["FITBIT"], retired, { others })).toEqual([
    ...["struck", "Switched off", `${off} and go on under Google Health.`],
    "delete-days",
  ]);
  expect(words(["FITBIT", "RETIRED"], null)).toEqual([
    ...["struck", "Switched off", "Its maker switched it off on 2 Nov 2026. Connect Google Health instead.", ""],
  ]);
  expect(words(["MISFIT", "RETIRED"], null)[2]).toBe(
    "Its maker switched it off in 2023. There is nothing to connect to.",
  );
});

test("what is not connected says what it has, and whether it can be", () => {
  expect(words(["OURA"], null)).toEqual(["ring", "Not connected", "Activity and sleep.", "connect"]);
  expect(words(["OURA", "SANDBOX"], null)[2]).toBe("Activity and sleep. Made-up people, for trying out.");
  expect(words(["OURA", "NOT_CONFIGURED"], null)).toEqual([
    ...["ring", "Not set up", "Whoever runs this server has not set up Oura.", ""],
  ]);
});

test.each([
  [
    source("STALE", { asOf: "2026-11-29T13:41:00Z", retryAt: "2026-11-29T15:00:00Z" }),
    ["Waiting", "Oura could not be asked just now. Shown as stored at 13:41; next try at 15:00."],
  ],
  [
    source("RATE_LIMITED", { retryAt: "2026-11-29T15:00:00Z" }),
    ["Waiting", "Oura's request limit is used up until 15:00. Nothing of these days is stored yet."],
  ],
  [
    source("UNAVAILABLE", { retryAt: "2026-11-30T00:05:00Z" }),
    ["No answer", "Oura did not answer. Next try at 30 Nov, 00:05."],
  ],
  [
    source("INSUFFICIENT_SCOPE"),
    ["Connected", "Data through 27 Nov. Last asked 13:40. You have not let Oura share all that is shown here."],
  ],
  [source("UNSUPPORTED"), ["Connected", "Data through 27 Nov. Last asked 13:40."]],
])("how a source answered comes before the rest: %j", (report, told) => {
  expect(words(["OURA"], {}, { sources: [report] }).slice(1, 3)).toEqual(told);
});
