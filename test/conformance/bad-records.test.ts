import type { Histories } from "../../src/health-data/views.js";
import type { Field } from "../../src/model/fields.js";
import { fitbit } from "../../src/providers/fitbit/index.js";
import type { Provider } from "../../src/providers/index.js";
import { misfit } from "../../src/providers/misfit/index.js";
import { addDays } from "../../src/sandbox/people/index.js";
import { ask, type Bench, type Opened, wearersOf, withBench, YESTERDAY } from "./harness.js";
import { startProxy } from "./proxy.js";

type Json = Record<string, unknown>;

const range = { from: addDays(YESTERDAY, -10), to: YESTERDAY };

/** A gateway whose answers are changed on their way, and the same without. */
function suite(provider: Provider) {
  let bench: Bench;
  let opened: Opened;
  const person = wearersOf(provider)[0]!;
  withBench(provider, (ownBench, ownOpened) => {
    bench = ownBench;
    opened = ownOpened;
  });
  async function changed<T>(change: (body: Json) => unknown, use: (strange: Opened, origin: string) => Promise<T>) {
    const proxy = await startProxy(bench.lab.url, (body) => change(body as Json));
    const strange = await bench.open({ origin: proxy.url });
    try {
      await strange.connect(person.id);
      bench.lab.forgetRequests();
      return await use(strange, proxy.url);
    } finally {
      await strange.close();
      await proxy.close();
    }
  }
  const sleep = async (of: Opened) =>
    (await of.read(ask(person.id, "SLEEP", ["sleep.sessions"], range)))[0] as Histories["SLEEP"];
  return {
    person,
    changed,
    sleep,
    plain: async () => {
      await opened.connect(person.id);
      return await sleep(opened);
    },
    opened: () => opened,
    requests: () => bench.lab.requests.filter(({ kind }) => kind === "api").length,
    forget: () => bench.lab.forgetRequests(),
  };
}

const nights = (history: Histories["SLEEP"]) => history.sessions!.map(({ start }) => start);

/** Changes the night that begins at `start` in a list of an answer. */
const withNight = (list: string, start: string, wrong: Json) => (body: Json) =>
  Array.isArray(body[list])
    ? {
        ...body,
        [list]: (body[list] as Json[]).map((log) =>
          String(log["startTime"]).slice(0, 16) === start.slice(0, 16) ? { ...log, ...wrong } : log,
        ),
      }
    : body;

describe.each<[string, Provider, string, Json, (body: Json) => unknown]>([
  [
    "Fitbit",
    fitbit,
    "sleep",
    { startTime: undefined, endTime: undefined, levels: undefined, duration: undefined },
    (body) => ("sleep" in body ? { ...body, errors: [{ errorType: "system" }] } : body),
  ],
  [
    "Misfit",
    misfit,
    "sleeps",
    { duration: undefined, sleepDetails: undefined },
    (body) => ("sleeps" in body ? { sleeps: {} } : body),
  ],
])("%s", (_, provider, list, wrong, refuse) => {
  const at = suite(provider);

  test("loses one night of eleven days to one bad record", async () => {
    const all = nights(await at.plain());
    expect(all.length).toBeGreaterThan(4);
    const lost = all[2]!;
    await at.changed(withNight(list, lost, wrong), async (strange) => {
      const history = await at.sleep(strange);
      const message = expect.stringMatching(/^What could not be read or believed is left out \(\d{4}-\d\d-\d\d\)\.$/);
      expect(history.sources).toMatchObject([{ status: "OK", message }]);
      expect(nights(history)).toEqual(all.filter((start) => start !== lost));
    });
  });

  test("stores nothing of an answer that is none, and asks again", async () => {
    const all = nights(await at.plain());
    let isRefused = true;
    await at.changed(
      (body) => (isRefused ? refuse(body) : body),
      async (strange) => {
        const history = await at.sleep(strange);
        expect([history.sessions, history.sources[0]?.status]).toEqual([null, "UNAVAILABLE"]);
        isRefused = false;
        expect(nights(await at.sleep(strange))).toEqual(all);
      },
    );
  });
});

describe("Fitbit's", () => {
  const at = suite(fitbit);

  test("list of exercises that leads to itself ends with the request that showed it", async () => {
    const spoil = (body: Json) =>
      Array.isArray(body["activities"]) && "pagination" in body
        ? {
            ...body,
            pagination: {
              next: `https://api.fitbit.com/1/user/-/activities/list.json?offset=0&limit=100&sort=asc&afterDate=${range.from}`,
            },
          }
        : body;
    await at.changed(spoil, async (strange) => {
      const asked = ask(at.person.id, "WORKOUTS", ["workouts.workouts"], range);
      const [history] = await strange.read(asked);
      expect((history as Histories["WORKOUTS"]).sources[0]?.status).toBe("UNAVAILABLE");
      expect(at.requests()).toBe(1);
    });
  });

  test.each<[string, Field[], number]>([
    ["zones' bounds and minutes", ["heart.zones.bounds", "heart.zones.minutes"], 1],
    ["zones' energy", ["heart.zones.energyBurned"], 2],
  ])("day of steps, resting rate and %s costs as little as can be", async (_what, zones, requests) => {
    const day = { from: YESTERDAY, to: YESTERDAY };
    await at.opened().connect(at.person.id);
    at.forget();
    const heart = ask(at.person.id, "HEART", ["heart.restingRate", ...zones], day);
    await at.opened().read(ask(at.person.id, "ACTIVITY", ["activity.steps"], day), heart);
    expect(at.requests()).toBe(requests);
  });
});
