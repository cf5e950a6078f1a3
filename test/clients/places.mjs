import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);

/** A gateway with its labs in a process of its own; `close` ends it. */
export async function startPlaces() {
  const tsx = createRequire(new URL("package.json", root)).resolve("tsx");
  const server = spawn(process.execPath, ["--import", tsx, fileURLToPath(new URL("serve.ts", import.meta.url))], {
    cwd: fileURLToPath(root),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const line = new Promise((resolve) => createInterface(server.stdout).once("line", resolve));
  const first = await Promise.race([line, ended.then((code) => Promise.reject(new Error(`It ended: ${code}`)))]);
  return {
    ...JSON.parse(first),
    async close() {
      server.stdin.end();
      await ended;
    },
  };
}

/** What a person at the consent page decides, and where that leads: the callback's parameters. */
export async function consentAt(authorizeUrl, person) {
  const url = new URL(authorizeUrl);
  url.searchParams.set("auto", "allow");
  url.searchParams.set("person", person);
  const response = await fetch(url, { redirect: "manual" });
  const location = response.headers.get("location");
  if (location === null) throw new Error(`The consent page answered ${response.status}: ${await response.text()}`);
  return new URL(location);
}
