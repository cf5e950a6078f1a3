import { createHash } from "node:crypto";
import { ApolloServer } from "@apollo/server";
import { jest } from "@jest/globals";
import { type Served, startServed } from "../../test/support/served.js";

const appKey = "a-key-of-this-test";
const asApp = { "x-api-key": appKey };

let served: Served;
const apollo = jest.spyOn(ApolloServer.prototype, "executeHTTPGraphQLRequest");
beforeAll(async () => {
  served = await startServed({ APP_KEYS: `test:${createHash("sha256").update(appKey).digest("hex")}` });
  // The first request of each `accept` is Apollo's.
  await post({ query: "{ viewer { activity(range: { lastDays: 1 }) { days { steps } } } }" });
  await post({ query: "{ __typename }" }, { accept: "application/graphql-response+json" });
});
afterAll(() => served.close());

interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What differs between two equal requests. */
const passing = ["x-request-id", "date", "content-length"];

async function said(answer: Promise<Response>): Promise<Said> {
  const { status, headers, ...response } = await answer.then(async (one) => ({
    ...{ status: one.status, headers: one.headers, text: await one.text() },
  }));
  const told = Object.fromEntries([...headers].filter(([name]) => !passing.includes(name)));
  return { status, headers: told, text: response.text };
}

interface Body {
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
  readonly extensions?: object;
}

