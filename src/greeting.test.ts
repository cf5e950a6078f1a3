import { readConfig } from "./config/read-config.js";
import { greeting, isForPeople } from "./greeting.js";
import { providers } from "./providers/index.js";

const config = (env: Readonly<Record<string, string>>) => readConfig({ STORE_URL: "memory:", ...env }, { providers });
const keys = { ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"), AUTH_JWT_SECRET: "x".repeat(40) };
const url = "http://127.0.0.1:4000";
const silent = { write() {} };
const terminal = { isTTY: true, write() {} };

test("people are greeted at a terminal and in the sandbox, and never in production", () => {
  const closed = config(keys);
  expect([isForPeople(closed, terminal), isForPeople(closed, silent)]).toEqual([true, false]);
  const sandbox = config({ SANDBOX: "1" });
  expect([isForPeople(sandbox, terminal), isForPeople(sandbox, silent)]).toEqual([true, true]);
  const production = config({ SANDBOX: "1", NODE_ENV: "production" });
  expect(isForPeople(production, terminal)).toBe(false);
});

test("who the viewer is, is said for each way of running it", () => {
  expect(greeting(config({ SANDBOX: "1" }), url, "demo, of the lab")).toContain("you are demo, of the lab.");
  expect(greeting(config({ SANDBOX: "0", SINGLE_USER: "me" }), url, null)).toContain(
    "you are me, on this machine alone.",
  );
  const hash = "0".repeat(64);
  expect(greeting(config({ ...keys, APP_KEYS: `app:${hash}` }), url, null)).toContain(
    "It answers user tokens and app keys.",
  );
  expect(greeting(config(keys), url, null)).toContain("It answers user tokens.");
});

test("nobody can get in where there are no credentials: that is said, and not who may", () => {
  const text = greeting(config({ SANDBOX: "0", ENCRYPTION_KEYS: keys.ENCRYPTION_KEYS }), url, null);
  expect(text).toContain("Every request will be refused");
  expect(text).not.toContain("It answers");
});

test("addresses are those that browsers use, and name no explorer that is off", () => {
  const behind = { ...keys, PUBLIC_URL: "https://health.example.org/wearables" };
  expect(greeting(config(behind), url, null)).toContain("https://health.example.org/wearables/graphiql");
  expect(greeting(config({ ...behind, EXPLORER: "0" }), url, null)).not.toContain("graphiql");
  expect(greeting(config({ SANDBOX: "1", PORT: "0" }), url, "demo")).not.toContain(":0/");
});
