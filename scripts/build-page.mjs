import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * Bundles the page for people, and compresses it once, so that no request has to. Names carry a hash of the content:
 * whoever has one may keep it. `page.json` says which they are, and is written last.
 */
export async function buildPage(to = join(root, "dist/page")) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      entry: "src/page/first.ts",
      app: "src/page/main.tsx",
      style: "src/page/styles/index.css",
      notice: "src/page/styles/notice.css",
    },
    outdir: to,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    chunkNames: "first-[hash]",
    bundle: true,
    // The first script is wholly a part of the other: esbuild puts it into a chunk that both would import. It is served
    // as that chunk, so that it is there after one request.
    splitting: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".woff2": "file" },
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  await mkdir(to, { recursive: true });
  const kept = new Set(["page.json"]);
  await Promise.all(
    outputFiles.filter(isServed).map(async ({ path, contents }) => {
      // Named by pages that the server writes without looking here.
      const name = basename(path).replace(/^notice-\w+/, "notice");
      const isText = !name.endsWith(".woff2");
      const forms = [["", contents], ...(isText ? await compressed(contents) : [])];
      for (const [ending, bytes] of forms) {
        kept.add(`${name}${ending}`);
        await place(join(to, `${name}${ending}`), bytes);
      }
    }),
  );
  const named = (start) =>
    Object.keys(metafile.outputs)
      .map((path) => basename(path))
      .find((name) => name.startsWith(start));
  const page = {
    first: named("first-"),
    script: named("app-"),
    style: named("style-"),
    face: named("inter-"),
    ...(await asked()),
  };
  await place(join(to, "page.json"), JSON.stringify(page));
  const present = await readdir(to);
  await Promise.all(present.filter((name) => !kept.has(name)).map((name) => rm(join(to, name), { force: true })));
}

/** The first script's own entry holds nothing but an import of its chunk. */
const isServed = ({ path }) => !basename(path).startsWith("entry-");

/**
 * What the page asks, by the ids that `documentId` would have: a server that answers known operations only lets them in.
 * And its first question whole, so that a start can ask it before anybody does.
 */
async function asked() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["src/page/generated/operations.ts"],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  const made = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
  const texts = Object.entries(made).flatMap(([name, value]) => (name.endsWith("Document") ? [`${value}`] : []));
  return {
    documents: texts.map((text) => `sha256:${createHash("sha256").update(text).digest("hex")}`),
    opening: { query: `${made.TodayDocument}`, variables: { length: "KILOMETER" }, extensions: { plan: "report" } },
  };
}

async function compressed(bytes) {
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return [
    [".br", await promisify(brotliCompress)(bytes, { params: size })],
    [".gz", await promisify(gzip)(bytes, { level: 9 })],
  ];
}

/** Whole or not at all: a server that runs meanwhile may read it. */
async function place(path, bytes) {
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, bytes);
  await rename(draft, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
