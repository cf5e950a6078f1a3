/** Pieces of work that a death may meet, each with what must be so afterwards. */
import { exportUser } from "../../src/cli/export.js";
import { addDays } from "../../src/model/time.js";
import { fitbitSignature, fitbitUserId } from "../../src/sandbox/fitbit/index.js";
import { dateAt, datesBetween, dayTotals } from "../../src/sandbox/people/index.js";
import { type KillBench, type Scenario, who } from "./kill-bench.js";
import { dataRequests, eventually } from "./served.js";

/** Taken once: a midnight in the middle of a case would ask of one day and compare with another. */
const today = dateAt(who, Date.now());
export const at = (day: string, hour: number) => who.day(day).startMs + hour * 3_600_000;
export const stepsUntil = (day: string, hour: number) => dayTotals(who, who.day(day), at(day, hour)).steps;
/** The newest of some days on which the person walked in the afternoon. */
const busyDay = (newest: string) =>
  datesBetween(addDays(newest, -20), newest)
    .reverse()
    .find((day) => who.day(day).worn && stepsUntil(day, 20) - stepsUntil(day, 12) > 500)!;

const dayOf = (date: string) =>
  `{ user(id: "${who.id}") { activity(range: { from: "${date}", to: "${date}" }) {
    days { steps } sources { status } } connections { status } } }`;

export async function stepsOf(bench: KillBench, date: string, cached = false): Promise<number | null> {
  const headers: Record<string, string> = cached ? { "cache-control": "only-if-cached" } : {};
  const { data } = await bench.ask(dayOf(date), { headers });
  return data?.user?.activity?.days?.[0]?.steps ?? null;
}

const settledDay = () => busyDay(addDays(today, -60));

const query: Scenario = {
  name: "query",
  prepare: (bench) => bench.connect(),
  act: async (bench) => (await stepsOf(bench, settledDay())) === stepsUntil(settledDay(), 24),
  check: async (bench, { signal, answered }) => {
    bench.lab.forgetRequests();
    const lost = (await stepsOf(bench, settledDay())) === stepsUntil(settledDay(), 24) ? 0 : 1;
    // Readings are written behind the answer: an orderly end writes them, so that nobody is asked for them again.
    return { lost, doubled: answered && signal === "SIGTERM" ? dataRequests(bench.lab).length : 0 };
  },
};

const NINE_HOURS = 9 * 3_600_000;
const refresh: Scenario = {
  name: "refresh",
  prepare: async (bench) => {
    await bench.connect();
    bench.aheadMs = NINE_HOURS;
    bench.lab.forgetRequests();
  },
  act: async (bench) => (await stepsOf(bench, settledDay())) === stepsUntil(settledDay(), 24),
  check: async (bench) => {
    const isWell = async () => {
      const { data } = await bench.ask(dayOf(settledDay()), { headers: { "cache-control": "no-cache" } });
      return data?.user?.connections[0]?.status === "CONNECTED" && data.user.activity.sources[0]?.status === "OK";
    };
    const first = await isWell();
    // The pair that is stored is the one that is good: it is renewed once more.
    bench.aheadMs += NINE_HOURS;
    const second = await isWell();
    const refused = bench.lab.requests.filter(({ kind, status }) => kind === "token" && status >= 400);
    return { lost: first && second ? 0 : 1, doubled: refused.length };
  },
};

const callbacks = new WeakMap<KillBench, string>();
async function consent(bench: KillBench): Promise<string> {
  const { data } = await bench.ask(`mutation { connect(input: { userId: "${who.id}", provider: FITBIT,
    redirectTo: "https://app.example/done" }) { authorizationUrl } }`);
  const page = new URL(data.connect.authorizationUrl);
  page.searchParams.set("auto", "allow");
  page.searchParams.set("person", who.id);
  return (await fetch(page, { redirect: "manual" })).headers.get("location")!;
}
const comeBack = async (address: string) => {
  const location = (await fetch(address, { redirect: "manual" })).headers.get("location") ?? "";
  return location.includes("status=connected");
};
const callback: Scenario = {
  name: "callback",
  prepare: async (bench) => void callbacks.set(bench, await consent(bench)),
  act: (bench) => comeBack(callbacks.get(bench)!),
  check: async (bench, { answered }) => {
    const connections = async () => {
      const { data } = await bench.ask(dayOf(settledDay()));
      return (data?.user?.connections ?? []) as { status: string }[];
    };
    // The browser shows an error, so the person loads the page again; where that does not do, they consent again.
    if (!answered && !(await comeBack(callbacks.get(bench)!))) await comeBack(await consent(bench));
    const found = await connections();
    const isWell = found[0]?.status === "CONNECTED" && (await stepsOf(bench, settledDay())) !== null;
    return { lost: isWell ? 0 : 1, doubled: Math.max(0, found.length - 1) };
  },
};

