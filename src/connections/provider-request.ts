import { parseLossless } from "../http/json.js";
import type { ApiRequest, ProviderSettings } from "../providers/provider.js";

/** Null for an address that is not the provider's: a token goes nowhere else. */
export function urlOf(request: ApiRequest, settings: ProviderSettings): string | null {
  const root = request.base === undefined ? settings.apiUrl : settings.otherUrls[request.base];
  if (root === undefined || !URL.canParse(root)) return null;
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(request.path);
  if (!absolute && request.path !== "" && !/^[/?]/.test(request.path)) return null;
  const text = absolute ? request.path : root.replace(/\/$/, "") + request.path;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.origin !== new URL(root).origin || url.username !== "" || url.password !== "") return null;
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.append(name, String(value));
  return url.href;
}

/** Headers and body, in the name of a person. */
export function payload(request: ApiRequest, accessToken: string): { headers: Record<string, string>; body?: string } {
  const headers: Record<string, string> = { ...request.headers, authorization: `Bearer ${accessToken}` };
  if (request.json !== undefined) {
    return { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(request.json) };
  }
  if (request.form) {
    const body = new URLSearchParams(request.form).toString();
    return { headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body };
  }
  return { headers };
}

/** Undefined where it is no JSON. */
export function bodyOf(text: string): unknown {
  try {
    return text === "" ? undefined : parseLossless(text);
  } catch {
    return undefined;
  }
}
