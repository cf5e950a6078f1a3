/** What reading costs the store: counted, over a store that waits for nobody. */
import { type LabGateway, plainRequest, startLabGateway } from "../../test/support/lab-gateway.js";
import { asUser, clockFrom, credentials, startServed } from "../../test/support/served.js";
import type { Domain } from "../model/records.js";
import { openStore } from "../store/open-store.js";
import type { RowForm } from "../store/row.js";
import type { Store } from "../store/store.js";
import type { Ask, ReadingCounts } from "./ask.js";

const month = { from: "2026-10-01", to: "2026-10-30" };
const year = { from: "2025-11-20", to: "2026-11-19" };
const ask = (domain: Domain, fields: readonly string[], range: Ask["range"]): Ask => ({
  ...{ userId: "both", domain, range, providers: null, alternatives: false, goalProgress: false },
  fields: new Set(fields) as Ask["fields"],
});
const dashboard = (range: Ask["range"]) => [
  ask("ACTIVITY", ["activity.steps", "activity.distance", "activity.floors"], range),
  ask("SLEEP", ["sleep.sessions"], range),
  ask("BODY", ["body.weight", "body.bodyMassIndex"], range),
  ask("HEART", ["heart.restingRate", "heart.samples:FIVE_MINUTES"], { from: "2026-10-28", to: "2026-10-30" }),
  ask("DEVICES", ["devices.devices"], null),
];

let reads: string[] = [];
/** Notes each read of one collection. */
function watched(store: Store): Store {
  return {
    ...store,
    collection: <T>(namespace: string, form?: RowForm<T>) => {
      const real = store.collection(namespace, form);
      return {
        ...real,
        get: (key: string) => {
          reads.push(namespace);
          return real.get(key);
        },
        getMany: (keys: readonly string[]) => {
          reads.push(namespace);
          return real.getMany(keys);
        },
      };
    },
  };
}
const historyReads = () => reads.splice(0).filter((namespace) => namespace === "history" || namespace === "marks");

describe("an operation", () => {
  let store: Store;
  let lab: LabGateway;
  beforeEach(async () => {
    store = await openStore("memory:");
    lab = await startLabGateway({ store: watched(store) });
    await lab.connect("both");
  });
  afterEach(async () => {
    await lab.close();
    await store.close();
  });
  const load = async (asks: readonly Ask[]) => {
    const answers = await lab.gateway.healthData.session(plainRequest).load(asks);
    for (const answer of answers) expect(answer).not.toBeInstanceOf(Error);
    await lab.gateway.history.flush();
  };
  const forgetRemembered = async () => {
    const [connection] = await lab.gateway.connections.list("both");
    lab.gateway.history.dropRemembered(connection!.id);
    reads = [];
  };

  it.each([
    ["a month", dashboard(month)],
    ["a year", dashboard(year)],
    ["one day", [ask("ACTIVITY", ["activity.steps"], { lastDays: 1 })]],
  ])("reads all that is stored of a connection at once: %s", async (_, asks) => {
    const begun = lab.clock.now();
    await load(asks);
    // Waits move this clock: nothing may go stale by them.
    lab.clock.set(new Date(begun).toISOString());
    await forgetRemembered();
    await load(asks);
    // The rows and the marks, side by side.
    expect(historyReads().sort()).toEqual(["history", "marks"]);
  });

  it("is weighed by the readings that are stored without reading the store once more", async () => {
    const asks = [
      ...dashboard(month),
      ask("READINGS", ["readings.temperatures", "readings.electrocardiograms"], month),
    ];
    await load(asks);
    await forgetRemembered();
    const weighed: unknown[] = [];
    const weigh = async (_: Ask, counts: ReadingCounts) => void weighed.push(...counts);
    const before = lab.clock.now();
    await lab.gateway.healthData.session({ ...plainRequest, weigh }).load(asks);
    expect(lab.clock.now()).toBe(before);
    expect(historyReads().sort()).toEqual(["history", "marks"]);
    const nothing = { records: expect.any(Number), samples: 0, unknownDays: 0 };
    expect(weighed).toEqual([
      ["readings.temperatures", nothing],
      ["readings.electrocardiograms", nothing],
    ]);
  });

  it("reads nothing of what this process remembers", async () => {
    await load(dashboard(month));
    await load(dashboard(month));
    reads = [];
    await load([...dashboard(month), ask("ACTIVITY", ["activity.steps"], { from: "2026-10-03", to: "2026-10-04" })]);
    expect(historyReads()).toEqual([]);
  });

  it("looks once whether another replica has fetched what it lacks", async () => {
    await load(dashboard(month));
    lab.clock.advance(7_200_000);
    reads = [];
    await load([ask("ACTIVITY", ["activity.steps"], { lastDays: 1 })]);
    // Once before the provider is asked, and once to write what it answered.
    expect(historyReads().sort()).toEqual(["history", "history", "marks", "marks"]);
  });
});