const post = (body: Body, headers: Readonly<Record<string, string>> = {}): Promise<Said> =>
  said(
    fetch(`${served.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    }),
  );

/** What comes by GET is always Apollo's to answer. */
function get({ query, variables, operationName }: Body, headers: Readonly<Record<string, string>> = {}) {
  const search = new URLSearchParams({ query });
  if (variables) search.set("variables", JSON.stringify(variables));
  if (operationName !== undefined) search.set("operationName", operationName);
  return said(fetch(`${served.url}/graphql?${search}`, { headers: { "apollo-require-preflight": "1", ...headers } }));
}

type Case = readonly [what: string, body: Body, headers?: Readonly<Record<string, string>>];
const days = "days { date steps missing { field reason } }";
const week = "range: { lastDays: 7 }";

const straight: readonly Case[] = [
  ["a history", { query: `{ viewer { activity(${week}) { ${days} } } }` }],
  [
    "every domain but readings, beside each other",
    {
      query: `{ viewer { __typename id profile { displayName timeZone } activity(${week}) { ${days} totals { steps } }
        heart(${week}) { days { date restingRate samples(resolution: FIFTEEN_MINUTES) { offsets values } } }
        sleep(range: { lastDays: 3 }) { sessions { start minutesAsleep stages { stage minutes } } }
        body(${week}) { measurements { date weight } } workouts(${week}) { workouts { start kind } }
        vitals(${week}) { oxygenSaturation { date high } } scores(${week}) { scores { date kind value } }
        devices { devices { firmware } } goals { goals { metric target } } } }`,
    },
  ],
  [
    "aliases, of users and of histories",
    { query: `{ me: viewer { a: activity(${week}) { ${days} } b: activity(${week}) { days { floors } } } }` },
  ],
  [
    "one user from two places, and one place from two fragments",
    {
      query: `query Q { viewer { id } viewer { ...F ... on User { activity(${week}) { totals { steps } } } } }
        fragment F on User { activity(${week}) { ${days} } id }`,
      operationName: "Q",
    },
  ],
  [
    "a range, providers and a zone in variables",
    {
      query: `query ($range: DateRange!, $from: [ProviderId!]) { viewer {
        activity(range: $range, providers: $from) { ${days} sources { provider status } } } }`,
      variables: { range: { lastDays: 4, timeZone: "Asia/Tokyo" }, from: ["FITBIT"] },
    },
  ],
  [
    "variables below a history, and a default",
    {
      query: `query ($r: Resolution = FIFTEEN_MINUTES, $with: Boolean!, $days: Int = 2) { viewer {
        heart(range: { lastDays: $days }) { days { date @include(if: $with) samples(resolution: $r) { offsets } } } } }`,
      variables: { with: true },
    },
  ],
  [
    "kinds of scores in a variable",
    {
      query: `query ($kinds: [ScoreKind!]) { viewer { scores(${week}, kinds: $kinds) { scores { kind } } } }`,
      variables: { kinds: ["SLEEP"] },
    },
  ],
  [
    "scores of kinds that a variable names, and what of them is missing",
    {
      query: `query ($kinds: [ScoreKind!]) { user(id: "collector") { scores(${week}, kinds: $kinds) {
        scores { date kind value source } sources { provider status } } } }`,
      variables: { kinds: ["READINESS"] },
    },
    asApp,
  ],
  ["directives that no variable decides", { query: `{ viewer { id @skip(if: true) activity(${week}) { ${days} } } }` }],
  ["nothing but who it is", { query: "{ viewer { id } __typename }" }],
  ["an app's viewer", { query: `{ viewer { activity(${week}) { ${days} } } }` }, asApp],
  [
    "several users of an app, one of them unknown",
    {
      query: `query ($id: ID!) { a: user(id: $id) { activity(${week}) { ${days} } } b: user(id: "nobody") { id } }`,
      variables: { id: "demo" },
    },
    asApp,
  ],
  [
    "another type of answer",
    { query: `{ viewer { activity(${week}) { ${days} } } }` },
    { accept: "application/graphql-response+json" },
  ],
  [
    "a body that is compressed",
    { query: `{ viewer { activity(${week}) { ${days} } } }` },
    { "accept-encoding": "gzip" },
  ],
];

describe("a query of histories alone is answered straight, and as Apollo would answer it", () => {
  test.each(straight.map(([what, ...sent]) => [what, sent] as const))("%s", async (_what, [body, headers]) => {
    const theirs = await get(body, headers);
    expect(theirs.status).toBe(200);
    apollo.mockClear();
    for (const _time of ["first", "second", "from what is kept"]) expect(await post(body, headers)).toEqual(theirs);
    expect(apollo).not.toHaveBeenCalled();
  });
});

const left: readonly Case[] = [
  ["what is no history", { query: `{ viewer { connections { provider } activity(${week}) { ${days} } } }` }],
  [
    "readings, which are charged for while they are read",
    { query: `{ viewer { readings(${week}) { pulses { time } } } }` },
  ],
  ["another root", { query: "{ providers { id } }" }],
  [
    "a directive that a variable decides above a history",
    {
      query: `query ($with: Boolean!) { viewer { id activity(${week}) @include(if: $with) { ${days} } } }`,
      variables: { with: false },
    },
  ],
  [
    "a range that is wrong",
    { query: `{ viewer { id a: activity(range: { lastDays: 0 }) { ${days} } b: activity(${week}) { ${days} } } }` },
  ],
  ["a field that does not exist", { query: "{ viewer { activities { steps } } }" }],
  ["half a document", { query: "{ viewer { id }" }],
  ["a variable that is missing", { query: `query ($id: ID!) { user(id: $id) { id } }` }, asApp],
  ["somebody else's", { query: `{ viewer { id } user(id: "nobody") { id } }` }],
  ["oneself by name, which is for apps", { query: `{ viewer { id } user(id: "demo") { id } }` }],
  ["which of two operations is meant", { query: "query A { viewer { id } } query B { viewer { id } }" }],
  ["an operation that is not there", { query: "query A { viewer { id } }", operationName: "C" }],
  [
    "too many days at once",
    {
      query: `{ viewer { ${Array.from({ length: 40 }, (_, at) => `a${at}: sleep(range: { lastDays: 1000 }) { sessions { start } }`).join(" ")} } }`,
    },
  ],
];

describe("everything else is left to Apollo, and answered as before", () => {
  test.each(left.map(([what, ...sent]) => [what, sent] as const))("%s", async (_what, [body, headers]) => {
    const theirs = await get(body, headers);
    apollo.mockClear();
    expect(await post(body, headers)).toEqual(theirs);
    expect(apollo).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["a mutation", { query: "mutation { setSourcePriority(input: { providers: [FITBIT] }) { __typename } }" }],
    ["a subscription", { query: "subscription { dataUpdated { dates } }" }],
    ["a report", { query: "{ viewer { id } }", extensions: { plan: "report" } }],
    [
      "a hash without a text",
      { query: "", extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } },
    ],
    ["variables that are no object", { query: "{ viewer { id } }", variables: [1] }],
    [
      "variables that are nested without an end",
      { query: "{ viewer { id } }", variables: JSON.parse(`{"a":${"[".repeat(200)}${"]".repeat(200)}}`) },
    ],
  ] as readonly (readonly [string, Body])[])("%s", async (_what, body) => {
    apollo.mockClear();
    const { text } = await post(body);
    expect(text).toMatch(/^\{"(data|errors)":/);
    // What is nested without an end is refused before.
    expect(apollo.mock.calls.length).toBe(text.includes("nested") ? 0 : 1);
  });

  test("PUT is refused", async () => {
    const answer = await fetch(`${served.url}/graphql`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ viewer { id } }" }),
    });
    expect(answer.status).toBe(405);
  });
});

/** The points that a request takes. */
async function charged(body: Body): Promise<number> {
  const points = jest.spyOn((await import("rate-limiter-flexible")).RateLimiterMemory.prototype, "consume");
  await post(body);
  const sum = points.mock.calls.reduce((sum, [, count = 1]) => sum + count, 0);
  points.mockRestore();
  return sum;
}

test("an operation is charged for once, whoever answers it in the end", async () => {
  const of = (range: string) => `{ viewer { x: activity(range: ${range}) { ${days} } } }`;
  const right = await charged({ query: of("{ lastDays: 200 }") });
  const wrong = await charged({ query: of('{ lastDays: 200, timeZone: "Nowhere/Land" }') });
  expect(right).toBeGreaterThan(3);
  expect(wrong).toBe(right);
});

test("a document that came before is charged by the days that it asks now, of each of its histories", async () => {
  const query = `query ($some: DateRange!, $more: DateRange!) { viewer {
    a: activity(range: $some) { ${days} } s: sleep(range: $more) { sessions { start } } } }`;
  const of = (some: number, more: number) =>
    charged({ query, variables: { some: { lastDays: some }, more: { lastDays: more } } });
  const least = await of(1, 1);
  const [first, second] = [await of(300, 1), await of(1, 300)];
  expect(first).toBeGreaterThan(least + 3);
  expect(second).toBeGreaterThan(first);
  expect(await of(1, 1)).toBe(least);
});

test("a document whose selection a variable decides is charged by that variable", async () => {
  const query = `query ($resolution: Resolution!) { viewer {
    heart(range: { lastDays: 30 }) { days { samples(resolution: $resolution) { points { value } } } } } }`;
  const least = await charged({ query, variables: { resolution: "FIFTEEN_MINUTES" } });
  expect(await charged({ query, variables: { resolution: "ONE_MINUTE" } })).toBeGreaterThan(2 * least);
});

test.each([
  ["more days than one request may", { days: 1 }, { days: 1_000 }],
  ["a text that no id can be", { id: "demo" }, { id: "de\u0000mo" }],
])("a document that came before is refused where it now asks %s", async (_what, before, now) => {
  const nights = (at: number) => `a${at}: sleep(range: { lastDays: $days }) { sessions { start } }`;
  const query = `query ($id: ID! = "demo", $days: Int! = 1) { user(id: $id) {
    ${Array.from({ length: 40 }, (_, at) => nights(at)).join(" ")} } }`;
  expect((await post({ query, variables: before }, asApp)).text).not.toContain("errors");
  const refused = await post({ query, variables: now }, asApp);
  expect(refused.text).toContain("errors");
  expect(refused).toEqual(await get({ query, variables: now }, asApp));
});
