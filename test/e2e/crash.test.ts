/** `kill -9`: what was accepted is done, and done once, and the figures are those of a run that nobody disturbed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportUser } from "../../src/cli/export.js";
import { readConfig } from "../../src/config/read-config.js";
import { createGateway, type Gateway } from "../../src/gateway.js";
import { createLogger } from "../../src/log.js";
import { addDays } from "../../src/model/time.js";
import { providers } from "../../src/providers/index.js";
import { type FitbitLab, startFitbitLab } from "../../src/sandbox/fitbit/index.js";
import { dateAt, datesBetween, dayTotals, person } from "../../src/sandbox/people/index.js";
import { openStore } from "../../src/store/open-store.js";
import { type Child, startChild } from "../support/child.js";
import {
  type AskOptions,
  asApp,
  clientOf,
  credentials,
  dataRequests,
  eventually,
  freePort,
} from "../support/served.js";

const who = person("both");
/** Whatever a dead process held has run out by then. */
const LATER_MS = 120_000;
/** Each case starts two processes: on a busy machine that alone takes long. Who waits goes on with the event, not then. */
const PATIENCE_SECONDS = 120;
const CASE_MS = 300_000;

let lab: FitbitLab;
let aheadMs = 0;
let folder: string;
let env: Record<string, string>;
let url: string;
const children: Child[] = [];

