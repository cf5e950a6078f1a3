import { type Client, createClient } from "graphql-ws";
import {
  ConnectionChangedDocument,
  type ConnectionChangedSubscription,
  DataUpdatedDocument,
  type DataUpdatedSubscription,
  PastReadDocument,
  type PastReadingFragment,
  type PastReadSubscription,
} from "../generated/operations.js";

export interface Hearing {
  /** Whether the gateway can tell us now. */
  onLine(isLive: boolean): void;
  onData(update: DataUpdatedSubscription["dataUpdated"]): void;
  onConnection(change: ConnectionChangedSubscription["connectionChanged"]): void;
}

export interface Live {
  /** Follows the reading of past days until it ends. */
  follow(jobId: string, onChange: (job: PastReadingFragment) => void): void;
  close(): void;
}

/** Hears of changes for as long as the page is open. It never gives up: a laptop that wakes up is live again. */
export function listen(at: string, token: () => string | null, hearing: Hearing): Live {
  const url = new URL(at);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const client: Client = createClient({
    url: url.href,
    connectionParams: () => {
      const bearer = token();
      return bearer === null ? {} : { authorization: `Bearer ${bearer}` };
    },
    keepAlive: 30_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: async (retries) => {
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(30_000, 1_000 * 2 ** retries) * (0.7 + Math.random() * 0.6)),
      );
    },
    on: { connected: () => hearing.onLine(true), closed: () => hearing.onLine(false) },
  });
  const hear = <T>(query: string, variables: Record<string, unknown>, next: (data: T) => void) =>
    client.subscribe<T>(
      { query, variables },
      // A refusal ends the subscription; the page stays as fresh as its own questions make it.
      { next: ({ data }) => data && next(data), error: () => hearing.onLine(false), complete: () => {} },
    );
  hear<DataUpdatedSubscription>(DataUpdatedDocument.toString(), {}, (data) => hearing.onData(data.dataUpdated));
  hear<ConnectionChangedSubscription>(ConnectionChangedDocument.toString(), {}, (data) =>
    hearing.onConnection(data.connectionChanged),
  );
  return {
    follow: (jobId, onChange) =>
      void hear<PastReadSubscription>(PastReadDocument.toString(), { jobId }, (data) =>
        onChange(data.backfillProgress),
      ),
    close: () => void client.dispose(),
  };
}
