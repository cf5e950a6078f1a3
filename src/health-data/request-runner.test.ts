import { jest } from "@jest/globals";
import type { Connection } from "../connections/connection.js";
import { cell } from "../model/cells.js";
import type { Field } from "../model/fields.js";
import type { DeviceRecord } from "../model/records.js";
import { addDays, epochDay } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import type { Call, Failure } from "../providers/provider.js";
import { Column } from "./column.js";
import { ConnectionReader } from "./connection-reader.js";
import { CostLines } from "./cost-lines.js";
import { UNDATED } from "./days.js";
import { Deadline } from "./deadline.js";
import { createFetcher, type Fetched, type Fetcher, type FetchTarget, type Sender } from "./fetch.js";
import type { StoredCellEntry, StoredColumns, WantedDays } from "./history.js";
import type { PlannedRequest } from "./planner.js";
import { RequestRunner, type RunnerOptions } from "./request-runner.js";

const TODAY = "2026-11-29";
const NOW = Date.parse("2026-11-29T12:00:00Z");
const ago = (days: number) => addDays(TODAY, -days);

const call = (name: string, yields: readonly Field[], days: number): Call => ({
  name,
  yields,
  reach: { kind: "days", max: days },
  request: () => ({ method: "GET", path: `/${name}` }),
  read: (cells) => ({ cells: cells as [], covers: null }),
});
const daily = call("daily", ["activity.steps", "activity.floors"], 1);
const monthly = call("monthly", ["activity.steps", "activity.floors"], 30);

const empty: StoredColumns = { parts: () => [], at: () => undefined, overtaken: () => null };
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** One operation's requests to one connection, about which nothing is stored yet. */
function runner(calls: readonly Call[], fetcher: Fetcher, more: Partial<RunnerOptions> = {}) {
  const provider = { id: "ACME", name: "Acme", calls, revision: { days: 3, freshSeconds: 900 } } as unknown as Provider;
  const connection = { id: "c1", scopes: [], dataThrough: ago(17) } as unknown as Connection;
  const reader = new ConnectionReader(provider, connection, null, false);
  const lines = new CostLines("ada", "FITBIT");
  const written: (readonly StoredCellEntry[])[] = [];
  const known: string[] = [];
  const errors: unknown[] = [];
  const write = async (_: string, cells: readonly StoredCellEntry[]) => void written.push(cells);
  const requests = new RequestRunner(reader, lines, {
    ...{ today: TODAY, connectedOn: "2026-01-15", dryRun: false, kept: null, headerTokens: {}, reserve: 0 },
    freshness: { maxAgeSeconds: null, noCache: false, onlyIfCached: false, staleIfErrorSeconds: null },
    history: { columns: async () => empty, write } as unknown as RunnerOptions["history"],
    ...{ seen: new Set<string>(), fetcher, clock: { now: () => NOW }, deadline: null },
    onError: (error) => void errors.push(error),
    onData: (_, dataThrough) => void known.push(dataThrough),
    ...more,
  });
  return {
    ...{ reader, lines, written, known, errors },
    fetch: (field: Field, ...span: [first: number, last: number] | []) => requests.fetch(wantedOf(field, ...span)),
    steps: (day: string) => reader.columns.get("activity.steps")?.value(epochDay(day)),
    costs: () => lines.calls.map(({ origin, requests }) => [origin, requests]),
  };
}

/** From so many days ago on, to so many days ago. */
function wantedOf(field: Field, first?: number, last = 0): WantedDays {
  if (first === undefined) return new Map([[field, [UNDATED]]]);
  const days = Array.from({ length: first - last + 1 }, (_, after) => epochDay(ago(first)) + after);
  return new Map([[field, days]]);
}

/** Answers each request when it is told to, in whatever order. */
function scripted() {
  const sent: {
    readonly target: FetchTarget;
    readonly planned: PlannedRequest;
    readonly signal?: AbortSignal;
    readonly answer: (given?: Partial<Fetched>) => Promise<unknown>;
    readonly break: (error: Error) => void;
  }[] = [];
  const fetcher: Fetcher = {
    fetch: (target, planned, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
        sent.push({
          ...{ target, planned, signal, break: reject },
          answer: (given) => {
            resolve({ cells: [], failure: null, requests: 1, shared: false, ...given });
            return settled();
          },
        });
      }),
  };
  return { sent, fetcher };
}

const failed = (code: Failure["code"], message?: string) => ({ failure: { code, message } });
const steps = (day: string, value: number): StoredCellEntry => ({
  ...cell("activity.steps", day, value),
  ...{ at: NOW, call: "monthly", settled: false },
});

