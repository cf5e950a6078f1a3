import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface Proxy {
  readonly url: string;
  /** Bodies that were changed on their way. */
  readonly changed: number;
  close(): Promise<void>;
}

/** Passes everything on to a lab, and changes each JSON answer on its way back. */
export async function startProxy(target: string, change: (body: unknown) => unknown): Promise<Proxy> {
  let changed = 0;
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { host: _, connection: __, "accept-encoding": ___, ...headers } = incoming.headers;
    try {
      // Not fetch: that adds headers of its own, and a language chooses units.
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const { method } = incoming;
        request(target + incoming.url, { method, headers, agent: false }, resolve)
          .on("error", reject)
          .end(body);
      });
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part as Buffer);
      const text = Buffer.concat(parts).toString("utf8");
      const isJson = answer.headers["content-type"]?.includes("json") && text !== "";
      if (isJson) changed++;
      const { "content-length": ____, "transfer-encoding": _____, connection: ______, ...passed } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, passed);
      // Numbers beyond 2^53 would be damaged by JSON.parse: they travel as marked texts.
      outgoing.end(isJson ? withoutMarks(JSON.stringify(change(JSON.parse(withMarks(text))))) : text);
    } catch {
      outgoing.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get changed() {
      return changed;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const withMarks = (text: string) => text.replace(/([:[,]\s*)(\d{16,})(?=\s*[,}\]])/g, '$1"exact:$2"');
const withoutMarks = (text: string) => text.replace(/"exact:(\d+)"/g, "$1");

/** A property that nobody has heard of, on every object. */
export function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, withUnknownFields(part)]);
  return { ...Object.fromEntries(entries), neverHeardOf: { of: ["it", 1, null] } };
}

/**
 * Properties by which providers name kinds: of a workout, a stage, a sleep, a device, a sex. A new kind is an everyday
 * event, and its record is still a record.
 */
const kinds =
  /^(activityType|activityName|activityTypeId|exerciseType|type|level|logType|value|stage|gender|sex|deviceType|deviceVersion|product|batteryLevel|battery|displayName|logMethod|source)$/i;

/** Kinds replaced by ones that did not exist when the adapter was written, wherever they stand as words. */
export function withUnknownKinds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownKinds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const isWord = typeof part === "string" && /^[A-Za-z_ ]+$/.test(part);
      return [key, isWord && kinds.test(key) ? "LEVITATING" : withUnknownKinds(part)];
    }),
  );
}
