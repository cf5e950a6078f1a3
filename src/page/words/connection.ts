import type { ConnectionState, ProviderState, Source } from "../data/state.js";
import { factOf } from "../facts.js";
import type { Page } from "../parts/page.js";
import { dailyDomains, domainList } from "./domains.js";
import { dayInside, moment } from "./moments.js";
import { isBehind, sourceSentence } from "./sources.js";

/** What a person can do about a provider, the first of them first. */
export type Deed =
  | "connect"
  | "connect-again"
  | "consent-again"
  | "start-again"
  | "discard"
  | "disconnect"
  | "delete-days"
  | "connect-successor";

export interface ConnectionWords {
  /** The state's sign: they differ by shape. */
  readonly sign: "dot" | "triangle" | "clock" | "ring" | "struck";
  readonly word: string;
  readonly text: string;
  readonly deeds: readonly Deed[];
}

const joined = (...parts: readonly (string | null | false)[]) => parts.filter((part) => part).join(" ");

/** One provider in the list of sources. `sources` are its reports of what is on the page. */
export function connectionWords(
  page: Page,
  provider: ProviderState,
  connection: ConnectionState | undefined,
  sources: readonly Source[],
): ConnectionWords {
  return connection ? connected(page, provider, connection, sources) : unconnected(page, provider);
}

function connected(
  page: Page,
  provider: ProviderState,
  connection: ConnectionState,
  sources: readonly Source[],
): ConnectionWords {
  const { say } = page;
  const P = provider.name;
  const { dataThrough, lastSuccessAt, subscriptions } = connection;
  const kept = dataThrough === null ? say("daysKept") : say("daysKeptUpTo", { day: page.format.day(dataThrough) });
  switch (connection.status) {
    case "AWAITING_CONFIRMATION":
      return {
        sign: "clock",
        word: say("stateWaitingForYou"),
        text: say("notConfirmed", { P }),
        deeds: ["start-again", "discard"],
      };
    case "REAUTHORIZATION_REQUIRED":
      return {
        sign: "triangle",
        word: say("stateConsentEnded"),
        text: joined(say("noLongerReads", { P }), kept),
        deeds: ["consent-again", "disconnect"],
      };
    case "REVOKED": {
      const day = dataThrough && page.format.day(dataThrough);
      return {
        sign: "ring",
        word: say("stateDisconnected"),
        text: day ? say("daysKeptNoNew", { day }) : say("noNewDays"),
        deeds: ["connect-again", "delete-days"],
      };
    }
    case "RETIRED":
      return retired(page, provider);
    default: {
      const isPartial = ({ status }: Source) => status === "INSUFFICIENT_SCOPE";
      const trouble = sources.find((source) => !isPartial(source) && sourceSentence(page, source) !== null);
      if (trouble) {
        const isSilent = trouble.status === "UNAVAILABLE";
        const word = isSilent ? say("stateNoAnswer") : isBehind(trouble) ? say("stateWaiting") : say("stateConnected");
        return {
          sign: isBehind(trouble) ? "clock" : "dot",
          word,
          text: sourceSentence(page, trouble)!,
          deeds: ["disconnect"],
        };
      }
      const asked = lastSuccessAt !== null && say("lastAsked", { at: moment(page, lastSuccessAt) });
      const text =
        dataThrough === null
          ? joined(lastSuccessAt === null ? null : say("nothingYet"), asked)
          : joined(
              say("dataThrough", { day: dayInside(page, dataThrough) }),
              subscriptions.length > 0 ? say("arrivesByItself") : asked,
            );
      // What is not shared is told where it would be, too, with a way to allow it.
      const remark = sources.some(isPartial) && say("notAllAllowed", { P });
      return { sign: "dot", word: say("stateConnected"), text: joined(text, remark), deeds: ["disconnect"] };
    }
  }
}

/** A service that was switched off, with days of it here. */
function retired(page: Page, provider: ProviderState): ConnectionWords {
  const { say, name, state } = page;
  const successor = factOf(provider.id)?.successor;
  const goesOn = state.person?.connections.some((one) => one.provider.id === successor && one.status === "CONNECTED");
  return {
    sign: "struck",
    word: say("stateRetired"),
    text: joined(
      when(page, provider),
      successor && goesOn ? say("keptAndGoOn", { P: name(successor) }) : say("keptUpToThen"),
    ),
    deeds: successor && !goesOn ? ["connect-successor", "delete-days"] : ["delete-days"],
  };
}

function unconnected(page: Page, provider: ProviderState): ConnectionWords {
  const { say, name } = page;
  const P = provider.name;
  switch (provider.status) {
    case "RETIRED": {
      const successor = factOf(provider.id)?.successor;
      return {
        sign: "struck",
        word: say("stateRetired"),
        text: joined(
          when(page, provider),
          successor ? say("connectInstead", { P: name(successor) }) : say("nothingToConnect"),
        ),
        deeds: [],
      };
    }
    case "NOT_CONFIGURED":
      return { sign: "ring", word: say("stateNotSetUp"), text: say("notSetUp", { P }), deeds: [] };
    default:
      return {
        sign: "ring",
        word: say("stateNotConnected"),
        text: joined(domainWords(page, provider), provider.status === "SANDBOX" && say("madeUpPeople")),
        deeds: ["connect"],
      };
  }
}

function when({ say, format }: Page, { id }: ProviderState): string {
  const fact = factOf(id);
  if (!fact) return say("switchedOff");
  const { switchedOff } = fact;
  return switchedOff.length === 4
    ? say("switchedOffIn", { year: switchedOff })
    : say("switchedOffOn", { day: format.dayOfYear(switchedOff) });
}

/** "Activity, heart and sleep." Null where it has none of what the days are made of. */
export function domainWords(page: Page, { domains }: ProviderState): string | null {
  const list = domainList(
    page,
    domains.filter((one) => dailyDomains.includes(one)),
  );
  return list && `${list}.`;
}
