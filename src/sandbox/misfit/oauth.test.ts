import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { stillClock } from "../../../test/support/misfit-lab.js";
import { type MisfitLab, startMisfitLab } from "./index.js";

const redirectUri = "https://gateway.example/callback/misfit";

describe("consent and exchange", () => {
  const clock = stillClock();
  let lab: MisfitLab;
  beforeAll(async () => {
    lab = await startMisfitLab({ clock, app: { domain: "https://gateway.example/callback" } });
  });
  afterAll(() => lab.close());

  const authorize = (changes: Record<string, string> = {}) => {
    const query = new URLSearchParams({
      response_type: "code",
      client_id: lab.app.key,
      redirect_uri: redirectUri,
      scope: "public,birthday,email",
      state: "s 1",
      ...changes,
    });
    return fetch(`${lab.url}/auth/dialog/authorize?${query}`, { redirect: "manual" });
  };
  const sentTo = async (changes: Record<string, string>) =>
    new URL((await authorize(changes)).headers.get("location") ?? "");
  const newCode = async () => (await sentTo({ auto: "allow" })).searchParams.get("code") ?? "";
  const fields = (code: string) => ({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    client_id: lab.app.key,
    client_secret: lab.app.secret,
  });
  const exchange = (body: Record<string, string>, path = "/auth/tokens/exchange") =>
    fetch(`${lab.url}${path}`, { method: "POST", body: new URLSearchParams(body) });

  it("asks the person on a page", async () => {
    const page = await authorize();
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain("Demo Rivera");
  });

  it("sends code and state back, or the refusal", async () => {
    const allowed = await sentTo({ auto: "allow" });
    expect(allowed.origin + allowed.pathname).toBe(redirectUri);
    expect(allowed.searchParams.get("state")).toBe("s 1");
    const denied = await sentTo({ auto: "deny" });
    expect(Object.fromEntries(denied.searchParams)).toEqual({ error: "access_denied", state: "s 1" });
  });

  it("shows a page instead of redirecting where client or address are wrong", async () => {
    const wrongs: Record<string, string>[] = [
      { client_id: "AnotherAppsKey01" },
      { redirect_uri: "https://evil.example/callback" },
      { redirect_uri: "https://gateway.example/callbacks" },
      { redirect_uri: "http://gateway.example/callback" },
    ];
    for (const wrong of wrongs) {
      const answer = await authorize({ auto: "allow", ...wrong });
      expect(answer.status).toBe(400);
      expect(answer.headers.get("location")).toBeNull();
    }
  });

  it("exchanges a code for a token and nothing else", async () => {
    const answer = await exchange(fields(await newCode()));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    const body = (await answer.json()) as Record<string, string>;
    expect(Object.keys(body).sort()).toEqual(["access_token", "token_type"]);
    expect(body["access_token"]).toMatch(/^[A-Za-z0-9]{255}$/);
    expect(body["token_type"]).toBe("bearer");
  });

  it("takes JSON, and a slash at the end", async () => {
    const asJson = await fetch(`${lab.url}/auth/tokens/exchange`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(fields(await newCode())),
    });
    expect(asJson.status).toBe(200);
    expect((await exchange(fields(await newCode()), "/auth/tokens/exchange/")).status).toBe(200);
  });

  it("calls a code that was used or is too old expired", async () => {
    const expired = { error: "invalid_grant", error_description: "Authorization code expired" };
    const used = await newCode();
    await exchange(fields(used));
    const again = await exchange(fields(used));
    expect([again.status, await again.json()]).toEqual([403, expired]);

    const old = await newCode();
    clock.advance(601_000);
    const late = await exchange(fields(old));
    expect([late.status, await late.json()]).toEqual([403, expired]);
  });

  it("finds that an unknown code, or one for another address, does not match", async () => {
    const mismatch = {
      error: "invalid_grant",
      error_description: "App Id or redirect_uri does not match authorization code",
    };
    const unknown = await exchange(fields("nobody-issued-this"));
    expect([unknown.status, await unknown.json()]).toEqual([403, mismatch]);
    const elsewhere = await exchange({ ...fields(await newCode()), redirect_uri: `${redirectUri}/other` });
    expect([elsewhere.status, await elsewhere.json()]).toEqual([403, mismatch]);
  });

  it("answers a wrong app with 401 and nothing", async () => {
    for (const wrong of [{ client_secret: "x" }, { client_id: "AnotherAppsKey01" }]) {
      const answer = await exchange({ ...fields(await newCode()), ...wrong });
      expect([answer.status, await answer.text()]).toEqual([401, ""]);
    }
  });

  it("knows no other grant", async () => {
    const answer = await exchange({ ...fields("x"), grant_type: "refresh_token" });
    expect([answer.status, await answer.json()]).toEqual([400, { error: "unsupported_grant_type" }]);
  });

  it("puts the token of the implicit flow into the query, or into the fragment", async () => {
    const inQuery = await sentTo({ auto: "allow", response_type: "token" });
    expect(inQuery.searchParams.get("access_token")).toMatch(/^[A-Za-z0-9]{255}$/);
    lab.switches.tokenInFragment = true;
    const inFragment = await sentTo({ auto: "allow", response_type: "token" });
    lab.switches.tokenInFragment = false;
    expect(inFragment.search).toBe("");
    expect(new URLSearchParams(inFragment.hash.slice(1)).get("state")).toBe("s 1");
  });
});
