import { readdir, readFile } from "node:fs/promises";

/** Operations to begin with, for the explorers: the files of schema/operations. */
export interface Example {
  /** The file's name without its ending: `first-query`. */
  readonly name: string;
  /** A whole document, with what it is good for in a comment at its beginning. */
  readonly query: string;
}

/** Beside this file in a build, in the repository otherwise. */
const folders = ["./examples/", "../../schema/operations/"].map((path) => new URL(path, import.meta.url));

/** All of them by name, the first query first. Rejects where a build is incomplete. */
export async function readExamples(): Promise<readonly Example[]> {
  const [built, source] = folders as [URL, URL];
  const [folder, names] = await readdir(built).then(
    (found) => [built, found] as const,
    async () => [source, await readdir(source)] as const,
  );
  const examples = await Promise.all(
    names
      .filter((file) => file.endsWith(".graphql"))
      .sort()
      .map(async (file) => ({
        name: file.replace(/\.graphql$/, ""),
        query: await readFile(new URL(file, folder), "utf8"),
      })),
  );
  const isFirst = ({ name }: Example) => name === "first-query";
  return [...examples.filter(isFirst), ...examples.filter((example) => !isFirst(example))];
}
