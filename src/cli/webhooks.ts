import { isLoopback } from "../config/read-config.js";
import type { Gateway } from "../gateway.js";
import { createHttpClient } from "../http/client.js";
import type { Provider } from "../providers/provider.js";
import { CommandFailed, type Io } from "./io.js";

/** Says whether providers can reach us, what a person has to set in their portals, and mends subscriptions that drifted. */
export async function checkWebhooks(io: Io, gateway: Gateway): Promise<void> {
  const { config, connections, subscriptions } = gateway;
  let troubles = 0;
  const say = (text: string) => io.out(`${text}\n`);
  const complain = async (text: string) => {
    troubles++;
    await say(`FAIL  ${text}`);
  };

  const home = new URL(config.publicUrl);
  if (home.protocol !== "https:" || isLoopback(home.hostname)) {
    const reachable = config.sandbox ? "the labs reach it all the same" : "no provider can reach it";
    await (config.sandbox ? say : complain)(`PUBLIC_URL is not public https: ${reachable}`);
  }
  if (!(await isAlive(config.publicUrl))) await complain(`${home.host} does not answer as a running gateway`);

  for (const provider of gateway.providers) {
    const { webhook } = provider;
    const settings = config.providers[provider.id];
    if (!webhook || settings.clientId === null || (provider.retired && !settings.overridden)) continue;
    await say(`${provider.name}: ${config.publicUrl}/webhooks/${provider.slug}`);
    const scheme = webhook.subscriptions;
    if (scheme.kind === "portal") {
      for (const notice of scheme.notices(settings, `${config.publicUrl}/webhooks/${provider.slug}`))
        await say(`      ${notice}`);
    }
    for (const { name } of unset(provider, gateway)) await say(`note  ${name} is not set`);
  }

  let mended = 0;
  let seen = 0;
  for await (const connection of connections.all()) {
    if (connection.status !== "CONNECTED" || connection.subscriptions.length === 0) continue;
    seen++;
    try {
      if (await subscriptions.repair(connection)) mended++;
    } catch {
      await complain(`the subscriptions of connection ${connection.id} could not be compared`);
    }
  }
  await say(`${seen} subscribed connections, ${mended} of them mended`);
  if (troubles > 0) throw new CommandFailed(`${troubles} ${troubles === 1 ? "thing is" : "things are"} not right.`);
}

function unset(provider: Provider, { config }: Gateway) {
  const { values } = config.providers[provider.id];
  const prefix = provider.slug.toUpperCase().replaceAll("-", "_");
  return (provider.settings ?? [])
    .filter(({ name }) => !values[name])
    .map(({ name }) => ({ name: `${prefix}_${name}` }));
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
