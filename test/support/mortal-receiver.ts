import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiled } from "./compiled.js";
import type { Stage } from "./receiver-process.js";

export interface MortalReceiver {
  readonly url: string;
  /** In the order in which they came, over all its lives. */
  received(): readonly { readonly id: string; readonly body: Anything }[];
  readonly deaths: number;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: messages have every shape
type Anything = any;

const script = new URL("./receiver-process.ts", import.meta.url);

/** A receiver that ends itself there at its first message, and is started again at the same address. */
export async function startMortalReceiver(stage: Stage | null): Promise<MortalReceiver> {
  const folder = mkdtempSync(join(tmpdir(), "pulsegate-receiver-"));
  const file = join(folder, "received");
  writeFileSync(file, "");
  let child: ChildProcess;
  let port = 0;
  let closed = false;
  let deaths = 0;
  const start = async (args: readonly string[]) => {
    child = fork(await compiled(script), [file, String(port), ...args], {
      execArgv: [],
      env: { PATH: process.env["PATH"] },
    });
    child.once("exit", () => {
      if (closed) return;
      deaths++;
      void start([]);
    });
    [port] = (await once(child, "message")) as [number];
  };
  await start(stage === null ? [] : [stage]);
  return {
    url: `http://127.0.0.1:${port}/hook`,
    get deaths() {
      return deaths;
    },
    received: () =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
    close: async () => {
      closed = true;
      const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : null;
      child.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
