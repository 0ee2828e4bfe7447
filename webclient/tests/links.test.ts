import { expect, test } from "vitest";
import { findLinks, safeHref } from "../src/core/links";

const found = (text: string) => findLinks(text).map(({ start, end }) => text.slice(start, end));

test.each([
  ["see https://example.org/a_b_c.", ["https://example.org/a_b_c"]],
  ["(https://en.wikipedia.org/wiki/Dragoman_(title))", ["https://en.wikipedia.org/wiki/Dragoman_(title)"]],
  ["xmpp:room@rooms.example.org?join and sip:bob@example.org", ["xmpp:room@rooms.example.org?join", "sip:bob@example.org"]],
  ["mailto:bob@example.org, tel:+49-30-123", ["mailto:bob@example.org", "tel:+49-30-123"]],
  ["HTTPS://EXAMPLE.ORG", ["HTTPS://EXAMPLE.ORG"]],
  ["http://münchen.example/straße", ["http://münchen.example/straße"]],
])("in %j are the links %j", (text, links) => expect(found(text)).toEqual(links));

test.each([
  "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>1</script>", "vbscript:x", "file:///etc/passwd", "about:blank", "ftp://x/",
  "https://", "mailto:", "thishttps://example.org", "https://google.com@evil.example/", "https://user:pass@evil.example/", "java\nscript:alert(1)", "intent://x#Intent",
])("%j is no link", (text) => expect(found(text)).toEqual([]));

test("signs that turn the direction of writing end a link", () => {
  expect(found("https://example.org/\u202Egpj.exe")).toEqual(["https://example.org/"]);
});

test("an address with markup in it stays an address", () => {
  expect(found('https://x.example/"onmouseover=alert(1)')).toEqual(["https://x.example/"]);
  expect(safeHref("https://x.example/<b>")).toBe("https://x.example/%3Cb%3E");
});

test("a text of nothing but brackets is done in no time", () => {
  expect(found(`https://x.example/${")".repeat(60_000)}`)).toEqual([]);
});
