import { UnreadableAnswer } from "../../http/json.js";

/** Reads each member of a notification by itself: one that can't be read is passed over, and costs the others nothing. */
export function noticesOf<T>(members: readonly unknown[], read: (member: unknown) => readonly T[]): readonly T[] {
  return members.flatMap((member) => {
    try {
      return read(member);
    } catch (error) {
      // A reader that trips over a member is as good as an unreadable member.
      if (error instanceof UnreadableAnswer || error instanceof TypeError || error instanceof RangeError) return [];
      throw error;
    }
  });
}
