/** What one does with conversations, messages, people and rooms: each is one request, and throws what the server refuses. */
import { setResult, type Answer } from "./jmap";
import { idOfAddress, type ClientSettings, type Contact, type Conversation, type Device, type DirectoryRoom, type Member, type Message, type Preferences } from "./model";
import type { Records } from "./records";
import type { Socket } from "./socket";

export class Actions {
  constructor(
    private readonly socket: Socket,
    private readonly records: Records,
    private readonly accountId: () => string,
  ) {}

  edit(message: Message, text: string): Promise<Answer> {
    return this.#update("Message", message.id, { text });
  }

  retract(message: Message): Promise<void> {
    return this.#destroy("Message", message.id);
  }

  async react(message: Message, emoji: string): Promise<void> {
    const mine = message.reactions[emoji]?.some((reactor) => reactor.own);
    await this.#update("Message", message.id, { [`reactions/${emoji.replaceAll("~", "~0").replaceAll("/", "~1")}`]: mine ? null : true });
  }

  /** What is read is read at once here; the other devices are told by the server. */
  async markRead(conversation: Conversation, messageId: string): Promise<void> {
    if (conversation.readUpTo !== null && conversation.readUpTo >= messageId && conversation.unread === 0) return;
    await this.change(conversation, { readUpTo: messageId });
  }

  /** Changes what the account keeps of a conversation; a change that is refused is taken back. */
  async change(conversation: Conversation, change: Record<string, unknown>): Promise<void> {
    const plain = Object.fromEntries(Object.entries(change).filter(([key]) => !key.includes("/")));
    const read = "readUpTo" in change ? { unread: 0, mentions: 0 } : {};
    const now = this.records.conversations.value.get(conversation.id) ?? conversation;
    this.records.put("Conversation", [{ ...now, ...plain, ...read }]);
    try {
      await this.#update("Conversation", conversation.id, change);
    } catch (error) {
      const before = Object.fromEntries(Object.keys({ ...plain, ...read }).map((key) => [key, now[key as keyof Conversation]]));
      const later = this.records.conversations.value.get(conversation.id);
      if (later) this.records.put("Conversation", [{ ...later, ...before }]);
      throw error;
    }
  }

  /** Opens a conversation with a person, or enters a room, which is made where there is none; tells its id. */
  async open(address: string, room?: Record<string, unknown>): Promise<string> {
    const known = this.records.conversations.value.get(idOfAddress(address));
    if (known && !known.hidden && (!room || known.room?.joined)) return known.id;
    const id = await this.#create("Conversation", room ? { address, room } : { address });
    await this.fetch("Conversation", id);
    const opened = this.records.conversations.value.get(id);
    if (opened?.hidden) await this.change(opened, { hidden: false });
    return id;
  }

  async join(conversation: Conversation): Promise<void> {
    await this.#update("Conversation", conversation.id, { "room/joined": true });
    await this.fetch("Conversation", conversation.id);
  }

  async leave(conversation: Conversation): Promise<void> {
    await this.#update("Conversation", conversation.id, { "room/joined": false });
    await this.fetch("Conversation", conversation.id);
  }

  async invite(conversation: Conversation, address: string, reason = ""): Promise<void> {
    await this.socket.call(["Room/invite", { accountId: this.accountId(), conversationId: conversation.id, address, ...(reason ? { reason } : {}) }]);
  }

  async addContact(address: string, name: string, groups: string[]): Promise<void> {
    await this.fetch("Contact", await this.#create("Contact", { address, name, groups }));
  }

  /** Somebody who is no contact can be blocked as well. */
  async block(address: string, blocked: boolean): Promise<void> {
    const id = idOfAddress(address);
    await this.#update("Contact", id, { blocked });
    await this.fetch("Contact", id);
  }

  async updateContact(contact: Contact, change: Partial<Record<keyof Contact, unknown>>): Promise<void> {
    await this.#update("Contact", contact.id, change);
    await this.fetch("Contact", contact.id);
  }

  async removeContact(contact: Contact): Promise<void> {
    await this.#destroy("Contact", contact.id);
    this.records.drop("Contact", [contact.id]);
  }

  async report(about: { address: string; conversationId: string; messageIds: string[]; reason: string; text: string }): Promise<void> {
    await this.#create("Report", about);
  }

  async updateMember(member: Member, change: { role?: string; affiliation?: string; reason?: string }): Promise<void> {
    await this.#update("Member", member.id, change);
  }

  async directory(text: string): Promise<DirectoryRoom[]> {
    const accountId = this.accountId();
    const [, answer] = await this.socket.call(
      ["Room/query", { accountId, filter: text ? { text } : {} }],
      ["Room/get", { accountId, "#ids": { resultOf: "0", name: "Room/query", path: "/ids" } }],
    );
    return answer!.list as DirectoryRoom[];
  }

  /** The room as its owner configures it; `config` is null for others. */
  async roomConfig(conversationId: string): Promise<Record<string, unknown> | null> {
    const [answer] = await this.socket.call(["Room/get", { accountId: this.accountId(), ids: [conversationId] }]);
    return answer!.list[0]?.config ?? null;
  }

  async configureRoom(conversationId: string, change: Record<string, unknown>): Promise<void> {
    await this.#update("Room", conversationId, Object.fromEntries(Object.entries(change).map(([key, value]) => [`config/${key}`, value])));
    await this.fetch("Conversation", conversationId);
  }

  destroyRoom(conversationId: string): Promise<void> {
    return this.#destroy("Room", conversationId);
  }

  async devices(): Promise<Device[]> {
    const [answer] = await this.socket.call(["Device/get", { accountId: this.accountId(), ids: null }]);
    return answer!.list as Device[];
  }

  revoke(device: Device): Promise<void> {
    return this.#destroy("Device", device.id);
  }

  async updatePreferences(change: Partial<Preferences>): Promise<void> {
    this.records.preferences.update((now) => ({ ...now, ...change }));
    await this.#update("Preferences", "singleton", change);
  }

  updateSettings(change: ClientSettings): Promise<void> {
    return this.updatePreferences({ client: { ...this.records.preferences.value.client, ...change } });
  }

  async fetch(type: string, id: string): Promise<void> {
    const [answer] = await this.socket.call([`${type}/get`, { accountId: this.accountId(), ids: [id] }]);
    this.records.put(type, answer!.list);
    if (answer!.list.length === 0) this.records.drop(type, [id]);
  }

  async #create(type: string, value: Record<string, unknown>): Promise<string> {
    const [answer] = await this.socket.call([`${type}/set`, { accountId: this.accountId(), create: { new: value } }]);
    return String(setResult(answer!, "new").id);
  }

  async #update(type: string, id: string, change: Record<string, unknown>): Promise<Answer> {
    const [answer] = await this.socket.call([`${type}/set`, { accountId: this.accountId(), update: { [id]: change } }]);
    return setResult(answer!, id);
  }

  async #destroy(type: string, id: string): Promise<void> {
    const [answer] = await this.socket.call([`${type}/set`, { accountId: this.accountId(), destroy: [id] }]);
    setResult(answer!, id);
  }
}
