import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../src/store/open-store.js";
import { bytesOf, command, type FitbitBench, fitbitBench } from "./support/fitbit-bench.js";
import { freshDatabase } from "./support/fresh-database.js";

/** A backup while the gateway serves, and its restore, by the commands of docs/upgrading.md as they stand there. */
const root = new URL("..", import.meta.url).pathname;
const [WHO, GONE] = ["napper", "both"];
const selection = `
  activity(range: { lastDays: 40 }) { days { date steps } sources { status } }
  sleep(range: { lastDays: 40 }) { sessions { date start minutesAsleep } }
  connections { provider { id } status }`;
const live = "activity(range: { lastDays: 2 }) { days { steps } sources { status message } }";

let folder: string;
let at: FitbitBench;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pulsegate-backup-"));
  mkdirSync(join(folder, "data"));
  at = await fitbitBench("2026-11-20T20:07:00Z");
});
afterEach(async () => {
  await at[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** The blocks of commands under a heading of the documentation. */
const blocks = (heading: string) => {
  const section = readFileSync(join(root, "docs/upgrading.md"), "utf8")
    .split(`\n### ${heading}\n`)[1]!
    .split(/\n##+ /)[0]!;
  return [...section.matchAll(/```sh\n([\s\S]+?)```/g)].map(([, text]) => text!);
};
const shell = (script: string, env: Readonly<Record<string, string>> = {}) =>
  execFileSync("bash", ["-euo", "pipefail", "-c", script], {
    cwd: folder,
    env: { ...process.env, NODE_PATH: join(root, "node_modules"), ...env },
    encoding: "utf8",
  });
const has = (program: string) => {
  try {
    execFileSync("which", [program], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

async function textOf(storeUrl: string): Promise<string> {
  const store = await openStore(storeUrl);
  let text = "";
  for await (const row of store.rows()) text += `${row.join(" ")}\n`;
  await store.close();
  return text;
}

interface Rehearsal {
  readonly storeUrl: string;
  /** Where the backup is restored to. */
  readonly restoredUrl: string;
  backUp(): void;
  restore(): void;
}

/** What everybody who restores should know beforehand: the steps are the same for each store. */
async function rehearse({ storeUrl, restoredUrl, backUp, restore }: Rehearsal): Promise<void> {
  let bytes: string;
  {
    await using serving = await at.serve(storeUrl);
    await at.connect(serving, WHO);
    await at.connect(serving, GONE);
    await bytesOf(serving, selection);
    bytes = await bytesOf(serving, selection);
    await serving.gateway.history.flush();
    backUp();
    // After the backup somebody leaves, and the other's pair is used up: Fitbit takes each refresh token once.
    expect((await serving.gateway.connections.list(GONE)).length).toBe(1);
    await serving.gateway.eraseUser(GONE);
    at.clock.advance(9 * 3_600_000);
    expect(JSON.parse(await bytesOf(serving, live, true)).data.viewer.activity.sources[0].status).toBe("OK");
    expect(at.lab.requests.some(({ kind }) => kind === "token")).toBe(true);
  }
  expect(await textOf(storeUrl)).not.toContain(GONE);
  restore();
  at.clock.advance(3_600_000);
  at.asked();
  await using serving = await at.serve(restoredUrl);
  // What is stored is served, with no more than the store: the days of then.
  const stored = await bytesOf(serving, selection.replaceAll("lastDays: 40", 'from: "2026-10-12", to: "2026-11-15"'));
  const days = ({ data }: { data: { viewer: { activity: { days: { date: string }[] } } } }) =>
    data.viewer.activity.days.filter(({ date }) => date >= "2026-10-12" && date <= "2026-11-15");
  expect(days(JSON.parse(stored))).toEqual(days(JSON.parse(bytes)));
  // Whoever was erased since is there again, until the erasure is repeated: then nothing is left.
  expect((await serving.gateway.connections.list(GONE)).length).toBe(1);
  await serving.gateway.eraseUser(GONE);
  expect(await textOf(restoredUrl)).not.toContain(GONE);
  // The pair of the backup was used: the person has to connect again, and is told so.
  const { sources } = JSON.parse(await bytesOf(serving, live, true)).data.viewer.activity;
  expect(sources).toEqual([
    { status: "REAUTHORIZATION_REQUIRED", message: "The access to Fitbit has ended: connect it again." },
  ]);
  await at.connect(serving, WHO);
  expect(JSON.parse(await bytesOf(serving, live, true)).data.viewer.activity.sources[0].status).toBe("OK");
}

const [online, withNode, restoring] = blocks("SQLite");
for (const [by, block] of [
  ["the sqlite3 program", online!],
  ["Node", withNode!],
] as const) {
  const run = by === "Node" || has("sqlite3") ? test : test.skip;
  run(`SQLite, by ${by}`, async () => {
    // In the container the backup lies beside the store.
    const toHere = by === "Node" ? "mv data/backup.db backup.db" : "";
    await rehearse({
      storeUrl: `sqlite:${join(folder, "data/pulsegate.db")}`,
      restoredUrl: `sqlite:${join(folder, "data/pulsegate.db")}`,
      backUp: () => void shell(`${block}\n${toHere}`),
      restore: () => {
        shell(restoring!);
        expect(statSync(join(folder, "data/pulsegate.db")).mode & 0o777).toBe(0o600);
      },
    });
  });
}

const server = process.env["TEST_POSTGRES_URL"];
if (server && has("pg_dump") && has("pg_restore")) {
  test.each(["into the same database", "into another"])("PostgreSQL, %s", async (where) => {
    await using database = await freshDatabase(server);
    await using other = await freshDatabase(server);
    const [dump, restore] = blocks("PostgreSQL");
    const restoredUrl = where.includes("same") ? database.url : other.url;
    await rehearse({
      ...{ storeUrl: database.url, restoredUrl },
      backUp: () => void shell(dump!, { STORE_URL: database.url }),
      restore: () => void shell(restore!, { STORE_URL: restoredUrl }),
    });
  });
} else {
  test.skip("PostgreSQL: skipped, because TEST_POSTGRES_URL is not set or pg_dump is not there", () => {});
}

test("an export is a backup too, for any store", async () => {
  const EXPORT_KEY = Buffer.alloc(32, 9).toString("base64");
  const [storeUrl, restoredUrl] = [`sqlite:${join(folder, "one.db")}`, `sqlite:${join(folder, "two.db")}`];
  const file = join(folder, "store.jsonl");
  // The backup is taken by a command line of its own while the gateway serves.
  const { out } = await (async () => {
    await using serving = await at.serve(storeUrl);
    await at.connect(serving, WHO);
    await bytesOf(serving, selection);
    await serving.gateway.history.flush();
    return await command(at.envOf(storeUrl, { EXPORT_KEY }), ["export", "--all", "--tokens"]);
  })();
  execFileSync("tee", [file], { input: out, stdio: ["pipe", "ignore", "inherit"] });
  expect((await command(at.envOf(restoredUrl, { EXPORT_KEY }), ["import", file])).code).toBe(0);
  at.clock.advance(60_000);
  await using serving = await at.serve(restoredUrl);
  // Its token was not used since: it works on.
  expect(JSON.parse(await bytesOf(serving, live, true)).data.viewer.activity.sources[0].status).toBe("OK");
});
