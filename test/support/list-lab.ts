import type { ListLab } from "../../src/sandbox/kit/list-lab.js";
import { type Answer, send } from "./google-health-lab.js";

export { type Answer, movableClock, send } from "./google-health-lab.js";

/** Asks as one person. Paths begin at the lab's origin. */
export function clientOf(lab: ListLab, personId: string, scopes?: readonly string[]) {
  const headers = { authorization: `Bearer ${lab.issueTokens(personId, { scopes }).accessToken}` };
  const get = (path: string, query: Readonly<Record<string, string>> = {}) =>
    send(`${lab.url}${path}${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ""}`, { headers });
  return { get, headers };
}

export const form = (url: string, fields: Readonly<Record<string, string>>, headers: Record<string, string> = {}) =>
  send(url, { method: "POST", body: new URLSearchParams(fields), headers });

/** The redirect that ends a consent, or the page that stands in its way. */
export async function consent(
  url: string,
  query: Readonly<Record<string, string>>,
): Promise<Answer & { back: URL | null }> {
  const answer = await send(`${url}?${new URLSearchParams({ response_type: "code", auto: "allow", ...query })}`);
  const location = answer.headers.get("location");
  return { ...answer, back: location ? new URL(location) : null };
}
