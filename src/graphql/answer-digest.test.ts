import { parse } from "graphql";
import { digesterOf } from "./answer-digest.js";

const document = parse(`
  query Week { viewer {
    ...Days
    connections { lastAttemptAt seen: lastSuccessAt dataThrough }
    sleep(range: { lastDays: 2 }) { sources { ... on SourceReport { retryAt served: servedFromStore status } } }
  } }
  fragment Days on User { activity(range: { lastDays: 2 }) { days { steps asOf: date } sources { when: asOf status } } }
`);
const digest = digesterOf(document);

/** An answer whose values all differ, by the value of one place. */
function answer(place: string, value: unknown) {
  const at = (name: string, usual: unknown) => (name === place ? value : usual);
  return {
    viewer: {
      activity: {
        days: [{ steps: at("steps", 4321), asOf: at("date", "2026-03-01") }],
        sources: [{ when: at("when", "2026-03-01T01:00:00Z"), status: at("status", "OK") }],
      },
      connections: [
        {
          lastAttemptAt: at("lastAttemptAt", "2026-03-01T02:00:00Z"),
          seen: at("seen", "2026-03-01T03:00:00Z"),
          dataThrough: at("dataThrough", "2026-03-01T04:00:00Z"),
        },
      ],
      sleep: {
        sources: [{ retryAt: at("retryAt", null), served: at("served", false), status: at("statusOfSleep", "STALE") }],
      },
    },
  };
}
const usual = digest(answer("", null), []);

test.each([
  ["when", "2026-03-02T01:00:00Z"],
  ["lastAttemptAt", "2026-03-02T02:00:00Z"],
  ["seen", null],
  ["retryAt", "2026-03-02T05:00:00Z"],
  ["served", true],
])("%s tells when it was asked, and makes no other answer", (place, value) => {
  expect(digest(answer(place, value), [])).toBe(usual);
});

test.each([
  ["steps", 4322],
  // By the name that the field has, not by the one that it was given.
  ["date", "2026-03-02"],
  ["status", "STALE"],
  ["dataThrough", "2026-03-02T04:00:00Z"],
  ["statusOfSleep", "OK"],
])("%s makes another answer", (place, value) => {
  expect(digest(answer(place, value), [])).not.toBe(usual);
});

test("errors count by what they say, where, and their code", () => {
  const error = { message: "No.", path: ["viewer", "sleep"], extensions: { code: "UNAVAILABLE", retryAt: "10:00" } };
  const told = digest(null, [error]);
  expect(digest(null, [{ ...error, extensions: { code: "UNAVAILABLE", retryAt: "11:00" } }])).toBe(told);
  for (const other of [{ message: "Yes." }, { path: ["viewer"] }, { extensions: { code: "RATE_LIMITED" } }])
    expect(digest(null, [{ ...error, ...other }])).not.toBe(told);
});
