/** A process that ends at each step of a record: in each case the provider has it once afterwards. */
import type { Connection } from "../connections/connection.js";
import type { ProviderAnswer } from "../connections/provider-api.js";
import type { Recorded } from "../model/recorded.js";
import { providers } from "../providers/index.js";
import type { ApiRequest } from "../providers/provider.js";
import { openStore } from "../store/open-store.js";
import type { Store } from "../store/store.js";
import { createRecorder } from "./recorder.js";

class Ended extends Error {}

/** Google as its documents tell: a point for each create, under our id or its own. */
function createGoogle({ replaces }: { readonly replaces: boolean }) {
  const points: Record<string, unknown>[] = [];
  const answer = (status: number, body: unknown): ProviderAnswer =>
    ({
      ...{ kind: "ok", status, body, headers: {}, receivedAt: 0, requests: 1, tokenScope: null },
      outcome: {},
    }) as never;
  return {
    points,
    /** Requests that came, by method. */
    came: [] as string[],
    async carryOut({ method, path, json }: ApiRequest): Promise<ProviderAnswer> {
      this.came.push(method);
      if (method === "GET") return answer(200, { dataPoints: points.filter(({ type }) => path.includes(`/${type}/`)) });
      if (path.endsWith(":batchDelete")) return answer(200, { done: true, response: {} });
      const point = json as { readonly name: string };
      if (!replaces && points.some(({ name }) => name === point.name)) return answer(409, {});
      const type = path.split("/").at(-2)!;
      const name = replaces ? point.name.replace(/[^/]+$/, `9${points.length}`) : point.name;
      points.push({ ...point, name, type, dataSource: { platform: "GOOGLE_WEB_API" } });
      return answer(200, { done: true, response: { name } });
    },
  };
}

const weighing: Recorded = { kind: "WEIGHING", time: "2026-11-20T07:11:00+01:00", weight: 72.5, fatPercentage: 21.25 };
const asked = { userId: "ada", provider: "GOOGLE_HEALTH", key: "k1", record: weighing } as const;

/** A process: its store and its way to Google, which end at the step that is told, or fail at it alone. */
function startProcess(
  store: Store,
  google: ReturnType<typeof createGoogle>,
  endsAt = Number.POSITIVE_INFINITY,
  fails: "from then on" | "once" = "from then on",
) {
  let steps = 0;
  const step = () => {
    if (++steps === endsAt + 1 || (steps > endsAt && fails === "from then on")) throw new Ended();
  };
  const collection: Store["collection"] = (name, form) => {
    const rows = store.collection(name, form);
    const write = async <A extends unknown[], R>(work: (...given: A) => Promise<R>, ...given: A): Promise<R> => {
      step();
      const done = await work(...given);
      step();
      return done;
    };
    return Object.assign(Object.create(rows), rows, {
      set: (...given: Parameters<typeof rows.set>) => write(rows.set.bind(rows), ...given),
      erase: (key: string) => write(rows.erase.bind(rows), key),
    });
  };
  const connection = { id: "c1", provider: "GOOGLE_HEALTH", scopes: [] } as unknown as Connection;
  const marked: string[] = [];
  const recorder = createRecorder({
    store: { ...store, lease: store.lease.bind(store), collection },
    connections: {
      require: async () => connection,
      get: async () => connection,
      hasEverConnected: async () => true,
      api: {
        send: async (_connection, request) => {
          step();
          const answer = await google.carryOut(request);
          step();
          return answer;
        },
      },
    },
    providers,
    history: {
      invalidate: async (_id, domain, days) => void marked.push(`${domain} ${days?.from ?? "all"}`),
      read: async () => ({ get: () => undefined, isOvertaken: () => false }),
    },
    bus: { dataUpdated: async () => {} },
    readOnly: false,
    clock: { now: () => Date.parse("2026-11-20T20:00:00Z") },
    delay: async () => {},
  });
  return { recorder, marked, steps: () => steps };
}

describe.each([false, true])("with Google's own ids in place of ours: %s", (replaces) => {
  it("has a weighing once, whichever step the process ended at", async () => {
    const whole = startProcess(await openStore("memory:"), createGoogle({ replaces }));
    const said = await whole.recorder.record(asked);
    expect(whole.marked).toEqual(["BODY 2026-11-20", "PROFILE all"]);
    expect(whole.steps()).toBeGreaterThan(10);
    for (let endsAt = 0; endsAt < whole.steps(); endsAt++) {
      const store = await openStore("memory:");
      const google = createGoogle({ replaces });
      await expect(startProcess(store, google, endsAt).recorder.record(asked)).rejects.toThrow(Ended);
      const next = startProcess(store, google);
      expect(await next.recorder.record(asked)).toEqual(said);
      expect(google.points.map(({ type }) => type)).toEqual(["weight", "body-fat"]);
      // Deleted by the id, whichever process found the names.
      await next.recorder.remove({ userId: "ada", id: said.id });
      await store.close();
    }
  });
});

it("goes on in the same process after the store was away, whichever step that was at", async () => {
  const whole = startProcess(await openStore("memory:"), createGoogle({ replaces: true }));
  const said = await whole.recorder.record(asked);
  for (let failsAt = 0; failsAt < whole.steps(); failsAt++) {
    const google = createGoogle({ replaces: true });
    const { recorder } = startProcess(await openStore("memory:"), google, failsAt, "once");
    await expect(recorder.record(asked)).rejects.toThrow(Ended);
    expect(await recorder.record(asked)).toEqual(said);
    expect(google.points.map(({ type }) => type)).toEqual(["weight", "body-fat"]);
  }
});

it("sends nothing a second time where nothing was lost", async () => {
  const google = createGoogle({ replaces: false });
  const { recorder } = startProcess(await openStore("memory:"), google);
  const one = await recorder.record(asked);
  expect(await recorder.record(asked)).toEqual(one);
  expect(google.came).toEqual(["POST", "POST"]);
});

it("keeps what two users record under one key apart", async () => {
  const google = createGoogle({ replaces: false });
  const { recorder } = startProcess(await openStore("memory:"), google);
  await recorder.record(asked);
  await recorder.record({ ...asked, userId: "bob", record: { ...weighing, weight: 91.5 } });
  expect(google.points).toHaveLength(4);
  const { id } = await recorder.record(asked);
  await expect(recorder.remove({ userId: "bob", id })).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
});
