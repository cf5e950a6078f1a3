/**
 * What it takes to tell one receiver of many people at once: time, and memory. Started with
 * `npx tsx --expose-gc bench/webhooks.ts`; `PEOPLE`: how many. The people have no connections, so that what is measured is
 * the way from a change to its message, and not a provider or a query.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../src/config/read-config.js";
import { hashOf } from "../src/connections/oauth/oauth.js";
import { createGateway } from "../src/gateway.js";
import { createLogger } from "../src/log.js";
import { providers } from "../src/providers/index.js";

const PEOPLE = Number(process.env["PEOPLE"] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), "pulsegate-webhooks-"));
writeFileSync(
  join(folder, "steps.graphql"),
  "query Steps { viewer { activity(range: { lastDays: 7 }) { sources { status } } } }",
);

let received = 0;
let isOver = () => {};
const over = new Promise<void>((resolve) => {
  isOver = resolve;
});
const receiver = createServer((request, response) => {
  request.resume().once("end", () => {
    response.writeHead(204).end();
    if (++received === PEOPLE) isOver();
  });
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;

const env = {
  STORE_URL: `sqlite:${join(folder, "store.db")}`,
  OPERATIONS: folder,
  WEBHOOKS_ALLOW_PRIVATE: "1",
  AUTH_JWT_SECRET: "a secret for a measurement alone",
  APP_KEYS: `app:${"0".repeat(64)}`,
  ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
  ...process.env,
};
const gateway = await createGateway({
  config: readConfig(env, { providers }),
  log: createLogger({ level: "warn" }),
});
await gateway.startWork();
const owner = { app: "app", userId: null };
const asked = { url, operation: "Steps", events: null, userId: null, minimumGapSeconds: 60 };
await gateway.outbound.create(owner, asked);
const users = gateway.store.collection("users");
const people = Array.from({ length: PEOPLE }, (_, index) => `person-${index}`);
for (const userId of people) await users.set(hashOf(userId), { since: 1 });

const heap = () => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
};
const before = heap();
let peak = before;
const sampling = setInterval(() => {
  peak = Math.max(peak, Math.round(process.memoryUsage().heapUsed / 1e6));
}, 200);
const began = performance.now();
const today = new Date().toISOString().slice(0, 10);
for (const userId of people) {
  const update = { provider: "FITBIT", domain: "ACTIVITY", dates: [today], receivedAt: Date.now() } as const;
  await gateway.bus.dataUpdated({ ...update, userId, origin: "LIVE" });
}
const noted = performance.now();
await over;
const ended = performance.now();
clearInterval(sampling);
const seconds = (ms: number) => Math.round(ms / 100) / 10;
const result = {
  people: PEOPLE,
  noted: seconds(noted - began),
  delivered: seconds(ended - began),
  heapBefore: before,
  heapPeak: peak,
  heapAfter: heap(),
};
console.log(JSON.stringify(result));
await gateway.close();
receiver.close();
receiver.closeAllConnections();
rmSync(folder, { recursive: true });
