import { type DestinationStream, type Logger, pino } from "pino";
import type { LogLevel } from "./config/config.js";
import { traceIds } from "./tracing.js";

export type { Logger } from "pino";

/** What everybody else needs of a logger; pino fits. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Left out: standard output. */
  readonly destination?: DestinationStream;
}

/**
 * The process's logger. Whatever is handed to it goes through `redact` first, at any depth: forgetting to leave a
 * secret out of one line must not be enough to show it.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    mixin: traceIds,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: object) => redact(fields) as Record<string, unknown>,
    },
    // Errors arrive here as `redact` left them; pino's own serializer would print every property of one.
    serializers: { err: (value: unknown) => (value instanceof Error ? serializeError(value) : value) },
    hooks: {
      logMethod(this: Logger, args: unknown[], method: (...args: never[]) => void) {
        // pino takes a lone error's message as the line's text before any serializer sees it.
        const [first, ...rest] = args;
        const safe =
          first instanceof Error ? [{ err: first }, ...(rest.length ? rest : [redactText(first.message)])] : args;
        const shown = safe.map((arg, index) => (typeof arg === "string" || index > 0 ? redact(arg) : arg));
        method.apply(this, shown as never[]);
      },
    },
  };
  const log: Logger = destination ? pino(options as never, destination) : pino(options as never);
  // pino writes a child's fields out once, past every formatter; children inherit this method.
  const child = log.child;
  log.child = function (this: Logger, fields: object, childOptions?: object) {
    return child.call(this, redact(fields) as never, childOptions as never);
  } as typeof child;
  return log;
}

const hidden = "[redacted]";
const maxDepth = 6;

/** Names whose values never show, wherever they stand: headers, form fields, settings, columns. */
const secretNames =
  /^(?:code|state|nonce|handle)$|(?:authorization|cookie|token|secret|password|credential|verifier|challenge|assertion|signature|(?:api|app|private|encryption)[-_]?key)s?$/i;
/** Words of ours under a secret's name: an error's code, an HTTP status. A token never looks like this. */
const harmlessCode = /^[A-Z]+(_[A-Z]+)*$/;

/** A copy without secrets. Errors become what `serializeError` makes of them. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return serializeError(value);
  if (value instanceof URL) return redactText(value.href);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  // Deeper than anything of ours: a request, a response, some library's inside.
  if (depth >= maxDepth) return "[deep]";
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      secretNames.test(name) ? masked(part) : redact(part, depth + 1),
    ]),
  );
}

function masked(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "string" && value.length <= 40 && harmlessCode.test(value) ? value : hidden;
}

/** A text without bearer tokens, JSON web tokens, and the userinfo, query and fragment of URLs, and the secret of a webhook's. */
export function redactText(text: string): string {
  return (
    text
      .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>]+@/gi, `$1${hidden}@`)
      .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, `$1?${hidden}`)
      // What stands behind a provider's name in the address of our door is a secret.
      .replace(/(\/webhooks\/[\w-]+\/)[^\s/?#"'<>]+/gi, `$1${hidden}`)
      .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${hidden}`)
      .replace(/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, hidden)
      .replace(
        /\b((?:access_|refresh_|id_)?token|code|state|client_secret|code_verifier)(=|%3D|"\s*:\s*")[^\s&"']+/gi,
        `$1$2${hidden}`,
      )
  );
}

/**
 * What an error may show: its kind, message, code and stack, and the same of its causes. Never its other properties: a
 * got error carries the request's options with the bearer token, a PostgreSQL error the row.
 */
export function serializeError(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, cause } = error as Error & { code?: unknown };
  const errors = (error as Partial<AggregateError>).errors;
  return {
    type: error.name || error.constructor.name,
    message: redactText(error.message),
    ...((typeof code === "number" || (typeof code === "string" && /^[A-Z0-9_]{2,40}$/.test(code))) && { code }),
    ...(error.stack && { stack: redactText(error.stack) }),
    ...(cause !== undefined && depth < 3 && { cause: serializeError(cause, depth + 1) }),
    ...(Array.isArray(errors) &&
      depth < 3 && { errors: errors.slice(0, 10).map((one) => serializeError(one, depth + 1)) }),
  };
}
