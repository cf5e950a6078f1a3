import type { CallbackResult } from "../connections/redirects.js";
import { type ErrorCode, errorTable } from "../errors.js";

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Ours have a sentence each; the provider's own are told as they are. */
function reasonOf(error: string): string {
  if (Object.hasOwn(errorTable, error)) return errorTable[error as ErrorCode].sentence;
  return `${error}. Please start again.`;
}

/**
 * What a person sees after consent where the app named no address to return to. `home`: where they see their days; left
 * out where nobody serves that.
 */
export function consentPage(result: CallbackResult, home?: string): string {
  const [title, text] =
    "error" in result
      ? ["Not connected", `The connection to ${result.provider} was not made: ${reasonOf(result.error)}`]
      : result.status === "connected"
        ? ["Connected", `The connection to ${result.provider} was made. You can close this page.`]
        : ["Almost connected", `Consent was given at ${result.provider}. Return to the app to confirm the connection.`];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title>${home === undefined ? "" : `<link rel="stylesheet" href="${escaped(home)}home/home.css">`}</head>
<body><h1>${escaped(title)}</h1><p>${escaped(text)}</p>${home === undefined ? "" : `<p><a href="${escaped(home)}">Look at your days</a></p>`}</body>
</html>
`;
}
