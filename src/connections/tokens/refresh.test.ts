import { bench, leaky, testProvider } from "../../../test/support/connections-bench.js";
import { codeOf, holder, renew, statusOf, vaultOf } from "../../../test/support/refreshes.js";
import type { Lease } from "../../store/store.js";
import { isDue } from "./tokens.js";

/** A token pair in hand is never lost: what becomes of it with another replica asking, or a new consent. */

describe("invalid_grant while somebody else's refresh is open", () => {
  test("waits for the holder, and goes on with its pair", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const { granted, back } = await holder(at, connection);
    at.acme.fault = ({ path }) => {
      if (path === "/token") back();
      return undefined;
    };
    expect((await at.connections.token(connection)).accessToken).toBe(granted);
    expect(await statusOf(at, connection)).toBe("CONNECTED");
    expect(at.tokenRequests()).toHaveLength(2);
  });

  test("judges nothing for two minutes, asks no more meanwhile, and ends the connection then", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const { replica } = await holder(at, connection);
    await replica.idle(0);
    at.clock.time += 3_700_000;
    const asked = () => at.tokenRequests().length;
    expect(await codeOf(at.connections.token(connection))).toBe("UNAVAILABLE");
    expect([asked(), await statusOf(at, connection)]).toEqual([2, "CONNECTED"]);
    at.clock.time += 119_999;
    // Another replica knows of the doubt by what is stored.
    expect(await codeOf(at.replica().token(connection))).toBe("UNAVAILABLE");
    expect([asked(), await statusOf(at, connection)]).toEqual([2, "CONNECTED"]);
    at.clock.time += 1;
    expect(await codeOf(at.connections.token(connection))).toBe("CONSENT_LOST");
    expect([asked(), await statusOf(at, connection)]).toEqual([3, "REAUTHORIZATION_REQUIRED"]);
  });

  test("a pair that comes after the judgement all the same makes the connection whole", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const { replica, granted, back } = await holder(at, connection);
    at.clock.time += 3_700_000;
    expect(await codeOf(at.connections.token(connection))).toBe("UNAVAILABLE");
    at.clock.time += 120_000;
    expect(await codeOf(at.connections.token(connection))).toBe("CONSENT_LOST");
    back();
    await replica.idle();
    const again = (await at.connections.get(connection.id))!;
    expect(again.status).toBe("CONNECTED");
    expect((await vaultOf(at).read(again))!.accessToken).toBe(granted);
  });

  test("another answer in between does not end the doubt", async () => {
    await using at = await bench();
    const connection = await at.connected();
    await (await holder(at, connection)).replica.idle(0);
    at.acme.fault = ({ path }) => (path === "/token" ? { status: 500, json: {} } : undefined);
    at.clock.time += 3_700_000;
    expect(await codeOf(at.connections.token(connection))).toBe("UNAVAILABLE");
    at.acme.fault = () => undefined;
    expect(await codeOf(at.connections.token(connection))).toBe("UNAVAILABLE");
    expect(await statusOf(at, connection)).toBe("CONNECTED");
  });

  test("who began first doubts too, where somebody else asked after them", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const first = at.connections;
    at.acme.fault = ({ path }) => (path === "/token" ? { cut: true } : undefined);
    expect(await codeOf(renew(first, connection))).toBe("UNAVAILABLE");
    at.acme.fault = () => undefined;
    const { granted, back } = await holder(at, connection);
    at.acme.fault = ({ path }) => {
      if (path === "/token") back();
      return undefined;
    };
    at.clock.time += 3_700_000;
    expect((await first.token(connection)).accessToken).toBe(granted);
  });

  test("our own refresh alone leaves nobody to wait for", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/token" ? { cut: true } : undefined);
    expect(await codeOf(renew(at.connections, connection))).toBe("UNAVAILABLE");
    at.acme.fault = () => undefined;
    at.acme.refreshTokens.clear();
    at.clock.time += 3_700_000;
    expect(await codeOf(at.connections.token(connection))).toBe("CONSENT_LOST");
  });
});

