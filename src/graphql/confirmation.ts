import type { Config } from "../config/config.js";
import type { Caller } from "./caller.js";

/** Whether a connection that this caller begins waits to be confirmed. `asked` is what the caller wants. */
export type MustConfirm = (caller: Caller, asked: boolean) => boolean;

/**
 * A consent belongs to the user who began it, not to the person who opens the provider's page. Without confirmation,
 * one user could send the address to another person and get that person's wearable linked to their own account. So
 * users have no choice, unless the operator decides otherwise. An app's backend has one: it knows whose browser it
 * sends to the page.
 */
export function confirmationPolicy({
  confirmConnections,
  sandbox,
}: Pick<Config, "confirmConnections" | "sandbox">): MustConfirm {
  const usual = (caller: Caller) => {
    // The people of the lab have nothing to lose. Where nobody needs credentials there is one user only.
    if (sandbox || (caller.kind === "user" && caller.expiresAt === null)) return "never";
    return caller.kind === "app" ? "caller" : "always";
  };
  return (caller, asked) => {
    const rule = confirmConnections ?? usual(caller);
    return rule === "always" || (rule === "caller" && asked);
  };
}
