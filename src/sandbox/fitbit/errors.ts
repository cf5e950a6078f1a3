/** What a Fitbit error entry may be called; clients switch on it, never on the message. */
export type FitbitErrorType =
  | "expired_token"
  | "insufficient_permissions"
  | "insufficient_scope"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_request"
  | "invalid_token"
  | "not_found"
  | "request"
  | "system"
  | "unauthorized_client"
  | "unsupported_response_type"
  | "validation";

/** Thrown by whoever notices the trouble; the server writes it as Fitbit would. */
export class FitbitError extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Record<string, string> = {},
  ) {
    super(`Fitbit lab answers ${status}`);
  }
}

export function errorBody(errorType: FitbitErrorType, message: string, fieldName?: string): object {
  return { errors: [{ errorType, ...(fieldName === undefined ? {} : { fieldName }), message }], success: false };
}

export function fail(status: number, errorType: FitbitErrorType, message: string, fieldName?: string): FitbitError {
  return new FitbitError(status, errorBody(errorType, message, fieldName));
}

export function invalid(fieldName: string, message: string): FitbitError {
  return fail(400, "validation", message, fieldName);
}

/** Too much asked of a series. This body lacks `success`. */
export function tooManyPoints(): FitbitError {
  const message = "The number of data points queried exceeds limit.";
  return new FitbitError(422, { errors: [{ errorType: "validation", fieldName: "Request", message }] });
}

/** What the Google gateway in front of a part of the traffic says instead of `insufficient_scope`. */
export function googleStyle403(): FitbitError {
  const message = "The caller does not have permission";
  return new FitbitError(403, { error: { code: 403, message, status: "PERMISSION_DENIED" } });
}

export const GONE = errorBody("request", "Gone", "n/a");

/** Fitbit's own body for a status that was asked for as a fault. */
export function bodyForStatus(status: number, errorId: string): unknown {
  switch (status) {
    case 401:
      return errorBody(
        "expired_token",
        "Access token expired: <redacted>. Visit the developer site for more information.",
      );
    case 403:
      return errorBody("insufficient_scope", "This application does not have permission to access the requested data.");
    case 404:
      return errorBody("not_found", "The resource was not found.", "n/a");
    case 410:
      return GONE;
    case 429:
      return errorBody("system", "Too Many Requests", "n/a");
    case 500:
      return errorBody("system", `Sorry, an error occurred. Error id: ${errorId}`, "500");
    default:
      return errorBody(status < 500 ? "request" : "system", `Error id: ${errorId}`, "n/a");
  }
}
