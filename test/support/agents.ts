import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

/** Assistants as their makers build them: over HTTP and on standard input and output, in both revisions of the protocol. */
export const revisions = ["2026-07-28", "2025-11-25"] as const;
type Revision = (typeof revisions)[number];

interface AgentOptions {
  readonly revision?: Revision;
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function clientFor({ revision = "2026-07-28", name = "A Test's Agent" }: AgentOptions): Client {
  const newer = { versionNegotiation: { mode: { pin: revision } } } as const;
  return new Client({ name, version: "7.1" }, revision === "2026-07-28" ? newer : {});
}

export async function agentOver(url: string, options: AgentOptions = {}): Promise<Client> {
  const client = clientFor(options);
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers: { ...options.headers } } }),
  );
  return client;
}

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export async function agentOn({ command, args, env, cwd }: Command, options: AgentOptions = {}): Promise<Client> {
  const client = clientFor(options);
  await client.connect(new StdioClientTransport({ command, args: [...args], env: { ...env }, cwd, stderr: "pipe" }));
  return client;
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly whatToDo: string;
  readonly [detail: string]: unknown;
}

/** The errors in a tool's result; none where it has an answer. */
export function errorsIn({ isError, content }: Awaited<ReturnType<Client["callTool"]>>): readonly Told[] {
  if (!isError) return [];
  const [block] = content as readonly { readonly text: string }[];
  return (JSON.parse(block!.text) as { readonly errors: readonly Told[] }).errors;
}