beforeEach(async () => {
  aheadMs = 0;
  lab = await startFitbitLab({ clock: { now: () => Date.now() + aheadMs } });
  lab.sync.sync(who.id, Date.now());
  folder = mkdtempSync(join(tmpdir(), "pulsegate-crash-"));
  const port = String(await freePort());
  url = `http://127.0.0.1:${port}`;
  env = {
    ...credentials,
    PORT: port,
    STORE_URL: `sqlite:${join(folder, "pulsegate.db")}`,
    PREFETCH: "1",
    FITBIT_CLIENT_ID: lab.clientId,
    FITBIT_CLIENT_SECRET: lab.clientSecret,
    FITBIT_API_URL: lab.url,
  };
  lab.setWebhookUrl(`${url}/webhooks/fitbit`);
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  await lab.close();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<Child> {
  const child = await startChild({ ...env, AHEAD_MS: String(aheadMs) });
  children.push(child);
  return child;
}

const ask = async (query: string, { headers, ...options }: AskOptions = {}) => {
  const answer = await clientOf(url).ask(query, { ...options, headers: { ...asApp, ...headers } });
  expect(answer.errors).toBeUndefined();
  return answer.data;
};

async function connect(): Promise<string> {
  const { accessToken, refreshToken, expiresAt } = lab.issueTokens(who.id);
  const { importConnection } = await ask(`mutation { importConnection(input: {
    userId: "${who.id}", provider: FITBIT, accessToken: "${accessToken}", refreshToken: "${refreshToken}",
    expiresAt: "${new Date(expiresAt!).toISOString()}" }) { connection { id status } } }`);
  expect(importConnection.connection.status).toBe("CONNECTED");
  return importConnection.connection.id;
}

/** A gateway in this process: to look into the store of a dead one, or to do the same undisturbed. */
async function gatewayHere(storeUrl: string): Promise<Gateway> {
  return await createGateway({
    config: readConfig({ ...env, STORE_URL: storeUrl }, { providers }),
    log: createLogger({ level: "silent" }),
    clock: { now: () => Date.now() + aheadMs },
  });
}

/** Every reading of an export, by field and day. */
async function readings(gateway: Gateway): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const io = {
    signal: new AbortController().signal,
    out: async (line: string) => {
      const { type, field, day, value, nothing, settled } = JSON.parse(line);
      if (type === "reading") found.set(`${field} ${day}`, JSON.stringify({ value, nothing, settled }));
    },
  };
  await exportUser(io as unknown as Parameters<typeof exportUser>[0], gateway, who.id);
  return found;
}

type Backfill = Parameters<Gateway["backfills"]["start"]>[0];

/** What the same person's export holds where the same is read and nobody disturbs it. */
async function undisturbed(input: Backfill): Promise<Map<string, string>> {
  const gateway = await gatewayHere("memory:");
  const { accessToken, refreshToken } = lab.issueTokens(who.id);
  await gateway.connections.importConnection({ userId: who.id, provider: "FITBIT", accessToken, refreshToken });
  const { id } = await gateway.backfills.start(input);
  const progress = gateway.backfills.watch(id);
  await gateway.startWork();
  for await (const _ of progress);
  const found = await readings(gateway);
  await gateway.close();
  return found;
}

test(
  "a backfill that was killed goes on where it was, and ends with the same figures",
  async () => {
    const today = dateAt(who, Date.now());
    const range = { from: addDays(today, -399), to: today };
    const input: Backfill = { userId: who.id, provider: "FITBIT", domains: ["SLEEP", "BODY"], range };
    // The newest 365 days are one step. This request belongs to the second, and is never answered.
    lab.addFault({ path: `/body/log/fat/date/${range.from}`, kind: "hang", times: 1 });
    const first = await start();
    await connect();
    await ask("mutation ($input: BackfillInput!) { backfill(input: $input) { job { id } } }", { variables: { input } });
    await eventually(PATIENCE_SECONDS, "the second step is under way", () =>
      lab.requests.some(({ status }) => status === 0),
    );
    await first.kill();
    const disturbed = await gatewayHere(env["STORE_URL"]!);
    const [job] = await disturbed.backfills.list(who.id);
    expect(job).toMatchObject({ status: "RUNNING", daysDone: 365, daysTotal: 400 });

    lab.forgetRequests();
    aheadMs = LATER_MS;
    const second = await start();
    await eventually(PATIENCE_SECONDS, "the job is over", async () => {
      const now = await disturbed.backfills.get(job!.id);
      return now?.status === "DONE" || now?.status === "FAILED";
    });
    await second.stop();
    expect(await disturbed.backfills.list(who.id)).toEqual([{ ...job, status: "DONE", daysDone: 400 }]);
    // What was done before is not asked for again.
    const again = dataRequests(lab).map(({ path }) => /(\d{4}-\d\d-\d\d)\.json$/.exec(path)![1]!);
    expect(again.length).toBeGreaterThan(0);
    for (const to of again) expect(to <= addDays(today, -365)).toBe(true);

    const expected = await undisturbed(input);
    expect(expected.size).toBeGreaterThan(3 * 400);
    expect(await readings(disturbed)).toEqual(expected);
    await disturbed.close();
  },
  CASE_MS,
);

test(
  "a notification that was accepted and not worked off when the process was killed is worked off, once",
  async () => {
    const yesterday = addDays(dateAt(who, Date.now()), -1);
    const date = datesBetween(addDays(yesterday, -20), yesterday)
      .reverse()
      .find((day) => stepsUntil(day, 20) - stepsUntil(day, 12) > 500)!;
    lab.sync.sync(who.id, at(date, 12));
    const first = await start();
    const connectionId = await connect();
    await ask(
      `mutation { subscribe(input: { userId: "${who.id}", provider: FITBIT, domains: [ACTIVITY] }) { notices } }`,
    );
    /** As stored: nobody is asked. */
    const stored = async (): Promise<number | undefined> => {
      const { user } = await ask(dayOf(date), { headers: { "cache-control": "only-if-cached" } });
      return user.activity.days[0]?.steps;
    };
    const before: number = (await ask(dayOf(date))).user.activity.days[0].steps;
    expect(await stored()).toBe(before);

    // The work begins with marking the day, for which it wants the marks to itself: somebody else has them.
    const store = await openStore(env["STORE_URL"]!);
    const marks = await store.lease(`history/${connectionId}/marks`, 600_000);
    await lab.syncPerson(who.id, at(date, 20));
    expect(lab.deliveries.map(({ accepted }) => accepted)).toEqual([true]);
    await first.kill();
    const keysOf = async (collection: string) => {
      const keys: string[] = [];
      for await (const [key] of store.collection(collection).scan("")) keys.push(key);
      return keys;
    };
    const receipts = await keysOf("receipts");
    expect(receipts).toHaveLength(1);
    await marks!.release();

    lab.forgetRequests();
    aheadMs = LATER_MS;
    const second = await start();
    await eventually(
      PATIENCE_SECONDS,
      "the steps since noon are stored, and all else that was to be done is done",
      async () => {
        return ((await stored()) ?? 0) > before && (await keysOf("jobs")).length === 0;
      },
    );
    await second.stop();
    expect([await keysOf("receipts"), await keysOf("deliveries")]).toEqual([[], receipts]);
    await store.close();
    // Once: no request was made twice.
    const asked = dataRequests(lab).map(({ path }) => path);
    expect(new Set(asked).size).toBe(asked.length);

    const disturbed = await gatewayHere(env["STORE_URL"]!);
    const ofTheDay = (all: Map<string, string>) => [...all].filter(([key]) => key.endsWith(date)).sort();
    const expected = ofTheDay(
      await undisturbed({
        userId: who.id,
        provider: "FITBIT",
        domains: ["ACTIVITY", "HEART", "WORKOUTS", "VITALS"],
        range: { from: date, to: date },
      }),
    );
    expect(expected.length).toBeGreaterThan(12);
    expect(ofTheDay(await readings(disturbed))).toEqual(expected);
    await disturbed.close();
  },
  CASE_MS,
);

const dayOf = (date: string) =>
  `{ user(id: "${who.id}") { activity(range: { from: "${date}", to: "${date}" }) { days { steps } } } }`;
const at = (day: string, hour: number) => who.day(day).startMs + hour * 3_600_000;
const stepsUntil = (day: string, hour: number) =>
  who.day(day).worn ? dayTotals(who, who.day(day), at(day, hour)).steps : 0;
