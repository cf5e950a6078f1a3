import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import type { ProviderId } from "../../src/providers/index.js";
import type { Provider } from "../../src/providers/provider.js";
import type { ServeOptions, Serving } from "../../src/serve.js";
import { patient } from "./environment.js";

export interface AcmeRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** An answer that is not simply 200 with JSON. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly text = "{}",
  ) {}
}

/** The request is done, and the connection is cut instead of an answer. */
export const answerLost = Symbol("the answer is lost");

interface AcmeOptions extends ServeOptions {
  readonly variant?: (acme: Provider) => Provider;
  readonly env?: Readonly<Record<string, string>>;
  /** False: nobody is connected yet. */
  readonly connected?: boolean;
}

export interface AcmeGateway {
  readonly url: string;
  readonly gateway: Serving["gateway"];
  /** For another gateway of the same provider: `env: { ACME_BAND_API_URL: apiUrl }`. */
  readonly apiUrl: string;
  /** Paths with their query, as the API was asked. */
  readonly asked: string[];
  /** The answer's body. */
  ask(query: string): Promise<unknown>;
  /** The callback of a consent: what the browser ends at. */
  connect(): Promise<Response>;
  /** The gateway alone: what is told to others stays as it is. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A whole gateway whose registry holds one provider, that of `providers/_example` or a variant of it, connected for its
 * single user. Whatever is mocked before, the gateway has.
 *
 * @param answers the API's answer to a request, as JSON; undefined: 404
 */
export async function startAcme(
  answers: (url: URL, request: AcmeRequest) => unknown,
  { variant = (acme) => acme, env = {}, connected = true, ...more }: AcmeOptions = {},
): Promise<AcmeGateway> {
  const { acmeBand } = await import("../../src/providers/_example/index.js");
  const acme = variant(acmeBand);
  jest.unstable_mockModule("../../src/providers/index.js", () => ({ providers: [acme] }));
  const { serve } = await import("../../src/serve.js");

  const asked: string[] = [];
  const api = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push(request.url!);
    const body = Buffer.concat(chunks).toString();
    const { method, headers } = request;
    const answer = await answers(new URL(request.url!, "http://acme.test"), { method: method!, headers, body });
    if (answer === answerLost) return void request.socket.destroy();
    response.setHeader("content-type", "application/json");
    response.statusCode = answer instanceof Refusal ? answer.status : answer === undefined ? 404 : 200;
    response.end(answer instanceof Refusal ? answer.text : JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const serving = await serve(
    {
      ...patient,
      PORT: "0",
      STORE_URL: "memory:",
      LOG_LEVEL: "silent",
      SINGLE_USER: "ada",
      SANDBOX: "0",
      PUBLIC_URL: "https://gate.test",
      ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
      ACME_BAND_CLIENT_ID: "client",
      ACME_BAND_CLIENT_SECRET: "secret",
      ACME_BAND_API_URL: apiUrl,
      ...env,
    },
    more,
  );
  const { gateway, url } = serving;
  if (connected) {
    const tokens = { accessToken: "acme-access", refreshToken: "acme-refresh" };
    await gateway.connections.importConnection({ userId: "ada", provider: acme.id as ProviderId, ...tokens });
  }
  asked.length = 0;
  const ask = async (query: string) => {
    const answer = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    return await answer.json();
  };
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= serving.close();
    return stopped;
  };
  return {
    url,
    gateway,
    apiUrl,
    asked,
    ask,
    connect: async () => {
      const begun = await gateway.connections.begin({ userId: "ada", provider: acme.id as ProviderId });
      const state = new URL(begun.authorizationUrl).searchParams.get("state")!;
      return await fetch(`${url}/oauth/${acme.slug}/callback?code=c0de&state=${state}`, { redirect: "manual" });
    },
    stop,
    close: async () => {
      await stop();
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
    },
  };
}
