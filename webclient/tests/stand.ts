/** A client at the stage's server, and waiting for what is true in a moment. */
import "fake-indexeddb/auto";
import { Cache } from "../src/core/cache";
import { Chat } from "../src/core/chat";
import { session } from "../src/core/login";
import { Socket } from "../src/core/socket";
import type { Transport } from "../src/core/upload";
import { stageFetch, StageServer, type StageWire } from "../stage/server";

export interface Stand {
  server: StageServer;
  chat: Chat;
  cut(): void;
}

const nothing: Transport = () => Promise.reject(new Error("no network"));
let serial = 0;

/** `prepare` fills the server before the client comes. */
export async function stand(prepare: (server: StageServer) => void = () => {}, more: { server?: StageServer; name?: string; transport?: Transport; online?: () => boolean } = {}): Promise<Stand> {
  const server = more.server ?? new StageServer();
  prepare(server);
  const wires: StageWire[] = [];
  const socket = new Socket(() => {
    const wire = server.connect();
    if (more.online?.() === false) wire.close();
    wires.push(wire);
    return wire;
  });
  const cache = await Cache.open(more.name ?? `test-${serial++}`);
  const told = (await session(stageFetch))!;
  const chat = new Chat(socket, told, cache, more.transport ?? nothing);
  await chat.start();
  if (more.online?.() !== false) await until(() => socket.state.value === "online");
  return { server, chat, cut: () => wires.at(-1)!.close() };
}

/** Turns of the loop until something holds; a test that waits in vain runs into its limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
