import { createHmac, randomBytes } from "node:crypto";
import { empty, json, type LabHttpRequest, type LabReply, type LabRoute, route } from "../kit/index.js";
import type { LabRecord } from "../kit/list-lab.js";
import { createNotices } from "../kit/notices.js";
import { isSame } from "../kit/oauth-routes.js";
import type { LabClock } from "../lab.js";

const EVENTS = [
  "EXERCISE",
  "SLEEP",
  "CONTINUOUS_HEART_RATE",
  "SLEEP_WISE_CIRCADIAN_BEDTIME",
  "SLEEP_WISE_ALERTNESS",
  "ACTIVITY_SUMMARY",
  "PHYSICAL_INFORMATION",
];
const WEEK_MS = 7 * 86_400_000;

interface Webhook {
  readonly id: string;
  readonly events: readonly string[];
  readonly url: string;
}

/** Lowercase hex over the body, with the key that was shown once. */
export const signatureOf = (key: string, body: string) => createHmac("sha256", key).update(body).digest("hex");

/** The app's one webhook: pinged before it exists, switched off after a week without a success. */
export function createWebhook(client: { readonly id: string; readonly secret: string }, clock: () => LabClock) {
  const state = { hook: null as Webhook | null, key: "", active: true, succeededMs: 0 };
  const notices = createNotices(clock, { retries: 3, timeoutMs: 10_000, accepts: (status) => status === 200 });
  const instant = () => `${new Date(clock().now()).toISOString().slice(0, 19)}Z`;
  const failure = (status: number, error_type: string, message: string): LabReply =>
    json(status, {
      error: { timestamp: instant(), status, error_type, message, corr_id: randomBytes(8).toString("hex") },
    });

  async function isPinged(url: string): Promise<boolean> {
    const body = JSON.stringify({ timestamp: instant(), event: "PING" });
    const headers = { "content-type": "application/json", "Polar-Webhook-Event": "PING" };
    try {
      const answer = await fetch(notices.addressOf(url), {
        method: "POST",
        headers,
        body,
        signal: AbortSignal.timeout(5_000),
      });
      return answer.status === 200;
    } catch {
      return false;
    }
  }

  async function put(given: unknown, former: Webhook | null): Promise<LabReply> {
    const { events, url } = { ...former, ...(given as Partial<Webhook> | undefined) };
    const known = Array.isArray(events) && events.length > 0 && events.every((event) => EVENTS.includes(event));
    if (!known || typeof url !== "string" || !URL.canParse(url))
      return failure(400, "BadRequestException", "The body is not valid");
    if (url !== former?.url && !(await isPinged(url)))
      return failure(400, "WebhookPingFailedException", "The ping failed");
    const id = former?.id ?? randomBytes(4).toString("hex");
    state.hook = { id, events, url };
    if (former) return json(200, { data: [{ ...state.hook, active: state.active }] });
    Object.assign(state, { key: randomBytes(24).toString("hex"), active: true, succeededMs: clock().now() });
    return json(201, { data: { ...state.hook, signature_secret_key: state.key } });
  }

  const asApp =
    (answer: (request: LabHttpRequest, hook: Webhook | null) => LabReply | Promise<LabReply>) =>
    (request: LabHttpRequest, { id }: Readonly<Record<string, string>>) => {
      const isClient = request.basic?.id === client.id && isSame(request.basic.secret, client.secret);
      if (!isClient) return empty(401);
      return answer(request, id === undefined || state.hook?.id === id ? state.hook : null);
    };
  const missing = () => failure(404, "NotFoundException", "No such webhook");
  const switched = (active: boolean) =>
    asApp((_request, hook) => {
      state.active = active;
      state.succeededMs = clock().now();
      return empty(hook ? 200 : 204);
    });

  const routes: readonly LabRoute[] = [
    route(
      "GET",
      "/v3/notifications",
      asApp(() => empty(204)),
    ),
    route("POST", "/v3/webhooks/activate", switched(true)),
    route("POST", "/v3/webhooks/deactivate", switched(false)),
    route(
      "GET",
      "/v3/webhooks",
      asApp((_request, hook) => json(200, { data: hook ? [{ ...hook, active: state.active }] : [] })),
    ),
    route(
      "POST",
      "/v3/webhooks",
      asApp((request, hook) =>
        hook ? failure(409, "ConflictException", "A webhook exists") : put(request.json(), null),
      ),
    ),
    route(
      "PATCH",
      "/v3/webhooks/:id",
      asApp((request, hook) => (hook ? put(request.json(), hook) : missing())),
    ),
    route(
      "DELETE",
      "/v3/webhooks/:id",
      asApp((_request, hook) => {
        if (!hook) return missing();
        state.hook = null;
        return empty(204);
      }),
    ),
  ];

  async function announce(
    personId: string,
    user_id: number,
    event: string,
    fields: LabRecord,
    { key = state.key, times = 1 }: { readonly key?: string; readonly times?: number } = {},
  ): Promise<void> {
    const { hook } = state;
    if (!hook?.events.includes(event) || !state.active || !notices.isHeard()) return;
    const paths: Readonly<Record<string, string>> = {
      EXERCISE: `exercises/${fields["entity_id"]}`,
      SLEEP: `users/sleep/${fields["date"]}`,
      ACTIVITY_SUMMARY: `users/activities/${fields["date"]}`,
    };
    const url = `https://www.polaraccesslink.com/v3/${paths[event] ?? "users"}`;
    const body = JSON.stringify({ event, user_id, ...fields, timestamp: instant(), url });
    const headers = {
      "content-type": "application/json",
      "Polar-Webhook-Event": event,
      "Polar-Webhook-Signature": signatureOf(key, body),
    };
    for (let time = 0; time < times; time++) {
      const { accepted } = await notices.sender.send({ url: notices.addressOf(hook.url), body, headers, personId });
      if (accepted) state.succeededMs = clock().now();
      else if (clock().now() - state.succeededMs >= WEEK_MS) state.active = false;
    }
  }

  return { routes, announce, notices };
}
