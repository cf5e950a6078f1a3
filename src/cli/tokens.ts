import type { Connection } from "../connections/connection.js";
import { ProviderFailure } from "../connections/oauth/provider-failure.js";
import { VaultUnreadable } from "../connections/tokens/vault.js";
import type { Gateway } from "../gateway.js";
import { CommandFailed, type Io } from "./io.js";

/**
 * Renews stored tokens that are due, or with `all` every token that can be renewed. `prune` disconnects connections
 * that need the person's consent again; their data stay. Fails if a temporary fault left tokens to renew, so that a
 * cron job reports it.
 */
export async function refreshTokens(
  io: Io,
  gateway: Pick<Gateway, "connections" | "providers" | "audit">,
  options: { readonly all?: boolean; readonly prune?: boolean },
): Promise<void> {
  const { connections } = gateway;
  const count = { good: 0, renewed: 0, lost: 0, pruned: 0, failed: 0 };
  const found: Connection[] = [];
  for await (const connection of connections.all()) found.push(connection);
  for (const connection of found) {
    if (io.signal.aborted) break;
    const { userId, provider } = connection;
    const current = (await connections.list(userId)).find((one) => one.provider === provider);
    // A connection that was replaced by another one of the person has no tokens any more.
    if (current?.id !== connection.id) continue;
    const state = await refreshOne(gateway, connection, options.all ?? false);
    if (state === null) continue;
    count[state]++;
    if (state === "lost" && options.prune) {
      await connections.disconnect({ userId, provider });
      await gateway.audit.record({ actor: "cli", action: "disconnect", userId, provider });
      count.pruned++;
    }
  }
  const parts = [
    `${count.good} usable, renewed where that was due`,
    `${count.renewed} renewed on request`,
    `${count.lost} need the person to connect again${options.prune ? ` (${count.pruned} disconnected)` : ""}`,
    `${count.failed} failed for now`,
  ];
  await io.out(`${parts.join(", ")}\n`);
  if (count.failed > 0) throw new CommandFailed(`${count.failed} could not be renewed: try again later.`);
}

async function refreshOne(
  { connections, providers }: Pick<Gateway, "connections" | "providers">,
  connection: Connection,
  all: boolean,
): Promise<"good" | "renewed" | "lost" | "failed" | null> {
  if (connection.status === "REAUTHORIZATION_REQUIRED") return "lost";
  if (connection.status !== "CONNECTED") return null;
  const renewable = providers.some(({ id, oauth }) => id === connection.provider && oauth.refresh !== "none");
  try {
    const before = await connections.token(connection);
    if (!all || !renewable || before.resolver !== "vault") return "good";
    await connections.renewed(connection, before);
    return "renewed";
  } catch (error) {
    // Readable again when ENCRYPTION_KEYS contains the right keys.
    if (error instanceof VaultUnreadable) return "failed";
    if (!(error instanceof ProviderFailure)) throw error;
    return error.failure.code === "CONSENT_LOST" ? "lost" : "failed";
  }
}
