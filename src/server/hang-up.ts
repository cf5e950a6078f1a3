import { setMaxListeners } from "node:events";
import { CallerHungUp } from "../errors.js";

/**
 * A signal that is aborted once whoever asked has gone, so that nobody is told of what was stopped for it. It is made when
 * it is first wanted, and one for all who want it. `listen` gets what has to be called then.
 */
export function whenGone(listen: (abort: () => void) => void): () => AbortSignal {
  let aborter: AbortController | undefined;
  return () => {
    if (!aborter) {
      const made = new AbortController();
      aborter = made;
      // Each request to a provider listens while it runs, of several providers at once.
      setMaxListeners(0, made.signal);
      listen(() => made.abort(new CallerHungUp()));
    }
    return aborter.signal;
  };
}
