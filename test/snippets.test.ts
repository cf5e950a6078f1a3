/** What somebody copies out of the documentation is answered as it is written. */
import { Kind, parse } from "graphql";
import { documents } from "./support/markdown.js";
import { asApp, clockFrom, credentials, type Served, startServed } from "./support/served.js";

let served: Served;
beforeAll(async () => {
  served = await startServed({ APP_KEYS: credentials.APP_KEYS }, { clock: clockFrom("2026-11-25T15:00:00Z") });
});
afterAll(() => served.close());

const queries = documents().filter(([, text]) =>
  parse(text).definitions.some(
    (each) =>
      each.kind === Kind.OPERATION_DEFINITION &&
      each.operation === "query" &&
      // Who is meant, and which day, only the reader knows.
      !each.variableDefinitions?.some(({ type }) => type.kind === Kind.NON_NULL_TYPE),
  ),
);

test.each(queries)("%s", async (_, text) => {
  const isOfApps = /^query Webhooks /.test(text);
  const { errors } = await served.ask(text, isOfApps ? { headers: asApp } : {});
  expect(errors).toBeUndefined();
});
