import { UnreadableAnswer } from "../../http/json.js";

/** Reads each member of a notification by itself. A member that can't be read is skipped; the others are read. */
export function noticesOf<T>(members: readonly unknown[], read: (member: unknown) => readonly T[]): readonly T[] {
  return members.flatMap((member) => {
    try {
      return read(member);
    } catch (error) {
      // A TypeError of a reader means that the member is unreadable.
      if (error instanceof UnreadableAnswer || error instanceof TypeError || error instanceof RangeError) return [];
      throw error;
    }
  });
}
