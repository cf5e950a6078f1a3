import { faults, providers, read, users } from "../../test/support/environment.js";
import { type Environment, tableOf } from "./variable.js";
import { allVariables } from "./variables.js";

describe("providers", () => {
  test("have settings with a default, and of a shape that is held to", () => {
    const hook = (env: Environment) => read({ ...users, ...env }).providers.GOOGLE_HEALTH.values["HOOK_NAME"];
    expect(hook({})).toBe("usual");
    expect(hook({ GOOGLE_HEALTH_HOOK_NAME: "mine" })).toBe("mine");
    expect(faults({ ...users, GOOGLE_HEALTH_HOOK_NAME: "No. 1" })).toEqual([
      "GOOGLE_HEALTH_HOOK_NAME must be 4 to 8 letters",
    ]);
    expect(tableOf(allVariables(providers))).toContain("| `GOOGLE_HEALTH_HOOK_NAME` | `usual` |");
  });

  test("have their client and their own settings", () => {
    const config = read({ ...users, FITBIT_CLIENT_ID: "id", FITBIT_CLIENT_SECRET: "hush", FITBIT_SUBSCRIBER_ID: "7" });
    expect(config.providers.FITBIT).toMatchObject({
      clientId: "id",
      clientSecret: "hush",
      values: { SUBSCRIBER_ID: "7" },
    });
    expect(config.notices).toEqual([]);
    expect(config.providers.GOOGLE_HEALTH.clientId).toBeNull();
  });

  test("follow one overridden address with all that the vendor has there", () => {
    const { FITBIT } = read({ ...users, FITBIT_API_URL: "http://127.0.0.1:9000/" }).providers;
    expect(FITBIT).toMatchObject({
      overridden: true,
      apiUrl: "http://127.0.0.1:9000",
      authorizeUrl: "https://www.acme.example/oauth/authorize",
      tokenUrl: "http://127.0.0.1:9000/oauth/token",
      revokeUrl: "http://127.0.0.1:9000/oauth/revoke",
    });
  });

  test("take each address on its own, too", () => {
    const { GOOGLE_HEALTH, FITBIT } = read({
      ...users,
      FITBIT_API_URL: "http://localhost:1/base",
      FITBIT_TOKEN_URL: "http://localhost:2/t",
      GOOGLE_HEALTH_AUTHORIZE_URL: "http://localhost:3/a?b=c",
      GOOGLE_HEALTH_USERINFO_URL: "http://localhost:3/u",
      GOOGLE_HEALTH_WEBHOOK_KEYS_URL: "http://localhost:3/k",
    }).providers;
    expect(FITBIT).toMatchObject({
      tokenUrl: "http://localhost:2/t",
      revokeUrl: "http://localhost:1/base/oauth/revoke",
    });
    expect(GOOGLE_HEALTH).toMatchObject({
      overridden: false,
      authorizeUrl: "http://localhost:3/a?b=c",
      tokenUrl: "https://oauth.bolt.example/token",
      revokeUrl: null,
      otherUrls: { userinfo: "http://localhost:3/u", webhookKeys: "http://localhost:3/k" },
    });
  });

  test("with the vendor's own address written out are not overridden", () => {
    expect(read({ ...users, FITBIT_API_URL: "https://api.acme.example/" }).providers.FITBIT.overridden).toBe(false);
  });

  test("are told of what is half, plain or misspelt", () => {
    expect(faults({ ...users, FITBIT_CLIENT_SECRET: "hush" })).toEqual([
      "FITBIT_CLIENT_ID is required with FITBIT_CLIENT_SECRET",
    ]);
    expect(faults({ ...users, FITBIT_CLIENT_ID: "id" })).toEqual([
      "FITBIT_CLIENT_SECRET is required with FITBIT_CLIENT_ID",
    ]);
    const env = { ...users, FITBIT_API_URL: "http://lab:9000", GOOGLE_HEALTH_CLIENTID: "x" };
    expect(read(env).notices).toEqual([
      expect.stringMatching(/^FITBIT_API_URL is plain http/),
      expect.stringMatching(/^GOOGLE_HEALTH_CLIENTID is not a known variable/),
    ]);
  });
});
