import { number, object, string, UnreadableAnswer } from "../../http/json.js";
import { cell } from "../../model/cells.js";
import type { Provider } from "../provider.js";
import { withOwnLimits } from "./budgets.js";
import { envelope, omittableList, requiredList } from "./envelope.js";
import { figure } from "./figures.js";
import { firstOfEach, page, readMembers, readRecords, readRows, StillGoingOn } from "./members.js";
import { withOwnPortal } from "./portals.js";

describe("the envelope", () => {
  it.each([null, undefined, "text", 7, true, []])("refuses %p, which is no object", (answer) => {
    expect(() => envelope(answer)).toThrow(UnreadableAnswer);
  });

  it.each([
    { error: { code: 500 } },
    { error: "invalid" },
    { errors: [{ errorType: "system" }] },
    { error_code: 11 },
    { errorCode: 12 },
    { error_message: "no" },
    { success: false },
  ])("refuses an answer that says %p", (answer) => {
    expect(() => envelope({ days: [], ...answer })).toThrow("carries an error");
  });

  it.each([{ error: null }, { errors: [] }, { error: {} }, { error_code: 0 }, { error: "" }, { success: true }, {}])(
    "takes %p for an answer without an error",
    (answer) => {
      expect(envelope(answer)).toBe(answer);
    },
  );

  it("takes a list that may be left out for an empty one, and nothing else for a list", () => {
    expect(omittableList({}, "days")).toEqual([]);
    expect(omittableList({ days: null }, "days")).toEqual([]);
    expect(omittableList({ days: [3] }, "days")).toEqual([3]);
    for (const wrong of [{}, "", 0, false, { length: 0 }])
      expect(() => omittableList({ days: wrong }, "days")).toThrow("days is not a list");
    expect(() => requiredList({}, "days")).toThrow("days is not a list");
    expect(requiredList({ days: [4] }, "days")).toEqual([4]);
  });
});

const span = { from: "2026-11-17", to: "2026-11-19" };

interface Nap {
  readonly id: string;
  readonly start: string;
  readonly minutes: number;
}

const toNap = (member: unknown): Nap => {
  const raw = object(member, "naps[]");
  if (raw["minutes"] === "running") throw new StillGoingOn("naps[]", "2026-11-19");
  return {
    id: string(raw["id"], "id"),
    start: string(raw["start"], "start"),
    minutes: number(raw["minutes"], "minutes"),
  };
};
const nap = (id: string, start: string, minutes: unknown) => ({ id, start, minutes });
const naps = (members: readonly unknown[]) =>
  readRecords<Nap>(members, {
    field: "sleep.sessions",
    span,
    read: toNap,
    dayOf: ({ start }) => start.slice(0, 10),
    dayOfUnread: (member) => string(object(member, "naps[]")["start"], "start").slice(0, 10),
  });

describe("a list of records", () => {
  it("loses nothing but the record that can't be read, and says of which day that is", () => {
    const good = nap("1", "2026-11-17T13:00:00Z", 21);
    expect(naps([good, nap("2", "2026-11-18T14:00:00Z", "many"), null, { id: "3", start: "tomorrow" }])).toEqual({
      cells: [{ field: "sleep.sessions", day: "2026-11-17", known: { value: [good] } }],
      skipped: [
        { field: "sleep.sessions", day: "2026-11-18", reason: "PROVIDER_ERROR", why: "minutes is not a number" },
        { field: "sleep.sessions", day: null, reason: "PROVIDER_ERROR", why: "naps[] is not an object" },
        { field: "sleep.sessions", day: null, reason: "PROVIDER_ERROR", why: "minutes is not a number" },
      ],
    });
  });

  it("leaves out what is not over yet as not yet synced", () => {
    expect(naps([nap("1", "2026-11-18T23:00:00Z", "running")])).toEqual({
      cells: [],
      skipped: [
        { field: "sleep.sessions", day: "2026-11-19", reason: "NOT_YET_SYNCED", why: "naps[] is not over yet" },
      ],
    });
  });

  it("has each record once, each day forward, and the days in order, however they come", () => {
    const late = nap("1", "2026-11-18T15:00:00Z", 25);
    const early = nap("2", "2026-11-18T09:00:00Z", 19);
    const before = nap("3", "2026-11-17T09:00:00Z", 17);
    expect(naps([late, early, before, { ...late, minutes: 26 }]).cells).toEqual([
      { field: "sleep.sessions", day: "2026-11-17", known: { value: [before] } },
      { field: "sleep.sessions", day: "2026-11-18", known: { value: [early, { ...late, minutes: 26 }] } },
    ]);
  });

  it("leaves out the days that were not asked for, and keeps those at both ends", () => {
    const days = ["2026-11-16", "2026-11-17", "2026-11-19", "2026-11-20"];
    const { cells } = naps(days.map((day, index) => nap(String(index), `${day}T12:00:00Z`, 10 + index)));
    expect(cells.map(({ day }) => day)).toEqual(["2026-11-17", "2026-11-19"]);
  });

  it("hides no defect of ours", () => {
    const defect = () => {
      throw new SyntaxError("ours");
    };
    expect(() => readMembers([1], { fields: ["activity.steps"], read: defect })).toThrow("ours");
  });

  it("takes a mapper that trips over a member for one that can't read it", () => {
    const trips = (member: unknown) => (member as { a: { b: number } }).a.b;
    expect(
      readMembers([{ a: { b: 3 } }, {}, { a: { b: 5 } }], { fields: ["activity.steps"], read: trips }),
    ).toMatchObject({ found: [3, 5], skipped: [{ field: "activity.steps", day: null, reason: "PROVIDER_ERROR" }] });
  });
});

