import type { LookupFunction } from "node:net";
import { AddressRefused, addressIn, isPublicAddress, publicLookup } from "./addresses.js";

test.each([
  "127.0.0.1",
  "127.8.9.10",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.7.8",
  "169.254.169.254",
  "100.64.0.9",
  "192.0.2.4",
  "198.18.0.5",
  "224.0.0.6",
  "240.0.0.7",
  "255.255.255.255",
  "::1",
  "::",
  "fe80::2",
  "fec0::3",
  "fc00::4",
  "fdff::5",
  "ff02::6",
  "::ffff:8.8.8.8",
  "::ffff:7f00:1",
  "::127.0.0.1",
  "64:ff9b::8.8.4.4",
  "2002:7f00:1::",
  "2001:0:7f00:1::",
  "2001:db8::7",
  "100::8",
  "1::9",
  "4000::a",
  "localhost",
  "",
])("%j is not of the public internet", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(["8.8.8.8", "93.184.215.14", "172.32.0.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])("%s is", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  ["http://2130706433/", "127.0.0.1"],
  ["http://0x7f.1/", "127.0.0.1"],
  ["http://0177.0.0.1/", "127.0.0.1"],
  ["http://127.1/", "127.0.0.1"],
  ["http://[::ffff:127.0.0.1]/", "::ffff:7f00:1"],
  ["http://[0:0:0:0:0:0:0:1]/", "::1"],
  ["http://①②⑦.0.0.1/", "127.0.0.1"],
])("%s names %s", (url, address) => {
  expect(addressIn(url)).toBe(address);
});

test("a name is no address", () => {
  expect(addressIn("https://hooks.example/")).toBeNull();
});

const leadingTo =
  (...addresses: string[]): LookupFunction =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
const look = (lookup: LookupFunction, all: boolean) =>
  new Promise((resolve) =>
    publicLookup(lookup)("hooks.example", { all }, (error, ...found) => resolve(error ?? found)),
  );

test("a name is refused where one of its addresses is not public, and pinned to those that were judged", async () => {
  expect(await look(leadingTo("8.8.8.8", "10.0.0.1"), true)).toBeInstanceOf(AddressRefused);
  expect(await look(leadingTo(), true)).toBeInstanceOf(AddressRefused);
  expect(await look(leadingTo("8.8.8.8", "8.8.4.4"), false)).toEqual(["8.8.8.8", 4]);
  expect(await look(leadingTo("8.8.8.8"), true)).toEqual([[{ address: "8.8.8.8", family: 4 }]]);
});

test("a name that led to the internet and then leads elsewhere is refused: no judgement is remembered", async () => {
  const answers = ["8.8.8.8", "127.0.0.1"];
  const rebinding: LookupFunction = (name, options, callback) => leadingTo(answers.shift()!)(name, options, callback);
  expect(await look(rebinding, false)).toEqual(["8.8.8.8", 4]);
  expect(await look(rebinding, false)).toBeInstanceOf(AddressRefused);
});
