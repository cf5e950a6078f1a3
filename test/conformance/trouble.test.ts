import type { Ask } from "../../src/health-data/ask.js";
import type { Histories, SourceStatus } from "../../src/health-data/views.js";
import { type Field, isSamples } from "../../src/model/fields.js";
import type { Domain } from "../../src/model/records.js";
import type { LabFault } from "../../src/sandbox/lab.js";
import { addDays } from "../../src/sandbox/people/index.js";
import { shown } from "../support/shown.js";
import {
  ask,
  type Bench,
  domainsOf,
  everything,
  listOf,
  type Opened,
  offeredIn,
  statusesOf,
  wearersOf,
  withBench,
  withLab,
  YESTERDAY,
} from "./harness.js";
import { startProxy, withUnknownFields, withUnknownKinds } from "./proxy.js";

const range = { from: addDays(YESTERDAY, -3), to: YESTERDAY };

describe.each(withLab)("%s", (_, provider) => {
  const person = wearersOf(provider)[0]!;
  let bench: Bench;
  let opened: Opened;
  withBench(provider, (ownBench, ownOpened) => {
    bench = ownBench;
    opened = ownOpened;
  });

  // Lists above all: an outage that reads as "you did not sleep" is the worst lie there is.
  const asked = domainsOf(provider).filter((domain) => domain !== "PROFILE");
  const fieldsIn = (domain: Domain) => offeredIn(provider, domain).filter((field) => !isSamples(field));
  const readAll = () => opened.read(...asked.map((domain) => ask(person.id, domain, fieldsIn(domain), range)));

  function expectNothing(histories: readonly Histories[Domain][]) {
    for (const history of histories) {
      const list = listOf(history);
      if (list === null) continue;
      // Days may stand there to say why; they hold no figure.
      expect(list).not.toEqual([]);
      for (const day of list ?? []) {
        for (const value of Object.values(shown(day) as object)) expect(typeof value).not.toBe("number");
      }
    }
  }

  function expectNoSecret(histories: readonly unknown[]) {
    const told = JSON.stringify(shown(histories)) + opened.logged.join("\n");
    for (const secret of [...opened.secrets, opened.gateway.config.providers[provider.id].clientSecret!])
      expect(told).not.toContain(secret);
  }

  const retired: readonly SourceStatus[] = provider.retired ? ["RETIRED"] : ["RETIRED", "UNAVAILABLE"];
  const troubles: readonly [string, LabFault, readonly SourceStatus[]][] = [
    ["500", { status: 500 }, ["UNAVAILABLE"]],
    ["502 in HTML", { status: 502, kind: "html" }, ["UNAVAILABLE"]],
    ["503", { status: 503 }, ["UNAVAILABLE"]],
    ["a reset", { kind: "reset" }, ["UNAVAILABLE"]],
    ["malformed JSON", { kind: "malformed" }, ["UNAVAILABLE"]],
    ["429", { status: 429 }, ["RATE_LIMITED"]],
    // Where a renewed token may be refused for its scope, only the token endpoint can say that the grant is gone.
    [
      "401",
      { status: 401 },
      [provider.oauth.renewedTokenRefused === "scope" ? "INSUFFICIENT_SCOPE" : "REAUTHORIZATION_REQUIRED"],
    ],
    // What a 403 means differs; that it is no data does not.
    [
      "403",
      { status: 403 },
      ["INSUFFICIENT_SCOPE", "UNAVAILABLE", "ACTION_REQUIRED", "REAUTHORIZATION_REQUIRED", "NOT_CONFIGURED"],
    ],
    ["410", { status: 410 }, retired],
    ["an error inside a 200", { rewrite: () => '{"error":{"code":500,"status":"INTERNAL"}}' }, ["UNAVAILABLE"]],
    [
      "a list where an object belongs",
      { rewrite: (body) => (body === "" || body.startsWith("[") ? "{}" : `[${body}]`) },
      ["UNAVAILABLE"],
    ],
  ];

  test.each(troubles)("says what %s means, with no data and no token in it", async (_name, fault, expected) => {
    const connection = await opened.connect(person.id);
    bench.lab.addFault(fault);
    const histories = await readAll();
    const said = histories.map(({ sources }, index) => [asked[index]!, sources[0]!.status] as const);
    expect(said.filter(([, status]) => !expected.includes(status))).toEqual([]);
    expectNothing(histories);
    expectNoSecret(histories);
    for (const { sources } of histories) {
      expect(sources[0]!.message).toEqual(expect.any(String));
      if (sources[0]!.status === "RATE_LIMITED") expect(sources[0]!.retryAt).toBeGreaterThan(bench.clock.now());
    }
    if (expected.length > 1 || expected[0] !== "UNAVAILABLE") return;
    // Passing trouble passes, and leaves nothing behind.
    expect(await opened.gateway.connections.get(connection.id)).toMatchObject({ status: "CONNECTED" });
    bench.lab.clearFaults();
    bench.clock.advance(1_000);
    expect(new Set(statusesOf(await readAll()))).toEqual(new Set(["OK"]));
  });

  test("waits no longer than it was told to for an answer that never comes", async () => {
    const hasty = await bench.open({ env: { UPSTREAM_TIMEOUT_MS: "1000" } });
    await hasty.connect(person.id);
    bench.lab.addFault({ kind: "hang" });
    const domain = asked[0]!;
    const [history] = await hasty.read(ask(person.id, domain, fieldsIn(domain).slice(0, 1), range));
    expect(history!.sources).toMatchObject([{ status: "UNAVAILABLE" }]);
    expectNothing([history!]);
    await hasty.close();
  });

  /** All but what differs from one fetch to the next; what lacks something is not settled, and is told of. */
  const figuresOf = (histories: readonly Histories[Domain][]) => {
    const left = ["id", "asOf", "settled", "message"];
    return JSON.parse(
      JSON.stringify(shown(histories), (key, value) => (left.includes(key) ? undefined : value)),
    ) as unknown;
  };

  test.each<[string, NonNullable<LabFault["rewrite"]>, boolean]>([
    ["a byte order mark before it", (body) => body && `\uFEFF${body}`, false],
    ["a member without its fields at the end of each list", withEmptyMember, true],
    ["the last member of each list twice", withLastTwice, false],
  ])("loses nothing of an answer with %s", async (_name, rewrite, leavesOut) => {
    await opened.connect(person.id);
    const before = await readAll();
    const other = await bench.open();
    await other.connect(person.id);
    bench.lab.addFault({ rewrite });
    const after = await other.read(...asked.map((domain) => ask(person.id, domain, fieldsIn(domain), range)));
    expect(new Set(statusesOf(after))).toEqual(new Set(["OK"]));
    expect(figuresOf(after)).toEqual(figuresOf(before));
    // A list has no `missing`: its source tells.
    const said = new Map(asked.map((domain, index) => [domain, after[index]!.sources[0]!.message]));
    const told = leavesOut ? expect.stringMatching(/^What could not be read or believed is left out/) : null;
    const lists = asked.filter((domain) => domain === "SLEEP" || domain === "WORKOUTS");
    expect(lists).not.toEqual([]);
    for (const domain of lists) expect(said.get(domain)).toEqual(told);
    expect(other.logged.some((line) => line.includes("records were left out"))).toBe(leavesOut);
    await other.close();
  });

  test("keeps serving what is stored while it can't be asked", async () => {
    await opened.connect(person.id);
    const before = await readAll();
    bench.lab.addFault({ status: 503 });
    bench.clock.advance(2 * 3_600_000);
    const after = await readAll();
    for (const status of statusesOf(after)) expect(["OK", "STALE"]).toContain(status);
    expect(after.map((history) => listOf(history)?.length)).toEqual(before.map((history) => listOf(history)?.length));
  });

  test.each([
    ["fields", withUnknownFields],
    ["kinds", withUnknownKinds],
  ])("is not broken by %s that nobody has heard of", async (what, change) => {
    const proxy = await startProxy(bench.lab.url, change);
    const [plain, strange] = [opened, await bench.open({ origin: proxy.url })];
    try {
      await plain.connect(person.id);
      // The same account twice: one gateway each.
      await strange.connect(person.id);
      const asks = everything(provider, person.id, { from: YESTERDAY, to: YESTERDAY }).map(withFewSeries);
      const [before, after] = [await plain.read(...asks), await strange.read(...asks)];
      expect(proxy.changed).toBeGreaterThan(0);
      const failed = after.flatMap(({ sources }) => sources).filter(({ status }) => status !== "OK");
      expect(failed.map(({ status, message }) => [status, message])).toEqual([]);
      expect(strange.logged.filter((line) => line.includes("could not be read"))).toEqual([]);
      expect(new Set(statusesOf(after))).toEqual(new Set(["OK"]));
      const bare = (histories: readonly Histories[Domain][]) =>
        JSON.parse(
          JSON.stringify(shown(histories), (key, value) => (["id", "asOf"].includes(key) ? undefined : value)),
        );
      if (what === "fields") expect(bare(after)).toEqual(bare(before));
      // A record of an unknown kind stays a record.
      else expect(after.map((history) => listOf(history)?.length)).toEqual(before.map((h) => listOf(h)?.length));
    } finally {
      await strange.close();
      await proxy.close();
    }
  });
});

