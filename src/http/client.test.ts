import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { inspect } from "node:util";
import { createHttpClient, TransportError } from "./client.js";

/** Patient, so that a busy machine is no hanging server. */
const client = createHttpClient({ timeoutMs: 60_000 });
afterAll(() => client.close());

async function over<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const failureOf = (sending: Promise<unknown>) => sending.then(() => null).catch((error: unknown) => error);

describe("the HTTP client", () => {
  test("answers status, headers in lower case and text, whatever the status", async () => {
    const answer = await over(
      (_, response) => response.writeHead(503, { "X-Left": "3" }).end("later"),
      (url) => client.send({ method: "GET", url }),
    );
    expect(answer).toMatchObject({ status: 503, text: "later", headers: { "x-left": "3" } });
  });

  test("says who it is, and names no language", async () => {
    const headers = await over(
      (request, response) => response.end(JSON.stringify(request.headers)),
      async (url) => JSON.parse((await client.send({ method: "GET", url })).text),
    );
    expect(headers["user-agent"]).toMatch(/^pulsegate\/\d/);
    expect(headers).not.toHaveProperty("accept-language");
  });

  test.each([true, false])("hangs on no answer that changes the protocol (body unread: %s)", async (bodyUnread) => {
    const server = createTcpServer((socket) => {
      const change = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
      socket.on("error", () => {}).once("data", () => socket.write(change));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const failure = await failureOf(client.send({ method: "POST", url, body: "{}", bodyUnread }));
    expect(failure).toMatchObject({ kind: "network" });
    // It lets go of the connection, too: otherwise this would not come.
    await new Promise((resolve) => server.close(resolve));
  });

  describe("where the body is not wanted", () => {
    const post = (url: string) => client.send({ method: "POST", url, body: "{}", bodyUnread: true, repeatable: true });

    test("reads a short one to its end, so that the connection is used again", async () => {
      const sockets = new Set<unknown>();
      const short: RequestListener = (request, response) => {
        sockets.add(request.socket);
        response.writeHead(201, { "x-way": "7" });
        response.write("x".repeat(8_000));
        setImmediate(() => response.end("x".repeat(7_000)));
      };
      await over(short, async (url) => {
        for (let n = 0; n < 3; n++)
          expect(await post(url)).toEqual({
            status: 201,
            headers: expect.objectContaining({ "x-way": "7" }),
            text: "",
            sent: 1,
          });
      });
      expect(sockets.size).toBe(1);
    });

    test.each<[string, RequestListener]>([
      ["never ends", (_, response) => void response.writeHead(202).write("x")],
      ["breaks off", (_, response) => void response.writeHead(202).write("x", () => response.destroy())],
    ])("answers though it %s", async (_, listener) => {
      expect(await over(listener, post)).toMatchObject({ status: 202, text: "" });
    });

    test("takes no more of an endless one than is on its way", async () => {
      let written = 0;
      let closed = false;
      const endless: RequestListener = (_, response) => {
        response.writeHead(200).on("close", () => (closed = true));
        const more = () => {
          while (!closed && response.write("x".repeat(65_536))) written += 65_536;
        };
        response.on("drain", more);
        more();
      };
      expect(await over(endless, post)).toMatchObject({ status: 200 });
      // What the two sockets hold between them.
      expect(written).toBeLessThan(20_000_000);
    });
  });

  test("sends a body, and an empty POST", async () => {
    const echo: RequestListener = (request, response) => void request.pipe(response);
    expect((await over(echo, (url) => client.send({ method: "POST", url, body: "a=1" }))).text).toBe("a=1");
    expect((await over(echo, (url) => client.send({ method: "POST", url }))).text).toBe("");
    expect((await over(echo, (url) => client.send({ method: "DELETE", url }))).status).toBe(200);
  });

  test("sends what may be repeated on a new connection where the kept one was closed meanwhile", async () => {
    let hits = 0;
    const cutting: RequestListener = (request, response) => {
      // Every second one comes on a connection that was kept from the one before.
      if (++hits % 2 === 0) request.socket.destroy();
      else response.end(String(hits));
    };
    await over(cutting, async (url) => {
      const ask = { method: "GET", url } as const;
      expect(await client.send(ask)).toMatchObject({ text: "1", sent: 1 });
      expect(await client.send(ask)).toMatchObject({ text: "3", sent: 2 });
    });
    hits = 0;
    await over(cutting, async (url) => {
      await client.send({ method: "POST", url });
      expect(await failureOf(client.send({ method: "POST", url }))).toMatchObject({ kind: "network" });
      expect(hits).toBe(2);
    });
  });

  test("sends what must not be repeated on a connection of its own, which nobody closes meanwhile", async () => {
    const sockets: unknown[] = [];
    const noting: RequestListener = (request, response) => {
      sockets.push(request.socket);
      response.end();
    };
    await over(noting, async (url) => {
      const read = { method: "POST", url, repeatable: true } as const;
      for (const request of [read, { method: "POST", url }, { method: "POST", url }, read] as const)
        await client.send(request);
    });
    expect(new Set(sockets).size).toBe(3);
    expect(sockets[3]).toBe(sockets[0]);
  });

  test("hands a redirect back instead of following it", async () => {
    let hits = 0;
    const answer = await over(
      (_, response) => {
        hits++;
        response.writeHead(302, { location: "/elsewhere" }).end();
      },
      (url) => client.send({ method: "GET", url }),
    );
    expect(answer.status).toBe(302);
    expect(hits).toBe(1);
  });

  test("gives up on a server that hangs, before or within its answer", async () => {
    const silent = await over(
      () => {},
      (url) => failureOf(client.send({ method: "GET", url, timeoutMs: 300 })),
    );
    expect(silent).toMatchObject({ name: "TransportError", kind: "timeout" });
    const halfway = await over(
      (_, response) => void response.write("half"),
      (url) => failureOf(client.send({ method: "GET", url, timeoutMs: 300 })),
    );
    expect(halfway).toMatchObject({ kind: "timeout" });
  });

  test("closing ends what is under way, and nothing is sent after it", async () => {
    const own = createHttpClient({ timeoutMs: 60_000 });
    let hits = 0;
    const ended = await over(
      () => {
        hits++;
        own.close();
      },
      async (url) => [
        await failureOf(own.send({ method: "GET", url })),
        await failureOf(own.send({ method: "GET", url })),
      ],
    );
    expect(ended).toEqual([
      expect.objectContaining({ name: "TransportError", kind: "network" }),
      expect.objectContaining({ name: "TransportError", kind: "network" }),
    ]);
    expect(hits).toBe(1);
  });

  test("a cut connection is network trouble, tried once", async () => {
    let hits = 0;
    const error = await over(
      (request) => {
        hits++;
        request.socket.destroy();
      },
      (url) => failureOf(client.send({ method: "GET", url })),
    );
    expect(error).toMatchObject({ kind: "network" });
    expect(hits).toBe(1);
  });

  test("a connection that is cut within an answer never reads as a short answer", async () => {
    const error = await over(
      (_, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("half", () => response.destroy());
      },
      (url) => failureOf(client.send({ method: "GET", url })),
    );
    expect(error).toMatchObject({ kind: "network" });
  });

  test("stops reading an answer beyond the limit", async () => {
    const error = await over(
      (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(65_536)));
          response.once("drain", more);
        };
        more();
      },
      (url) => failureOf(client.send({ method: "GET", url, maxBytes: 100_000 })),
    );
    expect(error).toMatchObject({ kind: "too-large" });
  });

  test("the caller's own giving up is not the provider's trouble", async () => {
    const signal = AbortSignal.timeout(50);
    const error = await over(
      () => {},
      (url) => failureOf(client.send({ method: "GET", url, signal })),
    );
    expect(error).not.toBeInstanceOf(TransportError);
    expect(error).toBe(signal.reason);
  });

  test("no error knows the token or the path", async () => {
    const error = await over(
      (request) => request.socket.destroy(),
      (url) =>
        failureOf(
          client.send({ method: "GET", url: `${url}/who?token=hush`, headers: { authorization: "Bearer hush" } }),
        ),
    );
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/hush|who/);
  });
});
