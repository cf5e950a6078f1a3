import { createLogger, redact, redactText, serializeError } from "./log.js";

/** Everything written while `work` logs, as text. */
function logged(work: (log: ReturnType<typeof createLogger>) => void): string {
  let text = "";
  const destination = {
    write(line: string) {
      text += line;
    },
  };
  const log = createLogger({ level: "trace", destination });
  work(log);
  return text;
}

test("a line is JSON with level, time, fields and message", () => {
  const line = JSON.parse(logged((log) => log.info({ provider: "FITBIT", calls: 3, code: "RATE_LIMITED" }, "asked")));
  expect(line).toMatchObject({ level: "info", provider: "FITBIT", calls: 3, code: "RATE_LIMITED", msg: "asked" });
  expect(Date.parse(line.time)).not.toBeNaN();
});

test("nothing secret shows, at any depth, in any spelling, child loggers included", () => {
  const text = logged((log) => {
    const fields = {
      Authorization: "Bearer s3cret",
      cookie: "sid=s3cret",
      "set-cookie": ["sid=s3cret"],
      "x-fitbit-access-token": "s3cret",
      "X-Google-Health-Access-Token": "s3cret",
      "x-api-key": "s3cret",
      access_token: "s3cret",
      refreshToken: "s3cret",
      id_token: "s3cret",
      tokens: ["s3cret"],
      token: { value: "s3cret" },
      code: "4/0As3cret",
      state: "s3cret",
      clientSecret: "s3cret",
      client_secret: "s3cret",
      code_verifier: "s3cret",
      password: "s3cret",
      encryptionKeys: ["s3cret"],
      url: "https://api.example.com/callback?code=s3cret&state=s3cret",
      store: "postgres://user:s3cret@db.example.com/app",
    };
    log.info(fields);
    log.info({ request: { headers: fields, list: [{ fields }] } }, "deeper");
    log
      .child(fields)
      .child({ ...fields })
      .warn("child");
    log.warn("message with Bearer s3cret");
    log.warn("interpolated %o %s", fields, "Bearer s3cret");
    log.warn("GET https://api.example.com/x?access_token=s3cret failed");
    log.info({ deep: { a: { b: { c: { d: { e: { f: "s3cret" } } } } } } });
  });
  expect(text).not.toContain("s3cret");
  expect(text).toContain("https://api.example.com/callback?[redacted]");
  expect(text).toContain("@db.example.com/app");
});

test("an error shows its kind, message, code and causes, and none of a got error's properties", () => {
  const got = Object.assign(new Error("Request to https://api.example.com/token?code=s3cret failed"), {
    name: "HTTPError",
    code: "ERR_NON_2XX_3XX_RESPONSE",
    options: { headers: { authorization: "Bearer s3cret" }, url: new URL("https://api.example.com/?a=s3cret") },
    request: { body: "s3cret" },
    response: { body: "s3cret" },
  });
  const outer = new Error("It failed", { cause: got });
  for (const work of [
    (log: ReturnType<typeof createLogger>) => log.error({ err: got }, "failed"),
    (log: ReturnType<typeof createLogger>) => log.error(got),
    (log: ReturnType<typeof createLogger>) => log.error(got, "failed"),
    (log: ReturnType<typeof createLogger>) => log.error({ failure: { of: outer } }),
    (log: ReturnType<typeof createLogger>) => log.error({ err: outer }),
  ]) {
    const text = logged(work);
    expect(text).not.toContain("s3cret");
    expect(text).toContain("HTTPError");
    expect(text).toContain("ERR_NON_2XX_3XX_RESPONSE");
    expect(text).toContain("https://api.example.com/token?[redacted]");
  }
});

test("joined errors are told one by one, and a thrown non-error only by its type", () => {
  const joined = new AggregateError([new Error("one"), new TypeError("two")], "both");
  expect(serializeError(joined)).toMatchObject({ errors: [{ message: "one" }, { type: "TypeError" }] });
  expect(serializeError("s3cret")).toEqual({ type: "string" });
});

test("an error's code that may be a secret is left out", () => {
  expect(serializeError(Object.assign(new Error("x"), { code: "4/0As3cret" }))).not.toHaveProperty("code");
});

test("texts keep what is harmless", () => {
  for (const text of [
    "status 429 after 3 tries",
    "https://api.example.com/1/user/-/profile.json",
    "code RATE_LIMITED",
  ]) {
    expect(redactText(text)).toBe(text);
  }
  expect(redactText("see eyJhbGciOi.eyJzdWIi.c2ln ok")).toBe("see [redacted] ok");
});

test("what is logged is left as it was", () => {
  const fields = { token: "s3cret", list: [{ code: "s3cret" }], circle: {} as object };
  fields.circle = fields;
  expect(redact(fields)).toMatchObject({ token: "[redacted]", list: [{ code: "[redacted]" }] });
  expect(fields.token).toBe("s3cret");
});
