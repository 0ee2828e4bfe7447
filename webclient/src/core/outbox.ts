/**
 * What was written and is not acknowledged. A message leaves the outbox only when the server said that it is stored;
 * the same clientId makes sure that a repeated attempt is no second message.
 */
import type { Cache, Waiting, WaitingFile } from "./cache";
import { MethodError, setResult } from "./jmap";
import type { Message, SharedFile } from "./model";
import { codeOf } from "./reasons";
import { Signal } from "./signal";
import { Disconnected, RequestRefused, type Socket } from "./socket";
import { UploadRefused, type Uploader } from "./upload";

export type Acknowledged = (waiting: Waiting, created: { id: string; sentAt: string }) => void;

/** The server may say otherwise in a moment. */
const PASSING = new Set(["serverUnavailable", "serverFail", "serverPartialFail", "rateLimit"]);
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
const UPLOADS_AT_ONCE = 2;

export class Outbox {
  readonly waiting = new Signal<readonly Waiting[]>([]);
  /** By clientId: how much of the files went out, 0 to 1. */
  readonly progress = new Signal<ReadonlyMap<string, number>>(new Map());
  #sending = false;
  #uploads = new Map<string, AbortController>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST_PAUSE_MS;

  constructor(
    private readonly socket: Socket,
    private readonly cache: Cache | null,
    private readonly uploader: Uploader,
    private readonly acknowledged: Acknowledged,
    private readonly accountId: () => string,
  ) {}

  async restore(): Promise<void> {
    if (this.cache) this.waiting.set(await this.cache.waiting());
  }

  async add(waiting: Waiting): Promise<void> {
    this.waiting.update((all) => [...all, waiting]);
    await this.cache?.keepWaiting(waiting);
    await this.flush();
  }

  async retry(clientId: string): Promise<void> {
    this.#change(clientId, { failed: "" });
    await this.flush();
  }

  async discard(clientId: string): Promise<void> {
    this.#uploads.get(clientId)?.abort();
    this.#drop(clientId);
    await this.cache?.dropWaiting(clientId);
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const upload of this.#uploads.values()) upload.abort();
  }

  /** Sends in the order of writing, one after the other; what still uploads keeps nothing else waiting. */
  async flush(): Promise<void> {
    this.#startUploads();
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (;;) {
        const next = this.waiting.value.find((one) => !one.failed && one.files.every((file) => file.blobId));
        if (!next || !(await this.#send(next))) return;
      }
    } finally {
      this.#sending = false;
    }
  }

  async #send(waiting: Waiting): Promise<boolean> {
    try {
      const [answer] = await this.socket.call([
        "Message/set",
        { accountId: this.accountId(), create: { [waiting.clientId]: creation(waiting) } },
      ]);
      const created = setResult(answer!, waiting.clientId);
      this.#pause = FIRST_PAUSE_MS;
      this.acknowledged(waiting, created as { id: string; sentAt: string });
      await this.discard(waiting.clientId);
      return true;
    } catch (error) {
      if (error instanceof Disconnected) return false;
      if (passes(error)) {
        this.#later();
        return false;
      }
      this.#change(waiting.clientId, { failed: codeOf(error) });
      return true;
    }
  }

  #startUploads(): void {
    for (const waiting of this.waiting.value) {
      if (this.#uploads.size >= UPLOADS_AT_ONCE) return;
      if (waiting.failed || this.#uploads.has(waiting.clientId) || waiting.files.every((file) => file.blobId)) continue;
      const abort = new AbortController();
      this.#uploads.set(waiting.clientId, abort);
      void this.#upload(waiting.clientId, abort.signal);
    }
  }

  async #upload(clientId: string, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const waiting = this.waiting.value.find((one) => one.clientId === clientId);
        const index = waiting?.files.findIndex((file) => !file.blobId) ?? -1;
        if (!waiting || index < 0) break;
        const { blobId } = await this.uploader.run(
          waiting.files[index]!,
          (location) => this.#changeFile(clientId, index, { location }),
          (octets) => this.#progressed(clientId, index, octets),
          signal,
        );
        this.#changeFile(clientId, index, { blobId });
      }
      this.#pause = FIRST_PAUSE_MS;
    } catch (error) {
      if (error instanceof UploadRefused) this.#change(clientId, { failed: codeOf(error) });
      else if (!signal.aborted) this.#later();
    } finally {
      this.#uploads.delete(clientId);
    }
    if (!signal.aborted && !this.#timer) void this.flush();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, this.#pause);
    this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 2);
  }

  #progressed(clientId: string, index: number, octets: number): void {
    const files = this.waiting.value.find((one) => one.clientId === clientId)?.files;
    if (!files) return;
    const whole = files.reduce((sum, file) => sum + file.blob.size, 0) || 1;
    const before = files.slice(0, index).reduce((sum, file) => sum + file.blob.size, 0);
    this.progress.update((all) => new Map(all).set(clientId, Math.min(1, (before + octets) / whole)));
  }

  #changeFile(clientId: string, index: number, change: Partial<WaitingFile>): void {
    const waiting = this.waiting.value.find((one) => one.clientId === clientId);
    if (waiting) this.#change(clientId, { files: waiting.files.map((file, at) => (at === index ? { ...file, ...change } : file)) });
  }

  #change(clientId: string, change: Partial<Waiting>): void {
    this.waiting.update((all) => all.map((one) => (one.clientId === clientId ? { ...one, ...change } : one)));
    const changed = this.waiting.value.find((one) => one.clientId === clientId);
    if (changed) void this.cache?.keepWaiting(changed);
  }

  #drop(clientId: string): void {
    this.waiting.update((all) => all.filter((one) => one.clientId !== clientId));
    if (!this.progress.value.has(clientId)) return;
    this.progress.update((all) => new Map([...all].filter(([id]) => id !== clientId)));
  }
}

function passes(error: unknown): boolean {
  if (error instanceof RequestRefused) return error.type.endsWith(":limit");
  return error instanceof MethodError && PASSING.has(error.type);
}

function creation(waiting: Waiting): Record<string, unknown> {
  const reply = waiting.reply?.messageId ? { reply: { messageId: waiting.reply.messageId } } : {};
  const style = waiting.style ? { style: waiting.style } : {};
  const files = waiting.files.length ? { files: waiting.files.map(({ blobId, name }) => ({ blobId, name })) } : {};
  return { conversationId: waiting.conversationId, text: waiting.text, clientId: waiting.clientId, ...reply, ...style, ...files };
}

/** How a waiting message looks among the others. */
export function asMessage(waiting: Waiting, self: string): Message {
  return {
    id: waiting.clientId,
    conversationId: waiting.conversationId,
    from: { address: self, name: "", own: true },
    sentAt: waiting.at,
    text: waiting.text,
    style: waiting.style,
    subject: "",
    reply: waiting.reply,
    editedAt: null,
    retracted: null,
    reactions: {},
    files: waiting.files.map(shown),
    state: waiting.failed ? "failed" : "pending",
    clientId: waiting.clientId,
    encrypted: null,
    mentionsMe: false,
    thread: null,
    whisper: null,
    invitation: null,
  };
}

const urls = new WeakMap<Blob, string>();

function shown(file: WaitingFile): SharedFile {
  let url = urls.get(file.blob);
  if (url === undefined) {
    url = URL.createObjectURL(file.blob);
    urls.set(file.blob, url);
  }
  return { url, name: file.name, mediaType: file.mediaType, size: file.blob.size, width: file.width, height: file.height, durationMs: file.durationMs };
}
