import { createHash, createHmac, generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import fc from "fast-check";
import { exportJWK, exportSPKI, SignJWT } from "jose";
import { appKey, jwtSecret, testConfig } from "../../test/support/server-bench.js";
import { createIdentity, type IdentityConfig } from "./identity.js";

const hour = () => Math.floor(Date.now() / 1000) + 3_600;
const none: IdentityConfig = testConfig({ viewerWithoutCredentials: null });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const wrong = async (config: IdentityConfig, credentials: Record<string, unknown>) =>
  await expect(createIdentity(config).authenticate(credentials)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });

describe("with a secret", () => {
  const strict = testConfig({
    viewerWithoutCredentials: null,
    userTokens: { kind: "secret", secret: jwtSecret, issuer: "us", audience: "gateway" },
  });
  const token = (claims: Record<string, unknown>, alg = "HS256", secret = jwtSecret) =>
    new SignJWT(claims).setProtectedHeader({ alg }).sign(secret);
  const claims = { sub: "ann", iss: "us", aud: "gateway" };

  test("a good token names its user and its end", async () => {
    const exp = hour();
    const caller = await createIdentity(strict).authenticate(bearer(await token({ ...claims, exp })));
    expect(caller).toEqual({ kind: "user", userId: "ann", expiresAt: exp * 1000 });
  });

  test("a token is looked at once in a minute, and is good no longer than it says", async () => {
    const verify = jest.spyOn(globalThis.crypto.subtle, "verify");
    try {
      const begun = Date.now();
      let now = begun;
      const exp = Math.floor(begun / 1000) + 90;
      const identity = createIdentity(strict, { now: () => now });
      const good = bearer(await token({ ...claims, exp }));
      const looked = async (after: number) => {
        now = begun + after;
        await identity.authenticate(good);
        return verify.mock.calls.length;
      };
      expect([
        await looked(0),
        await looked(59_999),
        await looked(60_000),
        await looked(exp * 1000 - begun - 1),
      ]).toEqual([1, 1, 2, 2]);
      expect(await looked(exp * 1000 - begun)).toBe(3);
      // What was refused is not taken for good the second time either.
      const bad = bearer(await token({ ...claims, exp, aud: "another" }));
      for (let each = 0; each < 2; each++)
        await expect(identity.authenticate(bad)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
      expect(verify.mock.calls).toHaveLength(5);
    } finally {
      verify.mockRestore();
    }
  });

  test("whatever is not as it should be is refused", async () => {
    const exp = hour();
    await wrong(strict, bearer(await token({ ...claims, exp: exp - 7_200 })));
    await wrong(strict, bearer(await token(claims)));
    await wrong(strict, bearer(await token({ ...claims, exp, aud: "another" })));
    await wrong(strict, bearer(await token({ ...claims, exp, iss: "another" })));
    await wrong(strict, bearer(await token({ iss: "us", aud: "gateway", exp })));
    await wrong(strict, bearer(await token({ ...claims, sub: " ", exp })));
    await wrong(strict, bearer(await token({ ...claims, sub: 7, exp })));
    for (const sub of ["a\0", "\ud800", "x".repeat(257)])
      await wrong(strict, bearer(await token({ ...claims, sub, exp })));
    await wrong(strict, bearer(await token({ ...claims, exp, nbf: exp - 60 })));
    await wrong(strict, bearer(await token({ ...claims, exp }, "HS512", new Uint8Array(64))));
    await wrong(strict, bearer(await token({ ...claims, exp }, "HS512")));
    await wrong(
      strict,
      bearer(await token({ ...claims, exp }, "HS256", new TextEncoder().encode("another-secret-of-thirty-two-bytes"))),
    );
    await wrong(strict, bearer(`${part({ alg: "none" })}.${part({ ...claims, exp })}.`));
    await wrong(strict, bearer(`${part({ alg: "none" })}.${part({ ...claims, exp })}.x`));
  });

  test("a token of which one character was changed is refused", async () => {
    const good = await token({ ...claims, exp: hour() });
    const signature = good.lastIndexOf(".") + 1;
    await fc.assert(
      // The last character of a signature holds bits that mean nothing.
      fc.asyncProperty(fc.integer({ min: 0, max: good.length - 2 }), async (at) => {
        if (at === signature - 1) return;
        const changed = `${good.slice(0, at)}${good[at] === "A" ? "B" : "A"}${good.slice(at + 1)}`;
        await wrong(strict, bearer(changed));
      }),
      { numRuns: 60 },
    );
  });
});

describe("with a key set", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let server: Server;
  let config: IdentityConfig;
  beforeAll(async () => {
    const jwk = { ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" };
    server = createServer((request, response) => {
      if (request.url === "/down") response.writeHead(500).end();
      else response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    config = testConfig({
      viewerWithoutCredentials: null,
      userTokens: { kind: "jwks", url, issuer: "us", audience: "gateway" },
    });
  });
  afterAll(() => void server.close());
  const claims = () => ({ sub: "ann", iss: "us", aud: "gateway", exp: hour() });
  const signed = (payload: Record<string, unknown>, kid = "k1") =>
    new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey);

  test("its own asymmetric signatures are good", async () => {
    expect(await createIdentity(config).authenticate(bearer(await signed(claims())))).toMatchObject({ userId: "ann" });
  });

  test("a public key is no secret: HS256 with it is refused", async () => {
    const body = `${part({ alg: "HS256", kid: "k1" })}.${part(claims())}`;
    for (const secret of [await exportSPKI(publicKey), JSON.stringify(await exportJWK(publicKey))]) {
      await wrong(config, bearer(`${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`));
    }
  });

  test("other keys, other audiences and keys that the token brings along are refused", async () => {
    await wrong(config, bearer(await signed({ ...claims(), aud: "another" })));
    await wrong(config, bearer(await signed(claims(), "k2")));
    const { privateKey: mine, publicKey: theirs } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = await exportJWK(theirs);
    await wrong(
      config,
      bearer(await new SignJWT(claims()).setProtectedHeader({ alg: "RS256", kid: "k1", jwk } as never).sign(mine)),
    );
  });

  test("a key set that does not answer is our trouble, not the caller's", async () => {
    const userTokens = {
      ...config.userTokens,
      url: `${(config.userTokens as { url: string }).url}/down`,
    } as IdentityConfig["userTokens"];
    const asked = createIdentity({ ...config, userTokens }).authenticate(bearer(await signed(claims())));
    await expect(asked).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  });
});

describe("app keys", () => {
  test("a key names its app, under whatever case the header has", async () => {
    expect(await createIdentity(none).authenticate({ "X-API-Key": appKey })).toEqual({
      kind: "app",
      name: "backend",
      readOnly: false,
    });
  });

  test("every byte of its hash counts", async () => {
    const [backend] = none.appKeys;
    for (let at = 0; at < 32; at++) {
      const sha256 = Uint8Array.from(backend!.sha256);
      sha256[at]! ^= 1;
      await wrong({ ...none, appKeys: [{ ...backend!, sha256 }] }, { "x-api-key": appKey });
    }
    await wrong({ ...none, appKeys: [{ ...backend!, sha256: backend!.sha256.slice(0, 1) }] }, { "x-api-key": appKey });
  });

  test("of several keys each is known by its own, whatever stands before and after it", async () => {
    const sha256 = (key: string) => createHash("sha256").update(key).digest();
    const appKeys = ["first", "second", "third"].map((name, index) => ({
      name,
      sha256: sha256(`key ${name}`),
      userId: index === 1 ? "ann" : null,
      readOnly: index > 0,
    }));
    const identity = createIdentity({ ...none, appKeys });
    expect(await identity.authenticate({ "x-api-key": "key first" })).toEqual({
      kind: "app",
      name: "first",
      readOnly: false,
    });
    expect(await identity.authenticate({ "x-api-key": "key second" })).toEqual({
      kind: "user",
      userId: "ann",
      expiresAt: Number.POSITIVE_INFINITY,
      appKey: "second",
      readOnly: true,
    });
    expect(await identity.authenticate({ "x-api-key": "key third" })).toMatchObject({ kind: "app", readOnly: true });
  });

  test("wrong ones are refused: another key, its hash, nothing, no text", async () => {
    for (const key of ["wrong", `${appKey} `, Buffer.from(none.appKeys[0]!.sha256).toString("hex"), "", 7, {}])
      await wrong(none, { "x-api-key": key });
  });

  test("both kinds at once are refused", async () => {
    const token = await new SignJWT({ sub: "ann", exp: hour() }).setProtectedHeader({ alg: "HS256" }).sign(jwtSecret);
    await wrong(none, { "x-api-key": appKey, ...bearer(token) });
  });
});

test("nobody in particular is only let in where the configuration says who that is", async () => {
  await wrong(none, {});
  expect(await createIdentity(testConfig()).authenticate({})).toEqual({ kind: "user", userId: "me", expiresAt: null });
  await wrong(testConfig(), { authorization: "" });
  await wrong(testConfig({ userTokens: null }), bearer("a.b.c"));
});
