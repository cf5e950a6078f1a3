const PLACE = "pulsegate.token";

/** The token that a person signed in with: in this page alone, or in this tab until it is refused. */
export function createTokens() {
  let current = read();
  return {
    current: (): string | null => current,
    take(token: string, remember: boolean): void {
      current = token;
      if (remember) attempt(() => sessionStorage.setItem(PLACE, token));
    },
    forget(): void {
      current = null;
      attempt(() => sessionStorage.removeItem(PLACE));
    },
  };
}

function read(): string | null {
  try {
    return sessionStorage.getItem(PLACE);
  } catch {
    return null;
  }
}

/** Where the browser allows no storage, it lasts as long as the page. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {}
}
