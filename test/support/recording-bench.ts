/** A gateway over the lab of a provider that takes records, with a person who may have things recorded there. */

import { type FitbitLab, lab as fitbitDefinition } from "../../src/sandbox/fitbit/index.js";
import { type GoogleHealthLab, lab as googleDefinition } from "../../src/sandbox/google-health/index.js";
import { ALL_READ_SCOPES, ALL_WRITE_SCOPES } from "../../src/sandbox/google-health/scopes.js";
import type { Lab, LabDefinition } from "../../src/sandbox/lab.js";
import type { StillClock } from "./lab-gateway.js";
import { type Answer, openProviderGateway } from "./provider-gateway.js";

interface Options<L extends Lab> {
  readonly provider: "GOOGLE_HEALTH" | "FITBIT";
  readonly slug: string;
  readonly prefix: string;
  readonly who: string;
  readonly definition: LabDefinition<L>;
  readonly scopes: { readonly reading: readonly string[]; readonly writing: readonly string[] };
  readonly environment: Readonly<Record<string, string>>;
}

export interface RecordingBench<L extends Lab = GoogleHealthLab> extends AsyncDisposable {
  readonly who: string;
  readonly lab: L;
  readonly clock: StillClock;
  readonly url: string;
  read(selection: string): Promise<Answer>;
  /** What one mutation is answered. Fails where there are errors. */
  mutate(mutation: string): Promise<Answer>;
  /** Code and message of the error that it is answered. */
  refusal(mutation: string): Promise<{ readonly code: string; readonly message: string }>;
  /** `person`: whose account at the provider it is; left out, their own. */
  connect(as: "reading" | "writing", person?: string): Promise<void>;
  /** The next writes to paths with this end are carried out, and their answers are lost. */
  loseAnswers(end: string): void;
  /** How many writes to paths with this end came, since the test began. */
  creates(end: string): number;
  /** What the API was asked, since the test began. */
  asked(): readonly string[];
  rows(collection: string): Promise<readonly unknown[]>;
  audited(): Promise<readonly string[]>;
  /** Between tests: the lab as it was, its requests forgotten. */
  restore(): void;
}

async function openBench<L extends Lab & { readonly switches: object }>({
  provider,
  slug,
  prefix,
  who,
  definition,
  scopes,
  environment,
}: Options<L>): Promise<RecordingBench<L>> {
  const gateway = await openProviderGateway(
    { provider, slug, who },
    async (clock) => {
      const lab = await definition.start({ clock });
      definition.liftLimits(lab);
      return Object.assign(lab, { setWebhookUrl: () => {} });
    },
    (lab) => ({
      ...Object.fromEntries(
        Object.entries(definition.environment(lab)).map(([name, value]) => [`${prefix}${name}`, value]),
      ),
      ...environment,
    }),
  );
  const { lab, serving, clock } = gateway;
  const send = async (mutation: string): Promise<Answer> => {
    const answer = await fetch(`${serving.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: `mutation { made: ${mutation} }` }),
    });
    return await answer.json();
  };
  const connect: RecordingBench["connect"] = async (as, person = who) => {
    const tokens = lab.issueTokens(person, { scopes: scopes[as] });
    await serving.gateway.connections.importConnection({ userId: who, provider, ...tokens });
    lab.forgetRequests();
  };
  await connect("writing");
  const switches = { ...lab.switches };
  return {
    ...{ who, lab, connect, clock, url: serving.url },
    read: (selection) => gateway.ask(selection),
    async mutate(mutation) {
      const { data, errors } = await send(mutation);
      expect(errors).toBeUndefined();
      return data.made;
    },
    async refusal(mutation) {
      const { errors } = await send(mutation);
      expect(errors).toHaveLength(1);
      return { code: errors[0].extensions.code, message: errors[0].message };
    },
    loseAnswers: (end) => lab.addFault({ path: end, method: "POST", after: true, kind: "reset", times: 1 }),
    creates: (end) => lab.requests.filter(({ method, path }) => method === "POST" && path.endsWith(end)).length,
    asked: gateway.asked,
    async rows(collection) {
      const rows: unknown[] = [];
      for await (const [, row] of serving.gateway.store.collection<unknown>(collection).scan("")) rows.push(row);
      return rows;
    },
    async audited() {
      const actions: string[] = [];
      for await (const { action } of serving.gateway.audit.entries({ userId: who })) actions.push(action);
      return actions;
    },
    restore() {
      Object.assign(lab.switches, switches);
      lab.clearFaults();
      lab.forgetRequests();
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

export async function openRecordingBench(
  environment: Readonly<Record<string, string>> = {},
): Promise<RecordingBench<GoogleHealthLab>> {
  const bench = await openBench({
    ...{ provider: "GOOGLE_HEALTH", slug: "google-health", prefix: "GOOGLE_HEALTH_", who: "demo" },
    ...{ definition: googleDefinition, environment },
    scopes: { reading: ALL_READ_SCOPES, writing: [...ALL_READ_SCOPES, ...ALL_WRITE_SCOPES] },
  });
  return {
    ...bench,
    loseAnswers: (type) => bench.loseAnswers(`/${type}/dataPoints`),
    creates: (type) => bench.creates(`/${type}/dataPoints`),
  };
}

/** The person is one who has worn a Fitbit all the time. */
export async function openFitbitRecordingBench(): Promise<RecordingBench<FitbitLab>> {
  const scopes = ["profile", "activity", "sleep", "weight", "nutrition"];
  return await openBench({
    ...{ provider: "FITBIT", slug: "fitbit", prefix: "FITBIT_", who: "both" },
    ...{ definition: fitbitDefinition, environment: {} },
    scopes: { reading: ["profile"], writing: scopes },
  });
}
