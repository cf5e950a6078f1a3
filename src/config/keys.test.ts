import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faults, key, read, secret, users } from "../../test/support/environment.js";
import { keyFromFolder } from "./keys.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("encryption keys", () => {
  test("the first is the one that encrypts", () => {
    const [first, second] = [key(), key()];
    const config = read({ ...users, ENCRYPTION_KEYS: `${first},${second}` });
    expect(config.encryptionKeys.map((bytes) => Buffer.from(bytes).toString("base64"))).toEqual([first, second]);
  });

  test("anything but 32 bytes in base64 is refused", () => {
    for (const ENCRYPTION_KEYS of [
      "short",
      randomBytes(31).toString("base64"),
      randomBytes(33).toString("base64"),
      "!".repeat(43),
      ",",
      `${key()},x`,
    ]) {
      expect(faults({ ...users, ENCRYPTION_KEYS })).toEqual([expect.stringMatching(/^ENCRYPTION_KEYS must be base64/)]);
    }
  });

  test("they are required where real users come in", () => {
    expect(faults({ AUTH_JWT_SECRET: secret })).toEqual([expect.stringMatching(/^ENCRYPTION_KEYS is required/)]);
    expect(faults({ FITBIT_CLIENT_ID: "id", FITBIT_CLIENT_SECRET: "hush" })).toEqual([
      expect.stringMatching(/^ENCRYPTION_KEYS is required/),
    ]);
  });

  test("else one is made in the data folder, for our eyes only, and found again", () => {
    const data = join(folder, "data");
    const env = { STORE_URL: `sqlite:${join(data, "store.db")}` };
    const [first, again] = [read(env), read({ ...env, SINGLE_USER: "me" })];
    expect(Buffer.from(first.encryptionKeys[0]!).equals(Buffer.from(again.encryptionKeys[0]!))).toBe(true);
    expect(readdirSync(data)).toEqual(["encryption.key"]);
    expect(statSync(join(data, "encryption.key")).mode & 0o777).toBe(0o600);
    expect(first.dataFolder).toBe(data);

    chmodSync(join(data, "encryption.key"), 0o644);
    expect(read(env).notices).toEqual([expect.stringContaining("chmod 600")]);
  });

  test("a start that fails leaves no key behind", () => {
    const data = join(folder, "unmade");
    expect(faults({ STORE_URL: `sqlite:${join(data, "store.db")}`, PORT: "x" })).toHaveLength(1);
    expect(existsSync(data)).toBe(false);
  });

  test("a damaged key file is a fault, never replaced", () => {
    const data = mkdtempSync(join(folder, "damaged-"));
    writeFileSync(join(data, "encryption.key"), "half");
    expect(faults({ STORE_URL: `sqlite:${join(data, "store.db")}` })).toEqual([
      expect.stringMatching(/^ENCRYPTION_KEYS/),
    ]);
    expect(readFileSync(join(data, "encryption.key"), "utf8")).toBe("half");
  });

  test("a folder that can't be made is a fault", () => {
    writeFileSync(join(folder, "file"), "");
    expect(faults({ STORE_URL: `sqlite:${join(folder, "file", "store.db")}` })).toEqual([
      expect.stringMatching(/^ENCRYPTION_KEYS is not set and can't be kept in/),
    ]);
  });

  test("the key in a folder is the same for all who ask", () => {
    const data = join(folder, "many");
    const keys = Array.from({ length: 5 }, () => Buffer.from(keyFromFolder(data).key).toString("hex"));
    expect(new Set(keys).size).toBe(1);
  });
});