describe("a provider that fails", () => {
  it("is asked by five requests at once, and no more after five failures in a row", async () => {
    const { sent, fetcher } = scripted();
    const { fetch, reader } = runner([daily], fetcher);
    const done = fetch("activity.steps", 30, 1);
    await settled();
    expect(sent).toHaveLength(5);
    let at = 0;
    const answer = async (...answers: (Partial<Fetched> | undefined)[]) => {
      for (const each of answers) await sent[at++]!.answer(each);
      return sent.length;
    };
    const unavailable = failed("UNAVAILABLE");
    expect(await answer(unavailable, unavailable, unavailable, unavailable)).toBe(9);
    // One that is answered is none of a row, and neither is one that is refused for itself.
    expect(await answer(undefined)).toBe(10);
    expect(await answer(unavailable, unavailable, unavailable, unavailable, failed("REJECTED"))).toBe(15);
    expect(await answer(unavailable, unavailable, unavailable, unavailable)).toBe(19);
    expect(await answer(failed("UNAVAILABLE", "the fifth"))).toBe(19);
    // What is under way comes to its end, and changes nothing of it.
    expect(await answer(undefined, failed("UNAVAILABLE", "later"), undefined, undefined)).toBe(19);
    await done;
    expect(reader.failed.get("activity.steps", epochDay(ago(1)))).toEqual(failed("UNAVAILABLE", "the fifth").failure);
  });

  it("for good is not asked again, and what it said first is what is told", async () => {
    const { sent, fetcher } = scripted();
    const { fetch, reader } = runner([daily], fetcher);
    const done = fetch("activity.steps", 9, 1);
    await settled();
    await sent[0]!.answer(failed("CONSENT_LOST", "the person left"));
    await sent[1]!.answer(failed("RETIRED", "switched off"));
    for (const { answer } of sent.slice(2)) await answer();
    await done;
    expect(sent).toHaveLength(5);
    expect(reader.stopped).toMatchObject({ code: "CONSENT_LOST" });
    expect(reader.failed.get("activity.steps", epochDay(ago(1)))).toMatchObject({ code: "CONSENT_LOST" });
  });
});

describe("a call that is refused", () => {
  it.each(["INSUFFICIENT_SCOPE", "NOT_PERMITTED_TO_APP"] as const)(
    "with %s is not sent for other days, and others are",
    async (code) => {
      const { sent, fetcher } = scripted();
      const floors = call("floors", ["activity.floors"], 30);
      const { fetch } = runner([call("steps", ["activity.steps"], 1), floors], fetcher);
      const done = fetch("activity.steps", 9, 1);
      await settled();
      await sent[0]!.answer(failed(code));
      for (const { answer } of sent.slice(1)) await answer();
      await done;
      expect(sent).toHaveLength(5);
      void fetch("activity.floors", 9, 1);
      await settled();
      expect(sent.map(({ planned }) => planned.call.name)).toEqual([...Array(5).fill("steps"), "floors"]);
    },
  );
});

