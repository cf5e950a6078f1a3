import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import express, { type Request } from "express";
import { refusingEndless } from "./endless.js";

/** A body that was JSON, and its bytes. */
export interface JsonBody {
  readonly value: unknown;
  readonly raw: Buffer;
}

/** What a body can't be read for: `failed` tells of it by its status. */
const wrong = (status: number, message: string) => Object.assign(new Error(message), { status });

/** Reads bodies of JSON up to a length. Answers null where the body is not JSON by its type, and leaves it unread. */
export function jsonReader(limit: number) {
  const readRare = rareReader(limit);
  return async (request: IncomingMessage, response: ServerResponse): Promise<JsonBody | null> => {
    const [type, ...parameters] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
    if (type!.trim() !== "application/json") return null;
    const isPlain =
      request.headers["content-encoding"] === undefined &&
      parameters.every((parameter) => /^\s*(charset="?utf-8"?\s*)?$/.test(parameter));
    return isPlain ? parsed(await bytesOf(request, limit)) : await readRare(request, response);
  };
}

function parsed(raw: Buffer): JsonBody | null {
  if (raw.length === 0) return null;
  let value: unknown;
  try {
    value = JSON.parse(raw.toString("utf8").replace(/^\ufeff/, ""));
  } catch {
    throw wrong(400, "The body is no JSON.");
  }
  if (typeof value !== "object" || value === null) throw wrong(400, "The body is no JSON object.");
  return { value, raw };
}

/** Refuses what is too long as soon as it is: a chunked body may have no end. */
function bytesOf(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (error?: Error) => {
      request.off("data", take).off("end", whole).off("close", broken);
      if (error) reject(error);
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length));
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) end(wrong(413, "The body is too long."));
      else chunks.push(chunk);
    };
    const whole = () => end();
    const broken = () => end(wrong(400, "The body broke off."));
    if (request.destroyed) broken();
    else if (Number(request.headers["content-length"]) > limit) end(wrong(413, "The body is too long."));
    else request.on("data", take).on("end", whole).on("close", broken);
  });
}

/** Compressed bodies, and those in other character sets: Express' parser knows them all. */
function rareReader(limit: number) {
  const bytes = new WeakMap<object, Buffer>();
  const verify = (request: IncomingMessage, _response: unknown, raw: Buffer) => void bytes.set(request, raw);
  const parse = promisify(refusingEndless(limit, express.json({ limit, verify })));
  return async (request: IncomingMessage, response: ServerResponse): Promise<JsonBody | null> => {
    await parse(request as Request, response as never);
    const raw = bytes.get(request);
    return raw ? { value: (request as Request).body, raw } : null;
  };
}
