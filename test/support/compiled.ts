/**
 * Source as one file that Node runs as it is. A process that translates each of its modules when it loads it takes two and a
 * half seconds of a core before its first line; of one file, one.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Beside the packages: what is imported from there by name is found. */
const folder = join(root, "node_modules", ".cache", "pulsegate-tests");

/** What was made of source that has changed since is of no use. */
const KEPT_MS = 86_400_000;

/** What a module reads from beside itself is beside its source. */
const inPlace: Plugin = {
  name: "in place",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/](src|test)[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)),
      loader: "ts",
    })),
};

const made = new Map<string, Promise<string>>();

/** A file of source, or code that imports such files by their paths. */
type Program = URL | { readonly code: string };

/** The path of what Node is to run. */
export function compiled(program: Program): Promise<string> {
  const key = program instanceof URL ? program.href : program.code;
  const before = made.get(key);
  if (before) return before;
  const making = make(program);
  made.set(key, making);
  return making;
}

async function make(program: Program): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    ...(program instanceof URL
      ? { entryPoints: [fileURLToPath(program)] }
      : { stdin: { contents: program.code, resolveDir: root, loader: "ts" as const } }),
    ...{ bundle: true, packages: "external", platform: "node", format: "esm", target: "es2022" },
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: true } },
    plugins: [inPlace],
    write: false,
  });
  const { text } = outputFiles[0]!;
  const path = join(folder, `${createHash("sha256").update(text).digest("hex").slice(0, 16)}.mjs`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) {
    const old = statSync(join(folder, file), { throwIfNoEntry: false });
    if (old && Date.now() - old.mtimeMs > KEPT_MS) rmSync(join(folder, file), { force: true });
  }
  // Whole at once: other suites make the same file.
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}
