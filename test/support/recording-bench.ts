/** A gateway over Google Health's lab, with a person who may have things recorded there. */

import { lab as definition, type GoogleHealthLab } from "../../src/sandbox/google-health/index.js";
import { ALL_READ_SCOPES, ALL_WRITE_SCOPES } from "../../src/sandbox/google-health/scopes.js";
import { type Answer, openProviderGateway } from "./provider-gateway.js";

const who = "demo";
const scopes = { reading: ALL_READ_SCOPES, writing: [...ALL_READ_SCOPES, ...ALL_WRITE_SCOPES] };

export interface RecordingBench extends AsyncDisposable {
  readonly who: string;
  readonly lab: GoogleHealthLab;
  read(selection: string): Promise<Answer>;
  /** What one mutation is answered. Fails where there are errors. */
  mutate(mutation: string): Promise<Answer>;
  /** Code and message of the error that it is answered. */
  refusal(mutation: string): Promise<{ readonly code: string; readonly message: string }>;
  connect(as: keyof typeof scopes): Promise<void>;
  /** The next creates of a type are carried out, and their answers are lost. */
  loseAnswers(type: string): void;
  /** How many creates of a type came, since the test began. */
  creates(type: string): number;
  /** What the API was asked, since the test began. */
  asked(): readonly string[];
  rows(collection: string): Promise<readonly unknown[]>;
  audited(): Promise<readonly string[]>;
  /** Between tests: the lab as it was, its requests forgotten. */
  restore(): void;
}

export async function openRecordingBench(environment: Readonly<Record<string, string>> = {}): Promise<RecordingBench> {
  const gateway = await openProviderGateway(
    { provider: "GOOGLE_HEALTH", slug: "google-health", who },
    async (clock) => Object.assign(await definition.start({ clock }), { setWebhookUrl: () => {} }),
    (lab) => ({
      ...Object.fromEntries(
        Object.entries(definition.environment(lab)).map(([name, value]) => [`GOOGLE_HEALTH_${name}`, value]),
      ),
      ...environment,
    }),
  );
  const { lab, serving } = gateway;
  const send = async (mutation: string): Promise<Answer> => {
    const answer = await fetch(`${serving.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: `mutation { made: ${mutation} }` }),
    });
    return await answer.json();
  };
  const connect: RecordingBench["connect"] = async (as) => {
    await gateway.connect({ scopes: scopes[as] });
  };
  await connect("writing");
  const { writes, clientIdsReplaced } = lab.switches;
  return {
    ...{ who, lab, connect },
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
    loseAnswers: (type) =>
      lab.addFault({ path: `/${type}/dataPoints`, method: "POST", after: true, kind: "reset", times: 1 }),
    creates: (type) =>
      lab.requests.filter(({ method, path }) => method === "POST" && path.endsWith(`/${type}/dataPoints`)).length,
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
      Object.assign(lab.switches, { writes, clientIdsReplaced });
      lab.clearFaults();
      lab.forgetRequests();
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}
