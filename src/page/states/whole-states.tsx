import { useState } from "preact/hooks";
import { providerOfSlug } from "../data/arrival.js";
import { Button } from "../parts/button.js";
import { Icon, Mark } from "../parts/icon.js";
import { Notice } from "../parts/notice.js";
import { usePage } from "../parts/page.js";
import { WholePage } from "../parts/whole-page.js";
import { troubleWords } from "../words/trouble.js";
import { useSecondsUntil } from "./seconds.js";

/** Nobody answers, and there is nothing in memory to show meanwhile. */
export function Unreachable() {
  const page = usePage();
  const { say, state, data } = page;
  const seconds = useSecondsUntil(state.nextTryAt);
  const { title, text } = troubleWords(page, state.trouble!, null, seconds);
  const isSilent = state.trouble?.kind === "silent";
  return (
    <WholePage sign={<Icon name="cloud" size={32} />} title={title.replace(/\.$/, "")}>
      <p>{text}</p>
      {seconds !== null && state.trouble?.kind !== "offline" && <p>{say("tryingAgain", { n: seconds })}</p>}
      <div class="whole-actions">
        <Button kind="first" onClick={() => void data.renew()}>
          {say("tryNow")}
        </Button>
      </div>
      {isSilent && <p class="fine">{say("operatorsNote")}</p>}
    </WholePage>
  );
}

/** The gateway shows days to those alone whom an app vouches for. */
export function SignIn() {
  const { say, data, state } = usePage();
  const [token, setToken] = useState("");
  const [remember, setRemember] = useState(true);
  const hasEnded = state.trouble !== null && state.signIn !== "refused";
  return (
    <WholePage sign={<Mark />} title={say("signInTitle")}>
      {state.signIn === "refused" && <Notice kind="bad" icon="warn" title={say("tokenRefused")} />}
      {hasEnded && <Notice kind="info" icon="info" title={say("signInEndedTitle")} text={say("signInEndedText")} />}
      <p>{say("signInText")}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() !== "") void data.signIn(token.trim(), remember);
        }}
      >
        <label class="field">
          {say("accessToken")}
          <input
            type="password"
            autocomplete="off"
            spellcheck={false}
            required
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input type="checkbox" checked={remember} onChange={(event) => setRemember(event.currentTarget.checked)} />
          {say("remember")}
        </label>
        <div class="whole-actions">
          <button type="submit" class="button button-first">
            {say("signIn")}
          </button>
        </div>
      </form>
    </WholePage>
  );
}

/** Back from a provider with a consent that nobody vouches for yet. */
export function Confirm({ slug }: { readonly slug: string }) {
  const { say, data, name, state } = usePage();
  const P = name(providerOfSlug(slug));
  return (
    <WholePage sign={<Mark />} title={say("confirmTitle", { P })}>
      <p>{say("confirmText", { P })}</p>
      <div class="whole-actions">
        <Button kind="first" asks onClick={() => void data.confirm()}>
          {say("confirmYes")}
        </Button>
        <Button asks onClick={() => void data.discard()}>
          {say("confirmNo")}
        </Button>
      </div>
      <p class="fine">{say("confirmFine", { name: state.person?.id ?? "" })}</p>
    </WholePage>
  );
}
