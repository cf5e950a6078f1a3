import type { DocumentNode } from "graphql";
import { type Document, documentOf, documentsAt, UnusableDocuments } from "../operations/documents.js";
import { CommandFailed, type Io, inputText } from "./io.js";

/** The documents of one app, from files, folders or standard input (-), and all of them as one. Throws `CommandFailed`. */
export async function readDocuments(
  io: Io,
  paths: readonly string[],
): Promise<{ readonly documents: readonly Document[]; readonly whole: DocumentNode }> {
  try {
    const documents: Document[] = [];
    for (const path of paths) {
      if (path === "-") documents.push({ name: path, text: await inputText(io) });
      else documents.push(...(await documentsAt(path)));
    }
    return { documents, whole: documentOf(documents) };
  } catch (error) {
    if (error instanceof UnusableDocuments) throw new CommandFailed(error.faults.join("; "));
    throw error;
  }
}