export const liveDay = () => busyDay(addDays(today, -1));
/** Of more than one kind of data it is another notification, not a repeat of the last one. */
export async function notify(bench: KillBench, kinds: readonly string[] = ["activities"]): Promise<boolean> {
  const whose = { date: liveDay(), ownerId: fitbitUserId(who.id), ownerType: "user", subscriptionId: "s" };
  const body = JSON.stringify(kinds.map((collectionType) => ({ collectionType, ...whose })));
  const headers = {
    "content-type": "application/json",
    "x-fitbit-signature": fitbitSignature(body, bench.lab.clientSecret),
  };
  return (await fetch(`${bench.url}/webhooks/fitbit`, { method: "POST", headers, body })).status === 204;
}
const receipt: Scenario = {
  name: "receipt",
  prepare: async (bench) => {
    bench.lab.sync.sync(who.id, at(liveDay(), 12));
    await bench.connect();
    await stepsOf(bench, liveDay());
    bench.lab.sync.sync(who.id, at(liveDay(), 20));
  },
  act: (bench) => notify(bench),
  over: (bench) =>
    eventually(
      60,
      "the steps since noon are stored",
      async () => (await stepsOf(bench, liveDay(), true)) === stepsUntil(liveDay(), 20),
    ),
  check: async (bench, { answered }) => {
    const { store } = bench.restarted().gateway;
    const keysOf = async (collection: string) => {
      const keys: string[] = [];
      for await (const [key] of store.collection(collection).scan("")) keys.push(key);
      return keys;
    };
    const isKnown = (await keysOf("receipts")).length + (await keysOf("deliveries")).length > 0;
    // Providers repeat what was not acknowledged.
    if (!answered && !isKnown) await notify(bench);
    const isDone = async () =>
      (await stepsOf(bench, liveDay(), true)) === stepsUntil(liveDay(), 20) && (await keysOf("receipts")).length === 0;
    const lost = await eventually(60, "the notification is worked off", isDone).then(
      () => 0,
      () => 1,
    );
    return { lost, doubled: Math.max(0, (await keysOf("deliveries")).length - 1) };
  },
};

const DAYS = 400;
const BACKFILL = `mutation ($input: BackfillInput!) { backfill(input: $input) { job { id status } } }`;
const backfillInput = () => ({
  ...{ userId: who.id, provider: "FITBIT", domains: ["BODY"] },
  range: { from: addDays(today, 1 - DAYS), to: today },
});
const backfill: Scenario = {
  name: "backfill",
  prepare: (bench) => bench.connect(),
  act: async (bench) => {
    const { data } = await bench.ask(BACKFILL, { variables: { input: backfillInput() } });
    return data?.backfill?.job.status !== undefined;
  },
  over: (bench) =>
    eventually(60, "the backfill is done", async () => {
      const { data } = await bench.ask(`{ user(id: "${who.id}") { backfillJobs { status } } }`);
      return data?.user?.backfillJobs[0]?.status === "DONE";
    }),
  check: async (bench) => {
    const { backfills } = bench.restarted().gateway;
    // Whoever was not answered asks again: an equal job that is under way is the job.
    if ((await backfills.list(who.id)).length === 0)
      await bench.ask(BACKFILL, { variables: { input: backfillInput() } });
    const isDone = async () => (await backfills.list(who.id)).every(({ status }) => status === "DONE");
    const over = await eventually(60, "the backfill is done", isDone).then(
      () => true,
      () => false,
    );
    const days = new Set<string>();
    let twice = 0;
    const io = {
      signal: new AbortController().signal,
      out: async (line: string) => {
        const { type, field, day } = JSON.parse(line);
        if (type !== "reading" || field !== "body.weight") return;
        if (days.has(day)) twice++;
        days.add(day);
      },
    };
    await exportUser(io as unknown as Parameters<typeof exportUser>[0], bench.restarted().gateway, who.id);
    const missing = datesBetween(addDays(today, 1 - DAYS), today).filter((day) => !days.has(day)).length;
    return { lost: over ? missing : DAYS, doubled: twice + Math.max(0, (await backfills.list(who.id)).length - 1) };
  },
};

const recordedDay = () => addDays(today, -1);
const WEIGHING = `mutation { recordWeighing(input: { userId: "${who.id}", provider: FITBIT, key: "kill",
  time: "${addDays(today, -1)}T04:05:06Z", weight: 83.25, fatPercentage: 22.75 }) { id } }`;
const creates = ({ lab }: KillBench, figure: string) =>
  lab.requests.filter(({ method, path }) => method === "POST" && path.endsWith(`/body/log/${figure}.json`)).length;
/** What an app has a provider keep: two entries, at one that knows no ids of ours. */
const record: Scenario = {
  name: "record",
  laterMs: 61_000,
  prepare: async (bench) => {
    await bench.connect();
    bench.lab.forgetRequests();
  },
  act: async (bench) => (await bench.ask(WEIGHING)).data?.recordWeighing?.id !== undefined,
  check: async (bench) => {
    // Whoever was not answered asks again with the same key, and so does whoever was.
    const { data } = await bench.ask(WEIGHING);
    const { id } = data?.recordWeighing ?? {};
    const body =
      await bench.ask(`{ user(id: "${who.id}") { body(range: { from: "${recordedDay()}", to: "${recordedDay()}" }) {
      measurements { id weight fatPercentage } } } }`);
    const found = (body.data.user.body.measurements as { id: string; weight: number; fatPercentage: number }[]).filter(
      ({ weight }) => weight === 83.25,
    );
    const isWhole = found.some((one) => one.id === id && one.fatPercentage === 22.75);
    return {
      lost: isWhole ? 0 : 1,
      doubled: Math.max(creates(bench, "weight"), creates(bench, "fat"), found.length) - 1,
    };
  },
};

export const scenarios: readonly Scenario[] = [query, refresh, callback, receipt, backfill, record];
