/** A client for addresses that others chose, against a server of this machine that it must not reach. */
import { createServer, type Server } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { createHttpClient, type HttpClient, TransportError } from "./client.js";

let server: Server;
let port: number;
let reached: number;
let client: HttpClient | undefined;
beforeAll(async () => {
  server = createServer((_request, response) => {
    reached++;
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
beforeEach(() => {
  reached = 0;
});
afterEach(() => client?.close());
afterAll(() => new Promise((resolve) => server.close(resolve)));

const post = (url: string) => client!.send({ method: "POST", url, body: "{}", bodyUnread: true });
const kindOf = (url: string) =>
  post(url).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof TransportError ? error.kind : error),
  );

test("no spelling of an address of this machine is connected to", async () => {
  client = createHttpClient({ timeoutMs: 2_000, publicOnly: true });
  for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "017700000001", "127.1", "[::1]", "[::ffff:127.0.0.1]"])
    expect([host, await kindOf(`http://${host}:${port}/`)]).toEqual([host, "refused"]);
  expect(reached).toBe(0);
});

test("a name that leads here is refused, and judged anew at each connection", async () => {
  const answers = ["127.0.0.1", "::1"];
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, _options, callback) => {
    asked.push(hostname);
    const address = answers.shift()!;
    callback(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
  };
  client = createHttpClient({ timeoutMs: 2_000, publicOnly: true, lookup });
  expect(await kindOf(`http://hooks.example:${port}/`)).toBe("refused");
  expect(await kindOf(`http://hooks.example:${port}/`)).toBe("refused");
  expect(asked).toEqual(["hooks.example", "hooks.example"]);
  expect(reached).toBe(0);
});

test("without the rule the same server is reached: it was there all the while", async () => {
  const lookup: LookupFunction = (_hostname, _options, callback) =>
    callback(null, [{ address: "127.0.0.1", family: 4 }]);
  client = createHttpClient({ timeoutMs: 2_000, lookup });
  expect(await kindOf(`http://hooks.example:${port}/`)).toBe(204);
  expect(reached).toBe(1);
});
