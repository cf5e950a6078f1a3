import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { compiled } from "../test/support/compiled.js";

/** Starts as `npm start` does, and waits for the process to end. */
async function start(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: unknown; readonly said: string }> {
  const program = await compiled(new URL("./main.ts", import.meta.url));
  return await new Promise((resolve) => {
    const given = { PATH: process.env["PATH"], STORE_URL: "memory:", ...env };
    execFile(process.execPath, [program], { env: given, timeout: 50_000 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    );
  });
}

describe("a start that comes to nothing ends the process, labs included", () => {
  test("where the operations can't be read", async () => {
    const { code, said } = await start({ SANDBOX: "1", OPERATIONS: "/nowhere/at/all" });
    expect(said).toContain("OPERATIONS: /nowhere/at/all could not be read (ENOENT)");
    expect(code).toBe(1);
  });

  test("where the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    try {
      const { code, said } = await start({ SANDBOX: "1", PORT: String((other.address() as AddressInfo).port) });
      expect(said).toMatch(/^Port \d+ of 127\.0\.0\.1 is taken: [^\n]+\n$/);
      expect(code).toBe(1);
    } finally {
      other.close();
    }
  });
});
