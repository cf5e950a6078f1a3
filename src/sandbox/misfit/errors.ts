import { json, type LabReply, text } from "../kit/index.js";
import type { MisfitSwitches } from "./switches.js";

export type ErrorShape = MisfitSwitches["errorShape"];

/** Misfit writes a space before the charset, and lower case. */
export function answer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): LabReply {
  return json(status, value, { "content-type": "application/json; charset=utf-8", ...headers });
}

const seen: Record<number, { readonly message: string; readonly shape: Exclude<ErrorShape, "documented"> }> = {
  400: { message: "Object not found", shape: "code" },
  401: { message: "Invalid Access Token", shape: "code" },
  403: { message: "Forbidden", shape: "code" },
  429: { message: "Rate limit exceeded", shape: "error_code" },
  502: { message: "Bad Gateway", shape: "error_code" },
};

/** Misfit's answer for a status. Those that nobody recorded a JSON body for are plain text. */
export function failure(status: number, shape: ErrorShape, headers: Readonly<Record<string, string>> = {}): LabReply {
  const known = seen[status];
  if (!known) {
    return text(
      status,
      status === 500 ? "Internal Server Error" : `Error ${status}`,
      "text/plain; charset=utf-8",
      headers,
    );
  }
  return coded(status, known.message, shape === "documented" ? known.shape : shape, headers);
}

/** The only error that was seen without any code. */
export function invalidParameters(shape: ErrorShape, headers: Readonly<Record<string, string>>): LabReply {
  const message = "Invalid parameters";
  return shape === "documented"
    ? answer(400, { error_message: message }, headers)
    : coded(400, message, shape, headers);
}

export function noSuchRoute(method: string, path: string): LabReply {
  return text(404, `Cannot ${method} ${path}`, "text/plain; charset=utf-8");
}

function coded(
  status: number,
  message: string,
  shape: Exclude<ErrorShape, "documented">,
  headers: Readonly<Record<string, string>>,
): LabReply {
  const body = shape === "code" ? { code: status, message } : { error_code: status, error_message: message };
  return answer(status, body, headers);
}
