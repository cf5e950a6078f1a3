import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Question, Ready, Reply, Role } from "./protocol.js";

export interface Server extends Ready {
  ask(question: Question): Promise<Reply>;
  stop(): Promise<void>;
}

/** Starts a server in a process of its own. */
export async function start(role: Role): Promise<Server> {
  const profile = process.env["BENCH_CPU_PROF"];
  const child = fork(new URL("./child.ts", import.meta.url), {
    execArgv: ["--import", "tsx", ...(profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : [])],
    env: { ...process.env, NODE_ENV: "production" },
  });
  const answer = <Message>(): Promise<Message> => next<Message>(child);
  const readying = answer<Ready>();
  child.send(role);
  const ready = await readying;
  return {
    ...ready,
    ask(question) {
      const replying = answer<Reply>();
      child.send(question);
      return replying;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}

function next<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const failed = (code: number | null) => reject(new Error(`a bench server ended with ${code}`));
    child.once("exit", failed);
    child.once("message", (message) => {
      child.off("exit", failed);
      resolve(message as Message);
    });
  });
}
