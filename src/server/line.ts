import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";

/** A message as text, made once for all who get it. */
export class Serialised {
  constructor(readonly text: string) {}

  /** The library writes an envelope around each payload by `JSON.stringify`, then sends it at once: see `Line.send`. */
  toJSON(): string {
    enclosed = this.text;
    return MARK;
  }
}
/** Nobody can guess it, so nobody's data can hold it. */
const MARK = randomUUID();
const QUOTED_MARK = `"${MARK}"`;
let enclosed: string | null = null;

export interface LineLimits {
  /** Bytes that wait for a client that does not read. */
  readonly bufferedBytes: number;
  /** Messages and pings that a client may send in a minute. */
  readonly messages: number;
  /** How long an event stream waits for a client that takes nothing; a WebSocket pings it. */
  readonly stalledMs: number;
}
export const generousLine: LineLimits = { bufferedBytes: 16 * 1024 * 1024, messages: 1_200, stalledMs: 60_000 };

/** A WebSocket that ends where its client sends without end, or takes nothing of what it asked for. Others don't notice. */
export function lineClass({
  bufferedBytes,
  messages,
}: Pick<LineLimits, "bufferedBytes" | "messages">): typeof WebSocket {
  return class Line extends WebSocket {
    private heard = 0;
    private since = 0;

    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      this.on("message", () => this.hear());
      this.on("ping", () => this.hear());
    }

    override send(data: never, ...rest: never[]): void {
      let message: unknown = data;
      if (enclosed !== null && typeof data === "string") {
        const text = enclosed;
        message = (data as string).replace(QUOTED_MARK, () => text);
      }
      enclosed = null;
      if (this.bufferedAmount <= bufferedBytes) {
        super.send(message as never, ...rest);
        return;
      }
      this.terminate();
      // Nobody waits for it: the end of the socket is told by its own event.
      const sent: unknown = rest.at(-1);
      if (typeof sent === "function") sent();
    }

    private hear(): void {
      const now = Date.now();
      if (now - this.since >= 60_000) {
        this.since = now;
        this.heard = 0;
      }
      if (++this.heard > messages) this.terminate();
    }
  } as unknown as typeof WebSocket;
}
