import type { Trouble } from "../data/ask.js";
import type { Page } from "../parts/page.js";

interface Words {
  readonly title: string;
  readonly text: string;
}

/** A refusal or a silence, for people. `provider` is whom it was about; `seconds` is how long until the next try. */
export function troubleWords(
  { say, name }: Pick<Page, "say" | "name">,
  trouble: Trouble,
  provider: string | null,
  seconds: number | null,
): Words {
  const P = provider === null ? say("theSource") : name(provider);
  if (trouble.kind === "offline") return { title: say("offlineTitle"), text: say("offlineEmpty") };
  if (trouble.kind === "silent")
    return {
      title: say("silentTitle"),
      text: trouble.status === null ? say("silentText") : say("silentBy", { status: String(trouble.status) }),
    };
  switch (trouble.code) {
    case "UNAUTHENTICATED":
      return { title: say("signInEndedTitle"), text: say("signInEndedText") };
    case "FORBIDDEN":
      return { title: say("forbidden"), text: "" };
    case "RATE_LIMITED": {
      const n = seconds ?? trouble.afterSeconds;
      return { title: say("tooFastTitle"), text: n === null ? "" : say("tooFastText", { n }) };
    }
    case "QUERY_TOO_COSTLY":
      return { title: say("tooCostly"), text: "" };
    case "PROVIDER_ACCOUNT_IN_USE":
      return { title: say("inUseTitle", { P }), text: say("inUseText") };
    case "PROVIDER_UNAVAILABLE":
      return { title: say("noAnswerTitle", { P }), text: say("nothingChanged") };
    case "PROVIDER_NOT_CONNECTED":
      return { title: say("notConnectedAnyMore", { P }), text: "" };
    case "PROVIDER_NOT_CONFIGURED":
      return { title: say("notConnectedTitle", { P }), text: say("notSetUp", { P }) };
    case "PROVIDER_RETIRED":
      return { title: say("notConnectedTitle", { P }), text: `${say("switchedOff")} ${say("nothingToConnect")}` };
    // A handle that is spent, or that came too late.
    case "BAD_USER_INPUT":
      return { title: say("tooLateTitle"), text: say("tooLateText") };
    default:
      return { title: say("wentWrongTitle"), text: say("dataIsSafe") };
  }
}

/** How a consent ended without a connection. */
export function failureWords({ say, name }: Pick<Page, "say" | "name">, code: string, provider: string): Words {
  const P = name(provider);
  const title = say("notConnectedTitle", { P });
  switch (code) {
    case "access_denied":
      return { title, text: say("deniedText") };
    case "invalid_state":
    case "invalid_grant":
      return { title: say("tooLateTitle"), text: say("tooLateText") };
    case "INSUFFICIENT_SCOPE":
      return { title, text: say("noScopeText") };
    case "ACTION_REQUIRED":
      return { title, text: say("actionText", { P }) };
    case "NOT_PERMITTED_TO_APP":
      return { title, text: say("notLetInText", { P }) };
    case "server_error":
    case "temporarily_unavailable":
      return { title: say("noAnswerTitle", { P }), text: say("nothingChanged") };
    default: {
      const known = troubleWords(
        { say, name },
        { kind: "refused", code, message: "", afterSeconds: null },
        provider,
        null,
      );
      return { title: known.title, text: known.text };
    }
  }
}
