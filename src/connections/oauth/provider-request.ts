import type { ApiRequest, ProviderSettings } from "../../providers/provider.js";

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

interface Payload {
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Headers and body, in the operator's own name. */
export function payload({ headers, json, form }: Pick<ApiRequest, "headers" | "json" | "form">): Payload {
  if (json !== undefined)
    return { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(json) };
  if (form) {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return { headers: { ...type, ...headers }, body: new URLSearchParams(form).toString() };
  }
  return { headers: { ...headers } };
}

/** The same in the name of a person. */
export function payloadOf(request: ApiRequest, accessToken: string): Payload {
  return payload({ ...request, headers: { ...request.headers, authorization: `Bearer ${accessToken}` } });
}
