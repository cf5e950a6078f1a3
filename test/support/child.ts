import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { compiled } from "./compiled.js";
import { within } from "./served.js";

export interface Child {
  /** At once, in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Lets it come to its end. */
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const script = new URL("./gateway-process.ts", import.meta.url);

/** Starts Pulsegate as an operator does, in a process of its own. Resolves once it listens. `onLine`: each line that it writes. */
export async function startChild(
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void = () => {},
): Promise<Child> {
  const child = spawn(process.execPath, [await compiled(script)], {
    env: { ...process.env, ...env, LOG_LEVEL: "info", NODE_OPTIONS: env["NODE_OPTIONS"] ?? "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await within(120, "Pulsegate to listen", listening(child, onLine)).catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal!));
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await within(60, `the process to end by ${signal}`, ended);
  };
  return { kill: () => end("SIGKILL"), stop: () => end("SIGTERM"), signal: (signal) => child.kill(signal), ended };
}

async function listening(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: child.stdout! });
  createInterface({ input: child.stderr! }).on("line", (line) => {
    console.warn(line);
    onLine(line);
  });
  await new Promise<void>((resolve, reject) => {
    // It goes on being read: a full pipe would stop the process.
    lines.on("line", (line) => {
      onLine(line);
      if (line.includes("listens on")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`Pulsegate ended with ${code} before it listened.`)));
  });
}
