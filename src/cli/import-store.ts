import { createReadStream } from "node:fs";
import { createCipher, VaultUnreadable } from "../connections/tokens/vault.js";
import type { Gateway } from "../gateway.js";
import { MAX_ROW_LENGTH, toText } from "../store/row.js";
import { boundedLines } from "./bounded-lines.js";
import { CommandFailed, type Io } from "./io.js";
import { isSealed } from "./sealed-rows.js";
import {
  endLine,
  FORM_VERSION,
  headerLine,
  isLeftOut,
  namespaceOf,
  type RowLine,
  rowLine,
  type SealedPart,
  withParts,
} from "./store-form.js";

export interface ImportOptions {
  /** Rows that are there already are overwritten. */
  readonly replace?: boolean;
}

type Wanted = Pick<Gateway, "store" | "config" | "bus">;

/** A row's longest text, with its key and its bindings. */
const LONGEST_LINE = MAX_ROW_LENGTH + 64 * 1024;
/** Each waits for the store: so many rows are in memory at most. */
const ROWS_AT_ONCE = 16;

/**
 * Puts the rows that `exportStore` printed into this store. Rows that are there already stay unless `replace` is set, so
 * the same file can be imported again: it goes on where it ended. A line that can't be read is left out and named, and the
 * command fails after the last line.
 */
export async function importStore(
  io: Io,
  gateway: Wanted,
  file: string,
  { replace = false }: ImportOptions,
): Promise<void> {
  const { store, config, bus } = gateway;
  const lines = boundedLines(file === "-" ? io.input() : createReadStream(file), LONGEST_LINE);
  const own = createCipher(config.encryptionKeys);
  const other = await readHeader(lines, config.exportKey);
  const count = { put: 0, there: 0, bad: 0, lines: 0 };
  let number = 1;
  let last: string | null = null;
  let isEnded = false;

  const textOf = ({ key, value, v, expires, sealed }: RowLine): string => {
    const change = (box: Parameters<typeof own.open>[1], { binding }: SealedPart) =>
      own.seal(binding, other!.open(binding, box));
    const taken = sealed ? withParts(value, sealed, change) : value;
    if (isSealed(key) !== (sealed !== undefined) || isLeftOut(key)) throw new TypeError("not a row of an export");
    return toText({ value: taken, version: v, expires });
  };

  const leaveOut = (line: number, key?: string) => {
    count.bad++;
    io.note(`left out: line ${line}${key === undefined ? "" : ` (${key})`}\n`);
  };

  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  const put = async (line: number, key: string, text: string) => {
    try {
      if (await store.putRow(key, text, replace)) count.put++;
      else count.there++;
    } catch (error) {
      if (isOfTheRow(error)) leaveOut(line, key);
      else failure ??= error;
    }
  };
  let touched: string | null = null;
  /** This store may be in use: whoever remembers a history reads it again, once all of it is there. */
  const tell = async (connectionId: string | null) => {
    if (touched !== null && touched !== connectionId) {
      await Promise.all(underWay);
      bus.historyChanged(touched);
    }
    touched = connectionId;
  };

  try {
    for await (const line of lines) {
      number++;
      if (io.signal.aborted) throw new CommandFailed("interrupted; to continue, import the same file again");
      if (line === "") continue;
      const parsed = parse(line);
      const end = endLine.safeParse(parsed);
      if (end.success) {
        isEnded = true;
        if (end.data.rows !== count.lines)
          throw new CommandFailed(`The file has ${count.lines} rows and says that it has ${end.data.rows}.`);
        break;
      }
      count.lines++;
      const row = rowLine.safeParse(parsed);
      if (!row.success) {
        leaveOut(number);
        continue;
      }
      const { key, expires } = row.data;
      let text: string;
      try {
        text = textOf(row.data);
      } catch (error) {
        if (!isOfTheRow(error)) throw error;
        leaveOut(number, key);
        continue;
      }
      last = key;
      if (expires !== undefined && expires <= Date.now()) continue;
      if (namespaceOf(key) === "history") await tell(key.slice("history:".length).split("/")[0]!);
      const work: Promise<void> = put(number, key, text).finally(() => underWay.delete(work));
      underWay.add(work);
      if (underWay.size >= ROWS_AT_ONCE) await Promise.race(underWay);
      if (failure) throw failure;
    }
    await Promise.all(underWay);
    if (failure) throw failure;
  } finally {
    await Promise.all(underWay);
    await tell(null);
    io.note(`${count.put} rows put in, ${count.there} were there already\n`);
  }
  if (!isEnded) {
    const rest = last === null ? "" : `; the rest: pulsegate export --all --after '${last}'`;
    throw new CommandFailed(`The file ends before its end${rest}`);
  }
  if (count.bad > 0) throw new CommandFailed(`${count.bad} lines can't be read and were left out; all others are in.`);
}

/** A row that no store takes, or whose secret can't be opened. */
function isOfTheRow(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof VaultUnreadable;
}

/** Checks what the file is, before anything is written. Answers the cipher that opens its secrets, if it has any. */
async function readHeader(lines: AsyncGenerator<string | null>, key: Uint8Array | null) {
  const first = parse((await lines.next()).value ?? null);
  if ((first as { type?: unknown } | null)?.type === "export")
    throw new CommandFailed("This is the export of one user, for that user. Import reads what export --all prints.");
  const header = headerLine.safeParse(first);
  if (!header.success) throw new CommandFailed("This is not what pulsegate export --all prints.");
  const { version, release, keyId } = header.data;
  if (version > FORM_VERSION)
    throw new CommandFailed(`Release ${release} wrote this in a later form: import it with that release.`);
  if (keyId === null) return null;
  if (key === null)
    throw new CommandFailed(`The file has tokens: EXPORT_KEY must be the key that it was made with (${keyId}).`);
  const cipher = createCipher([key]);
  if (cipher.keyId !== keyId)
    throw new CommandFailed(`EXPORT_KEY is another key (${cipher.keyId}) than the file was made with (${keyId}).`);
  return cipher;
}

function parse(line: string | null): unknown {
  try {
    return line === null ? null : JSON.parse(line);
  } catch {
    return null;
  }
}