describe("a one-time refresh token whose answer was lost", () => {
  test.each([
    ["is sent again just inside the provider's window", 119_999, 2],
    ["is not sent again once the window is over", 120_000, 1],
  ])("%s", async (_, tookMs, requests) => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = ({ path }) => {
      if (path !== "/token") return undefined;
      if (at.tokenRequests().length === 1) at.clock.time += tookMs;
      return { cut: true };
    };
    expect(await codeOf(renew(at.connections, connection))).toBe("UNAVAILABLE");
    expect(at.tokenRequests()).toHaveLength(requests);
    expect(await statusOf(at, connection)).toBe("CONNECTED");
  });

  test("the window counts from the first time it was sent, whoever sent it", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/token" ? { cut: true } : undefined);
    expect(await codeOf(renew(at.connections, connection))).toBe("UNAVAILABLE");
    at.clock.time += 120_000;
    // Still good for a while, and used; yet the refresh that is open is tried.
    await at.replica().token(connection);
    expect(at.tokenRequests()).toHaveLength(3);
  });

  test("a second sender does not make the window begin anew", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/token" ? { cut: true } : undefined);
    expect(await codeOf(renew(at.connections, connection))).toBe("UNAVAILABLE");
    at.clock.time += 60_000;
    await at.replica().token(connection);
    expect(at.tokenRequests()).toHaveLength(4);
    at.clock.time += 60_000;
    await at.replica().token(connection);
    expect(at.tokenRequests()).toHaveLength(5);
  });

  test("one that may be used again is", async () => {
    await using at = await bench({ provider: testProvider({ refresh: "reusable", refreshRepeatSeconds: 0 }) });
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/token" ? { cut: true } : undefined);
    expect(await codeOf(renew(at.connections, connection))).toBe("UNAVAILABLE");
    expect(at.tokenRequests()).toHaveLength(2);
  });
});

describe("a refresh that is overtaken by a new consent", () => {
  test.each([
    ["granted", undefined],
    ["refused", { status: 400, json: { error: "invalid_grant" } }],
    ["not answered well", { status: 503, json: {} }],
    ["told that the client is wrong", { status: 401, json: { error: "invalid_client" } }],
  ])("changes nothing of the new pair when it is %s at last", async (_, reply) => {
    await using at = await bench();
    const connection = await at.connected();
    const slow = leaky(at.store);
    const replica = at.replica({ store: slow.store });
    at.clock.time += 3_700_000;
    at.acme.fault = async ({ form }) => {
      if (!form.has("refresh_token")) return undefined;
      // It hung for longer than its lease; the person came back in the meantime.
      await slow.runOut(`tokens:${connection.id}`);
      await at.connect();
      return reply;
    };
    const { accessToken } = await replica.token(connection);
    const stored = (await vaultOf(at).read(connection))!;
    expect(stored).toEqual({
      ...{ accessToken, refreshToken: [...at.acme.refreshTokens.keys()].at(reply ? -1 : 0) },
      ...{ obtainedAt: at.clock.time, expiresAt: at.clock.time + 3_600_000 },
    });
    expect(at.acme.accountOf.get(accessToken)).toBe("A1");
    expect(await statusOf(at, connection)).toBe("CONNECTED");
  });

  test("writes nothing while another holder of the lease may be about to", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const before = await vaultOf(at).read(connection);
    const slow = leaky(at.store);
    const replica = at.replica({ store: slow.store });
    let others: Lease | null = null;
    at.acme.fault = async ({ path }) => {
      if (path !== "/token") return undefined;
      await slow.runOut(`tokens:${connection.id}`);
      others = await at.store.lease(`tokens:${connection.id}`, 60_000);
      return undefined;
    };
    await expect(renew(replica, connection)).rejects.toThrow("lease");
    expect(await vaultOf(at).read(connection)).toMatchObject({ accessToken: before!.accessToken });
    // Once the other is done without having written, the pair in hand is the person's.
    await others!.release();
    await replica.idle();
    expect((await vaultOf(at).read(connection))!.accessToken).toBe([...at.acme.accountOf.keys()].at(-1));
  });

  test("is not judged by its refusal while another holder of the lease may be about to write", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const before = (await vaultOf(at).read(connection))!;
    const slow = leaky(at.store);
    at.acme.fault = async ({ path }) => {
      if (path !== "/token") return undefined;
      await slow.runOut(`tokens:${connection.id}`);
      await at.store.lease(`tokens:${connection.id}`, 60_000);
      return { status: 400, json: { error: "invalid_grant" } };
    };
    expect(await codeOf(renew(at.replica({ store: slow.store }), connection))).toBe("UNAVAILABLE");
    expect(await vaultOf(at).read(connection)).toMatchObject({ refreshToken: before.refreshToken });
    expect((await vaultOf(at).read(connection))!.refused).toBeUndefined();
    expect(await statusOf(at, connection)).toBe("CONNECTED");
  });

  test("a refused pair is not sent again, whoever asks", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const used = await at.connections.token(connection);
    at.acme.refreshTokens.clear();
    for (let times = 0; times < 2; times++) {
      expect(await codeOf(at.connections.renewed(connection, used))).toBe("CONSENT_LOST");
    }
    expect(at.tokenRequests()).toHaveLength(1);
  });

  test("a refusal of the old token says nothing of the new consent", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const old = await at.connections.token(connection);
    await at.connect();
    await at.connections.rejectedForGood(connection, old);
    expect(await statusOf(at, connection)).toBe("CONNECTED");
    await at.connections.rejectedForGood(connection, await at.connections.token(connection));
    const ended = (await at.connections.get(connection.id))!;
    expect(ended.status).toBe("REAUTHORIZATION_REQUIRED");
    expect(await codeOf(at.connections.token(ended))).toBe("CONSENT_LOST");
  });

  test("so does an answer that the consent is gone, sent before it", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = async ({ path }) => {
      if (path !== "/steps") return undefined;
      at.acme.fault = () => undefined;
      await at.connect();
      return { status: 403, json: {} };
    };
    const answer = await at.api.send(connection, { method: "GET", path: "/steps" });
    expect(answer).toMatchObject({ kind: "failed", outcome: { failure: { code: "CONSENT_LOST" } } });
    expect(await statusOf(at, connection)).toBe("CONNECTED");
    at.acme.fault = ({ path }) => (path === "/steps" ? { status: 403, json: {} } : undefined);
    await at.api.send(connection, { method: "GET", path: "/steps" });
    expect(await statusOf(at, connection)).toBe("REAUTHORIZATION_REQUIRED");
  });
});

