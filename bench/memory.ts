/** What a person's stored days take: in the store, and in the memory of a process that reads them all the time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ask } from "../src/health-data/ask.js";
import type { StoredCellEntry } from "../src/health-data/history.js";
import type { Field } from "../src/model/fields.js";
import { config as configs, fitbitLab, gateway as gateways, histories, logs, registry, stores } from "./built.js";
import { PERSON } from "./queries.js";

const PEOPLE = 10_000;
const PEOPLE_OF_A_YEAR = 50;
const HEAP_LIMIT = 512 * 1024 * 1024;
const DAY_MS = 86_400_000;

const folder = mkdtempSync(join(tmpdir(), "pulsegate-memory-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const today = new Date().toISOString().slice(0, 10);
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

function heapAfterCollection(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** A year of a person of the lab, as the gateway stores it: every daily figure, nights, weighings, workouts. */
async function personYear(): Promise<readonly StoredCellEntry[]> {
  const lab = await fitbitLab.startFitbitLab({ hourlyLimit: 100_000 });
  const { providers } = registry;
  const env = {
    STORE_URL: "memory:",
    AUTH_JWT_SECRET: "a secret for a measurement alone",
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    FITBIT_CLIENT_ID: lab.clientId,
    FITBIT_CLIENT_SECRET: lab.clientSecret,
    FITBIT_API_URL: lab.url,
    FITBIT_AUTHORIZE_URL: `${lab.url}/oauth2/authorize`,
  };
  const gateway = await gateways.createGateway({
    config: configs.readConfig(env, { providers }),
    log: logs.createLogger({ level: "error" }),
  });
  const tokens = lab.issueTokens(PERSON);
  await gateway.connections.importConnection({ userId: PERSON, provider: "FITBIT", ...tokens });
  const provider = providers.find(({ id }) => id === "FITBIT")!;
  const domains = ["ACTIVITY", "HEART", "SLEEP", "BODY", "WORKOUTS"] as const;
  const asks = domains.map((domain): Ask => {
    const prefix = `${domain.toLowerCase()}.`;
    const fields = provider.calls.flatMap((call) => call.yields).filter((field) => field.startsWith(prefix));
    return {
      ...{ userId: PERSON, domain, range: { from: daysAgo(364), to: today }, providers: null },
      ...{ alternatives: false, goalProgress: false },
      fields: new Set(fields.filter((field) => !field.includes(":"))),
    };
  });
  const freshness = { maxAgeSeconds: null, noCache: false, onlyIfCached: false, staleIfErrorSeconds: null };
  const session = gateway.healthData.session({ freshness, dryRun: false, headerTokens: {}, reserve: 0 });
  for (const answer of await session.load(asks)) if (answer instanceof Error) throw answer;
  await gateway.history.flush();
  const [connection] = await gateway.connections.list(PERSON);
  const cells: StoredCellEntry[] = [];
  for await (const { field, day, cell } of gateway.history.entries(connection!.id)) cells.push({ field, day, ...cell });
  await gateway.close();
  await lab.close();
  return cells;
}

/** The heap that a process needs to hold the days of so many people. */
async function hot(cells: readonly StoredCellEntry[], people: number): Promise<number> {
  const store = await stores.openStore(`sqlite:${join(folder, `${people}-${cells.length}.db`)}`);
  const clock = { now: () => Date.now() };
  const writer = histories.createHistory({ store, clock });
  for (let person = 0; person < people; person++) await writer.write(`c${person}`, cells);
  const keys = cells.map(({ field, day }) => ({ field: field as Field, day }));
  const before = heapAfterCollection();
  const reader = histories.createHistory({ store, clock });
  for (let person = 0; person < people; person++) await reader.read(`c${person}`, keys);
  const after = heapAfterCollection();
  // Used once more, so that it is not collected before it is measured.
  await reader.flush();
  await store.close();
  return after - before;
}

if (!globalThis.gc) throw new Error("run it with --expose-gc, as `npm run bench:memory` does");
const kB = (bytes: number) => `${(bytes / 1024).toFixed(1)} kB`;
const year = await personYear();
/** What a dashboard shows: thirty days of eight figures, seven nights, the weight. */
const eight = ["steps", "distance", "energyBurned", "activeEnergyBurned", "floors", "elevation", "sedentaryMinutes"];
const shown = new Set([...eight.map((name) => `activity.${name}`), "heart.restingRate", "body.weight"]);
const dashboard = year.filter(
  ({ field, day }) =>
    day !== null && ((shown.has(field) && day > daysAgo(30)) || (field === "sleep.sessions" && day > daysAgo(7))),
);
const rows = await stores.openStore(`sqlite:${join(folder, "one.db")}`);
const one = histories.createHistory({ store: rows, clock: { now: () => Date.now() } });
await one.write("c", year);
let stored = 0;
for await (const [, row] of rows.collection("history").scan("c/")) stored += JSON.stringify(row).length;
await rows.close();
console.log(`a stored person-year (${year.length} cells): ${kB(stored)}`);
const ofYear = await hot(year, PEOPLE_OF_A_YEAR);
console.log(`a hot person-year: ${kB(ofYear / PEOPLE_OF_A_YEAR)} of heap (${PEOPLE_OF_A_YEAR} people)`);
const ofDashboards = await hot(dashboard, PEOPLE);
const share = ((100 * ofDashboards) / HEAP_LIMIT).toFixed(0);
console.log(
  `${PEOPLE} people hot, a dashboard each: ${(ofDashboards / 2 ** 20).toFixed(0)} MiB of heap, ${share} % of 512 MiB`,
);
