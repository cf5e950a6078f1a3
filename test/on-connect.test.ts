/** What the operator has done for each person who consents. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreUnavailable } from "../src/errors.js";
import { openStore } from "../src/store/open-store.js";
import type { RowForm } from "../src/store/row.js";
import type { Collection, Store } from "../src/store/store.js";
import { type AskOptions, asApp, dataRequests, eventually, type Served, startClosed } from "./support/served.js";

const both = { SUBSCRIBE_ON_CONNECT: "1", BACKFILL_DAYS_ON_CONNECT: "9" };
let served: Served;
afterEach(() => served.close());

async function consent(userId: string, personId = userId): Promise<void> {
  const { accessToken, refreshToken } = served.labs.fitbit.issueTokens(personId);
  const importIt = `mutation Import($accessToken: String!, $refreshToken: String!, $userId: ID!) {
    importConnection(input: { userId: $userId, provider: FITBIT, accessToken: $accessToken, refreshToken: $refreshToken }) {
      connection { status }
    }
  }`;
  const asked: AskOptions = { variables: { userId, accessToken, refreshToken }, headers: asApp };
  expect((await served.ask(importIt, asked)).errors).toBeUndefined();
}
async function stateOf(userId: string) {
  const query = `query Q($id: ID!) {
    user(id: $id) { connections { subscriptions { domains } } backfillJobs { status daysTotal daysDone } }
  }`;
  const { data } = await served.ask(query, { variables: { id: userId }, headers: asApp });
  return {
    jobs: data.user.backfillJobs,
    domains: data.user.connections[0].subscriptions.flatMap(({ domains }: { domains: string[] }) => domains).sort(),
  };
}

test("a person who consents is subscribed, and so many days of theirs are fetched, without a word of the app", async () => {
  served = await startClosed(both);
  await consent("demo");
  await eventually(60, "the past is fetched", async () => (await stateOf("demo")).jobs[0]?.status === "DONE");
  await eventually(60, "the person is subscribed", async () => (await stateOf("demo")).domains.length > 0);
  const { jobs, domains } = await stateOf("demo");
  expect(jobs).toEqual([{ status: "DONE", daysTotal: 9, daysDone: 9 }]);
  expect(domains).toEqual(expect.arrayContaining(["ACTIVITY", "SLEEP"]));
  await eventually(60, "nothing is left to do", async () => {
    for await (const _ of served.serving.gateway.store.collection("on-connect").keys("")) return false;
    return true;
  });
});

test.each<[Readonly<Record<string, string>>, number, boolean]>([
  [{}, 0, false],
  [{ SUBSCRIBE_ON_CONNECT: "1" }, 0, true],
  [{ BACKFILL_DAYS_ON_CONNECT: "2" }, 1, false],
])("%j does that and nothing else", async (env, jobs, isSubscribed) => {
  served = await startClosed(env);
  await consent("demo");
  const isDone = async () => {
    const state = await stateOf("demo");
    return state.jobs.length === jobs && state.domains.length > 0 === isSubscribed;
  };
  await eventually(60, "it is done", isDone);
});

test("what a gateway that ended left to do is done by the next; nothing is done for whoever left meanwhile", async () => {
  served = await startClosed(both);
  const { gateway } = served.serving;
  // As after a crash: noted, and in no queue.
  await gateway.stopWork(1_000);
  await consent("both");
  await consent("demo");
  const noted = async () => {
    const keys = [];
    for await (const key of gateway.store.collection("on-connect").keys("")) keys.push(key);
    return keys.length;
  };
  expect([await noted(), (await stateOf("demo")).domains]).toEqual([2, []]);
  await served.ask(`mutation { deleteUserData(input: { userId: "both" }) { userId } }`, { headers: asApp });
  expect(await noted()).toBe(1);
  const before = dataRequests(served.labs.fitbit, "both").length;
  await gateway.startWork();
  await eventually(60, "the one who stayed is subscribed", async () => (await stateOf("demo")).domains.length > 0);
  expect(dataRequests(served.labs.fitbit, "both")).toHaveLength(before);
});

/** A process that dies as soon as the connection is stored and listed: from then on nothing of it reaches the store. */
async function dyingOnceConnected(url: string) {
  const store = await openStore(url);
  let isDead = false;
  const alive = <A extends unknown[], T>(work: (...given: A) => Promise<T>) => {
    return async (...given: A): Promise<T> => {
      if (isDead) throw new StoreUnavailable("dead");
      return await work(...given);
    };
  };
  const dying: Store = {
    ...store,
    lease: alive(store.lease),
    collection: <T>(namespace: string, form?: RowForm<T>): Collection<T> => {
      const all = store.collection(namespace, form);
      return {
        ...all,
        ...{ get: alive(all.get), getMany: alive(all.getMany), set: alive(all.set) },
        putIfAbsent: alive(async (key, value, ttlMs) => {
          const isNew = await all.putIfAbsent(key, value, ttlMs);
          if (namespace === "users") isDead = true;
          return isNew;
        }),
      };
    },
  };
  return dying;
}

test("a crash right after the connection is stored loses neither the subscription nor the past", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pulsegate-on-connect-"));
  const STORE_URL = `sqlite:${join(folder, "store.db")}`;
  served = await startClosed(both, { store: await dyingOnceConnected(STORE_URL) });
  // Nobody is told that it worked.
  await expect(consent("demo")).rejects.toThrow();
  await served.close();

  served = await startClosed({ ...both, STORE_URL });
  await eventually(60, "the past is fetched", async () => {
    const jobs = [];
    for await (const [, job] of served.serving.gateway.store.collection<{ status: string }>("backfills").scan(""))
      jobs.push(job.status);
    return jobs.length === 1;
  });
  rmSync(folder, { recursive: true });
});
