/** The key set of user tokens, whose server comes and goes. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { createHttpClient, type HttpClient } from "../http/client.js";
import { createKeySet } from "./key-set.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let server: Server;
let url: string;
let now: number;
let fetched: number;
/** What the server says; null: it hangs up. */
let said: { status: number; body: string } | null;
const pairs = new Map<string, Awaited<ReturnType<typeof generateKeyPair>>>();

const setOf = async (...ids: string[]) => {
  const keys = await Promise.all(
    ids.map(async (kid) => ({ ...(await exportJWK(pairs.get(kid)!.publicKey)), kid, alg: "ES256" })),
  );
  return { status: 200, body: JSON.stringify({ keys }) };
};
beforeAll(async () => {
  for (const kid of ["old", "new"]) pairs.set(kid, await generateKeyPair("ES256"));
  server = createServer((_, response) => {
    fetched++;
    if (said === null) response.destroy();
    else response.writeHead(said.status, { "content-type": "application/json" }).end(said.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  now = Date.parse("2026-11-29T08:00:00Z");
  fetched = 0;
  said = await setOf("old");
});

const client = createHttpClient({ timeoutMs: 5_000 });
afterAll(() => client.close());
/** Requests that came to their end, one way or another. */
let ended = 0;
const http: Pick<HttpClient, "send"> = { send: (request) => client.send(request).finally(() => void ended++) };
const keySet = () => createKeySet({ url, http, clock: { now: () => now } });
/** Who a token of this key is for, or the code of the refusal. */
async function judge(keys: ReturnType<typeof createKeySet>, kid: string): Promise<unknown> {
  const token = await new SignJWT({ sub: "ann" })
    .setProtectedHeader({ alg: "ES256", kid })
    .sign((pairs.get(kid) ?? pairs.get("old")!).privateKey);
  return await jwtVerify(token, keys).then(
    ({ payload }) => payload.sub,
    ({ code }) => code,
  );
}
/** What is fetched beside a judgement, nobody waits for. */
const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

test("it is fetched once for all, and again after ten minutes while the old one serves", async () => {
  const keys = keySet();
  expect(await Promise.all([judge(keys, "old"), judge(keys, "old")])).toEqual(["ann", "ann"]);
  now += 10 * MINUTE - 1;
  expect(await judge(keys, "old")).toBe("ann");
  expect(fetched).toBe(1);
  now += 1;
  expect(await judge(keys, "old")).toBe("ann");
  await until(() => fetched === 2);
});

test.each([
  ["is down", null],
  ["says 500", { status: 500, body: "{}" }],
  ["moved", { status: 302, body: "" }],
  ["answers with an error inside a 200", { status: 200, body: '{"error":"later"}' }],
  ["has no keys", { status: 200, body: '{"keys":[]}' }],
  ["sends half of it", { status: 200, body: '{"keys":[{"kty"' }],
  ["sends more than a key set is", { status: 200, body: `{"keys":[{}],"x":"${"x".repeat(256 * 1024)}"}` }],
])("the last good set serves for twelve hours while its server %s", async (_, trouble) => {
  const keys = keySet();
  expect(await judge(keys, "old")).toBe("ann");
  said = trouble;
  for (const at of [10 * MINUTE, 3 * HOUR, 12 * HOUR - 1]) {
    now = Date.parse("2026-11-29T08:00:00Z") + at;
    const before = ended;
    expect(await judge(keys, "old")).toBe("ann");
    await until(() => ended > before);
  }
  now += 1;
  expect(await judge(keys, "old")).toBe("SERVICE_UNAVAILABLE");
  said = await setOf("old");
  expect(await judge(keys, "old")).toBe("ann");
});

test("without any set nobody is refused: it is not to be had, and is asked for at each try", async () => {
  const keys = keySet();
  said = null;
  expect(await judge(keys, "old")).toBe("SERVICE_UNAVAILABLE");
  said = await setOf("old");
  expect(await judge(keys, "old")).toBe("ann");
});

test("a new key is found at once, and a made-up one has it fetched no oftener than every thirty seconds", async () => {
  const keys = keySet();
  await judge(keys, "old");
  said = await setOf("old", "new");
  now += 30_000 - 1;
  expect(await judge(keys, "new")).toBe("ERR_JWKS_NO_MATCHING_KEY");
  expect(fetched).toBe(1);
  now += 1;
  expect(await judge(keys, "new")).toBe("ann");
  expect([await judge(keys, "made up"), await judge(keys, "made up")]).toEqual(
    Array(2).fill("ERR_JWKS_NO_MATCHING_KEY"),
  );
  expect(fetched).toBe(2);
});

test("a key that may be in a set which can't be fetched is nobody's mistake", async () => {
  const keys = keySet();
  await judge(keys, "old");
  said = { status: 503, body: "" };
  now += 30_000;
  expect([await judge(keys, "new"), await judge(keys, "new")]).toEqual(["SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE"]);
  expect(fetched).toBe(2);
  expect(await judge(keys, "old")).toBe("ann");
});

test("a key that was taken out is good no longer once the new set is there", async () => {
  const keys = keySet();
  await judge(keys, "old");
  said = await setOf("new");
  now += 10 * MINUTE;
  expect(await judge(keys, "new")).toBe("ann");
  expect(await judge(keys, "old")).toBe("ERR_JWKS_NO_MATCHING_KEY");
});