describe("a list of rows", () => {
  it("marks every field of a row that can't be read", () => {
    const read = (row: unknown) => [
      cell("activity.steps", "2026-11-17", number(object(row, "row")["steps"], "steps")),
      cell("activity.floors", "2026-11-17", 3),
    ];
    const { cells, skipped } = readRows([{ steps: 1201 }, { steps: {} }], {
      fields: ["activity.steps", "activity.floors"],
      read,
      dayOfUnread: () => "2026-11-18",
    });
    expect(cells).toEqual([cell("activity.steps", "2026-11-17", 1201), cell("activity.floors", "2026-11-17", 3)]);
    expect(skipped).toEqual(
      ["activity.steps", "activity.floors"].map((field) => ({
        field,
        day: "2026-11-18",
        reason: "PROVIDER_ERROR",
        why: "steps is not a number",
      })),
    );
  });
});

describe("a page", () => {
  it("proves something of its days only where no other follows, and tells of no others", () => {
    const next = { method: "GET", path: "/2" } as const;
    const cells = ["2026-11-16", "2026-11-17", "2026-11-19", "2026-11-20"].map((day, at) =>
      cell("activity.steps", day, 100 + at),
    );
    const own = cells.slice(1, 3);
    expect(page(span, { cells })).toEqual({ cells: own, skipped: [], covers: span, readsOthers: true });
    expect(page(span, { cells }, next)).toEqual({ cells: own, skipped: [], covers: null, readsOthers: true, next });
    expect(page(span, { cells: own })).toEqual({ cells: own, skipped: [], covers: span });
    const age = cell("profile.age", null, 41);
    expect(page(span, { cells: [age] }).cells).toEqual([age]);
  });
});

it("an entry that is listed twice is the first of them, never the sum", () => {
  const entries = [
    { of: "LIGHT", minutes: 20 },
    { of: "DEEP", minutes: 7 },
    { of: "LIGHT", minutes: 31 },
  ];
  expect(firstOfEach(entries, (entry) => entry.of)).toEqual(entries.slice(0, 2));
});

it("a figure is a number, a text that holds one, nothing, or what no bounds let pass", () => {
  expect(["12840", "5.72", 7.5, "-3", 0, "0"].map(figure)).toEqual([12_840, 5.72, 7.5, -3, 0, 0]);
  expect([undefined, null, "", "NaN"].map(figure)).toEqual([null, null, null, null]);
  expect(["many", " ", true, {}, [], [3]].map(figure)).toEqual(Array(6).fill(Number.NaN));
});

it("a limit is the operator's own where their setting names it", () => {
  const [minute, day] = [
    { scope: "CONNECTION", windowSeconds: 60, limit: 300, window: "first", limitSetting: "A_MINUTE" },
    { scope: "APP", windowSeconds: 86_400, limit: 9000, window: "first", limitSetting: "A_DAY" },
  ] as const;
  const hour = { scope: "CONNECTION", windowSeconds: 3600, limit: 700, window: "clock" } as const;
  const limitsOf = (budgets: Provider["budgets"]) =>
    withOwnLimits({ budgets } as Provider, { values: { A_MINUTE: "150", A_DAY: undefined } }).budgets.map(
      ({ limit }) => limit,
    );
  expect(limitsOf([minute, day, hour])).toEqual([150, 9000, 700]);
  const plain = { budgets: [hour] } as unknown as Provider;
  expect(withOwnLimits(plain, { values: {} })).toBe(plain);
});

it("an operator's app is one of the portal that the setting names, with all that the portal has of its own", () => {
  const usual = { tokenUrl: "https://new.example/token", scopePrefix: "ext:", pkce: true, clientAuth: "body" };
  const old = { tokenUrl: "https://old.example/token", scopePrefix: "", pkce: false };
  const provider = { oauth: { ...usual, portals: { setting: "PORTAL", others: { old } } } } as unknown as Provider;
  expect(withOwnPortal(provider, { values: { PORTAL: "old" } }).oauth).toEqual({ ...usual, ...old });
  expect(withOwnPortal(provider, { values: { PORTAL: "new" } })).toBe(provider);
  expect(withOwnPortal(provider, { values: {} })).toBe(provider);
});
