/** The client as the screen sees it: the records, and everything one can do. */
import { Actions } from "./actions";
import type { Cache, WaitingFile } from "./cache";
import type { Answer } from "./jmap";
import { Telling, Typists } from "./live";
import type { Session } from "./login";
import type { Conversation, Message } from "./model";
import { asMessage, Outbox } from "./outbox";
import { Records } from "./records";
import type { Socket } from "./socket";
import { Sync } from "./sync";
import { Uploader, type Transport } from "./upload";

const SNAPSHOT_PAUSE_MS = 1500;
/** So many contacts and conversations are kept for reading without a connection. */
const KEPT = 20_000;

export class Chat {
  readonly records = new Records();
  readonly typists = new Typists();
  readonly sync: Sync;
  readonly outbox: Outbox;
  readonly actions: Actions;
  /** Called with each message that came from somebody else while this client runs. */
  onmessage: (message: Message, conversation: Conversation) => void = () => {};
  #snapshotTimer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void)[] = [];
  #tellings = new Map<string, Telling>();

  constructor(
    readonly socket: Socket,
    public session: Session,
    private readonly cache: Cache | null,
    transport: Transport,
  ) {
    const accountId = () => this.session.accountId;
    this.sync = new Sync(socket, this.records, accountId);
    this.actions = new Actions(socket, this.records, accountId);
    const uploader = new Uploader(transport, () => this.session.uploadUrl, () => this.session.csrf);
    this.outbox = new Outbox(socket, cache, uploader, (waiting, created) => this.#acknowledged(waiting, created), accountId);
    socket.onready = () => this.sync.catchUp();
    socket.onpush = (frame) => this.#pushed(frame);
    const { conversations, contacts, preferences } = this.records;
    const watched = [conversations, contacts, preferences];
    this.#unwatch = [
      ...watched.map((signal) => signal.watch(() => this.#keepSoon())),
      socket.state.watch(() => socket.state.value === "online" && void this.outbox.flush()),
    ];
  }

  get self(): string {
    return this.session.self;
  }

  /** Shows what was kept, then connects. */
  async start(): Promise<void> {
    const snapshot = await this.cache?.snapshot();
    if (snapshot?.self === this.self) {
      this.records.replace("Conversation", snapshot.conversations);
      this.records.replace("Contact", snapshot.contacts);
      this.records.preferences.set(snapshot.preferences);
      this.records.newest.set(new Map(snapshot.newest.map((message) => [message.conversationId, message])));
      Object.assign(this.records.states, snapshot.states);
      await this.outbox.restore();
    } else {
      await this.cache?.clear();
    }
    this.socket.start();
  }

  async logOut(): Promise<void> {
    this.stop();
    await this.cache?.clear();
  }

  stop(): void {
    clearTimeout(this.#snapshotTimer);
    for (const unwatch of this.#unwatch) unwatch();
    this.outbox.stop();
    this.socket.stop();
  }

  /** A conversation comes on the screen: its newest messages, from the cache first. */
  async show(conversationId: string): Promise<void> {
    const timeline = this.records.timeline(conversationId);
    if (timeline.value.messages.length === 0 && !timeline.value.fresh && this.cache) {
      const kept = await this.cache.messages(conversationId);
      if (timeline.value.messages.length === 0) timeline.set({ messages: kept, complete: false, fresh: false, end: true });
    }
    await this.sync.openTimeline(conversationId);
    await this.cache?.keepMessages(conversationId, timeline.value.messages);
  }

  async send(conversationId: string, text: string, reply: Message["reply"] = null, files: WaitingFile[] = []): Promise<void> {
    const action = text.startsWith("/me ");
    const at = new Date();
    // Sorts in the order of writing, and two devices never make the same.
    const random = crypto.getRandomValues(new Uint32Array(2));
    const clientId = `${at.getTime().toString(36).padStart(9, "0")}-${random[0]!.toString(36)}${random[1]!.toString(36)}`;
    const waiting = { clientId, conversationId, text: action ? text.slice(4) : text, style: action ? "action" : "", reply, files, at: at.toISOString(), failed: "" } as const;
    if (!this.records.timeline(conversationId).value.end) void this.sync.newest(conversationId).catch(() => undefined);
    await this.outbox.add(waiting);
  }

  /** One for each conversation: what is being written in it goes on when one comes back. */
  telling(conversationId: string): Telling {
    let telling = this.#tellings.get(conversationId);
    if (!telling) {
      const tell = (what: Record<string, unknown>) => this.socket.tell({ "@type": "Live", conversationId, ...what });
      telling = new Telling(tell, () => {
        const { typing, client } = this.records.preferences.value;
        return { typing, realTime: client.realTime?.[conversationId] ?? false };
      });
      this.#tellings.set(conversationId, telling);
    }
    return telling;
  }

  #acknowledged(waiting: Parameters<typeof asMessage>[0], created: { id: string; sentAt: string }): void {
    const timeline = this.records.timeline(waiting.conversationId).value;
    if (timeline.messages.some((message) => message.id === created.id)) return;
    const message = asMessage(waiting, this.self);
    this.records.put("Message", [{ ...message, id: created.id, sentAt: created.sentAt ?? waiting.at, state: "sent" }]);
  }

  #pushed(frame: Answer): void {
    if (frame["@type"] === "Live") return this.typists.received(frame);
    const incoming: Message[] = frame["@type"] === "Objects" ? (frame.changed?.Message ?? []) : [];
    const fresh = incoming.filter((message) => (this.records.newest.value.get(message.conversationId)?.id ?? "") < message.id);
    this.sync.pushed(frame);
    for (const message of fresh) this.#arrived(message);
    for (const id of new Set(incoming.map((message) => message.conversationId))) {
      const timeline = this.records.timeline(id).value;
      if (timeline.fresh && timeline.end) void this.cache?.keepMessages(id, timeline.messages);
    }
  }

  #arrived(message: Message): void {
    this.typists.stopped(message.conversationId, message.from);
    const conversation = this.records.conversations.value.get(message.conversationId);
    if (!conversation || message.from.own || message.editedAt || message.retracted) return;
    if (conversation.readUpTo === null || message.id > conversation.readUpTo) this.onmessage(message, conversation);
  }

  #keepSoon(): void {
    clearTimeout(this.#snapshotTimer);
    this.#snapshotTimer = setTimeout(() => this.#keep(), SNAPSHOT_PAUSE_MS);
  }

  #keep(): void {
    const { conversations, contacts, preferences, newest, states } = this.records;
    const { Conversation, Contact } = states;
    if (Conversation === undefined || Contact === undefined || contacts.value.size > KEPT || conversations.value.size > KEPT) return;
    void this.cache?.keepSnapshot({
      self: this.self,
      conversations: [...conversations.value.values()],
      contacts: [...contacts.value.values()],
      preferences: preferences.value,
      newest: [...newest.value.values()],
      states: { Conversation, Contact },
    });
  }
}
