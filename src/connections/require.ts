import { PulsegateError } from "../errors.js";
import type { Provider } from "../providers/index.js";
import type { Connection } from "./connection.js";

/** A user's connection to a provider that may be used. Throws PROVIDER_RETIRED, or PROVIDER_NOT_CONNECTED. */
export function requireConnected(
  connections: readonly Connection[],
  { id, retired }: Pick<Provider, "id" | "retired">,
): Connection {
  const connection = connections.find(({ provider }) => provider === id);
  if (connection?.status === "CONNECTED") return connection;
  if (connection?.status === "RETIRED") throw new PulsegateError("PROVIDER_RETIRED", retired?.message);
  throw new PulsegateError(
    "PROVIDER_NOT_CONNECTED",
    connection?.status === "REAUTHORIZATION_REQUIRED" ? "The user has to connect this provider again." : undefined,
  );
}
