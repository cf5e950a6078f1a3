import { targetOf } from "./target.js";

test.each([
  "https://127.0.0.1/",
  "https://2130706433/",
  "https://0x7f000001/",
  "https://0177.1/",
  "https://localhost/",
  "https://a.localhost./",
  "https://10.0.0.8/",
  "https://169.254.169.254/latest/meta-data",
  "https://[::1]/",
  "https://[::ffff:10.0.0.8]/",
  "https://[fd00::1]/",
  "https://[fe80::1]/",
  "https://[ff02::1]/",
])("%s is refused, unless private addresses are allowed", (url) => {
  expect(() => targetOf(url, false)).toThrow("url must lead to the public internet");
  expect(targetOf(url, true)).toBe(new URL(url).href);
});

test("http is refused, unless private addresses are allowed; other schemes always are", () => {
  expect(() => targetOf("http://app.example/", false)).toThrow("url must begin with https://");
  expect(targetOf("http://app.example/", true)).toBe("http://app.example/");
  for (const allowed of [true, false]) expect(() => targetOf("ftp://app.example/", allowed)).toThrow("https://");
});

test("a name is taken as it is: it is judged at each connection", () => {
  expect(targetOf("https://App.Example/hook?key=7", false)).toBe("https://app.example/hook?key=7");
});
