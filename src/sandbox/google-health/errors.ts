import type { LabReply } from "../kit/index.js";

/** Whole answers can be thousands of points, so this is plain JSON.stringify. */
export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): LabReply {
  return {
    status,
    headers: { "content-type": "application/json; charset=UTF-8", vary: "Origin", ...headers },
    body: JSON.stringify(value),
  };
}

const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

export type RpcStatus = keyof typeof HTTP_STATUS;

export interface RpcDetails {
  readonly reason?: string;
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Beside the ErrorInfo. */
  readonly more?: readonly object[];
  readonly headers?: Readonly<Record<string, string>>;
}

export const FILTER_REASON = "INVALID_DATA_POINT_FILTER";

/** A refusal in Google's own form, thrown from wherever it is noticed. */
export class RpcError extends Error {
  constructor(
    readonly status: RpcStatus,
    message: string,
    readonly details: RpcDetails = {},
  ) {
    super(message);
  }

  get code(): number {
    return HTTP_STATUS[this.status];
  }

  /** `captured`: as the service was seen to write it; else with the reasons that the reference page lists. */
  reply(captured = false): LabReply {
    const { more = [], headers } = this.details;
    const { reason, domain = "googleapis.com", metadata } = captured ? this.#captured() : this.details;
    const info = reason && {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason,
      domain,
      ...(metadata && { metadata }),
    };
    const details = [...(info ? [info] : []), ...more];
    const { code, message, status } = this;
    return jsonReply(code, { error: { code, message, status, ...(details.length > 0 && { details }) } }, headers);
  }

  /** Every mistake in a filter has one reason, and says in the metadata which it is; a bad token has none at all. */
  #captured(): Pick<RpcDetails, "reason" | "domain" | "metadata"> {
    const { reason } = this.details;
    if (reason?.startsWith(FILTER_REASON))
      return { reason: FILTER_REASON, domain: "health.googleapis.com", metadata: { detailedReasons: reason } };
    if (this.status === "UNAUTHENTICATED" && reason !== "CREDENTIALS_MISSING") return {};
    return this.details;
  }
}

export function invalid(reason: string | undefined, message = "Request contains an invalid argument."): RpcError {
  return new RpcError("INVALID_ARGUMENT", message, reason ? { reason } : {});
}

export function rateLimited(retryAfterSeconds: number | null): RpcError {
  return new RpcError(
    "RESOURCE_EXHAUSTED",
    "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'.",
    {
      reason: "RATE_LIMIT_EXCEEDED",
      metadata: { service: "health.googleapis.com", quota_limit: "RequestsPerMinutePerUser" },
      more: [
        {
          "@type": "type.googleapis.com/google.rpc.QuotaFailure",
          violations: [{ subject: "user", description: "Requests per minute per user" }],
        },
      ],
      headers: retryAfterSeconds === null ? {} : { "retry-after": `${retryAfterSeconds}` },
    },
  );
}

/** OAuth answers are flat, unlike everything else here. */
export function oauthError(status: number, error: string, description: string): LabReply {
  return jsonReply(status, { error, error_description: description }, { "cache-control": "no-store" });
}

/** What Google says when a fault of the lab asks for a status. */
export function faultReply(status: number, reason?: string): LabReply {
  const known = (Object.keys(HTTP_STATUS) as RpcStatus[]).find((name) => HTTP_STATUS[name] === status);
  if (known && reason) return new RpcError(known, "Refused on request of the lab.", { reason }).reply();
  if (status === 401) return unauthenticated("ACCESS_TOKEN_EXPIRED").reply();
  if (status === 429) return rateLimited(null).reply();
  if (status === 403)
    return new RpcError("PERMISSION_DENIED", "Permission denied.", { reason: "RESOURCE_PERMISSION_DENIED" }).reply();
  if (known) return new RpcError(known, "The service answered with an error on request of the lab.").reply();
  const error = {
    code: status,
    message: "The service answered with an error on request of the lab.",
    status: "UNKNOWN",
  };
  return jsonReply(status, { error });
}

export function unauthenticated(reason: string): RpcError {
  return new RpcError(
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
    { reason, headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/"' } },
  );
}
