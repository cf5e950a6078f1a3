import type { Config } from "../config/config.js";
import type { Caller } from "./caller.js";

/** Whether a connection that this caller begins waits to be confirmed; `asked` is their own wish. */
export type MustConfirm = (caller: Caller, asked: boolean) => boolean;

/**
 * A consent is tied to the user who began it, not to the person who opens the provider's page: without confirmation one
 * user could send another the address, and have the other's wearable linked to themselves. So users have no choice,
 * unless the operator says otherwise; an app's backend, which knows whose browser it sends there, has one.
 */
export function confirmationPolicy({
  confirmConnections,
  sandbox,
}: Pick<Config, "confirmConnections" | "sandbox">): MustConfirm {
  const usual = (caller: Caller) => {
    // The people of the lab have nothing to lose; and where nobody needs credentials there is one user alone.
    if (sandbox || (caller.kind === "user" && caller.expiresAt === null)) return "never";
    return caller.kind === "app" ? "caller" : "always";
  };
  return (caller, asked) => {
    const rule = confirmConnections ?? usual(caller);
    return rule === "always" || (rule === "caller" && asked);
  };
}
