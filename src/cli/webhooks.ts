import { isLoopback } from "../config/hosts.js";
import { prefixOf } from "../config/provider-variables.js";
import { VaultUnreadable } from "../connections/tokens/vault.js";
import { PulsegateError } from "../errors.js";
import type { Gateway } from "../gateway.js";
import { createHttpClient } from "../http/client.js";
import type { Provider } from "../providers/index.js";
import { standingOf } from "../providers/registry.js";
import { doorOf } from "../webhooks/address.js";
import { CommandFailed, type Io } from "./io.js";

/**
 * Prints whether providers can reach the gateway and what a person must set in the providers' portals, and repairs
 * subscriptions that differ. `reaches` answers whether a gateway runs at an address.
 */
export async function checkWebhooks(
  io: Io,
  gateway: Gateway,
  reaches: (publicUrl: string) => Promise<boolean> = isAlive,
): Promise<void> {
  const { config } = gateway;
  let troubles = 0;
  const tell: Tell = async (kind, text) => {
    if (kind === "FAIL") troubles++;
    await io.out(`${kind.padEnd(4)}  ${text}\n`);
  };
  const home = new URL(config.publicUrl);
  if (config.sandbox) await tell("note", "sandbox: the labs reach the gateway wherever it is");
  else if (home.protocol !== "https:" || isLoopback(home.hostname)) {
    await tell("FAIL", "PUBLIC_URL is not public https: no provider can reach it");
  }
  if (await reaches(config.publicUrl)) await tell("ok", `${home.host} answers as a running gateway`);
  else await tell("FAIL", `${home.host} does not answer as a running gateway`);
  // The labs run inside the server that started them: no other process can ask them.
  if (config.sandbox) await tell("note", "sandbox: only the running gateway checks the subscriptions");
  else {
    for (const provider of gateway.providers) await lookAtProvider(provider, gateway, tell);
    await lookAtConnections(io, gateway, tell);
  }
  if (troubles > 0) throw new CommandFailed(`${troubles} ${troubles === 1 ? "thing is" : "things are"} not right.`);
}

type Tell = (kind: "ok" | "note" | "FAIL" | "", text: string) => Promise<void>;

async function lookAtProvider(provider: Provider, gateway: Gateway, tell: Tell): Promise<void> {
  const { config, subscriptions } = gateway;
  const settings = config.providers[provider.id];
  if (!provider.webhook || standingOf(provider, settings) !== "AVAILABLE") return;
  const { url } = doorOf(provider, settings, config.publicUrl);
  await tell("", `${provider.name}: ${url ?? "no address without a client secret"}`);
  const unset = (provider.settings ?? []).filter(({ name, optional }) => !optional && !settings.values[name]);
  for (const { name } of unset) await tell("note", `${prefixOf(provider)}${name} is not set`);
  const { kind } = provider.webhook.subscriptions;
  // No settings at all is a choice. Some of the settings is a mistake, which `appNotices` reports.
  const given = (provider.settings ?? []).filter(({ name, default: usual }) => settings.values[name] && !usual);
  if (kind === "per-user" || (kind === "per-app" && given.length === 0)) return;
  try {
    const notices = await subscriptions.appNotices(provider.id);
    for (const notice of notices) await tell(kind === "portal" ? "note" : "FAIL", notice);
    if (kind === "per-app" && notices.length === 0)
      await tell("ok", "the app's subscriber is active and as it should be");
  } catch (error) {
    if (!(error instanceof PulsegateError)) throw error;
    await tell("FAIL", error.message);
  }
}

async function lookAtConnections(io: Io, { connections, subscriptions }: Gateway, tell: Tell): Promise<void> {
  let mended = 0;
  let seen = 0;
  for await (const connection of connections.all()) {
    if (io.signal.aborted) return;
    if (connection.status !== "CONNECTED" || connection.subscriptions.length === 0) continue;
    seen++;
    try {
      if (await subscriptions.repair(connection)) mended++;
    } catch (error) {
      // A connection that can't be read does not stop the others. Without the store there are no others.
      if (!(error instanceof PulsegateError) && !(error instanceof VaultUnreadable)) throw error;
      await tell("FAIL", `the subscriptions of connection ${connection.id} could not be compared: ${error.message}`);
    }
  }
  await tell("ok", `${seen} subscribed connections, ${mended} of them mended`);
}

async function isAlive(publicUrl: string): Promise<boolean> {
  const http = createHttpClient({ timeoutMs: 5_000 });
  try {
    const { status, text } = await http.send({ method: "GET", url: `${publicUrl}/healthz`, maxBytes: 10_000 });
    return status === 200 && text.includes("alive");
  } catch {
    return false;
  } finally {
    http.close();
  }
}