it("is answered while what the provider answered is still to be written, and all of that is there after the stop", async () => {
  const store = await openStore("memory:");
  let gate = Promise.resolve();
  const written: string[] = [];
  const gated: Store = {
    ...store,
    collection: <T>(namespace: string, form?: RowForm<T>) => {
      const real = store.collection(namespace, form);
      return {
        ...real,
        set: async (key: string, value: T, ttlMs?: number) => {
          await gate;
          await real.set(key, value, ttlMs);
          written.push(namespace);
        },
      };
    },
    close: async () => {},
  };
  const lab = await startLabGateway({ store: gated });
  try {
    await lab.connect("both");
    const { gateway, clock } = lab;
    const [connection] = await gateway.connections.list("both");
    clock.advance(60_000);
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    // An answer that does wait for it comes, and is found out, instead of hanging.
    const patience = setTimeout(open, 20_000);
    written.length = 0;
    const asked = ask("ACTIVITY", ["activity.steps"], month);
    const [history] = await gateway.healthData.session(plainRequest).load([asked]);
    clearTimeout(patience);
    expect(written).toEqual([]);
    const answeredAt = clock.now();
    const closed = gateway.close();
    open();
    await closed;
    expect([...new Set(written)].sort()).toEqual(["connections", "history"]);
    const other = await startLabGateway({ store, now: new Date(answeredAt).toISOString() });
    try {
      expect(await other.gateway.connections.get(connection!.id)).toMatchObject({ lastSuccessAt: answeredAt });
      const onlyIfCached = { ...plainRequest, freshness: { ...plainRequest.freshness, onlyIfCached: true } };
      const [again] = await other.gateway.healthData.session(onlyIfCached).load([asked]);
      const stepsIn = (answer: unknown) =>
        (answer as { days: readonly { date: string; steps: number | null }[] }).days.map(({ date, steps }) => [
          date,
          steps,
        ]);
      expect(stepsIn(again)).toEqual(stepsIn(history));
      expect(stepsIn(again).filter(([, steps]) => steps !== null).length).toBeGreaterThan(20);
    } finally {
      await other.close();
    }
  } finally {
    await lab.close();
    await store.close();
  }
});

it("a year of averages by weeks reads the rows once and the marks once, and is under 3 kB", async () => {
  const store = await openStore("memory:");
  const clock = clockFrom("2026-11-20T20:07:00Z");
  const served = await startServed(credentials, { store: watched(store), clock });
  try {
    const headers = await asUser("google");
    const range = `range: { from: "${year.from}", to: "${year.to}" }`;
    const averages = (selection: string) => async () => {
      const body = JSON.stringify({ query: `{ viewer { ${selection} } }` });
      const sent = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body };
      return await (await fetch(`${served.url}/graphql`, sent)).text();
    };
    const { gateway } = served.serving;
    for (const [bound, ask] of [
      [3_000, averages(`activity(${range}) { statistics(by: WEEK) { steps { mean } } }`)],
      [6_000, averages(`heart(${range}) { statistics(by: WEEK) { restingRate { mean } hrvRmssd { mean } } }`)],
      [3_000, averages(`sleep(${range}) { statistics(by: WEEK) { bedtimeMinutes { mean } } }`)],
    ] as const) {
      const first = await ask();
      await gateway.history.flush();
      for (const { id } of await gateway.connections.list("google")) gateway.history.dropRemembered(id);
      reads = [];
      expect(await ask()).toBe(first);
      expect(historyReads().sort()).toEqual(["history", "marks"]);
      expect(JSON.parse(first)).toEqual({ data: expect.anything() });
      expect(first.match(/"mean":[\d.]+/g)!.length).toBeGreaterThan(50);
      expect(first.length).toBeLessThan(bound);
    }
  } finally {
    await served.close();
    await store.close();
  }
});