describe("an answer", () => {
  const cellOf = (field: Field, day: string | null, of: StoredCellEntry["known"]): StoredCellEntry => ({
    ...{ field, day, known: of },
    ...{ at: NOW, call: "any", settled: false },
  });
  /** Sends for steps of three days, which need the nights of theirs. */
  async function needy(more: Partial<RunnerOptions> = {}) {
    const { sent, fetcher } = scripted();
    const nights = call("nights", ["sleep.sessions"], 30);
    const one = runner([{ ...monthly, needs: ["sleep.sessions"] }, nights], fetcher, more);
    const done = one.fetch("activity.steps", 3, 1);
    await settled();
    return { ...one, sent, done };
  }
  const nightOf = (id: string) => ({ value: [{ id }] as never });
  const three = [steps(ago(3), 5103), steps(ago(2), 5102), steps(ago(1), 5101)];

  it("tells how far the data reach: never back, and not into the future", async () => {
    const { sent, fetcher } = scripted();
    const { fetch, reader, known } = runner([monthly], fetcher);
    const answer = async (...cells: StoredCellEntry[]) => {
      const done = fetch("activity.steps", 5, 1);
      await settled();
      await sent.at(-1)!.answer({ cells });
      await done;
      return [reader.dataThrough, known.at(-1)];
    };
    expect(await answer(steps(ago(19), 5119))).toEqual([ago(17), undefined]);
    expect(await answer(steps(ago(4), 5104), steps(ago(3), 5103), steps(addDays(TODAY, 1), 1))).toEqual([
      ago(3),
      ago(3),
    ]);
    expect(await answer(steps(ago(2), 0), steps(ago(4), 5104))).toEqual([ago(3), ago(4)]);
    // A scale is no wearable.
    const weighed = { id: "w", weight: 81 } as never;
    const scale = cellOf("body.weight", ago(1), { value: [weighed] });
    expect(await answer(scale, steps(ago(4), 5104))).toEqual([ago(3), ago(4)]);
  });

  it("is needed before what needs it is sent, even where it is not kept", async () => {
    const { sent, done, written, steps: answered } = await needy({ kept: { SLEEP: 2, ACTIVITY: 3 } });
    expect(sent.map(({ planned }) => planned.call.name)).toEqual(["nights"]);
    const nights = [3, 2, 1].map((days) => cellOf("sleep.sessions", ago(days), nightOf(`n${days}`)));
    await sent[0]!.answer({ cells: nights });
    expect(sent[1]!.target.have.value("sleep.sessions", ago(3))).toEqual([{ id: "n3" }]);
    await sent[1]!.answer({ cells: three });
    await done;
    expect(written).toEqual([nights.slice(2), three.slice(1)]);
    expect(answered(ago(3))).toBeUndefined();
  });

  it.each([
    ["in time", null],
    ["too late", 400],
  ])("that comes %s says nothing of the days whose need can't be read", async (_, ms) => {
    jest.useFakeTimers({ doNotFake: ["setImmediate"] });
    const { sent, done, written, reader } = await needy({ deadline: ms === null ? null : new Deadline(ms) });
    await sent[0]!.answer({
      cells: [3, 2, 1].map((days) =>
        cellOf("sleep.sessions", ago(days), days === 2 ? { nothing: "PROVIDER_ERROR" } : nightOf(`n${days}`)),
      ),
    });
    if (ms) await jest.advanceTimersByTimeAsync(ms);
    await sent[1]!.answer({ cells: three });
    await done;
    expect(written.at(-1)).toEqual([three[0], three[2]]);
    expect(reader.look("activity.steps", ago(2))).toEqual({ nothing: "PROVIDER_ERROR" });
  });

  it("that tells of a newer sync is told once it is stored", async () => {
    const devices = (lastSyncAt: string) => ({ value: [{ id: "d", lastSyncAt } as DeviceRecord] });
    const before = "2026-11-29T09:00:00Z";
    const stored = Column.of([[UNDATED, cellOf("devices.devices", null, devices(before))]]);
    const columns = async () => ({
      ...empty,
      at: (field: Field) => (field === "devices.devices" ? stored : undefined),
    });
    const synced: number[] = [];
    const writing: (() => void)[] = [];
    const write = () => new Promise<void>((resolve) => void writing.push(resolve));
    const { sent, fetcher } = scripted();
    const history = { columns, write } as unknown as RunnerOptions["history"];
    const once: Call = { ...call("devices", ["devices.devices"], 1), reach: { kind: "once" } };
    const onSynced = (at: number) => void synced.push(at);
    const { fetch } = runner([once], fetcher, { history, onSynced });
    for (const at of [before, "2026-11-29T10:00:00Z"]) {
      const done = fetch("devices.devices");
      await settled();
      await sent.at(-1)!.answer({ cells: [cellOf("devices.devices", null, devices(at))] });
      await done;
      expect(synced).toEqual([]);
      writing.at(-1)!();
      await settled();
    }
    expect(synced).toEqual([Date.parse("2026-11-29T10:00:00Z")]);
  });
});

describe("an answer that several wait for", () => {
  /** Requests that are sent for real, and answered with steps of two days when they are told to. */
  function shared() {
    const sent: (() => void)[] = [];
    const sender: Sender = {
      send: () =>
        new Promise((resolve) => {
          const cells = [cell("activity.steps", ago(5), 5105), cell("activity.steps", ago(2), 5102)];
          sent.push(() => resolve({ outcome: { kind: "ok" }, body: cells }));
        }),
    };
    return { sent, fetcher: createFetcher({ sender, clock: { now: () => NOW }, delay: async () => {} }) };
  }

  it("is stored and counted by one of them; the others know just as much", async () => {
    const { sent, fetcher } = shared();
    const all = [1, 2, 3].map(() => runner([monthly], fetcher));
    const done = all.map(({ fetch }) => fetch("activity.steps", 5, 1));
    await settled();
    expect(sent).toHaveLength(1);
    sent[0]!();
    await Promise.all(done);
    expect(all.flatMap(({ written }) => written)).toEqual([
      [expect.objectContaining({ day: ago(5) }), expect.objectContaining({ day: ago(2) })],
    ]);
    expect(all.flatMap(({ known }) => known)).toEqual([ago(2)]);
    expect(all.map(({ costs }) => costs())).toEqual([[["UPSTREAM", 1]], [["SHARED", 0]], [["SHARED", 0]]]);
    for (const { steps, reader } of all) {
      expect([steps(ago(5)), steps(ago(2)), reader.dataThrough]).toEqual([5105, 5102, ago(2)]);
    }
  });

  it("is stored by one of them, however late it comes for them", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate"] });
    const { sent, fetcher } = shared();
    const all = [400, 400, 30_000].map((ms) => runner([monthly], fetcher, { deadline: new Deadline(ms) }));
    const done = all.map(({ fetch }) => fetch("activity.steps", 5, 1));
    await settled();
    await jest.advanceTimersByTimeAsync(400);
    sent[0]!();
    await Promise.all(done);
    await settled();
    expect(all.flatMap(({ written }) => written)).toHaveLength(1);
    expect(all.flatMap(({ known }) => known)).toEqual([ago(2)]);
    expect(all.map(({ steps }) => steps(ago(5)))).toEqual([undefined, undefined, 5105]);
  });
});

