import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { isLoopback } from "../config/hosts.js";
import type { CallbackResult } from "../connections/oauth/redirects.js";
import type { Gateway } from "../gateway.js";
import { auditedServices } from "../graphql/audited-services.js";
import type { Provider } from "../providers/index.js";
import { consentPage, consentWords } from "../server/pages.js";
import { isOwnVisit } from "../server/routes/callback.js";
import { CommandFailed, type Io } from "./io.js";
import { providerCalled, userOf } from "./session.js";

export interface ConnectOptions {
  readonly provider: string;
  readonly user?: string;
  /** False: print the address only. */
  readonly open?: boolean;
}

/** Results that do not belong to the consent that this command waits for. */
const stray: ReadonlySet<string> = new Set(["invalid_state", "unfinished"]);
/** As long as the consent's own state is valid. */
const PATIENCE_MS = 10 * 60_000;

/** Connects a provider from a terminal: opens the consent page and waits on this machine for the return. */
export async function connect(io: Io, gateway: Gateway, options: ConnectOptions): Promise<void> {
  const { config } = gateway;
  const provider = providerCalled(options.provider, gateway.providers);
  const userId = userOf(config, options.user);
  const home = new URL(config.publicUrl);
  if (!isLoopback(home.hostname)) {
    throw new CommandFailed(
      "The provider returns to PUBLIC_URL, which is not this machine: connect there, or set PUBLIC_URL to a loopback address that is registered with the provider.",
    );
  }
  const audited = auditedServices(gateway, gateway.audit, "cli");
  const { authorizationUrl } = await audited.connections.begin({ userId, provider: provider.id });
  const waiting = await waitForCallback(io, gateway, provider, home);
  try {
    io.note("Give your consent on this page:\n");
    await io.out(`${authorizationUrl}\n`);
    if (options.open !== false) openBrowser(authorizationUrl);
    const result = await waiting.result;
    if ("error" in result) {
      throw new CommandFailed(`${provider.name} was not connected: ${consentWords(result, provider.name).text}`);
    }
  } finally {
    waiting.stop();
  }
  await io.out(`${provider.name} is connected for ${userId}.\n`);
}

async function waitForCallback(io: Io, { connections }: Gateway, provider: Provider, home: URL) {
  const path = `${home.pathname.replace(/\/$/, "")}/oauth/${provider.slug}/callback`;
  let server: Server | undefined;
  let timer: NodeJS.Timeout | undefined;
  let giveUp = () => {};
  const result = new Promise<CallbackResult>((resolve, reject) => {
    giveUp = () => reject(new CommandFailed("Interrupted: nothing was connected."));
    timer = setTimeout(() => reject(new CommandFailed("Nobody came back from the consent page in time.")), PATIENCE_MS);
    server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", home);
      if (url.pathname !== path) {
        response.writeHead(404).end();
        return;
      }
      if (!isOwnVisit(request)) {
        response.writeHead(request.method === "HEAD" ? 200 : 503).end();
        return;
      }
      connections.callback(provider.slug, Object.fromEntries(url.searchParams)).then((outcome) => {
        response.writeHead("error" in outcome ? 400 : 200, { "content-type": "text/html; charset=utf-8" });
        response.end(consentPage(outcome, provider.name), () => {
          // A request with an unknown state belongs to another consent: it must not end the wait for this one.
          if (!("error" in outcome) || !stray.has(outcome.error)) resolve(outcome);
        });
      }, reject);
    });
  });
  // It is awaited only after the page is shown. Until then a failure must not count as an unhandled rejection.
  result.catch(() => {});
  io.signal.addEventListener("abort", giveUp, { once: true });
  const stop = () => {
    clearTimeout(timer);
    io.signal.removeEventListener("abort", giveUp);
    server?.close();
    server?.closeAllConnections();
  };
  const host = home.hostname.replace(/^\[(.*)\]$/, "$1");
  await new Promise<void>((resolve, reject) => {
    server?.once("error", (error: NodeJS.ErrnoException) => {
      stop();
      const taken = error.code === "EADDRINUSE";
      const hint = taken ? "is taken: stop the gateway that runs there, or connect through it" : "can't be listened on";
      reject(new CommandFailed(`${home.host}, where the provider returns to, ${hint}.`));
    });
    server?.listen(Number(home.port || 80), host, resolve);
  });
  return { result, stop };
}

/** Where no browser can be opened, the printed address is enough. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler"]
        : ["xdg-open"];
  spawn(command!, [...args, url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}
