/** Keeps the records as the server has them: everything at first, then what changed since the states that are known. */
import { MethodError, reference, type Answer, type Invocation } from "./jmap";
import type { Message } from "./model";
import { inOrder, type Records } from "./records";
import type { Socket } from "./socket";
import { merged, renewed } from "./timeline";

const LISTS = ["Conversation", "Contact"];
const TRACKED = [...LISTS, "Message"];
const TYPES = ["Conversation", "Message", "Contact", "Member", "Preferences"];
export const PAGE = 50;
/** What one was away for is fetched up to this many messages; behind that, conversations are read anew when one looks. */
const MISSED = 500;
const LARGEST_PAGE = 200;
/** Of so many conversations the newest message is asked for where the server does not tell a preview. */
const PREVIEWS = 60;

type Call = [name: string, args: Record<string, unknown>];

export class Sync {
  readonly #busy = new Map<string, Promise<void>>();
  readonly #opening = new Map<string, Promise<void>>();

  constructor(
    private readonly socket: Socket,
    private readonly records: Records,
    private readonly accountId: () => string,
  ) {}

  /** After each connect, in one round trip. Pushes are asked for first: what happens meanwhile is not missed. */
  async catchUp(): Promise<void> {
    this.socket.tellAlways({ "@type": "WebSocketPushEnable", dataTypes: TYPES, embed: true });
    const known = TRACKED.filter((type) => this.records.states[type] !== undefined);
    const unknown = TRACKED.filter((type) => !known.includes(type));
    const calls = [...known.map((type) => this.#changesOf(type)), ...unknown.map((type) => [this.#allOf(type)]), [this.#allOf("Preferences")]];
    const responses = await this.socket.request(...numbered(calls));
    let at = 0;
    for (const type of known) {
      await this.#finish(type, responses.slice(at, (at += 3)));
    }
    for (const type of [...unknown, "Preferences"]) this.#replaced(type, answerOf(responses[at++]!));
    await this.#previews();
  }

  /** RFC 8620 §5.2 with the objects themselves. */
  #changesOf(type: string): Call[] {
    const accountId = this.accountId();
    return [
      [`${type}/changes`, { accountId, sinceState: this.records.states[type], maxChanges: MISSED }],
      [`${type}/get`, { accountId, "#ids": `${type}/changes /created` }],
      [`${type}/get`, { accountId, "#ids": `${type}/changes /updated` }],
    ];
  }

  /** With no ids, /get tells the state and nothing else (RFC 8620 §5.1): messages are fetched by the page. */
  #allOf(type: string): Call {
    return [`${type}/get`, { accountId: this.accountId(), ids: type === "Message" ? [] : null }];
  }

