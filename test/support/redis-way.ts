import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to Redis that can be cut and mended, or hang with its connections open. */
export async function startWay(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const nears = new Set<Socket>();
  let hanging = false;
  const server = createServer((near) => {
    const far = connect(Number(port || 6379), hostname);
    nears.add(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one
        .on("error", () => {})
        .on("close", () => {
          sockets.delete(one);
          nears.delete(one);
          other.destroy();
        });
    }
    near.pipe(far).pipe(near);
    if (hanging) near.pause();
  });
  const open = async (at: number) => {
    await once(server.listen(at, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  };
  const mine = await open(0);
  const own = new URL(url);
  own.host = `127.0.0.1:${mine}`;
  return {
    url: own.href,
    cut: async () => {
      const ended = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await ended;
    },
    mend: () => open(mine),
    /** Nothing goes through any more, and nothing is lost. */
    hang: () => {
      hanging = true;
      for (const near of nears) near.pause();
    },
    goOn: () => {
      hanging = false;
      for (const near of nears) near.resume();
    },
  };
}
