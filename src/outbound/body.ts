import type { WebhookEvent } from "./webhook.js";

/** What a message says, as it is signed and sent. `data` and `errors` are JSON already. */
export function bodyText(body: {
  readonly type: WebhookEvent;
  /** Epoch ms. */
  readonly at: number;
  readonly userId: string;
  readonly operation: string | null;
  readonly data: string;
  readonly errors: string | null;
}): string {
  const { type, at, userId, operation, data, errors } = body;
  const head = JSON.stringify({ type, timestamp: new Date(at).toISOString(), userId, operation }).slice(0, -1);
  return `${head},"data":${data}${errors === null ? "" : `,"errors":${errors}`}}`;
}
