/** Starts what the clients talk to, as a process of its own, and prints where it is. Ends with its standard input. */
import { createHash, createHmac } from "node:crypto";
import { serve } from "../../src/serve.js";

const secret = "a secret of the clients' suite, long enough";
const appKey = "an-app-key-of-the-clients-suite";

function tokenFor(userId: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: userId, exp: Math.floor(Date.now() / 1000) + 3600 };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

const serving = await serve({
  SANDBOX: "1",
  STORE_URL: "memory:",
  PORT: "0",
  LOG_LEVEL: "silent",
  AUTH_JWT_SECRET: secret,
  APP_KEYS: `clients:${createHash("sha256").update(appKey).digest("hex")}`,
});
const { fitbit, googleHealth } = serving.sandbox!.labs;
const google = googleHealth.app;
const places = {
  gateway: serving.url,
  token: tokenFor("demo"),
  appKey,
  fitbit: { url: fitbit.url, clientId: fitbit.clientId, clientSecret: fitbit.clientSecret },
  google: { url: googleHealth.url, clientId: google.clientId, clientSecret: google.clientSecret },
};
process.stdout.write(`${JSON.stringify(places)}\n`);
process.stdin.resume().once("end", () => void serving.close().then(() => process.exit(0)));
