import type { Connection } from "../../src/connections/connection.js";
import { ProviderFailure } from "../../src/connections/oauth/provider-failure.js";
import { createVault } from "../../src/connections/tokens/vault.js";
import { type bench, fragile, keyA } from "./connections-bench.js";

/** What the tests of refreshes stand on besides the bench. */

export const codeOf = async (asking: Promise<unknown>) => {
  const error = await asking.then(() => null).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProviderFailure)) throw error ?? new Error("nothing failed");
  return error.failure.code;
};

type Bench = Awaited<ReturnType<typeof bench>>;
export const vaultOf = (at: Bench) => createVault({ store: at.store, encryptionKeys: [keyA] });
export const statusOf = async (at: Bench, { id }: Connection) => (await at.connections.get(id))?.status;
/** Renews, whatever the token's age. */
export const renew = async (replica: Bench["connections"], connection: Connection) =>
  await replica.renewed(connection, await replica.token(connection));

/** A process that was granted a pair and could not write it: `back` gives it its store again. */
export async function holder(at: Bench, connection: Connection) {
  let down = false;
  const replica = at.replica({ store: fragile(at.store, () => down) });
  const used = await replica.token(connection);
  const usual = at.acme.fault;
  at.acme.fault = (exchange) => {
    if (exchange.path === "/token") down = true;
    return usual(exchange);
  };
  await expect(replica.renewed(connection, used)).rejects.toThrow("disk full");
  at.acme.fault = usual;
  const granted = [...at.acme.accountOf.keys()].at(-1)!;
  const back = () => {
    down = false;
  };
  return { replica, granted, used: used.accessToken, back };
}
