/** The small parts of core/: finding, people, files, search, notifications, writing. */
import { expect, test } from "vitest";
import { grouped, rowsOf } from "../src/core/contacts";
import { canShow, fileHref, peaks } from "../src/core/files";
import { best, completionAt, score } from "../src/core/find";
import { EMOJI, GROUPS } from "../src/core/emoji";
import { sortedMembers } from "../src/core/members";
import { idOfAddress, type Contact, type Conversation, type Member, type Message } from "../src/core/model";
import { calls, isQuiet } from "../src/core/notify";
import { filterOf } from "../src/core/query";
import { attention, inOrder } from "../src/core/records";
import { surrounded } from "../src/core/writing";
import { StageServer } from "../stage/server";

const compare = new Intl.Collator("en").compare;

test("a beginning counts more than a word's beginning, that more than anywhere", () => {
  expect([score("Bob Meyer", "bob"), score("Bob Meyer", "mey"), score("Bob Meyer", "eye"), score("Bob Meyer", "bmr"), score("Bob", "x")]).toEqual([4, 3, 2, 1, 0]);
  expect(score("Zoë", "zoe")).toBe(4);
  expect(best(["carbob", "a bob", "bob"], "bob", (one) => one, 2)).toEqual(["bob", "a bob"]);
});

test("a name or an emoji that is being written is completed where the caret is", () => {
  expect(completionAt("hi @bo", 6)).toEqual({ sign: "@", query: "bo", start: 3 });
  expect(completionAt(":smi", 4)).toEqual({ sign: ":", query: "smi", start: 0 });
  expect(completionAt("12:30", 5)).toBeNull();
  expect(completionAt("a@b", 3)).toBeNull();
});

test("contacts stand in their groups, those who are there first, and who asks on top", () => {
  const server = new StageServer();
  server.person("zed@example.org", { groups: ["Work"] });
  server.person("amy@example.org", { groups: ["Work", "Music"], presence: { available: false, show: "", status: "", since: null } });
  server.person("new@example.org", { pending: "in", listed: false });
  server.person("solo@example.org");
  const contacts = [...server.objects.Contact.values()] as Contact[];
  const shown = (closed: string[] = [], filter = "") => rowsOf(grouped(contacts, filter, compare), new Set(closed)).map((row) => (row.kind === "group" ? `[${row.group}]` : row.contact.address.split("@")[0]));
  expect(shown()).toEqual(["new", "[Music]", "amy", "[Work]", "zed", "amy", "[]", "solo"]);
  expect(shown(["Work"])).toEqual(["new", "[Music]", "amy", "[Work]", "[]", "solo"]);
  expect(shown([], "zed")).toEqual(["[Work]", "zed"]);
});

test("members stand by what they may, then by name, and who is gone last", () => {
  const plain = { id: "", conversationId: "", affiliation: "none", role: "participant", address: null, available: true, show: "", status: "" } as const;
  const list: Member[] = [{ ...plain, nick: "b" }, { ...plain, nick: "a" }, { ...plain, nick: "gone", available: false }, { ...plain, nick: "mod", role: "moderator" }];
  expect(sortedMembers(list, "", compare).map(({ nick }) => nick)).toEqual(["mod", "a", "b", "gone"]);
  expect(sortedMembers(list, "mo", compare).map(({ nick }) => nick)).toEqual(["mod"]);
});

test("only pictures of this server are shown in place, and never what can hold scripts", () => {
  const shown = (url: string, mediaType: string) => canShow({ url, mediaType }, "https://chat.example.org");
  expect(shown("/files/k/a.png", "image/png")).toBe("image");
  expect(shown("https://chat.example.org/files/k/a.png", "IMAGE/PNG; x=1")).toBe("image");
  expect(shown("https://evil.example/a.png", "image/png")).toBe("card");
  expect(shown("/files/k/a.svg", "image/svg+xml")).toBe("card");
  expect(shown("/files/k/a.html", "text/html")).toBe("card");
  expect(shown("/files/k/a.webm", "audio/webm")).toBe("audio");
  expect(fileHref("javascript:alert(1)", "https://chat.example.org")).toBeNull();
  expect(fileHref("/files/k/a.pdf", "https://chat.example.org")).toBe("https://chat.example.org/files/k/a.pdf");
});

