import type { Environment } from "../config/variable.js";

/** What a command sees of the world it was called in, so that tests can be that world. */
export interface Io {
  readonly env: Environment;
  /** What was asked for; resolves when there is room for more. */
  out(text: string): Promise<void> | void;
  /** What a person should know beside it: progress, hints, complaints. */
  note(text: string): void;
  /** Whether `note` reaches a terminal, whose line can be written anew. */
  readonly terminal: boolean;
  stdin(): Promise<string>;
  /** Aborted when the person has had enough. */
  readonly signal: AbortSignal;
}

/** A command failed for a reason that its one line tells. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

export function processIo(): Io {
  const aborter = new AbortController();
  // The second time nobody listens, and it ends at once.
  process.once("SIGINT", () => aborter.abort());
  // Whoever reads us has seen enough (head): no reason to complain.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    env: process.env,
    out: (text) =>
      new Promise((resolve) => {
        if (process.stdout.write(text)) resolve();
        else process.stdout.once("drain", resolve);
      }),
    note: (text) => void process.stderr.write(text),
    terminal: process.stderr.isTTY === true,
    async stdin() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString("utf8");
    },
    signal: aborter.signal,
  };
}
