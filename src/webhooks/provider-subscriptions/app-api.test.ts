import type { HttpClient } from "../../http/client.js";
import type { Provider } from "../../providers/index.js";
import type { ProviderSettings } from "../../providers/provider.js";
import { createAppApi } from "./app-api.js";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const settings = { apiUrl: "https://acme.test/v1", otherUrls: {} } as unknown as ProviderSettings;

/** What happens, in its order. `lost`: another process may be at work by now. */
function bench({ lost = false } = {}) {
  const events: string[] = [];
  const send: HttpClient["send"] = async ({ method, url }) => {
    events.push(`${method} ${url}`);
    return { status: 201, headers: { etag: "e" }, text: '{"id":71}', sent: 1 };
  };
  const count = async ({ id }: Provider) => void events.push(`counted for ${id}`);
  const mayAct = async () => {
    if (lost) throw new Error("lost");
    events.push("may act");
  };
  const keepSecret = async () => void events.push("kept");
  const deps = { http: { send } as HttpClient, budgets: { count }, clock: { now: () => NOW } };
  const given = { settings, webhookUrl: "https://gate.test/webhooks/acme", secret: null, keepSecret, mayAct };
  return { events, api: createAppApi(deps, { id: "FITBIT" } as Provider, given) };
}

test("a request in the app's own name is counted before it leaves", async () => {
  const { api, events } = bench();
  const answer = await api.send({ method: "POST", path: "/subscriptions", json: { type: "steps" } });
  expect(answer).toEqual({ status: 201, headers: { etag: "e" }, body: { id: 71 }, receivedAt: NOW });
  expect(events).toEqual(["may act", "counted for FITBIT", "POST https://acme.test/v1/subscriptions"]);
});

test("an address of its own is asked with its query, and counted too", async () => {
  const { api, events } = bench();
  await api.send({ method: "GET", path: "", url: "https://hooks.acme.test/list?a=1", query: { b: 2 } });
  expect(events.slice(1)).toEqual(["counted for FITBIT", "GET https://hooks.acme.test/list?a=1&b=2"]);
});

test("nothing leaves, is counted or kept where another process may be at work", async () => {
  const { api, events } = bench({ lost: true });
  await expect(api.send({ method: "GET", path: "/subscriptions" })).rejects.toThrow("lost");
  await expect(api.keepSecret({ subscriptionId: "sub7", secret: "s71" })).rejects.toThrow("lost");
  expect(events).toEqual([]);
});

test("nothing leaves for an address that is not the provider's", async () => {
  const { api, events } = bench();
  await expect(api.send({ method: "GET", path: "https://other.test/" })).rejects.toThrow("not the provider's");
  expect(events).toEqual([]);
});
