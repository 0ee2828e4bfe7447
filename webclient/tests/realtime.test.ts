import { expect, test } from "vitest";
import { apply, difference, RealTimeDecoder, RealTimeEncoder } from "../src/core/realtime";

const STATES = ["", "H", "Hello", "Hello wrld", "Hello world", "Hello 👩‍👩‍👧 world", "Hello 👩‍👩‍👧", "ليلى", "Hello", ""];

test("what changed between two texts makes the second of the first", () => {
  for (const before of STATES) for (const after of STATES) expect(apply(before, difference(before, after))).toBe(after);
});

test("positions count code points, so that no face is cut in two", () => {
  expect(difference("👍a", "👍ab")).toEqual([{ insert: "b", position: 2 }]);
  expect(apply("👍👍", [{ erase: 1, position: 1 }])).toBe("👍");
});

test("the other side shows each state in turn", () => {
  const encoder = new RealTimeEncoder();
  const decoder = new RealTimeDecoder();
  for (const state of STATES) {
    const change = encoder.show(state);
    if (change) decoder.receive(change);
    expect(decoder.text).toBe(state);
  }
});

test("after a gap nothing wrong is shown, and the next reset puts it right", () => {
  const encoder = new RealTimeEncoder();
  const decoder = new RealTimeDecoder();
  decoder.receive(encoder.show("one")!);
  encoder.show("one two");
  decoder.receive(encoder.show("one two three")!);
  expect(decoder.text).toBe("one");
  decoder.receive(encoder.refresh()!);
  expect(decoder.text).toBe("one two three");
});

test("who comes in the middle sees nothing until the text begins anew", () => {
  const encoder = new RealTimeEncoder();
  const decoder = new RealTimeDecoder();
  encoder.show("secret");
  decoder.receive(encoder.show("secrets")!);
  expect(decoder.text).toBe("");
});

test("positions out of bounds do no harm", () => {
  expect(apply("abc", [{ insert: "x", position: 99 }, { erase: 99, position: 2 }, { insert: "y", position: -4 }])).toBe("ycx");
});
