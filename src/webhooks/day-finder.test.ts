import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { stillClock } from "../../test/support/lab-gateway.js";
import { readConfig } from "../config/read-config.js";
import { createGateway } from "../gateway.js";
import { createLogger } from "../log.js";
import { localDateOf } from "../model/time.js";
import { providers } from "../providers/index.js";
import { misfitUserId, startMisfitLab } from "../sandbox/misfit/index.js";
import { type Change, createDayFinder } from "./day-finder.js";

const PERSON = "napper";
const root = "/move/resource/v1/user/me/activity";

/** A gateway over the Misfit lab, with somebody connected. */
async function bench() {
  const clock = stillClock("2026-11-20T20:07:00Z");
  const lab = await startMisfitLab({ clock });
  const topics = ["goals", "profiles", "devices", "sessions", "sleeps"] as const;
  const env = {
    STORE_URL: "memory:",
    AUTH_JWT_SECRET: "a secret for tests that is long enough",
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    MISFIT_CLIENT_ID: lab.app.key,
    MISFIT_CLIENT_SECRET: lab.app.secret,
    MISFIT_API_URL: lab.url,
    MISFIT_SNS_TOPICS: topics.map((type) => lab.notifications.topicArn(type)).join(","),
  };
  const gateway = await createGateway({
    config: readConfig(env, { providers }),
    log: createLogger({ level: "silent" }),
    clock,
    delay: async (ms) => clock.advance(Math.ceil(ms)),
    resolveUrl: (url) => {
      const local = lab.localUrl(url);
      return local === url ? null : local;
    },
  });
  const tokens = lab.issueTokens(PERSON);
  await gateway.connections.importConnection({ userId: "ada", provider: "MISFIT", ...tokens });
  const connection = (await gateway.connections.list("ada"))[0]!;
  const { api, history, log } = gateway;
  const find = createDayFinder({ providers, sender: api, history, log });
  const listOf = async <T>(type: string): Promise<readonly T[]> => {
    const url = `${lab.url}${root}/${type}?start_date=2026-11-10&end_date=2026-11-20`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${tokens.accessToken}` } });
    return ((await answer.json()) as Record<string, T[]>)[type]!;
  };
  const asked = () => lab.requests.filter(({ path }) => new RegExp(`${root}/\\w+/`).test(path)).length;
  return {
    ...{ clock, lab, gateway, connection, find, listOf, asked },
    change: (type: string, id: string, more: Partial<Change> = {}): Change => ({
      kind: "changed",
      providerUserId: misfitUserId(PERSON),
      domains: [type === "sleeps" ? "SLEEP" : type === "sessions" ? "WORKOUTS" : "ACTIVITY"],
      days: null,
      lookup: { type, id },
      ...more,
    }),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await lab.close();
    },
  };
}

interface Timed {
  readonly id: string;
  readonly startTime: string;
  readonly duration: number;
}

const dayAfter = ({ startTime, duration }: Timed) => {
  const offset = startTime.slice(19);
  const hours = offset === "Z" ? 0 : Number(offset.slice(0, 3)) + Number(`${offset[0]}${offset.slice(4)}`) / 60;
  return new Date(Date.parse(startTime) + duration * 1000 + hours * 3_600_000).toISOString().slice(0, 10);
};

test("an object that a notice only names is read, for the day that its figures are filed under", async () => {
  await using b = await bench();
  const sleep = (await b.listOf<Timed>("sleeps"))[1]!;
  const session = (await b.listOf<Timed>("sessions"))[0]!;
  const goal = (await b.listOf<{ id: string; date: string }>("goals"))[2]!;
  const found = await b.find(b.connection, [
    b.change("sleeps", sleep.id),
    b.change("sessions", session.id),
    b.change("goals", goal.id),
    b.change("goals", goal.id, { domains: ["GOALS"] }),
  ]);
  const only = (day: string) => ({ from: day, to: day });
  expect(found.map(({ days }) => days)).toEqual([
    only(dayAfter(sleep)),
    only(localDateOf(session.startTime)),
    only(goal.date),
    only(goal.date),
  ]);
  expect(b.asked()).toBe(3);
});

test("a record that moved to another day is looked for where it is stored", async () => {
  await using b = await bench();
  const session = (await b.listOf<Timed>("sessions"))[0]!;
  const day = localDateOf(session.startTime);
  const before = new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
  await b.gateway.history.write(b.connection.id, [
    {
      field: "workouts.workouts",
      day: before,
      known: { value: [{ id: session.id }] as never },
      ...{ at: b.clock.now(), call: "sessions", settled: true },
    },
  ]);
  const found = await b.find(b.connection, [b.change("sessions", session.id)]);
  expect(found.map(({ days }) => days?.from)).toEqual([day, before]);
});

test("what was deleted, is gone, or can't be read stays without days", async () => {
  await using b = await bench();
  const sleep = (await b.listOf<Timed>("sleeps"))[1]!;
  const deleted = b.change("sleeps", sleep.id, { deleted: true });
  const unknown = b.change("sleeps", "0123456789abcdef01234567");
  const odd = b.change("moods", "1");
  expect(await b.find(b.connection, [deleted, unknown, odd])).toEqual([deleted, unknown, odd]);
  b.lab.changeObject(PERSON, "sleeps", sleep.id, { startTime: "yesterday" });
  const unreadable = b.change("sleeps", sleep.id);
  expect(await b.find(b.connection, [unreadable])).toEqual([unreadable]);
});

test("nothing is looked up of the budget that people wait for, nor for a crowd of objects, nor without a grant", async () => {
  await using b = await bench();
  const [sleep, ...others] = await b.listOf<Timed>("sleeps");
  const one = [b.change("sleeps", sleep!.id)];
  expect(await b.find({ ...b.connection, status: "REAUTHORIZATION_REQUIRED" }, one)).toEqual(one);
  const crowd = Array.from({ length: 11 }, (_, index) => b.change("sleeps", others[index]?.id ?? `none${index}`));
  expect(await b.find(b.connection, crowd)).toEqual(crowd);
  const misfit = providers.find(({ id }) => id === "MISFIT")!;
  const resetsAt = b.clock.now() + 60_000;
  const budgets = [{ scope: "CONNECTION", windowSeconds: 3600, limit: 150, remaining: 40, resetsAt }] as const;
  await b.gateway.budgets.spend(misfit, b.connection, 0, async () => ({ outcome: { kind: "ok", budgets } }));
  expect(await b.find(b.connection, one)).toEqual(one);
  expect(b.asked()).toBe(0);
});

test("a provider that does not answer is asked for one object, not for all of them", async () => {
  await using b = await bench();
  const named = (await b.listOf<Timed>("sleeps")).slice(0, 3).map(({ id }) => b.change("sleeps", id));
  await b.lab.close();
  const begun = b.clock.now();
  expect(await b.find(b.connection, named)).toEqual(named);
  // One repeat, and the pause before it.
  expect(b.clock.now() - begun).toBeLessThan(1_000);
});

test("a signed notice that names an id tells listeners the day, and makes only that day stale", async () => {
  await using b = await bench();
  const sleep = (await b.listOf<Timed>("sleeps"))[1]!;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = request.headers as Record<string, string>;
    const { status } = await b.gateway.webhooks.receive("misfit", {
      ...{ method: "POST" as const, headers, query: {}, body: Buffer.concat(chunks) },
    });
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    b.lab.setWebhookUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await b.lab.notifications.idle();
    await b.gateway.webhooks.idle();
    await b.lab.notifications.idle();
    const updates = b.gateway.updates.data("ada");
    b.lab.announce(PERSON, "sleeps", sleep.id);
    const day = dayAfter(sleep);
    expect((await updates.next()).value).toMatchObject({ domain: "SLEEP", dates: [day], origin: "LIVE" });
    await updates.return?.();
    const field = "sleep.sessions";
    const marks = await b.gateway.history.read(b.connection.id, [{ field, day }]);
    expect(marks.isOvertaken(field, day, b.clock.now())).toBe(true);
    expect(marks.isOvertaken(field, "2026-11-11", b.clock.now())).toBe(day === "2026-11-11");
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
