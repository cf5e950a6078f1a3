import { createClient } from "graphql-ws";
import { SignJWT } from "jose";
import { WebSocket } from "ws";
import { fitbitLab } from "../built.js";
import { daysFrom } from "../first-time.js";
import { activityOf, dashboard, daysAgo } from "../queries.js";
import { APP_KEY, JWT_SECRET, type Replica, type World } from "./world.js";

export type Kind = "dashboard" | "history" | "cold" | "notification" | "backfill" | "hostile";

/** Of a hundred operations. Refreshes come by themselves: the tokens of every fourth person end. */
const MIX: Readonly<Record<Kind, number>> = {
  dashboard: 54,
  history: 15,
  cold: 12,
  notification: 12,
  backfill: 2,
  hostile: 5,
};
const kinds = Object.entries(MIX).flatMap(([kind, share]) => Array<Kind>(share).fill(kind as Kind));
const anyKind = () => kinds[Math.floor(Math.random() * kinds.length)]!;

export interface Tally {
  /** Milliseconds of each operation that was answered, by kind. */
  readonly times: Record<Kind, number[]>;
  /** What should not have been: its kind, and what was answered. */
  readonly errors: string[];
  /** Sent to another replica, since the first had gone. */
  failedOver: number;
  events: number;
  /** What was accepted, and must not be lost. */
  readonly notifications: { readonly person: string; readonly date: string; readonly at: number }[];
  readonly backfills: string[];
}

export const newTally = (): Tally => ({
  times: { dashboard: [], history: [], cold: [], notification: [], backfill: [], hostile: [] },
  errors: [],
  failedOver: 0,
  events: 0,
  notifications: [],
  backfills: [],
});

interface Sent {
  readonly status: number;
  readonly text: string;
}

/** Operations at a steady rate for some seconds, over whichever replicas are ready. */
export async function work(
  world: World,
  replicas: readonly Replica[],
  { seconds, rate, tally }: { readonly seconds: number; readonly rate: number; readonly tally: Tally },
): Promise<void> {
  const operations = createOperations(world, replicas, tally);
  const open = new Set<Promise<void>>();
  const end = performance.now() + seconds * 1_000;
  // On a machine that does not keep up, too, the time is over when it is over.
  for (let at = performance.now(); at < end && performance.now() < end; at += 1_000 / rate) {
    const pause = at - performance.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    // A busy machine is not given more than it can take up: what is measured is what an operation costs.
    if (open.size >= MOST_AT_ONCE) await Promise.race(open);
    const kind = anyKind();
    const done: Promise<void> = operations[kind]()
      .catch((error: unknown) => void tally.errors.push(`${kind}: ${String(error)}`))
      .finally(() => open.delete(done));
    open.add(done);
  }
  await Promise.all(open);
}
const MOST_AT_ONCE = 32;
/** Longer than any operation may take, on a machine that others keep busy too. */
const PATIENCE_MS = 60_000;

/** So many operations of the mix, a few at once, whatever becomes of them. */
export async function mixed(world: World, replicas: readonly Replica[], count: number): Promise<void> {
  const operations = createOperations(world, replicas, newTally());
  let left = count;
  const worker = async () => {
    while (left-- > 0) await operations[anyKind()]().catch(() => {});
  };
  await Promise.all(Array.from({ length: 5 }, worker));
}

/** One kind alone, so many times, a few at once. */
export async function only(world: World, replicas: readonly Replica[], kind: Kind, count: number): Promise<void> {
  const tally = newTally();
  const operations = createOperations(world, replicas, tally);
  let left = count;
  const worker = async () => {
    while (left-- > 0) await operations[kind]();
  };
  await Promise.all(Array.from({ length: 5 }, worker));
  if (tally.errors.length > 0) throw new Error(tally.errors[0]);
}

/** Every second notification is about one of so many people: of one who changed before, a webhook is told. */
const LIVELY = 100;

/** The days before today that nobody has asked for, further back with each. */
let coldDay = 60;