  #replaced(type: string, answer: Answer): void {
    this.records.replace(type, answer.list);
    this.records.states[type] = answer.state;
    if (type === "Message") this.records.stale();
  }

  async #reload(type: string): Promise<void> {
    const [answer] = await this.socket.call(this.#allOf(type));
    this.#replaced(type, answer!);
  }

  /** "lost": the server cannot tell the difference any more, or it is too large to be worth it. */
  #apply(type: string, responses: Invocation[]): "done" | "more" | "lost" {
    if (responses.some(([name]) => name === "error")) return "lost";
    const [changes, created, updated] = responses.map(answerOf);
    this.records.put(type, [...created!.list, ...updated!.list]);
    this.records.drop(type, changes!.destroyed);
    if (changes!.hasMoreChanges && type === "Message") return "lost";
    this.records.states[type] = changes!.newState;
    return changes!.hasMoreChanges ? "more" : "done";
  }

  async #finish(type: string, first: Invocation[]): Promise<void> {
    for (let responses = first; ; ) {
      const outcome = this.#apply(type, responses);
      if (outcome === "done") return;
      if (outcome === "lost") return this.#reload(type);
      responses = await this.socket.request(...numbered([this.#changesOf(type)]));
    }
  }

  /** One at a time for each type; whoever comes meanwhile is answered by the next. */
  #changes(type: string): Promise<void> {
    const before = (this.#busy.get(type) ?? Promise.resolve()).catch(() => undefined);
    const next = before.then(async () => this.#finish(type, await this.socket.request(...numbered([this.#changesOf(type)]))));
    this.#busy.set(type, next);
    return next;
  }

  async #previews(): Promise<void> {
    const conversations = inOrder(this.records.conversations.value.values()).slice(0, PREVIEWS);
    const known = this.records.newest.value;
    const ids = conversations
      .filter((one) => one.preview === undefined && one.lastMessageId && (known.get(one.id)?.id ?? "") < one.lastMessageId)
      .map((one) => one.lastMessageId!);
    if (ids.length === 0) return;
    const [answer] = await this.socket.call(["Message/get", { accountId: this.accountId(), ids }]);
    this.records.put("Message", answer!.list);
  }

  /** An Objects frame brings what changed; a StateChange (RFC 8620 §7.1) only says that something did. */
  pushed(frame: Answer): void {
    if (frame["@type"] === "Objects") {
      for (const [type, list] of Object.entries(frame.changed ?? {})) this.records.put(type, list as Answer[]);
      for (const [type, ids] of Object.entries(frame.destroyed ?? {})) this.records.drop(type, ids as string[]);
      for (const [type, state] of Object.entries(frame.newState ?? {})) this.#moved(type, frame.oldState?.[type], String(state));
    } else if (frame["@type"] === "StateChange") {
      for (const [type, state] of Object.entries(frame.changed?.[this.accountId()] ?? {})) this.#moved(type, null, String(state));
    }
  }

  /** Where the frame does not continue what is known here, the difference is asked for. */
  #moved(type: string, from: string | null | undefined, to: string): void {
    const known = this.records.states[type];
    if (known === undefined || known === to) return;
    if (known === from) this.records.states[type] = to;
    else if (type === "Preferences") void this.#reload(type).catch(() => undefined);
    else void this.#changes(type).catch(() => undefined);
  }

  /** The newest page of a conversation, unless it is here already; as much as was here from before. */
  async openTimeline(conversationId: string): Promise<void> {
    const timeline = this.records.timeline(conversationId);
    if (timeline.value.fresh) return;
    const limit = Math.min(LARGEST_PAGE, Math.max(PAGE, timeline.value.messages.length));
    const opening = this.#opening.get(conversationId) ?? this.newest(conversationId, limit).finally(() => this.#opening.delete(conversationId));
    this.#opening.set(conversationId, opening);
    await opening;
  }

  async newest(conversationId: string, limit = PAGE): Promise<void> {
    const page = await this.#page(conversationId, { limit });
    this.records.timeline(conversationId).set(renewed(page, page.length < limit, true));
  }

  /** The page before what is here. */
  async older(conversationId: string): Promise<void> {
    const timeline = this.records.timeline(conversationId);
    const anchor = timeline.value.messages[0]?.id;
    if (!anchor || timeline.value.complete) return;
    const page = await this.#page(conversationId, { anchor, anchorOffset: 1 });
    timeline.update((now) => ({ ...merged(now, page), complete: page.length < PAGE }));
  }

  /** The page after what is here, where one has jumped into the past. */
  async newer(conversationId: string): Promise<void> {
    const timeline = this.records.timeline(conversationId);
    const anchor = timeline.value.messages.at(-1)?.id;
    if (!anchor || timeline.value.end) return;
    const page = await this.#page(conversationId, { anchor, anchorOffset: -PAGE });
    const found = page.filter(({ id }) => id > anchor);
    timeline.update((now) => ({ ...merged(now, found), end: found.length < PAGE }));
  }

  /** A message and what stands around it; what was here goes, where it does not belong to it. */
  async around(conversationId: string, messageId: string): Promise<void> {
    const timeline = this.records.timeline(conversationId);
    if (timeline.value.messages.some(({ id }) => id === messageId)) return;
    const page = await this.#page(conversationId, { anchor: messageId, anchorOffset: -(PAGE >> 1) });
    timeline.set(renewed(page, page.length < PAGE, false));
    await this.newer(conversationId);
  }

  async members(conversationId: string): Promise<void> {
    const accountId = this.accountId();
    const [query] = await this.socket.call(["Member/query", { accountId, filter: { conversationId } }]);
    const ids = query!.ids as string[];
    const parts: Answer[] = [];
    for (let at = 0; at < ids.length; at += MISSED) {
      const [answer] = await this.socket.call(["Member/get", { accountId, ids: ids.slice(at, at + MISSED) }]);
      parts.push(...answer!.list);
    }
    this.records.members(conversationId).set(new Map(parts.map((member) => [member.id, member as never])));
  }

  /** Full-text search on the server, newest first. */
  async search(filter: Record<string, unknown>, position = 0): Promise<Message[]> {
    return this.#messages({ filter, position });
  }

  #page(conversationId: string, from: Record<string, unknown>): Promise<Message[]> {
    return this.#messages({ filter: { conversationId }, ...from });
  }

  async #messages(query: Record<string, unknown>): Promise<Message[]> {
    const accountId = this.accountId();
    const sort = [{ property: "sentAt", isAscending: false }];
    const [found, answer] = await this.socket.call(
      ["Message/query", { accountId, limit: PAGE, ...query, sort }],
      ["Message/get", { accountId, "#ids": reference("0", "Message/query", "/ids") }],
    );
    const byId = new Map((answer!.list as Message[]).map((message) => [message.id, message]));
    return (found!.ids as string[]).flatMap((id) => byId.get(id) ?? []);
  }
}

/** All calls as one request: a "#ids" that names its source ("Type/changes /path") gets the number of that call. */
function numbered(groups: (Call | Call[])[]): Call[] {
  const calls: Call[] = groups.flatMap((group) => (typeof group[0] === "string" ? [group as Call] : (group as Call[])));
  return calls.map(([name, args]) => {
    if (typeof args["#ids"] !== "string") return [name, args];
    const [source, path] = args["#ids"].split(" ") as [string, string];
    const at = calls.findIndex(([other]) => other === source);
    return [name, { ...args, "#ids": reference(String(at), source, path) }];
  });
}

function answerOf([name, args]: Invocation): Answer {
  if (name === "error") throw new MethodError(String(args.type), String(args.description ?? ""));
  return args;
}
