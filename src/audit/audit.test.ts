import { parse } from "graphql";
import { type LabGateway, startLabGateway } from "../../test/support/lab-gateway.js";
import { appKey, startServer } from "../../test/support/server-bench.js";
import { actorOf, auditedServices } from "../graphql/audited-services.js";
import { createContext } from "../graphql/context.js";
import { answer } from "../graphql/operation.js";
import { providerViews } from "../graphql/provider-view.js";
import { schema } from "../graphql/schema.js";
import { openStore } from "../store/open-store.js";
import { type AuditEntry, type AuditLog, createAuditLog } from "./log.js";

const keyA = new Uint8Array(32).fill(1);
const keyB = new Uint8Array(32).fill(2);
const DAY_MS = 86_400_000;

async function all(audit: AuditLog, options?: Parameters<AuditLog["entries"]>[0]): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of audit.entries(options)) found.push(entry);
  return found;
}
const told = (entries: readonly AuditEntry[]) =>
  entries.map(({ actor, action, provider }) => [actor, action, provider]);

describe("the log", () => {
  async function bench() {
    const store = await openStore("memory:");
    const clock = { time: Date.now(), now: () => clock.time };
    const complaints: string[] = [];
    const log = { error: (_: object, message: string) => void complaints.push(message) };
    const make = (change: Partial<Parameters<typeof createAuditLog>[0]> = {}) =>
      createAuditLog({ store, encryptionKeys: [keyA], days: 365, clock, log, ...change });
    return { store, clock, complaints, make, [Symbol.asyncDispose]: () => store.close() };
  }

  test("names nobody, and finds the lines of whoever is named", async () => {
    await using b = await bench();
    const audit = b.make();
    await audit.record({ actor: "app:web", action: "connect", userId: "ada@example.org", provider: "FITBIT" });
    await audit.record({ actor: "user", action: "set-priority", userId: "bob@example.org" });
    const lines = await all(audit);
    expect(told(lines)).toEqual([
      ["app:web", "connect", "FITBIT"],
      ["user", "set-priority", null],
    ]);
    expect(lines[0]!.at).toBe(new Date(b.clock.time).toISOString());
    expect(JSON.stringify(lines)).not.toMatch(/ada|bob/);
    expect(lines[0]!.user).not.toBe(lines[1]!.user);
    expect(told(await all(audit, { userId: "bob@example.org" }))).toEqual([["user", "set-priority", null]]);
    expect(await all(audit, { userId: "eve@example.org" })).toEqual([]);
  });

  test("is read from the oldest line to the newest, over months, and from any time on", async () => {
    await using b = await bench();
    const audit = b.make();
    const begun = b.clock.time;
    for (const days of [40, 3, 0, 75]) {
      b.clock.time = begun - days * DAY_MS;
      await audit.record({ actor: "cli", action: "export", userId: `u${days}` });
    }
    b.clock.time = begun;
    const ages = async (since?: number) =>
      (await all(audit, { since })).map(({ at }) => (begun - Date.parse(at)) / DAY_MS);
    expect(await ages()).toEqual([75, 40, 3, 0]);
    expect(await ages(begun - 40 * DAY_MS)).toEqual([40, 3, 0]);
    expect(await ages(begun - 2 * DAY_MS)).toEqual([0]);
  });

  test("still finds somebody after a new key was put in front, and not without the old one", async () => {
    await using b = await bench();
    await b.make().record({ actor: "user", action: "connect", userId: "ada" });
    const rotated = b.make({ encryptionKeys: [keyB, keyA] });
    await rotated.record({ actor: "user", action: "confirm", userId: "ada" });
    expect((await all(rotated, { userId: "ada" })).map(({ action }) => action).sort()).toEqual(["confirm", "connect"]);
    const without = b.make({ encryptionKeys: [keyB] });
    expect((await all(without, { userId: "ada" })).map(({ action }) => action)).toEqual(["confirm"]);
  });

  test("notes a reader once an hour for each person, over all replicas", async () => {
    await using b = await bench();
    const replicas = [b.make(), b.make()];
    const read = async (userId: string) => {
      for (const replica of replicas) {
        replica.noteRead("app:web", userId);
        replica.noteRead("app:web", userId);
        await replica.idle();
      }
    };
    await read("ada");
    await read("bob");
    expect(await all(replicas[0]!)).toHaveLength(2);
    b.clock.time += 3_600_000;
    await read("ada");
    expect(await all(replicas[0]!, { userId: "ada" })).toHaveLength(2);
  });

  test("with AUDIT_DAYS=0 nothing is noted; and a store that fails takes nothing from what was done", async () => {
    await using b = await bench();
    const off = b.make({ days: 0 });
    await off.record({ actor: "user", action: "connect", userId: "ada" });
    off.noteRead("app:web", "ada");
    await off.idle();
    expect(await all(off)).toEqual([]);
    const audit = b.make();
    await b.store.close();
    await audit.record({ actor: "user", action: "connect", userId: "ada" });
    audit.noteRead("app:web", "ada");
    await audit.idle();
    expect(b.complaints).toEqual(Array(2).fill("a line of the audit log could not be written"));
  });

  test("a line is gone when its days are over", async () => {
    await using b = await bench();
    const kept: (number | undefined)[] = [];
    const store = {
      ...b.store,
      collection: (name: string) => ({
        ...b.store.collection<never>(name),
        putIfAbsent: async (_: string, __: unknown, ttlMs?: number) => kept.push(ttlMs) > 0,
      }),
    };
    await b.make({ store: store as never, days: 30 }).record({ actor: "user", action: "connect", userId: "ada" });
    expect(kept).toEqual([30 * DAY_MS]);
  });
});

