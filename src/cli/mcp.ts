import { PassThrough } from "node:stream";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Gateway } from "../gateway.js";
import { auditedServices } from "../graphql/audited-services.js";
import type { Caller } from "../graphql/caller.js";
import { createDocuments } from "../graphql/documents.js";
import { defaultLimits } from "../graphql/limits.js";
import { providerViews } from "../graphql/provider-view.js";
import { schema } from "../graphql/schema.js";
import { servedOperations } from "../operations/index.js";
import { toolsOf } from "../operations/tools.js";
import { toolCaller } from "../server/mcp/tool-call.js";
import { toolServer } from "../server/mcp/tool-server.js";
import { createOperations } from "../server/operations.js";
import { createRateLimiter } from "../server/rate-limit.js";
import { createTrusted } from "../server/trusted.js";
import { createUnderWay, inTime } from "../under-way.js";
import type { Io } from "./io.js";
import { userOf } from "./session.js";

/** What is being asked when the process is told to end gets that long. */
const GRACE_MS = 5_000;
/** Of one message; a longer one ends the connection. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/**
 * Answers one assistant on standard input and output until it closes them, or the process is told to end: the tools of
 * /mcp, for one person. Fails where it is not known for whom.
 */
export async function serveTools(io: Io, gateway: Gateway, named: string | undefined): Promise<void> {
  const { config, log } = gateway;
  const caller: Caller = { kind: "user", userId: userOf(config, named), expiresAt: null };
  const operations = await servedOperations(gateway);
  const limiter = createRateLimiter({ redisUrl: null });
  const asked = createOperations({
    servicesFor: (_caller, agent) => auditedServices(gateway, gateway.audit, "cli", agent),
    providers: providerViews(gateway.providers, config),
    documents: createDocuments({ schema: schema(), introspection: config.introspection, limits: defaultLimits }),
    trusted: createTrusted({ operations, only: true, ownIds: new Set() }),
    ...{ limiter, log },
  });
  const tools = toolsOf(operations);
  const underWay = createUnderWay();
  const { call } = underWay.watch({ call: toolCaller({ tools, operations: asked, log }) });
  const makeServer = toolServer(tools, call);
  // The library gives up what it is being asked when its input ends: it is told of that end once all is answered.
  const input = process.stdin.pipe(new PassThrough(), { end: false });
  const transport = new StdioServerTransport(input, undefined, { maxBufferSize: MAX_MESSAGE_BYTES });
  const handle = serveStdio(() => makeServer({ caller, address: "" }, null), {
    ...{ transport, maxSubscriptions: 0 },
    onerror: ({ name }) => log.info({ reason: name }, "an agent's message was refused"),
  });
  const stop = new AbortController();
  const end = () => stop.abort();
  io.signal.addEventListener("abort", end, { once: true });
  process.once("SIGTERM", end);
  process.stdin.once("close", end).once("end", end);
  io.note(`Pulsegate answers ${tools.length} tools on standard input and output.\n`);
  await new Promise<void>((resolve) => {
    const { onclose } = transport;
    transport.onclose = () => {
      onclose?.();
      resolve();
    };
    stop.signal.addEventListener("abort", async () => {
      // What came last is begun by then.
      await new Promise((begun) => setImmediate(begun));
      await inTime(GRACE_MS, underWay.idle());
      // What was answered last is written in this turn still.
      setImmediate(() => void handle.close());
    });
    if (io.signal.aborted) end();
  });
  await inTime(GRACE_MS, underWay.idle());
  process.off("SIGTERM", end);
  process.stdin.off("close", end).off("end", end).unpipe(input);
  limiter.close();
}
