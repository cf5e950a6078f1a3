import type { Config } from "../config/config.js";
import type { Log } from "../log.js";
import type { AnswerStanding } from "../outbound/runs.js";
import type { Services } from "./services.js";

/** As `createStandingAnswers`, made when the first operation is run: whoever has no webhooks does without the schema. */
export function standingAnswersLater(deps: {
  services(): Services;
  readonly config: Config;
  readonly log: Log;
}): AnswerStanding {
  const make = async () => {
    const [{ createStandingAnswers }, { providerViews }] = await Promise.all([
      import("./standing.js"),
      import("./provider-view.js"),
    ]);
    const services = deps.services();
    return createStandingAnswers({
      services,
      providers: providerViews(services.providers, deps.config),
      log: deps.log,
    });
  };
  let made: Promise<AnswerStanding> | undefined;
  return async (...asked) => {
    made ??= make();
    return await (await made)(...asked);
  };
}
