/**
 * The other side, for tests of the logic, for measuring and for looking at screens: an account in memory that speaks
 * the same frames as the server. What a real server does is proved in tests/clients of the project.
 */
import { idOfAddress, type Contact, type Conversation, type Member, type Message, type Preferences } from "../src/core/model";
import { DEFAULT_PREFERENCES } from "../src/core/records";
import type { Wire } from "../src/core/socket";

type Json = Record<string, any>;
type Change = { at: number; id: string; gone: boolean; fresh: boolean };
const TYPES = ["Conversation", "Contact", "Message", "Member", "Preferences"] as const;
type Type = (typeof TYPES)[number];

export const SELF = "alice@example.org";
export const ACCOUNT = "a" + idOfAddress(SELF).slice(1);
const START = Date.UTC(2026, 10, 20, 9, 0, 0);

export class StageServer {
  readonly objects: Record<Type, Map<string, Json>> = { Conversation: new Map(), Contact: new Map(), Message: new Map(), Member: new Map(), Preferences: new Map() };
  readonly #changes: Record<Type, Change[]> = { Conversation: [], Contact: [], Message: [], Member: [], Preferences: [] };
  readonly wires = new Set<StageWire>();
  /** Frames that clients sent and nobody answers. */
  readonly live: Json[] = [];
  /** Every request's method names, in order: what a test counts. */
  readonly asked: string[][] = [];
  /** Names of methods that are refused with this error. */
  readonly refuse = new Map<string, Json>();
  #serial = 0;

  constructor() {
    this.objects.Preferences.set("singleton", { ...DEFAULT_PREFERENCES });
  }

  connect = (): StageWire => new StageWire(this);

  person(address: string, more: Partial<Contact> = {}): string {
    const id = idOfAddress(address);
    const presence = { available: true, show: "", status: "", since: null };
    this.put("Contact", { id, address, name: "", groups: [], subscription: "both", pending: "", blocked: false, listed: true, presence, ...more });
    return id;
  }

  conversation(address: string, more: Partial<Conversation> = {}): string {
    const id = idOfAddress(address);
    const plain: Conversation = {
      id, address, kind: "person", name: "", lastMessageId: null, lastMessageAt: null, unread: 0, mentions: 0, readUpTo: null, theirReadUpTo: null,
      draft: "", level: "all", pinned: false, hidden: false, room: null, invitation: null,
    };
    this.put("Conversation", { ...plain, ...more });
    return id;
  }

  member(conversationId: string, nick: string, more: Partial<Member> = {}): void {
    const member = { id: `m${conversationId}${nick}`, conversationId, nick, affiliation: "member", role: "participant", address: null, available: true, show: "", status: "" };
    this.objects.Member.set(member.id, { ...member, ...more });
  }

  /** A message that came, or one's own from another device; ids sort in the order of commit. */
  message(conversationId: string, from: Message["from"], text: string, more: Partial<Message> = {}): Message {
    const serial = ++this.#serial;
    const message: Message = {
      id: serial.toString(32).padStart(13, "0"), conversationId, from, sentAt: new Date(START + serial * 40_000).toISOString(), text, style: "", subject: "", reply: null,
      editedAt: null, retracted: null, reactions: {}, files: [], state: "sent", clientId: null, encrypted: null, mentionsMe: false, thread: null, whisper: null, invitation: null,
      ...more,
    };
    this.put("Message", message);
    const conversation = this.objects.Conversation.get(conversationId);
    if (conversation) {
      const unread = from.own ? 0 : Math.min(100, conversation.unread + 1);
      this.put("Conversation", { ...conversation, lastMessageId: message.id, lastMessageAt: message.sentAt, unread, ...(from.own ? { readUpTo: message.id } : {}) });
    }
    return message;
  }

  put(type: Type, object: Json): void {
    const fresh = !this.objects[type].has(object.id);
    const before = this.state(type);
    this.objects[type].set(object.id, object);
    this.#changes[type].push({ at: this.#changes[type].length + 1, id: object.id, gone: false, fresh });
    this.#push(type, before, { changed: { [type]: [object] } });
  }

  drop(type: Type, id: string): void {
    const before = this.state(type);
    this.objects[type].delete(id);
    this.#changes[type].push({ at: this.#changes[type].length + 1, id, gone: true, fresh: false });
    this.#push(type, before, { destroyed: { [type]: [id] } });
  }

  state(type: Type): string {
    return String(this.#changes[type].length);
  }

  push(frame: Json): void {
    for (const wire of this.wires) wire.give(frame);
  }

  #push(type: Type, before: string, what: Json): void {
    const states = type === "Member" ? {} : { oldState: { [type]: before }, newState: { [type]: this.state(type) } };
    for (const wire of this.wires) if (wire.pushes) wire.give({ "@type": "Objects", ...states, changed: {}, destroyed: {}, ...what });
  }

