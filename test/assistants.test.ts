/** Assistants in front of the whole gateway with its labs: over HTTP, and on standard input and output. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Client } from "@modelcontextprotocol/client";
import { agentOn, agentOver, errorsIn, revisions } from "./support/agents.js";
import { compiled } from "./support/compiled.js";
import { blocksIn } from "./support/markdown.js";
import { clockFrom, type Served, startServed, within } from "./support/served.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(`${root}docs/assistants.md`, "utf8");
/** What the page promises of each tool: the question, the tool, the bytes. */
const table = [...page.matchAll(/^\| (.+\?) \| `(\w+)` \| ([\d,]+) \|$/gm)].map(([, , name, bytes]) => ({
  name: name!,
  bytes: Number(bytes!.replace(",", "")),
}));
/** What a model can be expected to read twenty times over. */
const MOST_BYTES = 2_000;

interface Configured {
  readonly type?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}
/** The clients' configurations on the page. */
function configurations(): readonly Readonly<Record<string, { readonly wearables: Configured } | undefined>>[] {
  return blocksIn("json")
    .filter(([at]) => at.startsWith("docs/assistants.md"))
    .map(([, { text }]) => JSON.parse(text));
}

async function bytesOf(client: Client, name: string): Promise<number> {
  const told = await client.callTool({ name, arguments: {} });
  expect([name, errorsIn(told)]).toEqual([name, []]);
  return Buffer.byteLength((told.content as readonly { readonly text: string }[])[0]!.text);
}

describe("the ready set, over HTTP", () => {
  let served: Served;
  let client: Client;
  beforeAll(async () => {
    served = await startServed({}, { clock: clockFrom("2026-11-25T15:00:00Z") });
    client = await agentOver(served.url);
  });
  afterAll(async () => {
    await client.close();
    await served.close();
  });

  test("answers the twenty questions of docs/assistants.md, each in so many bytes as it says", async () => {
    const { tools } = await client.listTools();
    expect(table.length).toBe(20);
    expect(tools.map(({ name }) => name)).toEqual(table.map(({ name }) => name).sort());
    const measured: typeof table = [];
    for (const { name } of table) measured.push({ name, bytes: await bytesOf(client, name) });
    expect(measured).toEqual(table);
    expect(measured.filter(({ bytes }) => bytes > MOST_BYTES)).toEqual([]);
  });

  test("each tool says in its first words which question it answers, as the page does", async () => {
    const { tools } = await client.listTools();
    for (const { name, description } of tools)
      expect(page).toContain(`| ${description!.split("?")[0]}? | \`${name}\` |`);
  });

  test.each([
    [".mcp.json", "mcpServers"],
    [".vscode/mcp.json", "servers"],
  ])("what the page says to write into %s leads to it", async (_, servers) => {
    const found = configurations().find((one) => one[servers]?.wearables.type === "http")!;
    const { url: at, headers } = found[servers]!.wearables;
    const url = at.replace(/^http:\/\/127\.0\.0\.1:4000/, served.url).replace(/\/mcp$/, "");
    expect(Object.keys(headers!)).toEqual(["X-Api-Key"]);
    const asked = await agentOver(url);
    expect((await asked.listTools()).tools.length).toBe(20);
    await asked.close();
  });

  test("an average names the days that it leaves out, and why", async () => {
    const { structuredContent } = await client.callTool({
      name: "days_not_worn",
      arguments: { range: { lastDays: 30 } },
    });
    const [{ steps }] = (structuredContent as never as Averages).viewer.activity.statistics;
    expect(steps.excluded).toContainEqual({ date: "2026-11-14", reason: "NOT_WORN", missing: null });
    expect(steps.excluded.at(-1)).toEqual({ date: "2026-11-25", reason: "NOT_COMPLETE", missing: null });
    expect(steps.days + steps.excluded.length).toBe(30);
  });
});
interface Averages {
  readonly viewer: {
    readonly activity: { readonly statistics: readonly [{ steps: { days: number; excluded: readonly object[] } }] };
  };
}

