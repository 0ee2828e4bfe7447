import { expect, test } from "vitest";
import type { Message } from "../src/core/model";
import { EMPTY, fitting, merged, renewed, rows } from "../src/core/timeline";
import { ScrollPlace } from "../src/core/scroll";
import { StageServer } from "../stage/server";

const server = new StageServer();
const bob = { address: "bob@example.org", name: "", own: false };
const say = (text: string, more: Partial<Message> = {}) => server.message("c1", bob, text, more);
const AT = "2026-11-20T10:00:00Z";

test("messages stand in the order of their ids, each once", () => {
  const [a, b, c] = [say("a"), say("b"), say("c")];
  const timeline = merged(merged(EMPTY, [c, a]), [b, { ...a, text: "edited" }]);
  expect(timeline.messages.map(({ text }) => text)).toEqual(["edited", "b", "c"]);
});

test("what would leave a hole does not fit", () => {
  const [a, b, c, d] = [say("a"), say("b"), say("c"), say("d")];
  expect(fitting(renewed([b, c], false, true), [a, d])).toEqual([d]);
  expect(fitting(renewed([b, c], true, false), [a, d])).toEqual([a]);
  expect(fitting({ ...renewed([b, c], true, true), fresh: false }, [a, { ...b, text: "edited" }, d]).map(({ text }) => text)).toEqual(["edited"]);
});

test("days, the line of unread ones, and messages that belong together", () => {
  const list = [say("a", { sentAt: AT }), say("b", { sentAt: "2026-11-20T10:01:00Z" }), say("c", { sentAt: "2026-11-20T10:20:00Z" }), say("d", { sentAt: "2026-11-22T10:20:00Z" })];
  expect(rows(list, [], list[1]!.id).map((row) => (row.kind === "message" ? `${row.message.text}${row.first ? "<" : ""}${row.last ? ">" : ""}` : row.kind))).toEqual(["day", "a<", "b>", "unread", "c<>", "day", "d<>"]);
});

test("what waits has the same row before and after it was sent", () => {
  const own = { address: "alice@example.org", name: "", own: true };
  const waiting = { ...say("x"), id: "k1", clientId: "k1", from: own };
  const before = rows([], [waiting], null).at(-1)!.key;
  expect(rows([{ ...waiting, id: "0000000000999" }], [], null).at(-1)!.key).toBe(before);
});

test("a list opens at its end, or where reading stopped", () => {
  const list = [say("a"), say("b")];
  expect(new ScrollPlace().changed(rows(list, [], null), false)).toEqual({ kind: "end" });
  expect(new ScrollPlace().changed(rows(list, [], list[0]!.id), false)).toEqual({ kind: "row", index: 2 });
});

test("whoever is at the end stays there; whoever reads above is not moved, unless they write", () => {
  const place = new ScrollPlace();
  const list = [say("a"), say("b")];
  place.changed(rows(list, [], null), false);
  list.push(say("c"));
  expect(place.changed(rows(list, [], null), false)).toEqual({ kind: "end" });
  place.scrolled(0, 500, 2000);
  list.push(say("d"));
  expect(place.changed(rows(list, [], null), false)).toEqual({ kind: "stay" });
  expect(place.changed(rows(list, [], null), true)).toEqual({ kind: "end" });
});

test("older messages above do not move what is seen", () => {
  const place = new ScrollPlace();
  const list = [say("a"), say("b"), say("c")];
  place.changed(rows(list.slice(1), [], null), false);
  place.scrolled(0, 500, 2000);
  expect(place.changed(rows(list, [], null), false)).toEqual({ kind: "hold" });
});
