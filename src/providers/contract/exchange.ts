export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path under the API's origin, with a leading slash, percent-encoded. A full URL must be of that origin. */
  readonly path: string;
  /** Key of `Provider.otherUrls`, for a request to another origin than the API's. `path` is appended to that URL. */
  readonly base?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A POST that only reads: it may be repeated like a GET. */
  readonly reads?: boolean;
  /**
   * A refusal says nothing of the grant, and only this request's data are missing. For requests outside the API proper,
   * such as a vendor's general user info. Connect steps that are not `required` are sent with it.
   */
  readonly optional?: boolean;
}

export interface ProviderResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed without rounding (integers beyond 2^53 are strings). Undefined if the body is not JSON. */
  readonly body: unknown;
  /** Epoch ms of arrival. */
  readonly receivedAt: number;
}

export type Outcome =
  | {
      readonly kind: "ok";
      /** The provider has nothing of what was asked, such as a 404 of a record that few people have. No body is read. */
      readonly isNothing?: true;
      readonly budgets?: readonly BudgetState[];
    }
  /** Not computed yet: send the request again after this time. */
  | { readonly kind: "pending"; readonly retryAfterMs: number; readonly budgets?: readonly BudgetState[] }
  | { readonly kind: "failed"; readonly failure: Failure; readonly budgets?: readonly BudgetState[] };

export interface Failure {
  readonly code: FailureCode;
  /** Epoch ms from which another request makes sense, if the provider says so. */
  readonly retryAt?: number;
  /** A sentence for the person or operator. Never the provider's own text, which may contain a token. */
  readonly message?: string;
}

export type FailureCode =
  /** The access token is expired or unknown: refresh it once, then send the request once more. */
  | "TOKEN_REJECTED"
  /** The grant is gone for good: the person must consent again. */
  | "CONSENT_LOST"
  | "INSUFFICIENT_SCOPE"
  | "NOT_PERMITTED_TO_APP"
  | "RATE_LIMITED"
  /** Switched off for good (410). */
  | "RETIRED"
  /** Temporary: 5xx, timeout, an unreadable answer. */
  | "UNAVAILABLE"
  /** The provider refuses our request as wrong. This is our defect: don't repeat the request. */
  | "REJECTED"
  /** The person must do something at the provider. */
  | "ACTION_REQUIRED"
  /** The operator must correct the configuration. */
  | "NOT_CONFIGURED";

export interface Budget {
  readonly scope: "CONNECTION" | "APP";
  readonly windowSeconds: number;
  readonly limit: number;
  /** `clock`: windows begin at whole multiples of the window. `first`: a window begins with its first request. */
  readonly window: "clock" | "first";
  /** The setting for an operator whose limit differs. Its shape must accept whole numbers only. */
  readonly limitSetting?: string;
}

export interface BudgetState {
  readonly scope: "CONNECTION" | "APP";
  readonly windowSeconds: number;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch ms. */
  readonly resetsAt: number;
}
