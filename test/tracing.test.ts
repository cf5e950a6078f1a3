/** What an operator's SDK is told of the work, and what it is never told. */
import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { fitbitSignature } from "../src/sandbox/fitbit/index.js";
import { asApp, asUser, credentials, eventually, type Served, startServed, testTime } from "./support/served.js";
import { recordSpans, type Tree } from "./support/spans.js";

const recorded = recordSpans();
const time = testTime("2026-11-25T15:00:00Z");
let served: Served;
beforeAll(async () => {
  served = await startServed(credentials, time);
});
afterAll(async () => {
  await served.close();
  await recorded.close();
});
beforeEach(async () => {
  await settled();
  recorded.forget();
});
afterEach(async () => {
  await settled();
  served.labs.googleHealth.clearFaults();
});

const user = { variables: { id: "demo" }, headers: asApp };
const steps = (days: string, of = "GOOGLE_HEALTH") =>
  `query Q($id: ID!) { user(id: $id) { activity(range: { ${days} }, providers: [${of}]) { days { steps } sources { status } } } }`;
const settled = async () => {
  const { connections, history, webhooks } = served.serving.gateway;
  await webhooks.idle();
  await history.flush();
  await connections.idle(1_000);
};
/** The trees of GraphQL's requests: what provider and queue do by themselves may come at any time. */
const trees = () => recorded.trees().filter((tree) => (typeof tree === "string" ? tree : tree[0]) === "POST /graphql");
/** The same without what the store is asked for. */
const shown = (tree: Tree): Tree => {
  if (typeof tree === "string") return tree;
  const [name, ...below] = tree;
  const rest = below.filter((one) => !String(typeof one === "string" ? one : one[0]).startsWith("store ")).map(shown);
  return rest.length === 0 ? name : [name, ...rest];
};
const named = (name: string) => recorded.spans.filter((span) => span.name === name);
const only = (name: string) => {
  expect(named(name)).toHaveLength(1);
  return named(name)[0]!;
};

/** What Fitbit sends of "demo". */
async function notify(collectionType: string, date: string): Promise<void> {
  const { fitbit } = served.labs;
  const connections = await served.serving.gateway.connections.list("demo");
  const { providerUserId: ownerId } = connections.find(({ provider }) => provider === "FITBIT")!;
  const body = JSON.stringify([{ collectionType, date, ownerId, ownerType: "user", subscriptionId: "s" }]);
  const headers = { "x-fitbit-signature": fitbitSignature(body, fitbit.clientSecret) };
  const { status } = await fetch(`${served.url}/webhooks/fitbit`, { method: "POST", headers, body });
  expect(status).toBe(204);
  await eventually(60, "it is worked off", () => named("notification").length > 0);
}
/** Until it is done. */
async function backfill(domain: string): Promise<void> {
  const input = { userId: "demo", provider: "GOOGLE_HEALTH", domains: [domain], range: { lastDays: 40 } };
  const { errors } = await served.ask("mutation M($input: BackfillInput!) { backfill(input: $input) { job { id } } }", {
    variables: { input },
    headers: asApp,
  });
  expect(errors).toBeUndefined();
  await eventually(60, "the backfill is done", () => named("job backfill").length > 0);
}
const outliveTokens = () => time.moveTo(time.clock.now() + 9 * 3_600_000);

test("a cold query is one trace: the plan, each call below it, and each request below its call", async () => {
  const { data } = await served.ask(steps('from: "2026-11-19", to: "2026-11-24"'), user);
  expect(data.user.activity.days).toHaveLength(6);
  await settled();
  expect(trees().map(shown)).toEqual([["POST /graphql", ["read", ["plan", ["call", "POST"]]]]]);
  expect(only("POST /graphql").attributes).toMatchObject({
    "http.route": "/graphql",
    "http.response.status_code": 200,
    "graphql.operation.type": "query",
    "pulsegate.points": expect.any(Number),
  });
  expect(only("read").attributes).toEqual({ "pulsegate.people": 1, "pulsegate.domains": ["ACTIVITY"] });
  const [connection] = await served.serving.gateway.connections.list("demo");
  const whose = { "pulsegate.provider": "GOOGLE_HEALTH", "pulsegate.connection.id": connection!.id };
  const days = (of: string) => ({
    [`pulsegate.${of}.from`]: "2026-11-19",
    [`pulsegate.${of}.to`]: "2026-11-24",
  });
  const call = only("call").attributes["pulsegate.call.name"];
  expect(only("plan").attributes).toEqual({
    ...{ ...whose, ...days("plan") },
    "pulsegate.plan.fields": ["activity.steps"],
    "pulsegate.plan.calls": [call],
    "pulsegate.plan.requests": 1,
    "pulsegate.plan.at_least": false,
    "pulsegate.plan.exact": true,
    "pulsegate.plan.dry_run": false,
  });
  expect(only("call").attributes).toEqual({
    ...{ ...whose, ...days("call") },
    "pulsegate.call.name": call,
    "pulsegate.call.requests": 1,
    "pulsegate.call.shared": false,
  });
  expect(only("POST").attributes).toMatchObject({ "http.response.status_code": 200 });
});

