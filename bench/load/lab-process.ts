/** The Fitbit lab in a process of its own, so that its work is on nobody's bill, with as many people as are wanted. */
import { fitbitLab, labPeople } from "../built.js";
import { PERSON } from "../queries.js";
import type { LabQuestion, LabReady } from "./world.js";

process.once("message", async ({ people }: { readonly people: readonly string[] }) => {
  const model = labPeople.person(PERSON);
  const all = new Map(people.map((id) => [id, { ...model, id }]));
  const lab = await fitbitLab.startFitbitLab({ hourlyLimit: 1_000_000, people: all });
  const { url, clientId, clientSecret } = lab;
  process.on("message", (asked: LabQuestion) => {
    if (asked.ask === "tokens") {
      process.send?.(asked.of.map(({ id, expiresInSeconds }) => lab.issueTokens(id, { expiresInSeconds })));
      return;
    }
    if (asked.ask === "fault") {
      lab.clearFaults();
      if (asked.fault) lab.addFault(asked.fault);
      process.send?.(null);
      return;
    }
    const { requests } = lab;
    const answer = {
      api: requests.filter(({ kind }) => kind === "api").length,
      refreshes: requests.filter(({ kind }) => kind === "token").length,
      failed: requests.filter(({ status }) => status === 429 || status >= 500 || status === 0).length,
    };
    lab.forgetRequests();
    process.send?.(answer);
  });
  process.send?.({ url, clientId, clientSecret } satisfies LabReady);
});
process.once("disconnect", () => process.exit());
