import type { CallbackResult } from "../connections/oauth/redirects.js";
import { type ErrorCode, errorTable } from "../errors.js";

export const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** How a consent ended, in words for the person; `name` is the provider's. */
export interface ConsentWords {
  readonly title: string;
  readonly text: string;
}

const again = "Start again where you came from.";

/** What a person can do about an end that is not a connection, by its code. */
const reasons: Readonly<Record<string, (name: string) => string>> = {
  access_denied: (name) =>
    `You did not give your consent at ${name}, so nothing was connected and nothing is read. If you change your mind, connect again.`,
  invalid_state: () => `This page has been used before, or was opened too late. ${again}`,
  invalid_grant: (name) => `${name} no longer knows the consent that this page came with. ${again}`,
  unfinished: () =>
    `The connection is still being made. Reload this page in a moment; if it stays like this, start again.`,
  INSUFFICIENT_SCOPE: (name) =>
    `Something was left out at ${name} without which nobody can tell whose data it is. Connect again, and leave the boxes ticked.`,
  ACTION_REQUIRED: (name) =>
    `Your account at ${name} is not set up yet: open its app, finish there, and connect again.`,
  NOT_PERMITTED_TO_APP: (name) =>
    `${name} does not let this app read your account. Whoever runs it has to ask ${name}.`,
  PROVIDER_ACCOUNT_IN_USE: () =>
    `${errorTable.PROVIDER_ACCOUNT_IN_USE.sentence} Disconnect it there first, or choose another account.`,
  PROVIDER_UNAVAILABLE: (name) => `${name} did not answer as it should. Try again in a few minutes.`,
  server_error: (name) => `${name} had trouble of its own. Try again in a few minutes.`,
  temporarily_unavailable: (name) => `${name} is not available just now. Try again in a few minutes.`,
  RATE_LIMITED: () => "Too many people came back at once. Reload this page in a minute.",
  SERVICE_UNAVAILABLE: () => "Something went wrong on our side. Reload this page in a minute, or start again.",
};

function reasonOf(error: string, name: string): string {
  const known = Object.hasOwn(reasons, error) ? reasons[error] : undefined;
  if (known) return known(name);
  if (Object.hasOwn(errorTable, error)) return `${errorTable[error as ErrorCode].sentence} ${again}`;
  return `${name} ended it with "${error}". ${again}`;
}

export function consentWords(
  result: { readonly error: string } | { readonly status: "connected" | "awaiting-confirmation" },
  name: string,
): ConsentWords {
  if ("error" in result) return { title: "Not connected", text: reasonOf(result.error, name) };
  return result.status === "connected"
    ? { title: "Connected", text: `The connection to ${name} was made.` }
    : { title: "Almost connected", text: `Consent was given at ${name}. Return to the app to confirm the connection.` };
}

/**
 * What a person sees after consent where the app named no address to return to. `home`: where they see their days, and
 * may try again; left out where nobody serves that.
 */
export function consentPage(result: CallbackResult, name: string, home?: string): string {
  const { title, text } = consentWords(result, name);
  const link = "error" in result ? "Go back and try again" : "Look at your days";
  const on = home === undefined ? "You can close this page." : `<a href="${escaped(home)}">${link}</a>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title>${home === undefined ? "" : `<link rel="stylesheet" href="${escaped(home)}page/notice.css">`}</head>
<body><main class="whole"><div class="card"><h1>${escaped(title)}</h1><p>${escaped(text)}</p><p>${on}</p></div></main></body>
</html>
`;
}
