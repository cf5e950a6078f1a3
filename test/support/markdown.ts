import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { providers } from "../../src/providers/index.js";

/** A fenced block of a page. */
interface Block {
  readonly language: string;
  readonly text: string;
  /** Where it begins, for messages: `docs/home.md:12`. */
  readonly at: string;
}

/** All fenced blocks of a page, without the indentation of a list that they stand in. */
function blocksOf(path: string, text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { language: string; indent: number; line: number; text: string[] } | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^( *)```(\w*)/.exec(line);
    if (open && fence && fence[2] === "") {
      blocks.push({ language: open.language, text: open.text.join("\n"), at: `${path}:${open.line}` });
      open = null;
    } else if (open) open.text.push(line.slice(open.indent));
    else if (fence) open = { language: fence[2]!, indent: fence[1]!.length, line: index + 1, text: [] };
  }
  if (open) throw new Error(`${path}:${open.line}: a block that does not end`);
  return blocks;
}

/** The page without its blocks. */
const proseOf = (text: string) => text.replace(/^ *```[\s\S]*?^ *```$/gm, "");

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
    const words = heading!.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
  return new Set(anchors);
}

/** Where the page's links lead: Markdown's own, and those of HTML. */
export function linksOf(text: string): readonly string[] {
  const prose = proseOf(text).replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)|(?:href|src|srcset)="([^"]+)"/g)].map(([, link, html]) => (link ?? html)!);
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every page of the documentation, by its path in the repository. */
export const pages: ReadonlyMap<string, string> = new Map(
  [
    ...readdirSync(root),
    ...readdirSync(`${root}docs`).map((name) => `docs/${name}`),
    ...providers.map(({ slug }) => `src/providers/${slug}/README.md`),
    "examples/README.md",
  ]
    .filter((path) => path.endsWith(".md"))
    .map((path) => [path, readFileSync(`${root}${path}`, "utf8")]),
);
const blocks = [...pages].flatMap(([path, text]) => blocksOf(path, text));

/** All blocks in these languages, each with its place: rows of `test.each`. */
export const blocksIn = (...languages: readonly string[]) =>
  blocks.filter(({ language }) => languages.includes(language)).map((block) => [block.at, block] as const);

/** Documents: blocks of GraphQL, and the requests that a shell sends to the gateway. */
export function documents(): readonly (readonly [string, string])[] {
  const sent = blocksIn("sh").flatMap(([at, { text }]) =>
    [...text.matchAll(/-d '(\{[\s\S]*?\})'/g)].map(([, body]) => {
      const { query } = JSON.parse(body!) as { query: string };
      return [`${at} (curl)`, query] as const;
    }),
  );
  return [...blocksIn("graphql").map(([at, { text }]) => [at, text] as const), ...sent];
}