test("a dry run has the plan, and no call", async () => {
  await served.ask(steps('from: "2026-08-03", to: "2026-08-11"'), { ...user, plan: "dry-run" });
  expect(trees().map(shown)).toEqual([["POST /graphql", ["read", "plan"]]]);
  expect(only("plan").attributes).toMatchObject({ "pulsegate.plan.dry_run": true, "pulsegate.plan.requests": 1 });
});

test("what is stored is read without a plan", async () => {
  const days = 'from: "2026-08-17", to: "2026-08-21"';
  await served.ask(steps(days), user);
  await settled();
  recorded.forget();
  await served.ask(steps(days), user);
  expect(trees().map(shown)).toEqual([["POST /graphql", "read"]]);
});

test("all that an operation asks for is read at once, and planned once for each connection, in its own trace", async () => {
  const both = `query Q($id: ID!) {
    a: user(id: $id) { activity(range: { from: "2026-10-02", to: "2026-10-05" }) { days { steps } } }
    b: user(id: "switcher") { activity(range: { from: "2026-10-03", to: "2026-10-05" }) { days { steps } } }
    c: user(id: $id) { activity(range: { from: "2026-10-07", to: "2026-10-08" }) { days { steps } } }
  }`;
  const answers = await Promise.all([
    served.ask(both, user),
    served.ask(steps('from: "2026-10-11", to: "2026-10-12"'), user),
  ]);
  for (const { errors } of answers) expect(errors).toBeUndefined();
  await settled();
  const traces = trees().map(shown);
  expect(traces).toHaveLength(2);
  const [larger, smaller] = named("read").sort((a, b) => peopleOf(b) - peopleOf(a));
  expect([peopleOf(larger!), peopleOf(smaller!)]).toEqual([2, 1]);
  const plansIn = (read: ReadableSpan) =>
    named("plan").filter(({ parentSpanContext }) => parentSpanContext?.spanId === read.spanContext().spanId);
  const [larges, smalls] = [plansIn(larger!), plansIn(smaller!)];
  expect(larges.length + smalls.length).toBe(named("plan").length);
  const of = larges.map(({ attributes }) => attributes["pulsegate.connection.id"]);
  expect(of.length).toBeGreaterThan(1);
  expect(new Set(of).size).toBe(of.length);
  expect(smalls).toHaveLength(1);
});
const peopleOf = ({ attributes }: ReadableSpan) => Number(attributes["pulsegate.people"]);

test("a refresh is part of the call that it was due for", async () => {
  outliveTokens();
  await served.ask(steps("lastDays: 1"), user);
  await settled();
  const [tree] = trees();
  expect(shown(tree!)).toEqual(["POST /graphql", ["read", ["plan", ["call", ["refresh", "POST"], "POST"]]]]);
  expect(only("refresh").attributes).toMatchObject({
    "pulsegate.provider": "GOOGLE_HEALTH",
    "pulsegate.outcome": "renewed",
  });
  const stored = recorded.spans.filter(
    ({ name, parentSpanContext }) =>
      name.startsWith("store ") && parentSpanContext?.spanId === only("refresh").spanContext().spanId,
  );
  expect(stored.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["store acquire tokens", "store get tokens", "store set tokens", "store release tokens"]),
  );
});

test("a provider that fails is an error of its call, and not of the request", async () => {
  served.labs.googleHealth.addFault({ status: 503 });
  await served.ask(steps('from: "2026-11-01", to: "2026-11-03"'), user);
  expect(only("call").attributes).toMatchObject({ "pulsegate.failure": "UNAVAILABLE" });
  // Sent again once.
  expect(trees().map(shown)).toEqual([["POST /graphql", ["read", ["plan", ["call", "POST", "POST"]]]]]);
  for (const name of ["POST /graphql", "read", "plan"]) expect(only(name).status.code).toBe(SpanStatusCode.UNSET);
  expect(only("call").status).toEqual({ code: SpanStatusCode.ERROR });
  for (const sent of named("POST")) {
    expect(sent.attributes["http.response.status_code"]).toBe(503);
    expect(sent.status).toEqual({ code: SpanStatusCode.ERROR });
  }
});

