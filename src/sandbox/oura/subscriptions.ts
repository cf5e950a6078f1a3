import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { empty, json, type LabHttpRequest, type LabReply, type LabRoute, route } from "../kit/index.js";
import type { LabChange, ListLabParts } from "../kit/list-lab.js";
import { createNotices } from "../kit/notices.js";
import { isSame } from "../kit/oauth-routes.js";
import type { LabClock, SyncEvent } from "../lab.js";

interface Subscription {
  readonly id: string;
  readonly callback_url: string;
  readonly event_type: string;
  readonly data_type: string;
  /** UTC, although it does not say so. */
  readonly expiration_time: string;
}

const EVENT_TYPES = ["create", "update", "delete"];
const DATA_TYPES =
  "tag enhanced_tag workout session sleep daily_sleep daily_readiness daily_activity daily_spo2 sleep_time rest_mode_period ring_configuration daily_stress daily_cardiovascular_age daily_resilience vo2_max meal".split(
    " ",
  );
const LIFE_MS = 90 * 86_400_000;
const PATH = "/v2/webhook/subscription";

/** Uppercase hex over the timestamp and the body, with the client's secret. */
export const signatureOf = (secret: string, timestamp: string, body: string) =>
  createHmac("sha256", secret).update(`${timestamp}${body}`).digest("hex").toUpperCase();

export interface OuraEvent {
  readonly event_type: string;
  readonly data_type: string;
  readonly object_id: string;
  readonly user_id: string;
}

/** What a test may do to a notification that the vendor would not. */
export interface OuraForgery {
  readonly secret?: string;
  readonly timestamp?: string;
  readonly times?: number;
}

