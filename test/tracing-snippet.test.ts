/** What docs/tracing.md tells operators to load brings every span to their collector, those of the last second too. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { startChild } from "./support/child.js";
import { clientOf, freePort, inMemory } from "./support/served.js";

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: object }[] };
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string; readonly traceId: string }[] }[];
  }[];
}

test("the file in docs/tracing.md, loaded by NODE_OPTIONS, sends the traces of a start as an operator does it", async () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const page = readFileSync(`${root}/docs/tracing.md`, "utf8");
  // Where what it imports is found.
  const folder = mkdtempSync(`${root}/node_modules/.tracing-`);
  writeFileSync(`${folder}/tracing.mjs`, page.split("```js\n")[1]!.split("```")[0]!);
  const sent: Sent[] = [];
  const collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    sent.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.setHeader("content-type", "application/json").end("{}");
  });
  await once(collector.listen(0, "127.0.0.1"), "listening");
  try {
    const port = await freePort();
    const child = await startChild({
      ...inMemory,
      PORT: String(port),
      SANDBOX: "1",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      NODE_OPTIONS: `--import ${folder}/tracing.mjs`,
    });
    const { errors } = await clientOf(`http://127.0.0.1:${port}`).ask(
      // Days that nobody looked at before: a start looks at the page's own.
      '{ viewer { activity(range: { from: "2025-01-03", to: "2025-01-05" }) { days { steps } } } }',
    );
    expect(errors).toBeUndefined();
    await child.stop();
    expect(await child.ended).toBe(0);
    const all = sent.flatMap(({ resourceSpans }) => resourceSpans);
    expect(all[0]!.resource.attributes).toContainEqual({ key: "service.name", value: { stringValue: "pulsegate" } });
    const spans = all.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const planned = spans.filter(({ name }) => name === "plan").map(({ traceId }) => traceId);
    const names = spans.filter(({ traceId }) => traceId === planned.at(-1)).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["POST /graphql", "read", "plan", "call"]));
  } finally {
    await new Promise((resolve) => collector.close(resolve));
    rmSync(folder, { recursive: true });
  }
});
