import type { KeyRotation } from "../connections/tokens/key-rotation.js";
import type { Cipher, Sealed } from "../connections/tokens/vault.js";
import type { Lanes } from "./lanes.js";
import type { Messages } from "./messages.js";
import type { Notes } from "./notes.js";
import type { Registry } from "./registry.js";
import type { ResealCount } from "./resealing.js";
import type { Runs } from "./runs.js";
import { openSecret, sealSecret } from "./signing.js";

/** Encrypts under the first key everything that is kept here under another; adds what it did to what was done before. */
export function createOutboundKeyRotation(deps: {
  readonly cipher: Cipher;
  readonly registry: Registry;
  readonly messages: Messages;
  readonly notes: Notes;
  readonly lanes: Lanes;
  readonly runs: Pick<Runs, "erasureOf">;
  deletions(count: ResealCount): Promise<unknown>;
  forgetLane(lane: string): Promise<void>;
}): (before: KeyRotation) => Promise<KeyRotation> {
  const { cipher, registry, messages, notes, lanes, runs } = deps;
  const secrets = async (count: ResealCount) => {
    for (const { id, secrets } of await registry.all()) {
      const isOld = ({ box }: { readonly box: Sealed }) => !cipher.isCurrent(box) && cipher.hasKeyFor(box);
      for (const one of secrets) {
        if (isOld(one)) count.renewed++;
        else if (cipher.isCurrent(one.box)) count.current++;
        else count.unreadable++;
      }
      if (!secrets.some(isOld)) continue;
      await registry.change(id, (before) => ({
        ...before,
        secrets: before.secrets.map((one) =>
          isOld(one) ? { ...one, box: sealSecret(cipher, id, openSecret(cipher, id, one.box)) } : one,
        ),
      }));
    }
  };

  return async (before) => {
    const known = await lanes.all();
    const erasures = new Map<string, string | undefined>();
    for (const lane of known) erasures.set(lane, await runs.erasureOf(lane));
    const count = { ...before };
    await secrets(count);
    const bodies = await messages.reseal(count);
    await notes.reseal(count);
    await deps.deletions(count);
    // What was deleted between the reading of a row and its writing must not come back by that.
    const left = new Set(await lanes.all());
    for (const lane of known) {
      if (!left.has(lane)) await deps.forgetLane(lane);
      else if ((await runs.erasureOf(lane)) !== erasures.get(lane))
        await messages.dropAnswers(bodies.filter((key) => key.startsWith(`${lane}/`)));
    }
    return count;
  };
}
