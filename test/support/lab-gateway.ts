import { readConfig } from "../../src/config/read-config.js";
import { createGateway, type Gateway } from "../../src/gateway.js";
import { createLogger } from "../../src/log.js";
import { providers } from "../../src/providers/index.js";
import { type FitbitLab, type FitbitLabOptions, startFitbitLab } from "../../src/sandbox/fitbit/index.js";
import type { Store } from "../../src/store/store.js";
import { patient } from "./environment.js";

export { plainRequest } from "./plain-request.js";

/** A clock that only tests move. */
export interface StillClock {
  now(): number;
  set(instant: string): void;
  advance(ms: number): void;
}

export function stillClock(instant: string): StillClock {
  let at = Date.parse(instant);
  return {
    now: () => at,
    set: (next) => {
      at = Date.parse(next);
    },
    advance: (ms) => {
      at += ms;
    },
  };
}

export interface LabGateway {
  readonly gateway: Gateway;
  readonly fitbit: FitbitLab;
  readonly clock: StillClock;
  /** Connects a person of the lab as a user of the same name. */
  connect(personId: string, options?: { scopes?: readonly string[]; expiresInSeconds?: number }): Promise<void>;
  close(): Promise<void>;
}

/** A whole gateway over the Fitbit lab: real HTTP, a real store, and the clock in the test's hands. */
export async function startLabGateway(
  options: { now?: string; env?: Record<string, string>; lab?: Partial<FitbitLabOptions>; store?: Store } = {},
): Promise<LabGateway> {
  const clock = stillClock(options.now ?? "2026-11-20T20:07:00Z");
  const fitbit = await startFitbitLab({ clock, ...options.lab });
  const env = {
    ...patient,
    STORE_URL: "memory:",
    AUTH_JWT_SECRET: "a secret for tests that is long enough",
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    FITBIT_CLIENT_ID: fitbit.clientId,
    FITBIT_CLIENT_SECRET: fitbit.clientSecret,
    FITBIT_API_URL: fitbit.url,
    FITBIT_AUTHORIZE_URL: `${fitbit.url}/oauth2/authorize`,
    ...options.env,
  };
  const gateway = await createGateway({
    config: readConfig(env, { providers }),
    log: createLogger({ level: "silent" }),
    clock,
    store: options.store,
    // Waiting is for the real world: here the clock moves on at once.
    delay: async (ms) => clock.advance(Math.ceil(ms)),
  });
  return {
    gateway,
    fitbit,
    clock,
    async connect(personId, tokenOptions) {
      const tokens = fitbit.issueTokens(personId, tokenOptions);
      await gateway.connections.importConnection({ userId: personId, provider: "FITBIT", ...tokens });
    },
    async close() {
      await gateway.close();
      await fitbit.close();
    },
  };
}