describe("a gateway", () => {
  let lab: LabGateway;
  beforeAll(async () => {
    lab = await startLabGateway();
  });
  afterAll(() => lab.close());

  const services = (actor: Parameters<typeof auditedServices>[2]) =>
    auditedServices(lab.gateway, lab.gateway.audit, actor);
  const linesOf = async (userId: string) => {
    await lab.gateway.audit.idle();
    return told(await all(lab.gateway.audit, { userId }));
  };

  test("leaves a line for whatever is done with a person's data, once it is done", async () => {
    const app = services("app:web");
    const user = services("user");
    const who = { userId: "both", provider: "FITBIT" } as const;
    const tokens = lab.fitbit.issueTokens("both");
    await user.connections.begin(who);
    await app.connections.importConnection({ ...who, ...tokens });
    await user.connections.setSourcePriority("both", ["FITBIT"]);
    await app.subscriptions.subscribe({ ...who, domains: ["SLEEP"] });
    await app.subscriptions.unsubscribe({ ...who, domains: null });
    await app.backfills.start({ ...who, domains: null, range: { from: "2026-10-01", to: "2026-10-02" } });
    await user.connections.disconnect(who);
    await expect(user.connections.disconnect({ ...who, provider: "MISFIT" })).rejects.toThrow();
    await app.eraseUser("both");
    expect(await linesOf("both")).toEqual([
      ["user", "connect", "FITBIT"],
      ["app:web", "import", "FITBIT"],
      ["user", "set-priority", null],
      ["app:web", "subscribe", "FITBIT"],
      ["app:web", "unsubscribe", "FITBIT"],
      ["app:web", "backfill", "FITBIT"],
      ["user", "disconnect", "FITBIT"],
      ["app:web", "delete", null],
    ]);
    const everything = JSON.stringify(await all(lab.gateway.audit));
    expect(everything).not.toContain("both");
    expect(everything).not.toContain(tokens.accessToken);
    expect(everything).not.toContain(tokens.providerUserId);
  });

  test("notes who came back from the provider, and that they confirmed", async () => {
    const user = services("user");
    const redirectTo = `${lab.gateway.config.publicUrl}/done`;
    const begun = { userId: "ada", provider: "FITBIT", confirm: true, redirectTo } as const;
    const { authorizationUrl } = await user.connections.begin(begun);
    const page = new URL(authorizationUrl);
    page.searchParams.set("auto", "allow");
    page.searchParams.set("person", "demo");
    const back = await fetch(page, { redirect: "manual" });
    const query = Object.fromEntries(new URL(back.headers.get("location")!).searchParams);
    const result = await lab.gateway.connections.callback("fitbit", query);
    await user.connections.confirm("ada", (result as { handle: string }).handle);
    expect(await linesOf("ada")).toEqual([
      ["user", "connect", "FITBIT"],
      ["browser", "consent", "FITBIT"],
      ["user", "confirm", "FITBIT"],
    ]);
    await lab.gateway.connections.callback("fitbit", query);
    expect(await linesOf("ada")).toHaveLength(3);
  });

  test("notes what apps read of somebody, and not what people read of their own", async () => {
    const who = "switcher";
    await lab.connect(who);
    const read = async (caller: Parameters<typeof actorOf>[0], query: string) => {
      const contextValue = createContext({
        caller,
        services: services(actorOf(caller)),
        providers: providerViews(lab.gateway.providers, lab.gateway.config),
        requestId: "r",
      });
      await answer({ schema: schema(), document: parse(query), contextValue }, lab.gateway.log);
    };
    const fields = "connections { id } profile { displayName } devices { devices { id } }";
    await read({ kind: "user", userId: who, expiresAt: null }, `{ viewer { ${fields} } }`);
    expect(await linesOf(who)).toEqual([]);
    await read({ kind: "app", name: "web" }, `{ user(id: "${who}") { ${fields} } }`);
    expect(await linesOf(who)).toEqual([["app:web", "read", null]]);
    await read({ kind: "app", name: "web" }, '{ user(id: "nobody") { connections { id } } }');
    expect(await linesOf("nobody")).toEqual([]);
  });
});

test("over HTTP, the line is in the caller's name", async () => {
  const noted: unknown[] = [];
  const audit = {
    record: async (entry: object) => void noted.push(entry),
    noteRead: (actor: string, userId: string) => void noted.push({ actor, userId }),
  } as unknown as AuditLog;
  await using server = await startServer({}, { audit });
  const mutation = 'mutation { connect(input: { provider: FITBIT, userId: "ann" }) { authorizationUrl } }';
  await server.query(mutation, { headers: { "x-api-key": appKey } });
  await server.query('{ user(id: "ann") { connections { id } } }', { headers: { "x-api-key": appKey } });
  expect(noted).toEqual([
    { actor: "app:backend", action: "connect", userId: "ann", provider: "FITBIT" },
    { actor: "app:backend", userId: "ann" },
  ]);
});