/** Subscriptions of the app, one for each pair of an event and a kind of data. They cover everybody. */
export function createSubscriptions(client: { readonly id: string; readonly secret: string }, clock: () => LabClock) {
  const subscriptions = new Map<string, Subscription>();
  const accepts = (status: number) => (status >= 200 && status < 400) || status === 410;
  const notices = createNotices(clock, { retries: 10, timeoutMs: 10_000, accepts });
  const { addressOf, sender } = notices;
  const expiry = () => new Date(clock().now() + LIFE_MS).toISOString().replace(/(\.\d{3})Z$/, "$1913");
  const isLive = ({ expiration_time }: Subscription) => Date.parse(`${expiration_time}Z`) > clock().now();
  const unprocessable = (field: string, msg: string) =>
    json(422, { detail: [{ type: "value_error", loc: ["body", field], msg, input: null }] });
  const unknown = () => json(403, { detail: "Webhook with specified id does not exist." });

  async function answersChallenge(callback: string, token: string): Promise<boolean> {
    const challenge = randomBytes(16).toString("hex");
    const address = new URL(addressOf(callback));
    address.searchParams.set("verification_token", token);
    address.searchParams.set("challenge", challenge);
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(10_000), redirect: "manual" });
      const body = (await answer.json()) as { readonly challenge?: unknown } | null;
      return answer.status === 200 && body?.challenge === challenge;
    } catch {
      return false;
    }
  }

  /** Makes or changes a subscription, once its address has answered. */
  async function put(id: string, body: unknown, former?: Subscription): Promise<LabReply> {
    const given = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
    const { callback_url, event_type, data_type } = { ...former, ...given } as Record<string, string>;
    const token = given["verification_token"];
    if (typeof token !== "string") return unprocessable("verification_token", "Field required");
    if (!callback_url || !URL.canParse(callback_url))
      return unprocessable("callback_url", "Input should be a valid URL");
    if (!EVENT_TYPES.includes(event_type!))
      return unprocessable("event_type", "Input should be 'create', 'update' or 'delete'");
    if (!DATA_TYPES.includes(data_type!)) return unprocessable("data_type", "Input should be a data type");
    const twin = [...subscriptions.values()].some(
      (other) => other.id !== id && other.event_type === event_type && other.data_type === data_type,
    );
    if (twin) return json(409, { detail: "A subscription for this event and data type exists." });
    if (!(await answersChallenge(callback_url, token)))
      return unprocessable("callback_url", "The callback did not answer the challenge");
    const { expiration_time } = former ?? { expiration_time: expiry() };
    const made = { id, callback_url, event_type: event_type!, data_type: data_type!, expiration_time };
    subscriptions.set(id, made);
    return json(former ? 200 : 201, made);
  }

  const asApp =
    (answer: (request: LabHttpRequest, former: Subscription | undefined) => LabReply | Promise<LabReply>) =>
    (request: LabHttpRequest, { id = "" }: Readonly<Record<string, string>>) => {
      const given = (name: string) => String(request.headers[name] ?? "");
      const isClient = given("x-client-id") === client.id && isSame(given("x-client-secret"), client.secret);
      if (!isClient) return json(401, { detail: "Unknown client." });
      for (const each of subscriptions.values()) if (!isLive(each)) subscriptions.delete(each.id);
      return answer(request, subscriptions.get(id));
    };

  const routes: readonly LabRoute[] = [
    route(
      "GET",
      PATH,
      asApp(() => json(200, [...subscriptions.values()])),
    ),
    route(
      "POST",
      PATH,
      asApp((request) => put(randomUUID(), request.json())),
    ),
    route(
      "GET",
      `${PATH}/:id`,
      asApp((_request, one) => (one ? json(200, one) : unknown())),
    ),
    route(
      "PUT",
      `${PATH}/renew/:id`,
      asApp((_request, one) => {
        if (!one) return unknown();
        const renewed = { ...one, expiration_time: expiry() };
        subscriptions.set(one.id, renewed);
        return json(200, renewed);
      }),
    ),
    route(
      "PUT",
      `${PATH}/:id`,
      asApp((request, one) => (one ? put(one.id, request.json(), one) : unknown())),
    ),
    route(
      "DELETE",
      `${PATH}/:id`,
      asApp((_request, one) => {
        if (one) subscriptions.delete(one.id);
        return one ? empty(204) : unknown();
      }),
    ),
  ];

  async function announce(event: OuraEvent, personId: string | null, forgery: OuraForgery = {}): Promise<void> {
    const now = clock().now();
    const timestamp = forgery.timestamp ?? String(Math.floor(now / 1000));
    const { event_type, data_type, object_id, user_id } = event;
    const event_time = `${new Date(now).toISOString().slice(0, 19)}+00:00`;
    const body = JSON.stringify({ event_type, data_type, object_id, event_time, user_id });
    const headers = {
      "content-type": "application/json",
      "x-oura-signature": signatureOf(forgery.secret ?? client.secret, timestamp, body),
      "x-oura-timestamp": timestamp,
    };
    const wanted = [...subscriptions.values()].filter(
      (each) => isLive(each) && each.event_type === event_type && each.data_type === data_type,
    );
    for (const each of notices.isHeard() ? wanted : []) {
      for (let time = 0; time < (forgery.times ?? 1); time++) {
        const sent = await sender.send({ url: addressOf(each.callback_url), body, headers, personId });
        if (sent.attempts.at(-1)?.status === 410) subscriptions.delete(each.id);
      }
    }
  }

  /** Subscribers hear of every document that a sync makes or changes. */
  function tell({ personId }: SyncEvent, changes: () => readonly LabChange[], { viewOf }: ListLabParts): void {
    for (const { list, record, kind } of subscriptions.size > 0 ? changes() : []) {
      const event = { event_type: kind, data_type: dataTypeOf(list.path), object_id: String(record["id"]) };
      void announce({ ...event, user_id: viewOf(personId).userId }, personId);
    }
  }

  return { routes, announce, tell, notices };
}

/** Samples have no data type of their own, so nobody can subscribe to them. */
const dataTypeOf = (path: string) => path.split("/").at(-1)!.toLowerCase();
