/** What docs/webhooks-out.md tells receivers to run verifies what is sent, and nothing else. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createCipher } from "../src/connections/tokens/vault.js";
import { headersOf, newSecret, sealSecret } from "../src/outbound/signing.js";
import { eventually, freePort } from "./support/served.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(`${root}/docs/webhooks-out.md`, "utf8");
const block = (language: string) => page.split(`\`\`\`${language}\n`)[1]!.split("```")[0]!;

const cipher = createCipher([Buffer.alloc(32, 7)]);
const secret = newSecret();
const secrets = [{ box: sealSecret(cipher, "w", secret), until: null }];
const body = block("json").trim();
const signed = (at: number, text = body) => headersOf({ id: "w", secrets }, "msg_7", at, text, cipher);

test("the message that it shows has the members that messages have", () => {
  expect(Object.keys(JSON.parse(body))).toEqual(["type", "timestamp", "userId", "operation", "data"]);
});

test("the receiver in Node takes what is signed, once, and refuses everything else", async () => {
  const port = await freePort();
  const env = { PATH: process.env["PATH"], PORT: String(port), WEBHOOK_SECRET: secret };
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "-e", block("js")], { cwd: root, env });
  let said = "";
  child.stdout!.on("data", (chunk) => {
    said += chunk;
  });
  try {
    const post = (headers: Record<string, string>, text = body) =>
      fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body: text }).then(({ status }) => status);
    const isUp = () =>
      post({}).then(
        () => true,
        () => false,
      );
    await eventually(60, "it listens", isUp);
    const now = Date.now();
    expect(await post(signed(now))).toBe(204);
    expect(await post(signed(now))).toBe(204);
    expect(await post(signed(now), body.replace("2747", "27470"))).toBe(400);
    expect(await post(signed(now - 600_000))).toBe(400);
    await eventually(60, "it said so", () => said !== "");
    expect(said).toBe("OPERATION_CHANGED ann\n");
  } finally {
    child.kill();
    await once(child, "exit");
  }
});

test("the function in Python does so too, and knows one signature of two", () => {
  const now = Date.now();
  const other = [{ box: sealSecret(cipher, "w", newSecret()), until: null }, ...secrets];
  const cases = [
    { headers: signed(now), body },
    { headers: headersOf({ id: "w", secrets: other }, "msg_7", now, body, cipher), body },
    { headers: signed(now), body: body.replace("2747", "27470") },
    { headers: signed(now - 600_000), body },
  ];
  const script = `${block("python")}
import sys
for one in json.load(sys.stdin):
    try:
        print(verify(one["body"].encode(), one["headers"])["userId"])
    except ValueError as error:
        print(error)
`;
  const out = execFileSync("python3", ["-c", script], {
    input: JSON.stringify(cases),
    env: { PATH: process.env["PATH"], WEBHOOK_SECRET: secret },
    encoding: "utf8",
  });
  expect(out.trim().split("\n")).toEqual([
    "ann",
    "ann",
    "not signed with this secret",
    "too old, or from a clock that is wrong",
  ]);
});