describe("an answer that comes too late", () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ["setImmediate"] }));

  /** One request that is told to come later. */
  async function late(more: Partial<RunnerOptions> = {}) {
    const { sent, fetcher } = scripted();
    const one = runner([monthly], fetcher, { deadline: new Deadline(400), ...more });
    const done = one.fetch("activity.steps", 5, 1);
    await settled();
    await jest.advanceTimersByTimeAsync(400);
    await done;
    return { ...one, sent };
  }

  it("is told to come later, counts as a request, and is stored once it is there", async () => {
    const { sent, reader, costs, written, known, steps: answered } = await late();
    expect(reader.failed.get("activity.steps", epochDay(ago(5)))).toEqual({
      code: "UNAVAILABLE",
      message: "Acme takes too long to answer. It goes on being asked.",
      retryAt: NOW + 10_000,
    });
    expect(costs()).toEqual([["UPSTREAM", 1]]);
    expect([written, known]).toEqual([[], []]);
    const cells = [steps(ago(5), 5105), steps(ago(2), 5102)];
    await sent[0]!.answer({ cells });
    expect([written, known]).toEqual([[cells], [ago(2)]]);
    // The answer was made without it.
    expect(answered(ago(5))).toBeUndefined();
  });

  it("is not stored of days that are not kept", async () => {
    const { sent, written } = await late({ kept: { ACTIVITY: 4 } });
    const kept = [steps(ago(3), 5103), steps(ago(2), 5102)];
    await sent[0]!.answer({ cells: [steps(ago(5), 5105), steps(ago(4), 5104), ...kept] });
    expect(written).toEqual([kept]);
  });

  it("and fails is a failure that is told, and ends nothing", async () => {
    const { sent, written, errors } = await late();
    sent[0]!.break(new Error("The store is away."));
    await settled();
    expect(errors).toEqual([new Error("The store is away.")]);
    expect(written).toEqual([]);
  });

  it("is no request where the time was over before it began", async () => {
    const deadline = new Deadline(400);
    void deadline.race(() => new Promise(() => {}));
    await jest.advanceTimersByTimeAsync(400);
    const { sent, fetcher } = scripted();
    const { fetch, costs, reader } = runner([monthly], fetcher, { deadline });
    await fetch("activity.steps", 5, 1);
    expect([sent, costs()]).toEqual([[], [["UPSTREAM", 0]]]);
    expect(reader.failed.get("activity.steps", epochDay(ago(1)))).toMatchObject({ code: "UNAVAILABLE" });
  });

  it("is waited for although its asker leaves after the time, and not if they leave within it", async () => {
    const leaving = new AbortController();
    const { sent, written } = await late({ signal: () => leaving.signal });
    leaving.abort(new Error("gone"));
    expect(sent[0]!.signal!.aborted).toBe(false);
    await sent[0]!.answer({ cells: [steps(ago(5), 5105)] });
    expect(written).toHaveLength(1);

    const early = new AbortController();
    const other = scripted();
    const { fetch } = runner([monthly], other.fetcher, { deadline: new Deadline(400), signal: () => early.signal });
    const done = fetch("activity.steps", 5, 1);
    await settled();
    early.abort(new Error("gone"));
    await expect(done).rejects.toThrow("gone");
    expect(other.sent[0]!.signal!.aborted).toBe(true);
  });

  it.each([
    ["without a deadline", null],
    ["with one", new Deadline(400)],
  ])("is not begun for who has left before, %s", async (_, deadline) => {
    const { fetcher } = scripted();
    const signals: (AbortSignal | undefined)[] = [];
    const noting: Fetcher = {
      fetch: (target, planned, signal) => {
        signals.push(signal);
        signal?.throwIfAborted();
        return fetcher.fetch(target, planned, signal);
      },
    };
    const signal = () => AbortSignal.abort(new Error("gone"));
    const { fetch } = runner([monthly], noting, { deadline, signal });
    await expect(fetch("activity.steps", 5, 1)).rejects.toThrow("gone");
    expect(signals.map((each) => each?.aborted)).toEqual([true]);
  });
});

afterEach(() => void jest.useRealTimers());
