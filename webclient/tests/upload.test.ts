import { expect, test } from "vitest";
import { AT_ONCE, CHUNK, Uploader, UploadRefused, type Reply, type Transport } from "../src/core/upload";

const signal = new AbortController().signal;
const reply = (status: number, headers: Record<string, string> = {}, body = ""): Reply => ({ status, header: (name) => headers[name] ?? null, body });
const DONE = reply(200, {}, '{"blobId":"b","size":1}');

/** A tus server that keeps octets, and cuts the connection when told to. */
function server(cutAfter: number[] = []) {
  const state = { offset: 0, length: 0, begun: 0, requests: [] as string[] };
  const transport: Transport = async (method, url, headers, body) => {
    state.requests.push(`${method} ${url}`);
    if (method === "HEAD") return reply(200, { "Upload-Offset": String(state.offset) });
    if (method === "POST") {
      state.length = Number(headers["Upload-Length"] ?? body!.size);
      state.begun += 1;
      return headers["Upload-Length"] ? reply(201, { Location: "/up/1" }) : DONE;
    }
    expect(Number(headers["Upload-Offset"])).toBe(state.offset);
    const cut = cutAfter.shift();
    if (cut !== undefined) {
      state.offset += cut;
      throw new Error("cut");
    }
    state.offset += body!.size;
    return state.offset === state.length ? DONE : reply(204, { "Upload-Offset": String(state.offset) });
  };
  return { state, uploader: new Uploader(transport, () => "/upload/a", () => "token") };
}

const large = (size: number) => ({ blob: new Blob([new Uint8Array(size)]), name: "a b.mp4", mediaType: "video/mp4", location: null as string | null });

test("a small file goes in one request", async () => {
  const { state, uploader } = server();
  await uploader.run(large(AT_ONCE), () => {}, () => {}, signal);
  expect(state.requests).toEqual(["POST /upload/a?name=a%20b.mp4"]);
});

test("a large one goes in pieces, and tells how far it is", async () => {
  const { state, uploader } = server();
  const seen: number[] = [];
  await uploader.run(large(CHUNK * 2 + 5), () => {}, (octets) => seen.push(octets), signal);
  expect(state.offset).toBe(CHUNK * 2 + 5);
  expect(seen).toEqual([0, CHUNK, CHUNK * 2]);
});

test("after a cut it goes on where the server's last octet is", async () => {
  const { state, uploader } = server([1234]);
  const job = large(CHUNK + 1);
  await expect(uploader.run(job, (location) => (job.location = location), () => {}, signal)).rejects.toThrow("cut");
  await uploader.run(job, () => {}, () => {}, signal);
  expect(state.begun).toBe(1);
  expect(state.offset).toBe(CHUNK + 1);
});

test("what the server does not take is refused with its reason", async () => {
  const uploader = new Uploader(async () => reply(413, {}, '{"detail":"at most 10 MB"}'), () => "/u", () => "");
  await expect(uploader.run(large(3), () => {}, () => {}, signal)).rejects.toThrow(new UploadRefused(413, "at most 10 MB"));
});
