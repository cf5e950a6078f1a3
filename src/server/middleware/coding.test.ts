/** How answers and requests are compressed: over real HTTP, by a client that decodes nothing by itself. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { activityDay, appKey, startServer, type TestServer } from "../../../test/support/server-bench.js";
import { codingFor } from "./coding.js";

let server: TestServer;
/** How many days an answer has: by this it is short, long, or so long that it is compressed beside the loop. */
let days = 0;
beforeAll(async () => {
  server = await startServer();
  server.pretence.answer = () => ({
    days: Array.from({ length: days }, (_, index) =>
      activityDay("2026-03-01", { id: `day-${index * 7_919}`, steps: index }),
    ),
    totals: null,
    sources: [],
  });
});
afterAll(() => server[Symbol.asyncDispose]());

interface Given {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly method?: string;
}
const query = JSON.stringify({
  query: 'query Days { user(id: "ann") { activity(range: { lastDays: 3 }) { days { id date steps distance } } } }',
});

async function ask({ headers = {}, body = query, method = "POST" }: Given) {
  const sent = request(`${server.url}/graphql`, {
    method,
    headers: { "x-api-key": appKey, "content-type": "application/json", ...headers },
  });
  sent.end(method === "POST" ? body : undefined);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const coding = response.headers["content-encoding"];
  const decode = { br: brotliDecompressSync, gzip: gunzipSync }[coding ?? ""] ?? ((plain: Buffer) => plain);
  return { status: response.statusCode, headers: response.headers, coding, bytes, text: decode(bytes).toString() };
}

test.each([
  [undefined, "identity"],
  ["", "identity"],
  ["gzip", "gzip"],
  ["br", "br"],
  ["gzip, deflate, br", "br"],
  ["GZIP;Q=0.9, br;q=0.8", "gzip"],
  ["br;q=0, gzip;q=0.001", "gzip"],
  ["*", "br"],
  ["*;q=0.5, br;q=0", "gzip"],
  ["*;q=0", "identity"],
  ["identity;q=0.5, gzip;q=0.4", "identity"],
  ["identity, gzip", "gzip"],
  ["identity;q=0, gzip;q=0.1", "gzip"],
  ["deflate, zstd", "identity"],
  ["br;q=much, gzip", "gzip"],
  ["gzip ; q=0.2 , br ; q=0.3", "br"],
])("of what a client takes the best is sent: %s", (accepted, coding) => {
  expect(codingFor(accepted)).toBe(coding);
});

describe.each([40, 900])("an answer of %i days", (count) => {
  test.each(["br", "gzip"])("comes as %s, whole, with its true length", async (coding) => {
    days = count;
    const plain = await ask({});
    const coded = await ask({ headers: { "accept-encoding": coding } });
    expect([plain.coding, coded.coding]).toEqual([undefined, coding]);
    expect(coded.text).toBe(plain.text);
    expect(JSON.parse(plain.text).data.user.activity.days).toHaveLength(count);
    expect(coded.bytes.length).toBeLessThan(plain.bytes.length / 3);
    for (const { headers, bytes } of [plain, coded]) {
      expect(headers["content-length"]).toBe(String(bytes.length));
      expect(headers.vary).toBe("origin, accept-encoding");
    }
  });
});

test("a short answer is sent as it is", async () => {
  days = 1;
  const { coding, text } = await ask({ headers: { "accept-encoding": "br, gzip" } });
  expect([coding, text.length < 1_024]).toEqual([undefined, true]);
});

test("whoever asks again in another way is not sent the bytes of the first", async () => {
  days = 60;
  const again = ["br", "gzip", "br", "identity", "gzip"];
  const got = [];
  for (const coding of again) got.push(await ask({ headers: { "accept-encoding": coding } }));
  expect(got.map(({ coding }) => coding ?? "identity")).toEqual(again);
  expect(new Set(got.map(({ text }) => text)).size).toBe(1);
});

test("what is told of a failure is compressed no less", async () => {
  days = 0;
  const long = JSON.stringify({ query: `{ ${Array.from({ length: 40 }, (_, index) => `f${index}`).join(" ")} }` });
  const { status, coding, text } = await ask({ body: long, headers: { "accept-encoding": "gzip" } });
  expect([status, coding]).toEqual([400, "gzip"]);
  expect(JSON.parse(text).errors).toHaveLength(40);
});

describe("a request", () => {
  beforeEach(() => {
    days = 2;
  });
  const steps = (text: string) => JSON.parse(text).data.user.activity.days.map((day: { id: string }) => day.id);

  test.each<[string, Given]>([
    ["that is compressed", { body: gzipSync(query), headers: { "content-encoding": "gzip" } }],
    [
      "in another character set",
      {
        body: Buffer.from(query, "utf16le"),
        headers: { "content-type": "application/json; charset=utf-16le" },
      },
    ],
    ["that names its character set", { headers: { "content-type": 'Application/JSON; charset="UTF-8"' } }],
    ["that begins with a byte order mark", { body: `\ufeff${query}` }],
    ["with a parameter that nobody knows", { headers: { "content-type": "application/json; odd=yes" } }],
  ])("%s is read", async (_, given) => {
    const { status, text } = await ask(given);
    expect([status, steps(text)]).toEqual([200, ["day-0", "day-7919"]]);
  });

  test.each<[string, Given, number]>([
    ["whose body is no JSON", { body: '{"query": "{' }, 400],
    ["whose body is a text", { body: '"{ viewer { id } }"' }, 400],
    ["without a body", { body: "" }, 400],
    ["in a character set that there is not", { headers: { "content-type": "application/json; charset=klingon" } }, 415],
    ["that is no JSON by its type", { headers: { "content-type": "text/plain" } }, 400],
    ["that is longer than it may be", { body: " ".repeat(300_000) }, 413],
    ["of a method that there is not", { method: "PUT" }, 405],
  ])("%s is refused", async (_, given, status) => {
    const answer = await ask(given);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text || '{"errors":[]}')).toHaveProperty("errors");
  });

  test("in absolute form is the same request", async () => {
    const sent = request({
      ...hostOf(server.url),
      path: `${server.url}/graphql?query={__typename}`,
      headers: { "x-api-key": appKey },
    });
    const [response] = (await once(sent.end(), "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });
});

function hostOf(url: string) {
  const { hostname, port } = new URL(url);
  return { hostname, port };
}