test("the bars of a voice message go from silence to its loudest place", () => {
  expect(peaks(new Float32Array([0, 0, 0.1, -0.5, 0.25, 0]), 3)).toEqual([0, 1, 0.5]);
});

test("words like from: narrow a search", () => {
  expect(filterOf("  ", "c1")).toBeNull();
  expect(filterOf("hello  world", null)).toEqual({ text: "hello world" });
  expect(filterOf('from:bob has:file from:"Bob M" cake', "c1")).toEqual({ from: "Bob M", hasFile: true, text: "cake", conversationId: "c1" });
  expect(filterOf("from:bob", null, (name) => (name === "bob" ? "bob@example.org" : null))).toEqual({ from: "bob@example.org" });
  expect(filterOf("before:2026-01-31", null)).toEqual({ before: new Date("2026-01-31T00:00:00").toISOString() });
  expect(filterOf("before:soon http://a:b", null)).toEqual({ text: "before:soon http://a:b" });
});

test("a conversation's own level comes first, and nothing calls in quiet hours", () => {
  const message = { mentionsMe: false } as Message;
  const room = { kind: "room", level: "all" } as Conversation;
  const noon = new Date(2026, 0, 1, 12);
  expect(calls(message, room, {}, noon)).toBe(true);
  expect(calls(message, { ...room, level: "none" }, {}, noon)).toBe(false);
  expect(calls(message, { ...room, level: "mentions" }, {}, noon)).toBe(false);
  expect(calls({ ...message, mentionsMe: true }, { ...room, level: "mentions" }, {}, noon)).toBe(true);
  expect(calls(message, room, { quiet: { from: 600, to: 780 } }, noon)).toBe(false);
  expect(isQuiet({ from: 22 * 60, to: 7 * 60 }, new Date(2026, 0, 1, 3))).toBe(true);
  expect(isQuiet({ from: 22 * 60, to: 7 * 60 }, noon)).toBe(false);
});

test("pinned conversations stand first, then the newest, and what is muted does not count", () => {
  const server = new StageServer();
  server.conversation("a@example.org", { lastMessageAt: "2026-01-01T00:00:00Z", unread: 2 });
  server.conversation("b@example.org", { lastMessageAt: "2026-01-02T00:00:00Z", unread: 3, level: "none" });
  server.conversation("c@example.org", { pinned: true });
  server.conversation("d@example.org", { hidden: true });
  const all = [...server.objects.Conversation.values()] as Conversation[];
  expect(inOrder(all).map((one) => one.address[0])).toEqual(["c", "b", "a"]);
  expect(attention(all)).toBe(2);
});

test("styling goes around what is selected, and away again", () => {
  const once = surrounded("say hello now", 4, 9, "*");
  expect(once).toEqual({ text: "say *hello* now", start: 5, end: 10 });
  expect(surrounded(once.text, once.start, once.end, "*")).toEqual({ text: "say hello now", start: 4, end: 9 });
});

test("ids of addresses are as the server makes them", () => {
  expect(idOfAddress("bob@example.org")).toBe("cYm9iQGV4YW1wbGUub3Jn");
  expect(idOfAddress("ü@x")).toBe("cw7xAeA");
});

test("all emoji are there, each in a group, found by English and German words", () => {
  expect(EMOJI.length).toBeGreaterThan(1800);
  expect(EMOJI.every((one) => GROUPS.some(({ group }) => group === one.group))).toBe(true);
  expect(best(EMOJI, "rocket", (one) => one.words, 1)[0]?.emoji).toBe("🚀");
  expect(best(EMOJI, "katze", (one) => one.words, 5).length).toBeGreaterThan(0);
});
