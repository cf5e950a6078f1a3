import { activityDay, appKey, startServer, type TestServer } from "../../test/support/server-bench.js";
import type { Histories } from "../health-data/views.js";

const asApp = { "x-api-key": appKey };
const activity = "activity(range: { lastDays: 1 }) { days { steps } }";
const ofUser = (id: string) => `{ user(id: "${id}") { ${activity} } }`;
const history = (steps: number, date = "2026-03-01") => ({
  days: [activityDay(date, { steps })],
  totals: null,
  sources: [],
});
const walked = (data: unknown) => JSON.stringify(data).match(/"steps":(\d+)/)?.[1];

describe("a request that comes again word for word", () => {
  let server: TestServer;
  let theirs: Histories["ACTIVITY"];
  beforeEach(async () => {
    server = await startServer();
    theirs = history(1);
    server.pretence.answer = () => theirs;
  });
  afterEach(() => server[Symbol.asyncDispose]());
  const ask = async (query = ofUser("ann"), options: object = { headers: asApp }) =>
    walked((await server.query(query, options)).data);
  /** An answer is kept from the second time on. */
  const keep = async (query?: string) => {
    for (const _time of ["first", "second"]) await ask(query);
  };
  /** What a session never does. Whoever answers it has not looked. */
  const changeUnseen = (steps: number) => Object.assign(theirs.days![0]!, { steps });

  it("is answered as it was while the session gives the very same", async () => {
    for (const _time of ["first", "second"]) expect(await ask()).toBe("1");
    changeUnseen(2);
    expect(await ask()).toBe("1");
    expect(server.pretence.batches).toHaveLength(3);
  });

  it("is answered anew as soon as the session gives anything else, and then from that", async () => {
    await keep();
    theirs = history(3);
    expect(await ask()).toBe("3");
    expect(server.pretence.batches).toHaveLength(3);
    changeUnseen(4);
    expect(await ask()).toBe("3");
  });

  it("is answered anew where any of its histories changed, the first or another", async () => {
    const query = `{ user(id: "ann") { a: ${activity} b: activity(range: { lastDays: 2 }) { days { steps } } } }`;
    let [one, two] = [history(10), history(20)];
    server.pretence.answer = ({ range }) => (range!.lastDays === 1 ? one : two);
    const both = async () => {
      const { data } = await server.query(query, { headers: asApp });
      return [data!.user.a.days[0].steps, data!.user.b.days[0].steps];
    };
    for (const _time of ["first", "second"]) expect(await both()).toEqual([10, 20]);
    two = history(21);
    expect(await both()).toEqual([10, 21]);
    one = history(11);
    expect(await both()).toEqual([11, 21]);
  });

  it("is looked at by nobody but its caller", async () => {
    const mine = `{ viewer { ${activity} } }`;
    for (const _time of ["first", "second"]) expect(await ask(mine, {})).toBe("1");
    changeUnseen(2);
    expect(await ask(mine, {})).toBe("1");
    expect((await server.query(mine, { headers: asApp })).data).toEqual({ viewer: null });
    expect((await server.query(ofUser("me"), { headers: asApp })).status).toBe(200);
    expect((await server.query(ofUser("me"))).errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
  });

  it("is another one with other variables", async () => {
    const query = `query ($id: ID!) { user(id: $id) { ${activity} } }`;
    const of = (id: string) => ask(query, { headers: asApp, variables: { id } });
    expect(await of("ann")).toBe("1");
    theirs = history(5);
    expect(await of("bob")).toBe("5");
    expect(server.pretence.batches.flat().map(({ userId }) => userId)).toEqual(["ann", "bob"]);
  });

  it("ends with the user", async () => {
    await keep();
    server.pretence.users = new Set();
    expect((await server.query(ofUser("ann"), { headers: asApp })).data).toEqual({ user: null });
  });

  it("keeps nothing that has an error in it", async () => {
    const failed = new Error("no store");
    server.pretence.answer = () => failed;
    const { errors } = await server.query(ofUser("ann"), { headers: asApp });
    expect(errors).toHaveLength(1);
    server.pretence.answer = () => theirs;
    expect(await ask()).toBe("1");
  });

  it("meets the failure of the session where it can be told", async () => {
    await keep();
    server.pretence.answer = () => new Error("no store");
    const { data, errors } = await server.query(ofUser("ann"), { headers: asApp });
    expect([data, errors?.[0]?.path]).toEqual([{ user: { activity: null } }, ["user", "activity"]]);
    expect(server.pretence.batches).toHaveLength(3);
  });

  it.each(["connections { id }", "sourcePriority", "backfillJobs { id }"])(
    "is answered anew where it asks for what does not come out of histories: %s",
    async (beside) => {
      const query = `{ user(id: "ann") { ${beside} ${activity} } }`;
      await keep(query);
      changeUnseen(2);
      expect(await ask(query)).toBe("2");
    },
  );

  it("is answered anew where it is about two people, one of whom may go", async () => {
    const query = `{ a: user(id: "ann") { ${activity} } b: user(id: "bob") { ${activity} } }`;
    const bobs = history(9);
    server.pretence.answer = ({ userId }) => (userId === "bob" ? bobs : theirs);
    await keep(query);
    changeUnseen(2);
    expect(await ask(query)).toBe("2");
  });

  it("tells its cost each time it wants to know", async () => {
    const reported = () => server.query(ofUser("ann"), { headers: asApp, extensions: { plan: "report" } });
    await reported();
    server.pretence.report = { upstreamCalls: 7, calls: [], budgets: [] };
    expect((await reported()).extensions.plan.upstreamCalls).toBe(7);
  });

  it("is answered in the type that it accepts", async () => {
    const typeFor = async (accept: string) => {
      const { status, headers } = await server.query(ofUser("ann"), { headers: { ...asApp, accept } });
      return [status, headers.get("content-type")];
    };
    for (let time = 0; time < 3; time++) {
      expect(await typeFor("application/json")).toEqual([200, "application/json; charset=utf-8"]);
      expect(await typeFor("application/graphql-response+json")).toEqual([
        200,
        "application/graphql-response+json; charset=utf-8",
      ]);
      expect((await typeFor("text/plain"))[0]).toBe(406);
    }
  });

  it("has the same headers as before", async () => {
    const headersOf = async () => {
      const { headers } = await server.query(ofUser("ann"), { headers: asApp });
      const own = new Set(["date", "x-request-id"]);
      return [...headers].filter(([name]) => !own.has(name)).sort();
    };
    const first = await headersOf();
    await headersOf();
    expect(await headersOf()).toEqual(first);
  });
});
