import { isIP } from "node:net";
import { z } from "zod";
import { isDatedDomain } from "../model/fields.js";
import { type Domain, domains } from "../model/records.js";
import { isLoopback } from "./hosts.js";
import { type AppKey, readAppKey, readKey } from "./keys.js";
import { MOST_CONNECTIONS, poolSizeOf } from "./pool-size.js";
import { isProxyRange } from "./proxies.js";

/** The shapes that variables may have, and the values that are made of them. */

export const anyText = z.string();

export const host = z
  .string()
  .transform((text) => text.replace(/^\[(.*)\]$/, "$1"))
  .refine(
    (text) => isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text),
    "must be an address or a host name",
  );

export const flag = z
  .string()
  .refine((text) => /^(0|1|true|false)$/i.test(text), "must be 1 or 0")
  .transform((text) => /^(1|true)$/i.test(text));

export function integer(least: number, most: number) {
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      message: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number);
}

export function oneOf<const T extends readonly string[]>(allowed: T) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(allowed, `must be one of ${allowed.join(", ")}`));
}

function parsedUrl(text: string): URL | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.username === "" && url.password === "" && url.hash === "" ? url : null;
}

/** An endpoint. It may have a path and a query. */
export const fullUrl = z
  .string()
  .refine((text) => parsedUrl(text) !== null, "must be an http or https URL without credentials");

/** A URL to which paths are appended. */
export const baseUrl = z
  .string()
  .refine((text) => parsedUrl(text)?.search === "", "must be an http or https URL without credentials and query")
  .transform((text) => (parsedUrl(text)?.href ?? text).replace(/\/+$/, ""));

/** A URL to which secrets are sent, or whose answers are trusted. */
export const guardedUrl = z.string().refine((text) => {
  const url = parsedUrl(text);
  return url !== null && (url.protocol === "https:" || isLoopback(url.hostname));
}, "must be an https URL (http on a loopback host) without credentials");

export const redisAddress = z
  .string()
  .refine((text) => /^rediss?:\/\//.test(text) && URL.canParse(text), "must be a redis:// or rediss:// URL");

export const storeAddress = z
  .string()
  .refine(
    (text) =>
      text === "memory:" ||
      /^sqlite:(?!\/\/).+/.test(text) ||
      (/^(postgres|postgresql|redis|rediss):\/\//.test(text) && URL.canParse(text)),
    "must be memory:, sqlite:path, postgres://… or redis://…",
  )
  .refine(
    (text) => !text.startsWith("postgres") || !URL.canParse(text) || poolSizeOf(text) !== null,
    `needs a whole number from 1 to ${MOST_CONNECTIONS} for its max, the most connections to PostgreSQL: postgres://…?max=10`,
  );

export const longSecret = z
  .string()
  .transform((text) => new TextEncoder().encode(text))
  .refine((bytes) => bytes.length >= 32, "must be at least 32 bytes long");

const list = z.string().transform((text): readonly string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

export const origins = list.refine(
  (parts) => parts.every((part) => parsedUrl(part)?.origin === part && !part.includes("*")),
  "must be exact origins such as https://app.example.com, without path or trailing slash, separated by commas",
);

export const proxies = list
  .refine(
    (parts) => (parts.length === 1 && /^[1-9]$/.test(parts[0]!)) || (parts.length > 0 && parts.every(isProxyRange)),
    "must be addresses or networks such as 10.0.0.0/8, loopback, linklocal or uniquelocal, separated by commas, or the number of proxies from 1 to 9. Networks of all addresses are refused",
  )
  .transform((parts) => (/^[1-9]$/.test(parts[0] ?? "") ? Number(parts[0]) : parts));

export const appKeys = list
  .transform((parts) => parts.map(readAppKey))
  .refine(
    (keys) => keys.length > 0 && !keys.includes(null),
    "must be name:sha256-hex, optionally followed by :ro and :user=ID, separated by commas (pulsegate app-key create makes one)",
  )
  .transform((keys): readonly AppKey[] => keys.filter((key) => key !== null))
  .refine((keys) => new Set(keys.map((key) => key.name)).size === keys.length, "must not give two keys one name")
  .refine(haveOneMeaning, "must not give one key different rights");

/** Whether no key has two entries with different rights. Otherwise chance decides which rights a caller gets. */
function haveOneMeaning(keys: readonly AppKey[]): boolean {
  const rights = new Map<string, string>();
  return keys.every(({ sha256, userId, readOnly }) => {
    const hash = Buffer.from(sha256).toString("hex");
    const mine = JSON.stringify([userId, readOnly]);
    const same = rights.get(hash) ?? mine;
    rights.set(hash, same);
    return same === mine;
  });
}

export const encryptionKeys = list
  .transform((parts) => parts.map(readKey))
  .refine((keys) => keys.length > 0 && !keys.includes(null), {
    message: "must be base64 of exactly 32 bytes each, separated by commas: openssl rand -base64 32",
  })
  .transform((keys): readonly Uint8Array[] => keys.filter((key) => key !== null));

/** A list of some of these words, in the order of `allowed`. */
export function someOf<T extends string>(allowed: readonly T[]) {
  return list
    .refine(
      (parts) => parts.length > 0 && parts.every((part) => allowed.some((one) => one === part)),
      `must be of ${allowed.join(", ")}, separated by commas`,
    )
    .transform((parts): readonly T[] => allowed.filter((one) => parts.includes(one)));
}

const datedDomains = domains.filter(isDatedDomain);

/**
 * A number of days for all domains with days, numbers for some of them (DOMAIN=days), or both: then the one is for those
 * that are not named.
 */
export function daysOfDomains(most: number) {
  return list.transform((parts, context): Readonly<Partial<Record<Domain, number>>> => {
    const named = new Map<Domain, number>();
    let others: number | undefined;
    for (const part of parts) {
      const [, name, days] = /^(?:([a-z]+)\s*=\s*)?(\d{1,9})$/i.exec(part) ?? [];
      const domain = datedDomains.find((one) => one === name?.toUpperCase());
      const isTwice = domain === undefined ? others !== undefined : named.has(domain);
      const isWrong = (name !== undefined && domain === undefined) || Number(days) < 1 || Number(days) > most;
      if (days === undefined || isTwice || isWrong) return refused(context);
      if (domain === undefined) others = Number(days);
      else named.set(domain, Number(days));
    }
    if (parts.length === 0) return refused(context);
    return Object.fromEntries(
      datedDomains.flatMap((domain) => {
        const days = named.get(domain) ?? others;
        return days === undefined ? [] : [[domain, days]];
      }),
    );
  });

  function refused(context: z.RefinementCtx) {
    context.addIssue({
      code: "custom",
      message: `must be days, or DOMAIN=days, each once, separated by commas: 400,HEART=90. Days are whole numbers from 1 to ${most}; the domains are ${datedDomains.join(", ")}`,
    });
    return z.NEVER;
  }
}

export const encryptionKey = z
  .string()
  .transform(readKey)
  .refine((key) => key !== null, "must be base64 of exactly 32 bytes: openssl rand -base64 32")
  .transform((key): Uint8Array => key as Uint8Array);
