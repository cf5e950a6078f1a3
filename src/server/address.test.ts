import type { IncomingMessage } from "node:http";
import type { Config } from "../config/config.js";
import { createAddressOf } from "./address.js";

const address = (trusted: Config["trustedProxies"], peer: string | undefined, forwarded?: string) =>
  createAddressOf(trusted)({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  } as IncomingMessage);

test("without trusted proxies the peer's own address counts, whatever it says", () => {
  expect(address([], "203.0.113.9")).toBe("203.0.113.9");
  expect(address([], "127.0.0.1", "198.51.100.7")).toBe("127.0.0.1");
  expect(address([], undefined, "198.51.100.7")).toBe("");
});

test("behind a trusted proxy the nearest address that is none counts; those before it may be made up", () => {
  const trusted = ["10.0.0.0/8", "loopback"];
  expect(address(trusted, "10.1.2.3", "198.51.100.7")).toBe("198.51.100.7");
  expect(address(trusted, "10.1.2.3", "1.2.3.4, 198.51.100.7")).toBe("198.51.100.7");
  expect(address(trusted, "::ffff:10.1.2.3", "198.51.100.7, 10.9.9.9, 127.0.0.1")).toBe("198.51.100.7");
  expect(address(trusted, "203.0.113.9", "198.51.100.7")).toBe("203.0.113.9");
  expect(address(trusted, "11.0.0.1", "198.51.100.7")).toBe("11.0.0.1");
  expect(address(trusted, "10.1.2.3")).toBe("10.1.2.3");
});

test("so many proxies may be trusted by their number", () => {
  expect(address(1, "203.0.113.9", "1.2.3.4, 198.51.100.7")).toBe("198.51.100.7");
  expect(address(2, "203.0.113.9", "1.2.3.4, 198.51.100.7, 192.0.2.1")).toBe("198.51.100.7");
  expect(address(2, "203.0.113.9", "198.51.100.7")).toBe("198.51.100.7");
});

test("an address is one however it is written, and what is none is not taken for one", () => {
  for (const forwarded of ["198.51.100.7:4711", "::ffff:198.51.100.7", "[::ffff:198.51.100.7]:4711"])
    expect(address(["loopback"], "127.0.0.1", forwarded)).toBe("198.51.100.7");
  expect(address(["loopback"], "::1", "[2001:DB8::1]:80")).toBe("2001:db8::1");
  for (const forwarded of ["unknown", "x".repeat(9_000), ""])
    expect(address(["loopback"], "127.0.0.1", forwarded)).toBe("127.0.0.1");
});
