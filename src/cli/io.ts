import type { Environment } from "../config/variable.js";

/** The world outside a command: output, input, environment and signals. Tests replace it. */
export interface Io {
  readonly env: Environment;
  /** The output that was asked for. Resolves when there is room for more. */
  out(text: string): Promise<void> | void;
  /** What a person should know beside the output: progress, hints, errors. */
  note(text: string): void;
  /** Whether `note` writes to a terminal, where a line can be overwritten. */
  readonly terminal: boolean;
  /** Standard input, as it comes. */
  input(): AsyncIterable<Uint8Array>;
  /** Aborted when the person presses Ctrl-C. */
  readonly signal: AbortSignal;
}

/** All of standard input as a text. */
export async function inputText({ input }: Pick<Io, "input">): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input()) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** A command failed. The message is the one line that is printed. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

export function processIo(): Io {
  const aborter = new AbortController();
  // Only the first signal is handled: the second one ends the process at once.
  process.once("SIGINT", () => aborter.abort());
  // A closed pipe is no error: the reader (`head`) has read enough.
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
    input: () => process.stdin,
    signal: aborter.signal,
  };
}