test("trouble that lasts is met with pauses that grow to a minute, and is forgotten with the first success", async () => {
  await using at = await bench();
  const connection = await at.connected();
  const fail = () => {
    at.acme.fault = ({ path }) => (path === "/token" ? { status: 500, json: {} } : undefined);
  };
  const pauses = async (times: number) => {
    const found: number[] = [];
    for (let n = 0; n < times; n++) {
      expect(await codeOf(renew(at.connections, connection))).toBe("UNAVAILABLE");
      const asked = at.tokenRequests().length;
      const failure = await renew(at.connections, connection).catch((error) => error.failure);
      // At once where the pause is none: then this was the next failure, and n counts on.
      if (at.tokenRequests().length > asked) found.push(0);
      const { retryAt = at.clock.time } = await renew(at.connections, connection).catch((error) => error.failure);
      expect(failure.code).toBe("UNAVAILABLE");
      found.push(retryAt - at.clock.time);
      at.clock.time = Math.max(at.clock.time, retryAt);
    }
    return found;
  };
  fail();
  expect(await pauses(7)).toEqual([0, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  at.acme.fault = () => undefined;
  await renew(at.connections, connection);
  fail();
  expect(await pauses(2)).toEqual([0, 2_000, 4_000]);
});

test.each([
  ["still used a moment before its end", -1, "vault"],
  ["not used at its end", 0, "UNAVAILABLE"],
])("a token that can't be renewed just now is %s", async (_, fromEnd, found) => {
  await using at = await bench();
  const connection = await at.connected();
  at.acme.fault = ({ path }) => (path === "/token" ? { status: 500, json: {} } : undefined);
  at.clock.time += 3_600_000 + fromEnd;
  const asked = at.connections.token(connection);
  expect(await asked.then(({ resolver }) => resolver).catch((error) => error.failure.code)).toBe(found);
});

describe("when a token is due", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  const token = (change: object) => ({
    ...{ accessToken: "a", refreshToken: "r", obtainedAt: now, expiresAt: now + 3_600_000 },
    ...change,
  });

  test.each([
    ["five minutes before its end", {}, 3_300_000, true],
    ["not a moment earlier", {}, 3_299_999, false],
    ["a tenth of its life before, where that is shorter", { expiresAt: now + 600_000 }, 540_000, true],
    ["not earlier in a short life either", { expiresAt: now + 600_000 }, 539_999, false],
    ["at its end, where it was old when it came", { obtainedAt: now + 9_000_000 }, 3_600_000, true],
    ["not before that end", { obtainedAt: now + 9_000_000 }, 3_599_999, false],
    ["never without an end", { expiresAt: null }, 9e12, false],
    ["at once, where a refresh was begun whose end is not known", { refreshStartedAt: now }, 0, true],
    ["at once then, even without an end", { refreshStartedAt: now, expiresAt: null }, 0, true],
  ])("%s", (_, change, after, due) => {
    expect(isDue(token(change), now + after)).toBe(due);
  });
});
