import type { GraphQLResolveInfo } from "graphql";
import { pacer } from "../../turns.js";
import { type Pace, writerFor } from "./writer.js";

/** A value of an answer that is JSON already, in texts that belong one after the other. */
export class Written {
  constructor(readonly json: readonly string[]) {}
}

/**
 * The objects of one operation that are written as JSON instead of being completed by GraphQL value by value. GraphQL
 * gets null for each of them; `complete` puts the JSON there.
 */
export class Writing {
  private readonly done: { readonly path: GraphQLResolveInfo["path"]; readonly json: readonly string[] }[] = [];
  private readonly pace: Pace;

  constructor(private readonly owner: string) {
    this.pace = pacer(owner);
  }

  /** What the resolver of a nullable object field is to return: null if the object could be written, or the object. */
  async write(resolved: unknown, info: GraphQLResolveInfo): Promise<unknown> {
    const source = await resolved;
    if (typeof source !== "object" || source === null) return source;
    const json = await this.jsonOf(source, info);
    if (json === null) return source;
    this.done.push({ path: info.path, json });
    return null;
  }

  private async jsonOf(source: object, info: GraphQLResolveInfo): Promise<readonly string[] | null> {
    try {
      return (await writerFor(info)?.(source, this.pace)) ?? null;
    } catch {
      // GraphQL meets the same, and tells of it where it belongs.
      return null;
    }
  }

  complete(data: object): void {
    for (const { path, json } of this.done) {
      const keys: (string | number)[] = [];
      for (let at: typeof path | undefined = path.prev; at; at = at.prev) keys.unshift(at.key);
      let object: Record<string | number, unknown> | null | undefined = data as Record<string, unknown>;
      for (const key of keys) object = object?.[key] as typeof object;
      // Above it an error may have made everything null.
      if (object) object[path.key] = new Written(json);
    }
  }

  again(): Writing {
    return new Writing(this.owner);
  }
}
