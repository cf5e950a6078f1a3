import { PulsegateError } from "../errors.js";
import { asGraphQLError, formatError } from "./errors.js";

test("a refusal is told without its stack being written out, which would be most of what it costs", () => {
  const refusal = new PulsegateError("RATE_LIMITED", "Wait a little.", { retryAfterSeconds: 7 });
  let written = 0;
  Object.defineProperty(refusal, "stack", { get: () => `${++written}` });
  const shown = asGraphQLError(refusal);
  expect(shown.originalError).toBe(refusal);
  expect(formatError(shown.toJSON(), shown)).toEqual({
    message: "Wait a little.",
    extensions: { code: "RATE_LIMITED", retryAfterSeconds: 7 },
  });
  expect(written).toBe(0);
});

test("neither a refusal nor how GraphQL shows it knows where it was made; other errors do", () => {
  const refusal = new PulsegateError("RATE_LIMITED", "Wait a little.");
  expect(refusal.stack).toBe("PulsegateError: Wait a little.");
  expect(asGraphQLError(refusal).stack).not.toContain("    at ");
  expect(new Error("a defect").stack).toContain("    at ");
});
