import type { AuditLog } from "../../audit/log.js";
import type { Connections } from "../connections.js";

/** The same connections; each one that a browser comes back with is noted in the audit log. */
export function auditedConsents(connections: Connections, audit: Pick<AuditLog, "record">): Connections {
  return {
    ...connections,
    callback: async (slug, query) => {
      const result = await connections.callback(slug, query);
      const made = "error" in result || result.repeated ? null : await connections.get(result.connectionId);
      if (made) {
        const { userId, provider } = made;
        await audit.record({ actor: "browser", action: "consent", userId, provider });
      }
      return result;
    },
  };
}
