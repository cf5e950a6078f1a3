/** The process: it ends by itself whatever its peers do, at once where it is told twice, and where it could not start. */
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type FitbitLab, startFitbitLab } from "../../src/sandbox/fitbit/index.js";
import { type Child, startChild } from "../support/child.js";
import { asApp, clientOf, credentials, eventually, freePort, within } from "../support/served.js";

/** Nobody listens there. */
const redisThatIsAway = "redis://127.0.0.1:1";
let lab: FitbitLab;
let child: Child | undefined;
let env: Record<string, string>;
let url: string;
let lines: string[];

beforeEach(async () => {
  lab = await startFitbitLab();
  const port = String(await freePort());
  url = `http://127.0.0.1:${port}`;
  lines = [];
  env = {
    ...credentials,
    PORT: port,
    STORE_URL: "memory:",
    REDIS_URL: redisThatIsAway,
    FITBIT_CLIENT_ID: lab.clientId,
    FITBIT_CLIENT_SECRET: lab.clientSecret,
    FITBIT_API_URL: lab.url,
  };
});
afterEach(async () => {
  await child?.kill();
  child = undefined;
  await lab.close();
});

test("with Redis away and a peer that has sent half a request, SIGTERM ends it in order", async () => {
  child = await startChild(env, (line) => lines.push(line));
  const peer = connect(Number(env["PORT"]), "127.0.0.1");
  peer.on("error", () => {});
  await once(peer, "connect");
  peer.write("POST /graphql HTTP/1.1\r\nhost: x");
  child.signal("SIGTERM");
  expect(await within(60, "its end", child.ended)).toBe(0);
  expect(lines.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
  peer.destroy();
});

test("requests of every kind bring no warning of Node's into the log", async () => {
  child = await startChild({ ...env, OPERATIONS: "schema/operations/assistant" }, (line) => lines.push(line));
  const post = (path: string, accept: string, body: object) =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { ...asApp, accept, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const query = '{ user(id: "both") { id } }';
  const tools = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };
  for (const answer of [
    await post("/graphql", "*/*", { query }),
    await post("/graphql/stream", "text/event-stream", { query }),
    await post("/mcp", "application/json, text/event-stream", tools),
    await fetch(url),
  ]) {
    expect(answer.status).toBe(200);
    await answer.text();
  }
  await child.stop();
  expect(lines.filter((line) => line.includes("Warning"))).toEqual([]);
});

test("a second signal ends it at once, whatever is under way", async () => {
  child = await startChild(env, (line) => lines.push(line));
  const { accessToken, refreshToken } = lab.issueTokens("both");
  const { ask } = clientOf(url);
  await ask(
    `mutation { importConnection(input: { userId: "both", provider: FITBIT, accessToken: "${accessToken}",
      refreshToken: "${refreshToken}" }) { connection { id } } }`,
    { headers: asApp },
  );
  lab.addFault({ kind: "hang" });
  const hung = ask('{ user(id: "both") { activity(range: { lastDays: 1 }) { days { steps } } } }', { headers: asApp });
  const cut = expect(hung).rejects.toThrow();
  await eventually(60, "the provider is asked", () => lab.requests.some(({ status }) => status === 0));
  child.signal("SIGTERM");
  await eventually(60, "it stops", () => lines.some((line) => line.includes('"stopping"')));
  child.signal("SIGINT");
  expect(await within(60, "its end", child.ended)).toBe(130);
  await cut;
});

test("a start that comes to nothing ends, whatever it had open", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  const start = startChild({ ...env, PORT: String(port) }, (line) => lines.push(line));
  await expect(start).rejects.toThrow("Pulsegate ended with 1 before it listened.");
  expect(lines.join()).toContain(`Port ${port} of 127.0.0.1 is taken`);
  taken.close();
});
