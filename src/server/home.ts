import { readFile } from "node:fs/promises";
import { Router } from "express";
import type { Config } from "../config/config.js";
import { escaped } from "./pages.js";

/** What `scripts/build-page.mjs` made: beside this folder in a build, where the build puts it otherwise. */
const folders = ["../page/", "../../dist/page/"].map((path) => new URL(path, import.meta.url));

/** The files that the page begins with, by name; null where it was not built. */
interface Built {
  readonly folder: URL;
  /** Asks the first question while the rest is read. */
  readonly first: string;
  readonly script: string;
  readonly style: string;
  readonly face: string;
  /** The ids of what it asks: see docs/operations.md. */
  readonly documents: readonly string[];
  /** Its first question, as it is posted. */
  readonly opening: object;
}

async function findBuilt(): Promise<Built | null> {
  for (const folder of folders) {
    const text = await readFile(new URL("page.json", folder), "utf8").catch(() => null);
    if (text !== null) return { folder, ...JSON.parse(text) };
  }
  return null;
}

/** The ids of our own page's documents; none where it was not built. */
export const pageDocuments = async (): Promise<ReadonlySet<string>> => new Set((await findBuilt())?.documents);

/** What a browser asks for before today's figures stand: files by their paths, and the question. Null where there is no page. */
export async function opening(): Promise<{ readonly paths: readonly string[]; readonly question: object } | null> {
  const built = await findBuilt();
  if (built === null) return null;
  const files = [built.first, built.script, built.style, built.face];
  return { paths: ["/", ...files.map((file) => `/page/${file}`)], question: built.opening };
}

const page = ({ explorer, publicUrl }: HomeConfig, { first, script, style, face }: Built) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>Pulsegate</title>
<link rel="icon" href="data:,">
<script type="module" async src="page/${first}"></script>
<link rel="preload" href="page/${face}" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="page/${style}">
<script type="module" src="page/${script}"></script>
</head>
<body data-home="${escaped(publicUrl.replace(/\/?$/, "/"))}"${explorer ? ' data-explorer="graphiql"' : ""}>
<div id="app"><noscript><p>Pulsegate: this page needs JavaScript.</p></noscript></div>
</body>
</html>
`;

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src data:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export type HomeConfig = Pick<Config, "explorer" | "publicUrl">;

const types: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css", woff2: "font/woff2" };
/** How a text may be sent, the smallest form first: each was made once, by the build. */
const forms = [
  { encoding: "br", ending: ".br" },
  { encoding: "gzip", ending: ".gz" },
] as const;

/**
 * The page for people, at "/": connect a provider, look at one's days. The server sends it as it was built, the same to
 * everybody; it asks the API in the person's browser. It is also where its own consents come back to, and confirms them.
 */
export function home(config: HomeConfig): Router {
  const router = Router({ strict: true });
  let known: Promise<Built | null> | undefined;
  const built = async () => {
    known ??= findBuilt();
    const found = await known;
    // Asked again: whoever meets this builds it.
    if (found === null) known = undefined;
    return found;
  };
  router.get("/", async (_request, response) => {
    const found = await built();
    response.set("content-security-policy", policy);
    if (found) response.type("html").send(page(config, found));
    else response.status(503).type("text").send("The page is not built. Run: npm run build\n");
  });
  router.get("/page/:asset", async (request, response, next) => {
    const name = request.params.asset;
    const type = /^[\w-]+\.(js|css|woff2)$/.exec(name)?.[1];
    const found = type === undefined ? null : await built();
    if (!found) return next();
    const form = type === "woff2" ? undefined : forms.find(({ encoding }) => request.acceptsEncodings(encoding));
    const bytes = await readFile(new URL(`${name}${form?.ending ?? ""}`, found.folder)).catch(() => null);
    if (bytes === null) return next();
    // A name with a hash of the content may be kept; what has none is asked for again.
    const isHashed = /-[A-Z0-9]{8}\.\w+$/.test(name);
    response
      .set("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache")
      .vary("accept-encoding")
      .type(types[type!]!);
    if (form) response.set("content-encoding", form.encoding);
    response.send(bytes);
  });
  return router;
}
