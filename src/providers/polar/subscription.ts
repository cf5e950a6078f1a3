import {
  list,
  object,
  optionalList,
  optionalString,
  string,
  type Unchecked,
  UnreadableAnswer,
} from "../../http/json.js";
import { orNotice, Unsubscribable } from "../kit/subscriptions.js";
import type { ApiRequest, AppApi, ProviderResponse } from "../provider.js";

/** https://www.polar.com/accesslink-api/#webhooks: an app has one webhook at most. */
interface RawWebhook {
  readonly id: string;
  readonly events: readonly string[];
  readonly url: string;
  /** False after a week without success, until it is activated again. */
  readonly active: boolean;
}
/** Only in the answer that makes it. */
interface RawSecret {
  readonly id: string;
  readonly signature_secret_key: string;
}

const PATH = "/v3/webhooks";

/** Keeps the app's one webhook as it should be: ours, with these events, with a key that we have, and active. */
export function ensure(api: AppApi, events: readonly string[]) {
  return orNotice(async () => {
    const found = await findOne(api);
    const isOurs = found !== null && found.id === api.secret?.subscriptionId;
    // Its key was shown once, to somebody else or to a process that died: nothing that it signs can be verified.
    if (found && !isOurs) await ask(api, { method: "DELETE", path: pathOf(found) });
    if (found && isOurs) await repair(api, found, events);
    else await make(api, events);
    return { notices: [] };
  });
}

async function findOne(api: AppApi) {
  const answer = await ask(api, { method: "GET", path: PATH });
  // No content if there is none.
  const [first] = answer === undefined ? [] : list(object(answer, "webhooks")["data"], "webhooks.data");
  if (first === undefined) return null;
  const raw: Unchecked<RawWebhook> = object(first, "webhook");
  return {
    id: string(raw.id, "webhook.id"),
    url: optionalString(raw.url),
    events: optionalList(raw.events).map(String),
    isActive: raw.active !== false,
  };
}
type Found = NonNullable<Awaited<ReturnType<typeof findOne>>>;

async function repair(api: AppApi, found: Found, events: readonly string[]): Promise<void> {
  const isAsWanted = found.url === api.webhookUrl && [...found.events].sort().join() === [...events].sort().join();
  // The key stays. A new address is pinged.
  if (!isAsWanted) await ask(api, { method: "PATCH", path: pathOf(found), json: { events, url: api.webhookUrl } });
  if (!found.isActive) await ask(api, { method: "POST", path: `${PATH}/activate` });
}

async function make(api: AppApi, events: readonly string[]): Promise<void> {
  const made = await ask(api, { method: "POST", path: PATH, json: { events, url: api.webhookUrl } });
  const data = object(made, "webhook")["data"];
  const raw: Unchecked<RawSecret> = object(Array.isArray(data) ? data[0] : data, "webhook.data");
  await api.keepSecret({
    subscriptionId: string(raw.id, "webhook.id"),
    secret: string(raw.signature_secret_key, "webhook.signature_secret_key"),
  });
}

const pathOf = ({ id }: Found) => `${PATH}/${encodeURIComponent(id)}`;

/** The body, or undefined where there is none. */
async function ask(api: AppApi, request: ApiRequest): Promise<unknown> {
  const { clientId, clientSecret } = api.settings;
  if (!clientSecret) throw new Unsubscribable("Notifications need POLAR_CLIENT_SECRET.");
  const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const headers = { accept: "application/json", authorization: `Basic ${credentials}` };
  return read(await api.send({ ...request, headers }), request);
}

function read({ status, body }: ProviderResponse, { method }: ApiRequest): unknown {
  if (status >= 200 && status < 300) return status === 204 ? undefined : body;
  // It is gone, as wanted.
  if (status === 404 && method === "DELETE") return undefined;
  if (status === 401 || status === 403)
    throw new Unsubscribable("Polar refused POLAR_CLIENT_ID and POLAR_CLIENT_SECRET when asked for the webhook.");
  if (status === 400)
    throw new Unsubscribable(
      "Polar could not reach the webhook address (400): it must be public, over https, and reach this gateway.",
    );
  // Another process made or removed it meanwhile: the next look finds it.
  throw new UnreadableAnswer(`Polar answered ${status} when asked for the webhook`);
}