test("a job is a trace of its own, with a link to the request that put it on the queue", async () => {
  await backfill("SLEEP");
  const job = only("job backfill");
  const [request] = recorded.spans.filter(({ name }) => name === "POST /graphql");
  expect(job.parentSpanContext).toBeUndefined();
  expect(job.links.map(({ context }) => context.traceId)).toEqual([request!.spanContext().traceId]);
  expect(job.spanContext().traceId).not.toBe(request!.spanContext().traceId);
  expect(job.attributes).toEqual({ "pulsegate.job.kind": "backfill", "pulsegate.job.attempt": 1 });
  // That the queue looks for work is no part of the request.
  const queueing = named("store acquire job").map((span) => span.spanContext().traceId);
  expect(queueing).not.toContain(request!.spanContext().traceId);
  const calls = named("call").map((span) => span.spanContext().traceId);
  expect(new Set(calls)).toEqual(new Set([job.spanContext().traceId]));
});

test("what a notification leads to is part of its trace, after the answer too", async () => {
  await notify("activities", "2026-10-20");
  const notification = only("notification");
  const door = recorded.spans.find(({ name }) => name === "POST /webhooks")!;
  expect(notification.parentSpanContext?.spanId).toBe(door.spanContext().spanId);
  const ofIt = recorded.spans.filter((span) => span.spanContext().traceId === door.spanContext().traceId);
  expect(ofIt.map(({ name }) => name)).toEqual(expect.arrayContaining(["store set marks", "store delete receipts"]));
});

test("a caller's trace goes on here, and providers are not told of it", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const headers = { ...asApp, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  await served.ask(steps('from: "2026-09-03", to: "2026-09-04"'), { ...user, headers });
  expect(recorded.spans.map((span) => span.spanContext().traceId)).toContain(traceId);
  expect(only("POST /graphql").parentSpanContext).toMatchObject({ traceId, spanId: "00f067aa0ba902b7" });
  // One that is none is none.
  recorded.forget();
  await served.ask(steps("lastDays: 1"), { ...user, headers: { ...asApp, traceparent: "00-0-0-zz" } });
  expect(only("POST /graphql").parentSpanContext).toBeUndefined();
});

test("each event over WebSocket is a trace of its own", async () => {
  const params = await asUser("demo");
  const updates = await served.subscribe("subscription { dataUpdated { domain } }", { params });
  recorded.forget();
  await notify("sleep", "2026-10-21");
  await updates.next();
  await eventually(60, "the event is told", () => named("event").length > 0);
  for (const event of named("event")) expect(event.parentSpanContext).toBeUndefined();
  await updates.end();
});

test("the probes of machines make no traces", async () => {
  for (const path of ["/healthz", "/readyz", "/metrics"]) await fetch(`${served.url}${path}`);
  expect(recorded.spans.filter(({ name }) => name.startsWith("GET "))).toEqual([]);
});

test("nothing secret is in any of it: no token, no figure, nobody's id", async () => {
  const days = steps('from: "2026-11-10", to: "2026-11-15"');
  const answers = [];
  served.labs.googleHealth.addFault({ status: 503 });
  answers.push(await served.ask(days, user));
  served.labs.googleHealth.clearFaults();
  outliveTokens();
  for (const id of ["demo", "switcher"]) answers.push(await served.ask(days, { ...user, variables: { id } }));
  await backfill("HEART");
  const updates = await served.subscribe("subscription { dataUpdated { domain } }", { params: await asUser("demo") });
  await notify("sleep", "2026-10-22");
  await updates.next();
  await eventually(60, "the event is told", () => named("event").length > 0);
  await updates.end();
  await settled();
  const everything = recorded.spans;
  const kinds = ["plan", "call", "refresh", "job backfill", "notification", "event", "store set tokens"];
  expect(everything.map(({ name }) => name)).toEqual(expect.arrayContaining(kinds));
  expect(everything.length).toBeGreaterThan(100);
  const all = JSON.stringify(
    everything.map(({ name, attributes, events, links, status }) => ({ name, attributes, events, links, status })),
  );
  const { connections } = served.serving.gateway;
  const secrets: (string | null)[] = [credentials.AUTH_JWT_SECRET, asApp["x-api-key"], "demo", "switcher"];
  for (const user of ["demo", "switcher"]) {
    for (const connection of await connections.list(user)) {
      secrets.push(connection.providerUserId);
      if (connection.status !== "CONNECTED") continue;
      const { accessToken } = await connections.token(connection);
      secrets.push(accessToken);
    }
  }
  const figures = answers
    .flatMap(({ data }) => data.user.activity.days ?? [])
    .map(({ steps }: { steps: number }) => steps)
    .filter((one) => one > 999);
  expect(figures.length).toBeGreaterThan(3);
  for (const secret of secrets.filter((one) => one !== null)) expect(all.includes(secret)).toBe(false);
  const values = new Set(everything.flatMap(({ attributes }) => Object.values(attributes)));
  for (const figure of figures) expect(values.has(figure)).toBe(false);
});
