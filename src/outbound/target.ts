import { PulsegateError } from "../errors.js";
import { addressIn, isPublicAddress } from "../http/addresses.js";

const refused = (sentence: string) => new PulsegateError("BAD_USER_INPUT", sentence);

/**
 * The address of a receiver, in its one spelling. Throws BAD_USER_INPUT for one that messages may not go to. A name is
 * judged when it is resolved, each time anew.
 */
export function targetOf(url: string, allowPrivate: boolean): string {
  if (!URL.canParse(url)) throw refused("url is no absolute https URL.");
  const target = new URL(url);
  if (target.protocol !== "https:" && !(allowPrivate && target.protocol === "http:"))
    throw refused("url must begin with https:// (WEBHOOKS_ALLOW_PRIVATE=1 allows http).");
  if (target.username !== "" || target.password !== "")
    throw refused("url must hold no user name or password: receivers know messages by their signature.");
  if (target.hash !== "") throw refused("url must have no fragment: it would not be sent.");
  const address = addressIn(target.href);
  const isLocal = /(^|\.)localhost\.?$/.test(target.hostname);
  if (!allowPrivate && (isLocal || (address !== null && !isPublicAddress(address))))
    throw refused("url must lead to the public internet (WEBHOOKS_ALLOW_PRIVATE=1 allows other addresses).");
  return target.href;
}
