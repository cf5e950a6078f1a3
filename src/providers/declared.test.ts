/**
 * What a provider declares (hosts, scopes, budgets, calls, how far they reach) is data that no mapper's test looks at: here
 * it is compared with `fixtures/declared.json` beside the provider, so that it changes on purpose alone. After a change,
 * `DECLARED=write npm test -- src/providers/declared` writes the files again: read what they now say.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { providers } from "./index.js";
import type { ApiRequest, Call, Input, Provider } from "./provider.js";

const input: Input = {
  from: "2026-11-17",
  to: "2026-11-18",
  today: "2026-11-20",
  connectedOn: "2016-01-15",
  providerUserId: "ID",
};
const person = { providerUserId: "ID", memberId: "MEMBER", now: Date.parse("2026-11-20T15:00:00Z") };
const night = { id: "N", start: "2026-11-16T23:10:00+01:00", end: "2026-11-17T06:40:00+01:00" };
const known: Readonly<Record<string, unknown>> = { "profile.timeZone": "Europe/Paris", "sleep.sessions": [night] };
const have = { value: (field: string) => known[field] } as never;

/** Without functions, and without sentences for people. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, each) =>
      each instanceof RegExp
        ? String(each)
        : ["description", "message", "sentence", "verifiedBy"].includes(key)
          ? undefined
          : each,
    ),
  );

/** One line for each part of a call, so that a change is one line too. */
function callAsText({ name, yields, reach, scope, needs = [], request }: Call) {
  return {
    name,
    asks: requestAsText(request(input, new Set(yields), have)),
    reach: JSON.stringify(reach),
    scope: scope ?? null,
    yields: yields.join(" "),
    needs: needs.join(" "),
  };
}

function requestAsText({ method, path, query, json, ...rest }: ApiRequest): string {
  return [method, path, query, json, rest]
    .map((part) => (typeof part === "string" ? part : JSON.stringify(part ?? {})))
    .filter((part) => part !== "{}")
    .join(" ");
}

function declared(provider: Provider) {
  const { calls, afterConsent, webhook, derive = [], ...rest } = provider;
  return plain({
    ...rest,
    grantedScopes: provider.oauth.grantedScopes && requestAsText(provider.oauth.grantedScopes.request()),
    afterConsent: afterConsent.map((step) => ({ ...step, asks: requestAsText(step.request(person)!) })),
    derive: derive.map(({ yields, from }) => `${yields} of ${from.join(" ")}`),
    webhook,
    calls: calls.map(callAsText),
  });
}

test.each(providers.map((provider) => [provider.name, provider] as const))(
  "%s tells whose account it is, at every consent that gives what is always asked for",
  (_, { afterConsent, oauth }) => {
    const tells = afterConsent.some(
      ({ identifies, required, when, scope }) =>
        identifies && required && when !== "import" && (scope === undefined || oauth.baseScopes.includes(scope)),
    );
    expect(tells || oauth.userIdKey !== undefined).toBe(true);
  },
);

test.each(providers.map((provider) => [provider.name, provider] as const))("%s declares what is written", (_, each) => {
  const file = new URL(`./${each.slug}/fixtures/declared.json`, import.meta.url);
  if (process.env["DECLARED"] === "write") {
    mkdirSync(new URL("./", file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(declared(each), null, 2)}\n`);
  }
  expect(declared(each)).toEqual(JSON.parse(readFileSync(file, "utf8")));
});