/** Series that differ in their step alone are read alike: those as recorded and the coarsest stand for the others. */
function withFewSeries(one: Ask): Ask {
  const isKept = (field: Field) => !isSamples(field) || /:(ONE_SECOND|FIFTEEN_MINUTES)$/.test(field);
  return { ...one, fields: new Set([...one.fields].filter(isKept)) };
}

function changingLists(change: (list: unknown[]) => unknown[]) {
  return (body: string): string => {
    // No content.
    if (body === "") return body;
    const answer: unknown = JSON.parse(body);
    const isRecords = (value: unknown): value is unknown[] =>
      Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "object" && each !== null);
    if (isRecords(answer)) return JSON.stringify(change(answer));
    if (Array.isArray(answer)) return body;
    const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
    const changed = (whole: object): object => {
      const hasRecords = Object.values(whole).some(isRecords);
      return Object.fromEntries(
        Object.entries(whole).map(([key, value]) => [
          key,
          // Lists may be one level down, in an envelope.
          isRecords(value) ? change(value) : !hasRecords && isObject(value) ? changed(value as object) : value,
        ]),
      );
    };
    return JSON.stringify(changed(answer as object));
  };
}

function withEmptyMember(body: string): string {
  return changingLists((list) => [...list, {}])(body);
}

function withLastTwice(body: string): string {
  return changingLists((list) => [...list, list.at(-1)])(body);
}
