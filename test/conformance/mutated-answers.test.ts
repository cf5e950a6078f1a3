import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Connection } from "../../src/connections/connection.js";
import { UNDATED } from "../../src/health-data/days.js";
import { createFetcher, type Fetched } from "../../src/health-data/fetch.js";
import { hasData } from "../../src/health-data/whole.js";
import { checked, isFiledRightly } from "../../src/model/bounds.js";
import type { Cell, Have } from "../../src/model/cells.js";
import { isDated, isForCalls, isSamples } from "../../src/model/fields.js";
import type { SampleSeries } from "../../src/model/records.js";
import { addDays, epochDay } from "../../src/model/time.js";
import type { Provider } from "../../src/providers/index.js";
import type { ApiRequest, Call } from "../../src/providers/provider.js";
import { type Bench, type Opened, wearersOf, withBench, withLab, YESTERDAY } from "./harness.js";

/**
 * What the labs answer, recorded and then broken in every way that one change can break it: leaves and branches dropped,
 * doubled, of another type, too large; lists in place of objects and the other way round; cut off. `MUTATION_RUNS` says
 * how many for each provider.
 */
const RUNS = Number(process.env["MUTATION_RUNS"] ?? 150);
const TODAY = addDays(YESTERDAY, 1);
/** As much of a list as is kept: what holds for a dozen members holds for thousands. */
const MEMBERS = 12;

interface Recorded {
  readonly call: Call;
  readonly from: string;
  readonly to: string;
  readonly have: Have;
  readonly body: unknown;
}

type Path = readonly (string | number)[];
type Json = Record<string | number, unknown>;

/** Lists cut to a dozen, and nothing that leads to a next page: one answer at a time is broken. */
function trimmed(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MEMBERS).map(trimmed);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "nextPageToken" && key !== "pagination");
  const whole = Object.fromEntries(kept.map(([key, each]) => [key, trimmed(each)]));
  return "pagination" in value ? { ...whole, pagination: { next: "" } } : whole;
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, each]) =>
      pathsOf(each, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Json)[key], value);
}

/** A copy in which one place is another. */
function replaced(value: unknown, path: Path, make: (old: unknown) => unknown): unknown {
  const copy: unknown = structuredClone(value);
  if (path.length === 0) return make(copy);
  const parent = at(copy, path.slice(0, -1)) as Json;
  parent[path.at(-1)!] = make(parent[path.at(-1)!]);
  return copy;
}

function without(value: unknown, path: Path): unknown {
  const copy: unknown = structuredClone(value);
  const parent = at(copy, path.slice(0, -1)) as Json;
  if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
  else delete parent[path.at(-1)!];
  return copy;
}

function doubled(value: unknown, path: Path): unknown {
  const copy: unknown = structuredClone(value);
  const parent = at(copy, path.slice(0, -1)) as Json;
  const place = Number(path.at(-1));
  if (Array.isArray(parent)) parent.splice(place, 0, structuredClone(parent[place]));
  return copy;
}

const strange: readonly unknown[] = [
  ...[
    null,
    true,
    "",
    "x",
    "NaN",
    "Infinity",
    "-1",
    "1e999",
    -1,
    0,
    0.5,
    -0,
    4_294_967_295,
    1e21,
    1.7e308,
    "9007199254740993",
  ],
  ...[
    [],
    {},
    [[]],
    { error: 1 },
    "2026-02-30",
    "9999-12-31T23:59:59Z",
    "0000-00-00",
    "+275760-09-13T00:00:00Z",
    "\0",
    "\ud800",
  ],
  "n".repeat(3000),
];

type Mutation = (body: unknown, path: Path) => unknown;
const mutations: Readonly<Record<string, Mutation>> = {
  drop: (body, path) => (path.length === 0 ? undefined : without(body, path)),
  double: (body, path) => (path.length === 0 ? [body, body] : doubled(body, path)),
  swap: (body, path) =>
    replaced(body, path, (old) =>
      Array.isArray(old) ? { ...old } : typeof old === "object" && old !== null ? [old] : [old],
    ),
  cut: (body, path) =>
    replaced(body, path, (old) =>
      Array.isArray(old) || typeof old === "string" ? old.slice(0, Math.floor(old.length / 2)) : null,
    ),
  enlarge: (body, path) =>
    replaced(body, path, (old) =>
      typeof old === "number" ? (old + 1) * 1e9 : typeof old === "string" ? `${old}${old}9999999999` : [old, old],
    ),
};

const mutation = fc.oneof(
  fc.constantFrom(...Object.keys(mutations)).map((name) => mutations[name]!),
  fc.constantFrom(...strange).map(
    (value): Mutation =>
      (body, path) =>
        replaced(body, path, () => value),
  ),
);

/** The nearest list of objects that a path leads through: its path and which member it was. */
function memberOf(body: unknown, path: Path): Path | null {
  for (let length = 1; length <= path.length; length++) {
    const list = at(body, path.slice(0, length - 1));
    if (Array.isArray(list) && list.every((each) => typeof each === "object" && each !== null))
      return path.slice(0, length);
  }
  return null;
}

