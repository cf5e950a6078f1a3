import { consentPage, consentWords } from "./pages.js";

const failed = (error: string) => ({ provider: "acme", redirectTo: null, error });

test("somebody who denied is told so in plain words, with a way on", () => {
  const page = consentPage(failed("access_denied"), "Acme", "../../");
  expect(page).toContain("You did not give your consent at Acme, so nothing was connected");
  expect(page).toContain('<a href="../../">Go back and try again</a>');
  expect(page).not.toContain("access_denied");
});

test.each([
  ["PROVIDER_ACCOUNT_IN_USE", /connected to another user.*choose another account/],
  ["INSUFFICIENT_SCOPE", /left out at Acme.*leave the boxes ticked/],
  ["ACTION_REQUIRED", /not set up yet: open its app/],
  ["NOT_PERMITTED_TO_APP", /Whoever runs it has to ask Acme/],
  ["PROVIDER_UNAVAILABLE", /Acme did not answer.*few minutes/],
  ["PROVIDER_RETIRED", /switched this provider off.*Start again/],
  ["invalid_state", /used before, or was opened too late. Start again/],
  ["invalid_grant", /Acme no longer knows the consent/],
  ["unfinished", /still being made. Reload/],
  ["server_error", /Acme had trouble/],
  ["temporarily_unavailable", /Acme is not available/],
  ["SERVICE_UNAVAILABLE", /our side. Reload/],
  ["toString", /Acme ended it with "toString". Start again/],
])("%s is said in words", (error, words) => {
  const { title, text } = consentWords(failed(error), "Acme");
  expect([title, text]).toEqual(["Not connected", expect.stringMatching(words)]);
});

test("what is shown is text, whoever wrote it, and without a home nobody is sent there", () => {
  const page = consentPage(failed("<b>"), "<i>&\"'", undefined);
  expect(page).not.toMatch(/<b>|<i>|<a/);
  expect(page).toContain("&#60;i&#62;&#38;&#34;&#39;");
  expect(page).toContain("You can close this page.");
});

test("who is connected may look at their days; who has to confirm is sent back to the app", () => {
  const ended = { provider: "acme", redirectTo: null, connectionId: "c" } as const;
  expect(consentPage({ ...ended, status: "connected" }, "Acme", "/")).toContain('<a href="/">Look at your days</a>');
  expect(consentPage({ ...ended, status: "awaiting-confirmation" }, "Acme")).toContain("Return to the app to confirm");
});
