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