test("its answers stay short at another time of the year", async () => {
  const served = await startServed({}, { clock: clockFrom("2026-03-30T05:10:00Z") });
  const client = await agentOver(served.url, { revision: "2025-11-25" });
  const tooLong: string[] = [];
  for (const { name } of table) if ((await bytesOf(client, name)) > MOST_BYTES) tooLong.push(name);
  expect(tooLong).toEqual([]);
  await client.close();
  await served.close();
});

describe("on standard input and output", () => {
  // As the page says to write it down, with the source in place of a build.
  const { wearables } = configurations().find(({ mcpServers }) => mcpServers?.wearables.command)!["mcpServers"]!;
  const [bin, ...rest] = wearables.args!;
  const command = process.execPath;
  let args: readonly string[];
  beforeAll(async () => {
    args = [await compiled(new URL("../src/cli/index.ts", import.meta.url)), ...rest];
  });
  const env = { PATH: process.env["PATH"]!, ...wearables.env };

  test("the page names the command that there is", () => {
    expect(wearables.command).toBe("node");
    expect(existsSync(root + bin!.split("/pulsegate/")[1]!)).toBe(true);
  });

  test.each(revisions)(
    "the same tools are answered in revision %s",
    async (revision) => {
      const client = await agentOn({ command, args, env, cwd: root }, { revision });
      try {
        const { tools } = await client.listTools();
        expect(tools.map(({ name }) => name)).toEqual(table.map(({ name }) => name).sort());
        const [goals, averages] = await Promise.all(
          ["goals", "steps"].map((name) => client.callTool({ name, arguments: {} })),
        );
        expect(goals!.structuredContent).toMatchObject({ viewer: { goals: { goals: expect.any(Array) } } });
        expect(averages!.structuredContent).toMatchObject({ viewer: { activity: { statistics: [{}] } } });
        expect(errorsIn(await client.callTool({ name: "steps", arguments: { user: "bea" } }))).toMatchObject([
          { code: "BAD_USER_INPUT" },
        ]);
        const range = { from: "x".repeat(300_000) };
        const [long] = errorsIn(await client.callTool({ name: "steps", arguments: { range } }));
        expect(long).toMatchObject({ code: "BAD_USER_INPUT" });
        expect(long!.message.length).toBeLessThan(400);
        const aborter = new AbortController();
        const given = client.callTool({ name: "nights", arguments: {} }, { signal: aborter.signal });
        aborter.abort();
        await expect(given).rejects.toThrow();
        await expect(client.callTool({ name: "nothing", arguments: {} })).rejects.toMatchObject({ code: -32_602 });
      } finally {
        await client.close();
      }
    },
    180_000,
  );

  test.each(["the end of its input", "SIGTERM"])(
    "%s ends it in order, and nothing but messages is written",
    async (how) => {
      // At home, and without a lab: it starts in a part of the time.
      const home = { PATH: env.PATH, SINGLE_USER: "me", STORE_URL: "memory:" };
      const child = spawn(command, args, { cwd: root, env: home, stdio: ["pipe", "pipe", "pipe"] });
      const ended = once(child, "exit");
      const said = once(child.stdout, "data");
      let whole = "";
      child.stdout.on("data", (chunk) => {
        whole += chunk;
      });
      const send = (id: number, method: string, params: object) =>
        child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      send(1, "initialize", hello);
      // Whoever pipes messages in closes with the last of them: it is answered.
      if (how !== "SIGTERM") {
        send(2, "tools/call", { name: "steps", arguments: {} });
        child.stdin.end();
      } else {
        await within(60, "its first answer", said);
        child.kill("SIGTERM");
      }
      expect(await within(60, "its end", ended)).toEqual([0, null]);
      const answers = whole
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(answers[0]).toMatchObject({ id: 1, result: { serverInfo: { name: "pulsegate" } } });
      const viewer = { activity: { statistics: null, days: null } };
      const given = { id: 2, result: { structuredContent: { viewer } } };
      expect(answers.slice(1)).toMatchObject(how === "SIGTERM" ? [] : [given]);
    },
  );
  const hello = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "plain", version: "1" } };
});
