/** What apps are told over HTTP: from a change at the provider to a message that their receiver verifies. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Receiver, startReceiver, verified } from "./support/receiver.js";
import { asApp, asUser, credentials, type Served, startServed } from "./support/served.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-outbound-"));
const steps = `query Steps($days: Int! = 3) {
  viewer { activity(range: { lastDays: $days }) { days { date steps source } sources { provider status when: asOf servedFromStore } } }
}`;
writeFileSync(join(folder, "steps.graphql"), steps);
const env = { ...credentials, OPERATIONS: folder, WEBHOOKS_ALLOW_PRIVATE: "1" };

let served: Served;
let receiver: Receiver;
beforeAll(async () => {
  served = await startServed(env);
  receiver = await startReceiver();
});
afterAll(async () => {
  await served.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

const asked = async (query: string, variables: object = {}) => {
  const { data, errors } = await served.ask(query, { variables, headers: asApp });
  expect(errors).toBeUndefined();
  return data;
};

test("what a device syncs is sent, signed, and byte for byte what the person would be answered", async () => {
  const { createWebhook } = await asked(
    `mutation Create($input: CreateWebhookInput!) { createWebhook(input: $input) { secret webhook { id url status events pending } } }`,
    { input: { url: receiver.url, operation: "Steps", minimumGapSeconds: 0 } },
  );
  expect(createWebhook.webhook).toMatchObject({ url: receiver.url, status: "ACTIVE", events: ["OPERATION_CHANGED"] });
  await asked(`mutation { subscribe(input: { userId: "napper", provider: FITBIT }) { notices } }`);
  served.sandbox.syncPerson("napper", served.serving.gateway.clock.now() - 86_400_000);
  served.sandbox.syncPerson("napper", null);
  const [first] = await receiver.count(1);
  expect(verified(createWebhook.secret, first!)).toMatchObject({ type: "OPERATION_CHANGED", userId: "napper" });
  const response = await fetch(`${served.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(await asUser("napper")) },
    body: JSON.stringify({ query: steps }),
  });
  const text = (await response.text()).trim();
  const last = receiver.received.at(-1)!;
  expect(last.text.endsWith(`,"operation":"Steps",${text.slice(1)}`)).toBe(true);
});
