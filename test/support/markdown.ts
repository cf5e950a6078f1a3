/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Where it begins, for messages: `docs/home.md:12`. */
  readonly at: string;
}

/** All fenced blocks of a page, without the indentation of a list that they stand in. */
export function blocksOf(path: string, text: string): readonly Block[] {
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
