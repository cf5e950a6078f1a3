import type { IncomingHttpHeaders } from "node:http";
import { stringify } from "lossless-json";
import type { LabRequest } from "../lab.js";

/** A request with its whole body. */
export interface LabHttpRequest {
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly kind: LabRequest["kind"];
  /** The token of `Authorization: Bearer …`. Null without one. */
  readonly bearer: string | null;
  /** The credentials of `Authorization: Basic …`. Null without them. */
  readonly basic: { readonly id: string; readonly secret: string } | null;
  /** The body as a form. Empty if it is not a form. */
  form(): URLSearchParams;
  /** The body as JSON. Undefined if it is not JSON. Numbers above 2^53 lose digits, but our clients send none. */
  json(): unknown;
  /** Writes into the request log whose request this is. */
  identify(personId: string): void;
}

export interface LabReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export type LabHandler = (
  request: LabHttpRequest,
  params: Readonly<Record<string, string>>,
) => LabReply | Promise<LabReply>;

/** Bigints become JSON numbers of any length, like 64-bit ids in real answers. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): LabReply {
  return {
    status,
    headers: { "content-type": "application/json;charset=UTF-8", ...headers },
    body: stringify(value) ?? "null",
  };
}

export function text(
  status: number,
  body: string,
  contentType = "text/plain;charset=UTF-8",
  headers: Readonly<Record<string, string>> = {},
): LabReply {
  return { status, headers: { "content-type": contentType, ...headers }, body };
}

export function html(status: number, body: string): LabReply {
  return text(status, body, "text/html;charset=UTF-8", { "cache-control": "no-store" });
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): LabReply {
  return { status, headers };
}

/** A 302 to the client's redirect URI with these parameters added. Null parameters are left out. */
export function redirect(uri: string, params: Readonly<Record<string, string | null>> = {}, fragment = ""): LabReply {
  const target = new URL(uri);
  for (const [name, value] of Object.entries(params)) {
    if (value !== null) {
      target.searchParams.set(name, value);
    }
  }
  return { status: 302, headers: { location: `${target.href}${fragment}`, "cache-control": "no-store" } };
}

export interface LabRoute {
  readonly method: string;
  /**
   * `/:name` stands for one part of the path, or its beginning: "/1/user/:user/activities/date/:date.json". A colon in
   * another place has no meaning, as in Google's "/v4/users/:user/dataTypes/:type/dataPoints:rollUp".
   */
  readonly pattern: string;
  readonly handle: LabHandler;
}

export function route(method: string, pattern: string, handle: LabHandler): LabRoute {
  return { method, pattern, handle };
}

/** The first matching route answers. `otherwise` gets the methods that the path allows; none if the path is unknown. */
export function createRouter(
  routes: readonly LabRoute[],
  otherwise: (request: LabHttpRequest, allowed: readonly string[]) => LabReply | Promise<LabReply>,
): (request: LabHttpRequest) => LabReply | Promise<LabReply> {
  const compiled = routes.map((entry) => ({ ...entry, expression: expression(entry.pattern) }));
  return (request) => {
    const allowed: string[] = [];
    for (const { method, handle, expression } of compiled) {
      const match = expression.exec(request.path);
      if (match && method === request.method) {
        return handle(request, decoded(match.groups ?? {}));
      }
      if (match) {
        allowed.push(method);
      }
    }
    return otherwise(request, allowed);
  };
}

function expression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/(?<=\/):([a-z][a-zA-Z0-9]*)/g, (_, name: string) => `(?<${name}>[^/]+?)`);
  return new RegExp(`^${source}$`);
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodePart(value)]));
}

function decodePart(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
