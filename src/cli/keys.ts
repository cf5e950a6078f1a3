import type { Gateway } from "../gateway.js";
import { CommandFailed, type Io } from "./io.js";

/**
 * Encrypts every stored token, and all that webhooks keep, with the first of ENCRYPTION_KEYS, and prints whether the other keys are still needed.
 */
export async function rotateKeys(io: Io, { rotateKeys, config }: Pick<Gateway, "rotateKeys" | "config">) {
  const { current, renewed, unreadable, underWay } = await rotateKeys();
  await io.out(
    `${renewed} encrypted again, ${current} were already under the newest key, ${unreadable} can't be read with the keys given\n`,
  );
  if (underWay > 0) {
    await io.out(`${underWay} consents have begun and need an older key: keep it for another hour\n`);
  } else if (config.encryptionKeys.length > 1 && unreadable === 0) {
    await io.out("the older keys are not needed any more, once every gateway runs with the newest key first\n");
  }
  if (unreadable > 0) {
    throw new CommandFailed(
      `${unreadable} tokens or messages need a key that is not in ENCRYPTION_KEYS, or a new consent.`,
    );
  }
}
