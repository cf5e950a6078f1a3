/** What strangers' servers may answer to a message. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Receiver, startReceiver } from "./support/receiver.js";
import { type Anything, asApp, credentials, eventually, type Served, startServed } from "./support/served.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-receivers-"));
writeFileSync(join(folder, "preferred.graphql"), "query Preferred { viewer { id sourcePriority } }");
let served: Served;
let receiver: Receiver;
beforeAll(async () => {
  served = await startServed({ ...credentials, OPERATIONS: folder, WEBHOOKS_ALLOW_PRIVATE: "1" });
  receiver = await startReceiver();
});
afterAll(async () => {
  await served.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});
async function asked(query: string, variables: object = {}) {
  const { data, errors } = await served.ask(query, { variables, headers: asApp });
  expect(errors).toBeUndefined();
  return data;
}

test("whatever receivers answer, each is heard out for its status alone, and the others have theirs", async () => {
  const raw = (text: string) => (response: ServerResponse) => void response.socket!.end(text);
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    closes: (response) => void response.destroy(),
    within: (response) =>
      void response.writeHead(200, { "content-length": "900" }).write("x", () => response.destroy()),
    gone: (response) => void response.writeHead(410).end(),
    moved: (response) => void response.writeHead(301, { location: "http://169.254.169.254/" }).end(),
    // A gigabyte, of which it would send what is taken.
    huge: (response) => {
      response.writeHead(200, { "content-length": String(1024 ** 3) });
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    },
    unzipped: (response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("no gzip"),
    other: raw("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
    noise: raw("noise\r\n\r\n"),
    odd: raw("HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n"),
    fine: (response) => void response.writeHead(204).end(),
  };
  const nameOf = (path: string) => path.split("/").at(-1)!;
  receiver.answer = ({ path }, response) => answers[nameOf(path)]!(response);
  for (const name of Object.keys(answers)) {
    const input = { url: `${receiver.url}/${name}`, operation: "Preferred", minimumGapSeconds: 0 };
    await asked("mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret } }", { input });
  }
  await asked(`mutation { setSourcePriority(input: { userId: "napper", providers: [MISFIT] }) { user { id } } }`);
  const list = async (): Promise<readonly Anything[]> =>
    (await asked("{ webhooks { url status lastFailure lastDeliveredAt } }")).webhooks;
  await eventually(60, "every answer is noted", async () =>
    (await list()).every(({ lastFailure, lastDeliveredAt }) => lastFailure !== null || lastDeliveredAt !== null),
  );
  const told = (await list()).map(({ url, status, lastFailure }) => [nameOf(url), status, lastFailure]);
  const unreachable = ["FAILING", "The receiver could not be reached."];
  expect(told).toEqual([
    ["closes", ...unreachable],
    ["within", "ACTIVE", null],
    ["gone", "DISABLED", "The receiver answered 410: it wants no more."],
    ["moved", "FAILING", "The receiver answered 301, and redirects are not followed."],
    ["huge", "ACTIVE", null],
    ["unzipped", "ACTIVE", null],
    ["other", ...unreachable],
    ["noise", ...unreachable],
    ["odd", "FAILING", "The receiver answered 999."],
    ["fine", "ACTIVE", null],
  ]);
});
