/** What a look-up costs, and when there is none: with a provider that only pretends. */
import type { Connection } from "../connections/connection.js";
import type { Provider } from "../providers/index.js";
import type { Outcome } from "../providers/provider.js";
import { type Change, createDayFinder } from "./day-finder.js";

const connection = { id: "c", provider: "FITBIT", status: "CONNECTED" } as Connection;
const change = (id: string, more: Partial<Change> = {}): Change => ({
  ...{ kind: "changed", providerUserId: "A1", domains: ["WORKOUTS"], days: null, lookup: { type: "session", id } },
  ...more,
});
const found = { from: "2026-11-18", to: "2026-11-18" };

function bench(outcomes: Readonly<Record<string, Outcome>> = {}, stored: Readonly<Record<string, string>> = {}) {
  const [asked, reserves]: [string[], number[]] = [[], []];
  const provider = {
    id: "FITBIT",
    budgets: [],
    calls: [{ yields: ["workouts.workouts"] }],
    webhook: {
      lookUp: {
        request: ({ id }: { id: string }) => ({ method: "GET", path: `/${id}` }),
        read: (body: unknown) => {
          if (body === "defect") throw new Error("a defect");
          return found;
        },
      },
    },
  } as unknown as Provider;
  const find = createDayFinder({
    providers: [provider],
    sender: {
      send: async (_, { path }, { reserve }) => {
        asked.push(path);
        reserves.push(reserve);
        return { outcome: outcomes[path] ?? { kind: "ok" }, body: path === "/defect" ? "defect" : {} };
      },
    },
    history: {
      read: async () => ({
        get: (_field, day) =>
          stored[day!] === undefined
            ? undefined
            : { known: { value: [{ id: stored[day!] }] as never }, at: 1, call: "list", settled: true },
        isOvertaken: () => false,
      }),
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  return { asked, reserves, find };
}
const many = (n: number) => Array.from({ length: n }, (_, i) => change(`s${i}`));
const failed = (code: string): Outcome => ({ kind: "failed", failure: { code } }) as Outcome;

test("ten objects are looked up, each of which leaves people their share; eleven are not", async () => {
  const b = bench();
  expect((await b.find(connection, many(10))).map(({ days }) => days)).toEqual(Array(10).fill(found));
  expect(b.reserves).toEqual(Array(10).fill(1 / 3));
  expect(await b.find(connection, many(11))).toEqual(many(11));
  expect(b.asked).toHaveLength(10);
});

test("what was deleted, names its days, or is of a lost consent is not looked up", async () => {
  const b = bench();
  const given = [change("a", { deleted: true }), change("b", { days: found })];
  expect(await b.find(connection, given)).toEqual(given);
  expect(await b.find({ ...connection, status: "REAUTHORIZATION_REQUIRED" }, many(1))).toEqual(many(1));
  expect(b.asked).toEqual([]);
});

test("one that is rejected costs itself; an outage or a limit ends the looking", async () => {
  const rejected = bench({ "/s0": failed("REJECTED") });
  expect((await rejected.find(connection, many(2))).map(({ days }) => days)).toEqual([null, found]);
  for (const code of ["UNAVAILABLE", "RATE_LIMITED"]) {
    const b = bench({ "/s0": failed(code) });
    expect((await b.find(connection, many(2))).map(({ days }) => days)).toEqual([null, null]);
    expect(b.asked).toEqual(["/s0"]);
  }
});

test("a defect is no unreadable answer", async () => {
  await expect(bench().find(connection, [change("defect")])).rejects.toThrow("a defect");
});

test("a record that stands on the day before or after is marked there too, and another record is not", async () => {
  const days = async (stored: Readonly<Record<string, string>>) =>
    (await bench({}, stored).find(connection, [change("s")])).map((each) => each.days?.from);
  expect(await days({ "2026-11-17": "s" })).toEqual(["2026-11-18", "2026-11-17"]);
  expect(await days({ "2026-11-19": "s" })).toEqual(["2026-11-18", "2026-11-19"]);
  expect(await days({ "2026-11-17": "other", "2026-11-19": "another" })).toEqual(["2026-11-18"]);
});
