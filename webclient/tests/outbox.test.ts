import { expect, test } from "vitest";
import { idOfAddress } from "../src/core/model";
import { rows } from "../src/core/timeline";
import { asMessage } from "../src/core/outbox";
import { waitingFile } from "../src/core/files";
import type { Reply, Transport } from "../src/core/upload";
import { StageServer } from "../stage/server";
import { stand, until } from "./stand";

const BOB = "bob@example.org";
const id = idOfAddress(BOB);
const talk = (server: StageServer) => void server.conversation(BOB);
const sent = (server: StageServer) => [...server.objects.Message.values()].map((message) => message.text);

test("a message shows at once as pending and is sent when the server said so", async () => {
  const { server, chat } = await stand(talk);
  await chat.show(id);
  const sending = chat.send(id, "hello");
  expect(chat.outbox.waiting.value.map((one) => asMessage(one, chat.self).state)).toEqual(["pending"]);
  await sending;
  expect(chat.outbox.waiting.value).toEqual([]);
  expect(chat.records.timeline(id).value.messages.map(({ text, state }) => [text, state])).toEqual([["hello", "sent"]]);
  expect(sent(server)).toEqual(["hello"]);
});

test("what is written without a connection waits, and goes out in the order of writing", async () => {
  const { server, chat, cut } = await stand(talk);
  cut();
  await until(() => chat.socket.state.value === "offline");
  for (const text of ["one", "two", "three"]) await chat.send(id, text);
  expect(chat.outbox.waiting.value).toHaveLength(3);
  chat.socket.wake();
  await until(() => chat.outbox.waiting.value.length === 0);
  expect(sent(server)).toEqual(["one", "two", "three"]);
});

test("what waits survives a reload", async () => {
  const server = new StageServer();
  talk(server);
  const first = await stand(() => {}, { server, name: "queue" });
  await new Promise((resolve) => setTimeout(resolve, 1600));
  first.cut();
  await until(() => first.chat.socket.state.value === "offline");
  await first.chat.send(id, "kept");
  first.chat.stop();
  const second = await stand(() => {}, { server, name: "queue" });
  await until(() => second.chat.outbox.waiting.value.length === 0);
  expect(sent(server)).toEqual(["kept"]);
});

test("a message whose answer was lost is not sent twice", async () => {
  const { server, chat, cut } = await stand(talk);
  await chat.show(id);
  const request = server.request.bind(server);
  let lose = true;
  server.request = (frame) => {
    const answer = request(frame);
    if (lose && frame.methodCalls[0][0] === "Message/set") {
      lose = false;
      cut();
    }
    return answer;
  };
  await chat.send(id, "once");
  chat.socket.wake();
  await until(() => chat.socket.state.value === "online" && chat.outbox.waiting.value.length === 0);
  expect(sent(server)).toEqual(["once"]);
});

test("a push of one's own message before the answer does not show it twice", async () => {
  const { chat } = await stand(talk);
  await chat.show(id);
  await chat.send(id, "hello");
  const [message] = chat.records.timeline(id).value.messages;
  const waiting = asMessage({ clientId: message!.clientId!, conversationId: id, text: "hello", style: "", reply: null, files: [], at: message!.sentAt, failed: "" }, chat.self);
  expect(rows([message!], [waiting], null).filter((row) => row.kind === "message")).toHaveLength(1);
});

test("what the server refuses has failed, keeps nothing else waiting, and can be tried again or thrown away", async () => {
  const { server, chat } = await stand(talk);
  const request = server.request.bind(server);
  server.request = (frame) => {
    const [name, args] = frame.methodCalls[0];
    const [key, value] = Object.entries<Record<string, string>>(args.create ?? {})[0] ?? [];
    if (name !== "Message/set" || value?.text !== "bad") return request(frame);
    return { "@type": "Response", requestId: frame.id, methodResponses: [[name, { notCreated: { [key!]: { type: "refused", condition: "service-unavailable" } } }, "0"]] };
  };
  await chat.send(id, "bad");
  await chat.send(id, "good");
  expect(sent(server)).toEqual(["good"]);
  expect(chat.outbox.waiting.value.map(({ text, failed }) => [text, failed])).toEqual([["bad", "service-unavailable"]]);
  await chat.outbox.retry(chat.outbox.waiting.value[0]!.clientId);
  expect(chat.outbox.waiting.value).toHaveLength(1);
  await chat.outbox.discard(chat.outbox.waiting.value[0]!.clientId);
  expect(chat.outbox.waiting.value).toEqual([]);
});

test("what the server cannot take now stays pending", async () => {
  const { server, chat } = await stand(talk);
  server.refuse.set("Message/set", { type: "serverUnavailable" });
  await chat.send(id, "later");
  expect(chat.outbox.waiting.value.map((one) => one.failed)).toEqual([""]);
  server.refuse.clear();
  await chat.outbox.flush();
  expect(sent(server)).toEqual(["later"]);
  chat.stop();
});

test("a file goes up before its message, and text does not wait for it", async () => {
  let finish: (reply: Reply) => void = () => {};
  const transport: Transport = () => new Promise((resolve) => (finish = resolve));
  const { server, chat } = await stand(talk, { transport });
  await chat.send(id, "with a file", null, [waitingFile(new Blob(["abc"], { type: "text/plain" }), "abc.txt")]);
  await chat.send(id, "just text");
  expect(sent(server)).toEqual(["just text"]);
  finish({ status: 201, header: () => null, body: '{"blobId":"b1","size":3}' });
  await until(() => chat.outbox.waiting.value.length === 0);
  expect(sent(server)).toEqual(["just text", "with a file"]);
});

test("a message that is thrown away stops its upload", async () => {
  let aborted = false;
  const transport: Transport = (...[, , , , , signal]) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => { aborted = true; reject(new Error("aborted")); }));
  const { server, chat } = await stand(talk, { transport });
  await chat.send(id, "", null, [waitingFile(new Blob(["abc"]), "abc.txt")]);
  await chat.outbox.discard(chat.outbox.waiting.value[0]!.clientId);
  await until(() => aborted);
  expect(sent(server)).toEqual([]);
});