describe.each(withLab)("%s", (_, provider) => {
  let opened: Opened;
  withBench(provider, (_bench: Bench, own: Opened) => {
    opened = own;
  });

  test("loses no record beside a bad one, believes no figure that can't be, and keeps nothing of what it refuses", async () => {
    const recorded = await record(opened, provider);
    expect(recorded.length).toBe(provider.calls.length);
    const places = recorded.map((each) => pathsOf(each.body));
    const place = fc
      .nat({ max: recorded.length - 1 })
      .chain((index) =>
        fc
          .nat({ max: places[index]!.length - 1 })
          .map((which) => ({ ...recorded[index]!, path: places[index]![which]! })),
      );
    await fc.assert(
      fc.asyncProperty(place, mutation, async ({ body, path, ...of }, change) => {
        const fetched = await read(provider, of, change(body, path));
        expectBelievable(fetched.cells);
        const member = memberOf(body, path);
        if (fetched.failure) {
          expect([fetched.failure.code, fetched.cells]).toEqual(["UNAVAILABLE", []]);
          // What is wrong inside one member refuses no answer that has something else.
          if (member) expect((await read(provider, of, without(body, member))).cells.filter(hasData)).toEqual([]);
          return;
        }
        if (member) expectKept(await read(provider, of, without(body, member)), fetched);
      }),
      { numRuns: RUNS },
    );
  });
});

/** One answer of every call, of a span in which somebody has nights, workouts and weighings. */
async function record(opened: Opened, provider: Provider): Promise<readonly Recorded[]> {
  const connection = await opened.connect(wearersOf(provider)[0]!.id);
  const night = { id: "1", start: `${YESTERDAY}T00:00:00+00:00`, end: `${YESTERDAY}T07:00:00+00:00` };
  const known = new Map<string, unknown>([
    ["profile.timeZone", wearersOf(provider)[0]!.timeZone],
    // Some ask for the stages of nights that they know.
    [`sleep.sessions ${YESTERDAY}`, [night]],
  ]);
  const have: Have = { value: (field, day = null) => known.get(day === null ? field : `${field} ${day}`) as never };
  const found: Recorded[] = [];
  for (const call of provider.calls) {
    const most =
      call.reach.kind === "days" ? call.reach.max : call.reach.kind === "pages" ? (call.reach.maxDays ?? 30) : 1;
    const days = call.yields.some(isDated) ? Math.min(most, call.yields.some(isSamples) ? 2 : 30) : 1;
    const [from, to] = [addDays(YESTERDAY, 1 - days), YESTERDAY];
    const input = { from, to, today: TODAY, connectedOn: "2026-01-15", providerUserId: connection.providerUserId };
    const sent = await opened.gateway.api.send(connection, call.request(input, new Set(call.yields), have));
    if (sent.outcome.kind !== "ok") throw new Error(`${call.name}: ${JSON.stringify(sent.outcome)}`);
    found.push({ call, from, to, have, body: trimmed(sent.body) });
  }
  return found;
}

/** Through the fetcher, as every answer goes. */
function read(provider: Provider, { call, from, to, have }: Omit<Recorded, "body">, body: unknown): Promise<Fetched> {
  const fetcher = createFetcher({
    sender: { send: async (_: Connection, __: ApiRequest) => ({ outcome: { kind: "ok" }, body }) },
    clock: { now: () => Date.parse(`${TODAY}T12:00:00Z`) },
    delay: async () => {},
  });
  const dated = call.yields.some(isDated);
  return fetcher.fetch(
    {
      provider,
      connection: { id: "c", providerUserId: "u" } as Connection,
      headerTokens: {},
      today: TODAY,
      connectedOn: TODAY,
      have,
      proof: { dataThrough: null, lastSyncDate: null },
      reserve: 0,
    },
    {
      call,
      fields: new Set(call.yields),
      from: dated ? epochDay(from) : UNDATED,
      to: dated ? epochDay(to) : UNDATED,
      requests: 1,
      atLeast: false,
    },
  );
}

function expectBelievable(cells: readonly Cell[]): void {
  // What was checked once is the same when it is checked again.
  const wrong = cells.filter(
    (each) => !isFiledRightly(each, TODAY) || !isDeepStrictEqual(checked(each, TODAY).known, each.known),
  );
  expect(wrong).toEqual([]);
  expect(cells.filter(({ known }) => !isAllFinite(known))).toEqual([]);
}

function isAllFinite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isAllFinite);
}

/** All that the answer tells without the changed member is told beside it too. */
function expectKept(less: Fetched, more: Fetched): void {
  const told = new Map(more.cells.map(({ field, day, known }) => [`${field} ${day}`, known]));
  for (const { field, day, known } of less.cells) {
    // Which member an undated figure is taken from may be the changed one.
    if (!("value" in known) || (day === null && !Array.isArray(known.value))) continue;
    // What calls alone need may be of the record that is nearest to a day.
    if (isForCalls(field)) continue;
    const found = told.get(`${field} ${day}`);
    if (Array.isArray(known.value)) {
      const list: readonly unknown[] = found && "value" in found && Array.isArray(found.value) ? found.value : [];
      const ids = (members: readonly unknown[]) => members.flatMap((each) => (each as { id?: string }).id ?? []);
      // The one device of an account may be that of the newest record, which may be the changed one.
      const isAnother = day === null && known.value.length === 1 && list.length === 1;
      if (!isAnother) expect(ids(list)).toEqual(expect.arrayContaining(ids(known.value)));
    } else if (isSamples(field)) {
      const times = ({ start, offsets }: SampleSeries) =>
        offsets.map((offset) => Date.parse(start ?? "") + offset * 1000);
      expect([field, day, found]).toEqual([field, day, expect.objectContaining({ value: expect.anything() })]);
      expect(times((found as { value: SampleSeries }).value)).toEqual(
        expect.arrayContaining(times(known.value as SampleSeries)),
      );
    } else expect([field, day, found && "value" in found]).toEqual([field, day, true]);
  }
}
