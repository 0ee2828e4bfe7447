import { expect, test } from "vitest";
import { idOfAddress, type Message } from "../src/core/model";
import { PAGE } from "../src/core/sync";
import { SELF, StageServer } from "../stage/server";
import { stand, until } from "./stand";

const BOB = "bob@example.org";
const bob = { address: BOB, name: "", own: false };
const id = idOfAddress(BOB);
const texts = (messages: readonly Message[]) => messages.map((message) => message.text);

function spoken(count: number) {
  return (server: StageServer) => {
    server.person(BOB);
    server.conversation(BOB);
    for (let number = 0; number < count; number += 1) server.message(id, bob, `line ${number}`);
  };
}

test("a client that comes for the first time knows all conversations and contacts after one round trip and the previews", async () => {
  const { server, chat } = await stand(spoken(3));
  expect([...chat.records.conversations.value.keys()]).toEqual([id]);
  expect([...chat.records.contacts.value.keys()]).toEqual([id]);
  expect(server.asked).toEqual([["Conversation/get", "Contact/get", "Message/get", "Preferences/get"], ["Message/get"]]);
  expect(chat.records.newest.value.get(id)?.text).toBe("line 2");
});

test("a client that was away catches up with one request", async () => {
  const { server, chat, cut } = await stand(spoken(3));
  await chat.show(id);
  cut();
  await until(() => chat.socket.state.value === "offline");
  server.message(id, bob, "while you were away");
  server.asked.length = 0;
  chat.socket.wake();
  await until(() => chat.socket.state.value === "online");
  expect(server.asked).toHaveLength(1);
  expect(texts(chat.records.timeline(id).value.messages).at(-1)).toBe("while you were away");
});

test("what is pushed stands in the conversation and in the list, without asking", async () => {
  const { server, chat } = await stand(spoken(1));
  await chat.show(id);
  server.asked.length = 0;
  server.message(id, bob, "new");
  await until(() => texts(chat.records.timeline(id).value.messages).includes("new"));
  expect(chat.records.conversations.value.get(id)?.unread).toBe(2);
  expect(server.asked).toEqual([]);
});

test("a push that does not continue what is known makes the client ask for the difference", async () => {
  const { server, chat } = await stand(spoken(1));
  await chat.show(id);
  for (const wire of server.wires) wire.pushes = false;
  server.message(id, bob, "missed");
  server.push({ "@type": "StateChange", changed: { [chat.session.accountId]: { Message: server.state("Message") } } });
  await until(() => texts(chat.records.timeline(id).value.messages).includes("missed"));
});

test("where the server cannot tell the difference any more, that type alone is read anew", async () => {
  const { server, chat, cut } = await stand(spoken(2));
  await chat.show(id);
  chat.records.states.Contact = "lost";
  cut();
  await until(() => chat.socket.state.value === "offline");
  server.person("carol@example.org");
  server.asked.length = 0;
  chat.socket.wake();
  await until(() => chat.socket.state.value === "online");
  expect(chat.records.contacts.value.size).toBe(2);
  expect(server.asked.flat().filter((name) => name === "Contact/get")).toHaveLength(3);
  expect(chat.records.timeline(id).value.fresh).toBe(true);
});

test("older pages join without a hole until the first message", async () => {
  const { chat } = await stand(spoken(130));
  await chat.show(id);
  const timeline = chat.records.timeline(id);
  expect(timeline.value.messages).toHaveLength(PAGE);
  while (!timeline.value.complete) await chat.sync.older(id);
  expect(texts(timeline.value.messages)).toEqual(Array.from({ length: 130 }, (_, number) => `line ${number}`));
});

test("a jump into the past shows what stands around, and reading on comes to the newest without a hole", async () => {
  const { server, chat } = await stand(spoken(300));
  await chat.show(id);
  const target = [...server.objects.Message.values()].find((message) => message.text === "line 20")!;
  await chat.sync.around(id, target.id);
  const timeline = chat.records.timeline(id);
  expect(texts(timeline.value.messages)).toContain("line 20");
  expect(timeline.value.end).toBe(false);
  server.message(id, bob, "pushed meanwhile");
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(texts(timeline.value.messages)).not.toContain("pushed meanwhile");
  while (!timeline.value.end) await chat.sync.newer(id);
  const numbers = timeline.value.messages.slice(0, -1).map((message) => Number(message.text.slice(5)));
  expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
  expect(texts(timeline.value.messages).at(-1)).toBe("pushed meanwhile");
});

test("after a reload the kept history is there before the server answers", async () => {
  const server = new StageServer();
  const first = await stand(spoken(5), { server, name: "reload" });
  await first.chat.show(id);
  await new Promise((resolve) => setTimeout(resolve, 1600));
  first.chat.stop();
  const second = await stand(() => {}, { server, name: "reload", online: () => false });
  void second.chat.show(id).catch(() => undefined);
  await until(() => second.chat.records.timeline(id).value.messages.length === 5);
  expect(second.chat.records.conversations.value.size).toBe(1);
  second.chat.stop();
});

test("reading marks the conversation as read here at once, and a refusal is taken back", async () => {
  const { server, chat } = await stand(spoken(2));
  const conversation = () => chat.records.conversations.value.get(id)!;
  server.refuse.set("Conversation/set", { type: "serverUnavailable" });
  const marking = chat.actions.markRead(conversation(), conversation().lastMessageId!);
  expect(conversation().unread).toBe(0);
  await expect(marking).rejects.toThrow();
  expect(conversation().unread).toBe(2);
});

test("what another device read is read here", async () => {
  const { server, chat } = await stand(spoken(2));
  server.put("Conversation", { ...server.objects.Conversation.get(id)!, unread: 0, readUpTo: "z" });
  await until(() => chat.records.conversations.value.get(id)?.unread === 0);
});

test("one's own message from another device appears", async () => {
  const { server, chat } = await stand(spoken(1));
  await chat.show(id);
  server.message(id, { address: SELF, name: "", own: true }, "from my phone");
  await until(() => texts(chat.records.timeline(id).value.messages).includes("from my phone"));
});

test("nothing of the account stays in the browser after logging out", async () => {
  const server = new StageServer();
  const { chat } = await stand(spoken(2), { server, name: "bye" });
  await chat.show(id);
  await chat.logOut();
  const again = await stand(() => {}, { server: new StageServer(), name: "bye", online: () => false });
  expect(again.chat.records.conversations.value.size).toBe(0);
  again.chat.stop();
});
