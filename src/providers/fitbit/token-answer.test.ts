import { asStandard } from "./token-answer.js";

const body = (given: Readonly<Record<string, unknown>>) => asStandard({ status: 400, body: given, retryAfter: "7" });

test("the first error of the list is the error", () => {
  const errors = [{ errorType: "invalid_grant", message: "Refresh token invalid" }, { errorType: "invalid_client" }];
  expect(body({ errors, success: false })).toEqual({
    status: 400,
    body: { error: "invalid_grant", errors, success: false },
    retryAfter: "7",
  });
});

test("an error in the RFC's own form stays, and comes before the list", () => {
  const given = { error: "invalid_client", errors: [{ errorType: "invalid_grant" }] };
  expect(body(given).body).toEqual(given);
});

test.each([{ errors: [] }, { errors: "none" }, { errors: [{ errorType: 7 }] }, { access_token: "a" }, {}])(
  "an answer without a readable error stays as it is: %j",
  (given) => expect(body(given).body).toEqual(given),
);

test("an error that is an object gives way to the list", () => {
  expect(body({ error: { code: 400 }, errors: [{ errorType: "invalid_grant" }] }).body["error"]).toBe("invalid_grant");
});