  request(frame: Json): Json {
    const results: [string, Json, string][] = [];
    this.asked.push(frame.methodCalls.map(([name]: [string]) => name));
    for (const [name, given, id] of frame.methodCalls as [string, Json, string][]) {
      const args = { ...given };
      const reference = args["#ids"];
      if (reference) args.ids = results.find(([, , other]) => other === reference.resultOf)?.[1][reference.path.slice(1)] ?? [];
      const refused = this.refuse.get(name);
      results.push(refused ? ["error", refused, id] : this.#method(name, args, id));
    }
    return { "@type": "Response", requestId: frame.id, methodResponses: results, sessionState: "1" };
  }

  #method(name: string, args: Json, id: string): [string, Json, string] {
    const [type, verb] = name.split("/") as [Type, string];
    if (name === "Core/echo") return [name, args, id];
    if (!TYPES.includes(type)) return ["error", { type: "unknownMethod" }, id];
    if (verb === "get") return [name, this.#get(type, args), id];
    if (verb === "query") return [name, this.#query(type, args), id];
    if (verb === "set") return [name, this.#set(type, args), id];
    const since = Number(args.sinceState);
    if (Number.isNaN(since)) return ["error", { type: "cannotCalculateChanges" }, id];
    return [name, this.#since(type, since, args.maxChanges ?? 500), id];
  }

  #get(type: Type, args: Json): Json {
    const all = this.objects[type];
    const ids: string[] = args.ids ?? [...all.keys()];
    return { list: ids.filter((one) => all.has(one)).map((one) => all.get(one)), notFound: ids.filter((one) => !all.has(one)), state: this.state(type) };
  }

  #since(type: Type, since: number, most: number): Json {
    const changes = this.#changes[type].slice(since, since + most);
    const last = new Map(changes.map((change) => [change.id, change]));
    const fresh = new Set(changes.filter((change) => change.fresh).map((change) => change.id));
    const there = [...last.values()].filter((change) => !change.gone).map((change) => change.id);
    return {
      created: there.filter((one) => fresh.has(one)),
      updated: there.filter((one) => !fresh.has(one)),
      destroyed: [...last.values()].filter((change) => change.gone).map((change) => change.id),
      newState: String(since + changes.length),
      hasMoreChanges: since + changes.length < this.#changes[type].length,
    };
  }

  #query(type: Type, { filter = {}, anchor, anchorOffset = 0, position = 0, limit = 250 }: Json): Json {
    const matches = (one: Json) =>
      (!filter.conversationId || one.conversationId === filter.conversationId) && (!filter.text || String(one.text).toLowerCase().includes(filter.text.toLowerCase()));
    const found = [...this.objects[type].values()].filter(matches).map((one) => one.id as string);
    if (type === "Message") found.sort().reverse();
    const from = anchor === undefined ? position : Math.max(0, found.indexOf(anchor) + anchorOffset);
    return { ids: type === "Member" ? found : found.slice(from, from + limit), position: from };
  }

  #set(type: Type, args: Json): Json {
    const answer: Json = { created: {}, updated: {}, destroyed: [], notCreated: {}, notUpdated: {} };
    for (const [key, value] of Object.entries<Json>(args.create ?? {})) answer.created[key] = this.#create(type, value);
    for (const [key, change] of Object.entries<Json>(args.update ?? {})) {
      this.#update(type, key, change);
      answer.updated[key] = null;
    }
    for (const key of args.destroy ?? []) {
      const message = this.objects.Message.get(key);
      if (type === "Message" && message) this.put(type, { ...message, text: "", retracted: { at: message.sentAt, by: "", reason: "" } });
      else this.drop(type, key);
      answer.destroyed.push(key);
    }
    return answer;
  }

  #create(type: Type, value: Json): Json {
    if (type === "Conversation") return { id: this.conversation(value.address) };
    if (type === "Contact") return { id: this.person(value.address, value) };
    const same = [...this.objects.Message.values()].find((one) => one.clientId && one.clientId === value.clientId);
    const reply = value.reply ? { ...value.reply, author: "", excerpt: this.objects.Message.get(value.reply.messageId)?.text ?? "" } : null;
    const message = same ?? this.message(value.conversationId, { address: SELF, name: "", own: true }, value.text, { clientId: value.clientId, style: value.style ?? "", reply });
    return { id: message.id, sentAt: message.sentAt };
  }

  #update(type: Type, id: string, change: Json): void {
    const next = { ...this.objects[type].get(id) };
    for (const [key, value] of Object.entries(change)) {
      const [head, rest] = key.split("/") as [string, string | undefined];
      if (head === "reactions" && rest) {
        const others = (next.reactions[rest] ?? []).filter((one: Json) => !one.own);
        const now = value ? [...others, { name: "alice", own: true }] : others;
        next.reactions = Object.fromEntries(Object.entries({ ...next.reactions, [rest]: now }).filter(([, list]) => (list as Json[]).length));
      } else if (rest) next[head] = { ...next[head], [rest]: value };
      else next[head] = value;
    }
    if (type === "Conversation" && "readUpTo" in change) Object.assign(next, { unread: 0, mentions: 0 });
    if (type === "Message" && "text" in change) next.editedAt = next.sentAt;
    this.put(type, next);
  }
}

/** One connection; what is sent to a client arrives in a later turn, as over a network. */
export class StageWire implements Wire {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  pushes = false;
  #open = true;

  constructor(private readonly server: StageServer) {
    server.wires.add(this);
    queueMicrotask(() => this.#open && this.onopen?.());
  }

  send(data: string): void {
    const frame = JSON.parse(data) as Json;
    if (frame["@type"] === "Request") this.give(this.server.request(frame));
    else if (frame["@type"] === "WebSocketPushEnable") this.pushes = true;
    else this.server.live.push(frame);
  }

  give(frame: Json): void {
    const data = JSON.stringify(frame);
    queueMicrotask(() => this.#open && this.onmessage?.({ data }));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.server.wires.delete(this);
    queueMicrotask(() => this.onclose?.({ code: 1000 }));
  }
}

/** What the server answers over HTTP: who is logged in, and the session object. */
export async function stageFetch(url: string): Promise<Response> {
  if (url === "/login") return Response.json({ authenticated: true, csrf: "token", username: SELF });
  const accounts = { [ACCOUNT]: { name: SELF } };
  const capabilities = { "urn:ietf:params:jmap:core": { maxSizeUpload: 100_000_000 }, "urn:dragoman:chat": { domain: "example.org", roomDomain: "rooms.example.org", report: true } };
  return Response.json({ accounts, capabilities, username: SELF, uploadUrl: "/jmap/upload/{accountId}" });
}

export type { Preferences };
