import type { z } from "zod";

/** One environment variable. Reading it, its default, the start log and the README's table follow from this row. */
export interface Variable<T = unknown> {
  readonly name: string;
  /** What it may be, and what is made of it. Its sentences go after the name: "must be 1 or 0". */
  readonly shape: z.ZodType<T, string>;
  /** What counts where it is not set, as one would write it. */
  readonly default?: string | { readonly production: string; readonly elsewhere: string };
  /** In place of a default, in words: what decides where it is not set. The value read is then null. */
  readonly otherwise?: string;
  readonly description: string;
  /** No log shows its value. */
  readonly secret?: boolean;
}

/** Rows by what `Config` calls their values. */
export type Variables = Readonly<Record<string, Variable>>;

type ValueOf<V extends Variable> =
  | z.output<V["shape"]>
  // A row that may have a default, as those of providers do, is read like one that has none.
  | (V extends { readonly default: unknown } ? never : null);

/** What the rows are read as. */
export type ValuesOf<T extends Variables> = { readonly [Key in keyof T]: ValueOf<T[Key]> };

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Reader {
  readonly production: boolean;
  /** Faults of single variables, so far. None shows a value, since a secret may stand in the wrong variable. */
  readonly faults: readonly string[];
  /** Whether something is written there, sound or faulty. */
  isSet(name: string): boolean;
  /** A faulty variable counts as its default, after its fault is noted. */
  read<T extends Variables>(rows: T): ValuesOf<T>;
}

/** Reads rows out of an environment. An empty variable counts as not set. */
export function createReader(env: Environment): Reader {
  const faults: string[] = [];
  const textOf = (name: string) => env[name]?.trim() || undefined;
  const production = textOf("NODE_ENV") === "production";

  const readOne = ({ name, shape, default: usual }: Variable): unknown => {
    const text = textOf(name);
    if (text !== undefined) {
      const parsed = shape.safeParse(text);
      if (parsed.success) return parsed.data;
      // Our own sentences only: a message of zod's may quote what it was given.
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
      // Each value is what its own row's shape made: that is what `ValuesOf` says.
      Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, readOne(row)])) as ValuesOf<T>,
  };
}

/** Rows as the README's table. */
export function tableOf(rows: readonly Variable[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const lines = rows.map(({ name, default: usual, otherwise = "–", description }) => {
    const words = typeof usual === "object" ? `${usual.elsewhere}, in production ${usual.production}` : otherwise;
    // A value is shown as one would type it; words stay words.
    const shown = typeof usual === "string" && usual !== "" ? `\`${usual}\`` : cell(words);
    return `| \`${name}\` | ${shown} | ${cell(description)} |`;
  });
  return ["| Variable | Default | |", "| --- | --- | --- |", ...lines, ""].join("\n");
}