function createOperations(
  world: World,
  replicas: readonly Replica[],
  tally: Tally,
): Readonly<Record<Kind, (id?: string) => Promise<void>>> {
  const someOf = (people: readonly string[]) => people[Math.floor(Math.random() * people.length)]!;
  const person = () => someOf(world.people);
  const lively = world.people.slice(0, LIVELY);
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (id: string) => {
    const known = tokens.get(id) ?? signed(id);
    tokens.set(id, known);
    return known;
  };
  const send = (path: string, body: string, headers: Record<string, string>) =>
    balanced(replicas, path, body, headers, tally);
  const query = async (kind: Kind, id: string, text: string, variables: object): Promise<void> => {
    const begun = performance.now();
    const viewed = text
      .replace(/\(\$user: ID!,? ?/, "(")
      .replace("()", "")
      .replace("user(id: $user)", "viewer");
    const headers = { "content-type": "application/json", authorization: `Bearer ${await tokenOf(id)}` };
    const { status, text: answer } = await send("/graphql", JSON.stringify({ query: viewed, variables }), headers);
    const { errors } = status === 200 ? (JSON.parse(answer) as { errors?: unknown }) : { errors: answer };
    if (errors) tally.errors.push(`${kind}: ${status} ${JSON.stringify(errors).slice(0, 200)}`);
    tally.times[kind].push(performance.now() - begun);
  };
  const asked = (first: number, days: number) => ({ ...daysFrom(first, days), providers: ["FITBIT"] });
  return {
    dashboard: (id = person()) => query("dashboard", id, dashboard, {}),
    history: (id = person()) => query("history", id, activityOf, asked(90, 90)),
    cold: () => query("cold", person(), activityOf, asked(100 + (coldDay++ % 250), 5)),
    notification: async () => {
      const id = Math.random() < 0.5 ? someOf(lively) : person();
      const date = daysAgo(Math.floor(Math.random() * 5));
      const collectionType = Math.random() < 0.7 ? "activities" : "sleep";
      const ownerId = fitbitLab.fitbitUserId(id);
      const body = JSON.stringify([{ collectionType, date, ownerId, ownerType: "user", subscriptionId: "s" }]);
      const begun = performance.now();
      const at = Date.now();
      const headers = { "x-fitbit-signature": fitbitLab.fitbitSignature(body, world.lab.clientSecret) };
      const { status } = await send("/webhooks/fitbit", body, headers);
      if (status === 204 && collectionType === "activities") tally.notifications.push({ person: id, date, at });
      // Without an answer of ours a provider comes again.
      else if (status !== 204) tally.errors.push(`notification: ${status}`);
      tally.times.notification.push(performance.now() - begun);
    },
    backfill: async () => {
      const begun = performance.now();
      const input = { userId: person(), provider: "FITBIT", domains: ["ACTIVITY"], range: { lastDays: 60 } };
      const text = "mutation M($input: BackfillInput!) { backfill(input: $input) { job { id } } }";
      const headers = { "content-type": "application/json", "x-api-key": APP_KEY };
      const answer = await send("/graphql", JSON.stringify({ query: text, variables: { input } }), headers);
      const { data, errors } = JSON.parse(answer.text) as {
        data?: { backfill: { job: { id: string } } };
        errors?: unknown;
      };
      if (data) tally.backfills.push(data.backfill.job.id);
      else tally.errors.push(`backfill: ${answer.status} ${JSON.stringify(errors).slice(0, 200)}`);
      tally.times.backfill.push(performance.now() - begun);
    },
    hostile: async () => {
      const begun = performance.now();
      const [path, body, headers] = attacks[Math.floor(Math.random() * attacks.length)]!;
      const { status, text } = await send(path, body, headers);
      const isRefused = (status >= 400 && status < 500) || text.includes('"errors"');
      if (!isRefused) tally.errors.push(`hostile: ${status} ${text.slice(0, 100)}`);
      tally.times.hostile.push(performance.now() - begun);
    },
  };
}

const json = { "content-type": "application/json" };
const withKey = { ...json, "x-api-key": APP_KEY };
const attacks: readonly (readonly [string, string, Record<string, string>])[] = [
  ["/graphql", '{"query":"{ viewer { activity(range', withKey],
  ["/graphql", JSON.stringify({ query: `{ ${"a: providers { id } ".repeat(3_000)} }` }), withKey],
  ["/graphql", JSON.stringify({ query: `${"{ user".repeat(400)}` }), withKey],
  ["/graphql", JSON.stringify({ query: "{ viewer { activity(range: { lastDays: 9 }) { days { steps } } } }" }), json],
  [
    "/graphql",
    JSON.stringify({ query: "{ providers { id } }" }),
    { ...json, authorization: "Bearer eyJhbGciOiJub25lIn0.e30." },
  ],
  ["/graphql", JSON.stringify({ query: "{ providers { id } }", variables: "x".repeat(300_000) }), withKey],
  ["/webhooks/fitbit", '[{"collectionType":"sleep"}]', { "x-fitbit-signature": "bm8=" }],
  ["/webhooks/unknown", "[]", {}],
];

/** As a balancer does: over who is ready; where a replica went away, another is asked. */
async function balanced(
  replicas: readonly Replica[],
  path: string,
  body: string,
  headers: Record<string, string>,
  tally: Tally,
): Promise<Sent> {
  for (let attempt = 0; ; attempt++) {
    const ready = replicas.filter((one) => one.ready);
    const replica = ready[Math.floor(Math.random() * ready.length)];
    try {
      if (!replica) throw new Error("no replica is ready");
      const response = await fetch(replica.url + path, {
        method: "POST",
        body,
        headers,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      if (attempt >= 100 || (error as Error).name === "TimeoutError") throw error;
      tally.failedOver++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export const signed = (id: string) =>
  new SignJWT({ sub: id })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + 7_200)
    .sign(new TextEncoder().encode(JWT_SECRET));

/** Listens to some people's changes, over as many sockets, and comes back where one is cut. */
export async function listen(world: World, replicas: readonly Replica[], count: number, tally: Tally) {
  const clients = world.people.slice(0, count).map((id, at) => {
    const client = createClient({
      url: () => `${replicas[at % replicas.length]!.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: async () => ({ authorization: `Bearer ${await signed(id)}` }),
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      lazy: false,
      onNonLazyError: () => {},
    });
    client.subscribe(
      { query: "subscription { dataUpdated { domain dates } }" },
      { next: () => void tally.events++, error: () => {}, complete: () => {} },
    );
    return client;
  });
  return async () => {
    for (const client of clients) await client.dispose();
  };
}
