import type { z } from "zod";

/** One environment variable. How it is read, its default, the start log and the documentation's table follow from it. */
export interface Variable<T = unknown> {
  readonly name: string;
  /** What the variable may be, and the value that is made of it. Its messages follow the name: "must be 1 or 0". */
  readonly shape: z.ZodType<T, string>;
  /** The value if the variable is not set, as the operator would write it. */
  readonly default?: string | { readonly production: string; readonly elsewhere: string };
  /** Instead of a default: the words for what decides if the variable is not set. The value is then null. */
  readonly otherwise?: string;
  readonly description: string;
  /** True if no log may show the value. */
  readonly secret?: boolean;
}

/** Rows, by the name of their value in `Config`. */
export type Variables = Readonly<Record<string, Variable>>;

type ValueOf<V extends Variable> =
  | z.output<V["shape"]>
  // Provider rows may have a default or not. Their values have the type of rows without one.
  | (V extends { readonly default: unknown } ? never : null);

/** The types of the values that the rows give. */
export type ValuesOf<T extends Variables> = { readonly [Key in keyof T]: ValueOf<T[Key]> };

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Reader {
  readonly production: boolean;
  /** Faults of single variables so far. None shows a value, since a secret may be in the wrong variable. */
  readonly faults: readonly string[];
  /** Whether the variable is not empty, valid or not. */
  isSet(name: string): boolean;
  /** Reads the rows. A faulty variable gets its default, and its fault is noted. */
  read<T extends Variables>(rows: T): ValuesOf<T>;
}

/** Reads rows from an environment. An empty variable counts as not set. */
export function createReader(env: Environment): Reader {
  const faults: string[] = [];
  const textOf = (name: string) => env[name]?.trim() || undefined;
  const production = textOf("NODE_ENV") === "production";

  const readOne = ({ name, shape, default: usual }: Variable): unknown => {
    const text = textOf(name);
    if (text !== undefined) {
      const parsed = shape.safeParse(text);
      if (parsed.success) return parsed.data;
      // Only our own messages are used: a message of zod may quote the value.
      for (const issue of parsed.error.issues) faults.push(`${name} ${issue.message}`);
    }
    const byDefault = typeof usual === "object" ? usual[production ? "production" : "elsewhere"] : usual;
    return byDefault === undefined ? null : shape.parse(byDefault);
  };

  return {
    production,
    faults,
    isSet: (name) => textOf(name) !== undefined,
    read: <T extends Variables>(rows: T) =>
      // Each value is made by the shape of its own row, as `ValuesOf` says.
      Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, readOne(row)])) as ValuesOf<T>,
  };
}

/** The rows as the documentation's table. */
export function tableOf(rows: readonly Variable[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const lines = rows.map(({ name, default: usual, otherwise = "–", description }) => {
    const words = typeof usual === "object" ? `${usual.elsewhere}, in production ${usual.production}` : otherwise;
    // A value is shown as code, words as words.
    const shown = typeof usual === "string" && usual !== "" ? `\`${usual}\`` : cell(words);
    return `| \`${name}\` | ${shown} | ${cell(description)} |`;
  });
  return ["| Variable | Default | |", "| --- | --- | --- |", ...lines, ""].join("\n");
}
