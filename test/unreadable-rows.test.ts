/** A row may fail; the store may not: rows that nobody can read, in every collection, under a gateway over real HTTP. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { dayTotals, person } from "../src/sandbox/people/index.js";
import { keyvStore } from "../src/store/keyv-store.js";
import { memoryBackend } from "../src/store/memory.js";
import { openStore } from "../src/store/open-store.js";
import type { Store } from "../src/store/store.js";
import { startLabGateway } from "./support/lab-gateway.js";
import { asApp, clockFrom, eventually, type Served, startClosed } from "./support/served.js";

const texts = [
  '{"v":1,"value":{"userId":"demo","prov',
  "",
  "null",
  '{"v":1,"value":null}',
  '{"v":1,"value":["demo"]}',
  '{"v":1,"value":"1"}',
  '{"v":99,"value":{"userId":"demo"}}',
  '{"v":1,"value":{"userId":"demo","provider":"A_LATER_ONE","domains":["LUNAR"],"status":"DREAMING","kind":7}}',
  '{"v":1,"value":{"__proto__":{"status":"CONNECTED"},"owners":null,"notices":null,"scopes":null}}',
  `{"v":1,"value":"${"x".repeat(10 * 1024 * 1024)}"}`,
];

/** Every collection that a gateway opens, as it opens them. */
async function opened(): Promise<Map<string, unknown>> {
  const forms = new Map<string, unknown>();
  const inner = keyvStore(memoryBackend());
  const store: Store = {
    ...inner,
    collection: (namespace, form) => {
      if (!forms.has(namespace) || !form) forms.set(namespace, form);
      return inner.collection(namespace, form);
    },
  };
  const lab = await startLabGateway({ store });
  await lab.close();
  return forms;
}

test("every collection says how its rows are read", async () => {
  const forms = await opened();
  expect(forms.size).toBeGreaterThan(15);
  for (const [namespace, form] of forms) expect([namespace, form]).toEqual([namespace, expect.anything()]);
});

describe("with broken and foreign rows in every collection", () => {
  let folder: string;
  let path: string;
  let served: Served;
  let namespaces: readonly string[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulsegate-rows-"));
    path = join(folder, "pulsegate.db");
    await (await openStore(`sqlite:${path}`)).close();
    namespaces = [...(await opened()).keys()];
    const file = new Database(path);
    const put = file.prepare("INSERT INTO entry (key, value) VALUES (?, ?)");
    // One of ten megabytes is enough.
    for (const namespace of namespaces)
      for (const [index, text] of texts.entries())
        if (text.length < 1_000 || namespace === "connections") put.run(`${namespace}:broken-${index}`, text);
    put.run("jobs:bytes", Buffer.from([0xff, 0x00]) as never);
    file.close();
    served = await startClosed(
      { STORE_URL: `sqlite:${path}` },
      { seeded: true, clock: clockFrom("2026-06-17T11:00:00Z") },
    );
  });
  afterAll(async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  });

  test("the gateway starts, is ready, and answers", async () => {
    expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
    const { data, errors } = await served.ask(
      `{ user(id: "demo") { connections { status } activity(range: { lastDays: 3 }) { days { date steps } } } }`,
      { headers: asApp },
    );
    expect(errors).toBeUndefined();
    expect(data.user.activity.days).toHaveLength(3);
    const demo = person("demo");
    expect(data.user.activity.days[0]).toEqual({
      date: "2026-06-15",
      steps: dayTotals(demo, demo.day("2026-06-15")).steps,
    });
  });

  test("background work goes on", async () => {
    const { gateway } = served.serving;
    await gateway.connections.recover();
    await gateway.webhooks.recover();
    expect(await gateway.connections.keylessTokens()).toBe(0);
    await gateway.connections.rotateKeys();
    for await (const line of gateway.audit.entries()) expect(line.at).toMatch(/^\d{4}-/);
    const started = await served.ask(
      `mutation { backfill(input: { userId: "demo", provider: FITBIT, range: { lastDays: 2 } }) { job { id } } }`,
      { headers: asApp },
    );
    expect(started.errors).toBeUndefined();
    await eventually(60, "the backfill is done", async () => {
      const { data } = await served.ask(`{ user(id: "demo") { backfillJobs { status } } }`, { headers: asApp });
      return data.user.backfillJobs[0].status === "DONE";
    });
  });

  test("anybody's data can be deleted, and the broken rows stay, counted by collection", async () => {
    const { data, errors } = await served.ask(`mutation { deleteUserData(input: { userId: "both" }) { __typename } }`, {
      headers: asApp,
    });
    expect([data, errors]).toEqual([{ deleteUserData: expect.anything() }, undefined]);
    const file = new Database(path);
    const { count } = file.prepare("SELECT count(*) AS count FROM entry WHERE key LIKE '%:broken-%'").get() as never;
    file.close();
    expect(count).toBe(namespaces.length * (texts.length - 1) + 1);
    const metrics = await (await fetch(`${served.url}/metrics`, { headers: asApp })).text();
    const counted = (collection: string, reason: string) =>
      Number(
        new RegExp(`unreadable_rows_total\\{collection="${collection}",reason="${reason}"\\} (\\d+)`).exec(
          metrics,
        )?.[1],
      );
    expect(counted("connections", "too-long")).toBe(1);
    expect(counted("backfills", "newer")).toBe(1);
    expect(counted("jobs", "damaged")).toBeGreaterThan(2);
    expect(counted("receipts", "foreign")).toBeGreaterThan(3);
  });
});
