import type { Settings } from "../settings/settings.js";
import { strings } from "./strings.js";

type Strings = typeof strings;
export type Key = keyof Strings;

/** The names that a text has between braces. */
type Named<Text extends string> = Text extends `${string}{${infer Inside}}${infer Rest}`
  ? (Inside extends `${infer Name}|${string}` ? Name : Inside) | Named<Rest>
  : never;

/** Texts without a value. */
export type PlainKey = { [K in Key]: Named<Strings[K][0]> extends never ? K : never }[Key];

type Values<K extends Key> =
  Named<Strings[K][0]> extends never ? [] : [values: Readonly<Record<Named<Strings[K][0]>, string | number>>];

export type Say = <K extends Key>(key: K, ...values: Values<K>) => string;

/** Texts in one language. Numbers are written by `number`; a text that is wanted with a value gets it. */
export function createSay(language: Settings["language"], number: (value: number) => string): Say {
  const column = language === "de" ? 1 : 0;
  return (key, ...[values]) =>
    strings[key][column].replaceAll(
      /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
      (_whole, name: string, one?: string, many?: string) => {
        const value = (values as Readonly<Record<string, string | number>>)[name]!;
        const text = typeof value === "number" ? number(value) : value;
        return one === undefined ? text : `${text} ${value === 1 ? one : many}`;
      },
    );
}
