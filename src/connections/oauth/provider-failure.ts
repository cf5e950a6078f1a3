import type { Failure, FailureCode } from "../../providers/provider.js";

/** A provider could not be used, as data: what a session reports in `sources` and mutations turn into an error code. */
export class ProviderFailure extends Error {
  override readonly name = "ProviderFailure";
  constructor(readonly failure: Failure) {
    super(failure.message ?? failure.code);
  }
}

export function fail(code: FailureCode, message: string, retryAt?: number): ProviderFailure {
  return new ProviderFailure({ code, message, ...(retryAt === undefined ? {} : { retryAt }) });
}
