/** What the client knows of the account, as signals; filled by sync.ts, shown by ui/. */
import type { ClientSettings, Contact, Conversation, Member, Message, Preferences } from "./model";
import { Signal } from "./signal";
import { EMPTY, fitting, merged, type Timeline } from "./timeline";

export type ById<T> = ReadonlyMap<string, T>;

export const DEFAULT_PREFERENCES: Preferences = {
  id: "singleton",
  presence: { show: "", status: "" },
  receipts: true,
  typing: true,
  client: {},
};

export class Records {
  readonly conversations = new Signal<ById<Conversation>>(new Map());
  readonly contacts = new Signal<ById<Contact>>(new Map());
  readonly preferences = new Signal<Preferences>(DEFAULT_PREFERENCES);
  /** By conversation: the newest message that came by, for the list. */
  readonly newest = new Signal<ById<Message>>(new Map());
  readonly #members = new Map<string, Signal<ById<Member>>>();
  readonly #timelines = new Map<string, Signal<Timeline>>();
  /** The state string of each type (RFC 8620 §5.1): what is here is what the server had then. */
  readonly states: Record<string, string> = {};

  timeline(conversationId: string): Signal<Timeline> {
    return made(this.#timelines, conversationId, () => new Signal<Timeline>(EMPTY));
  }

  timelines(): IterableIterator<[string, Signal<Timeline>]> {
    return this.#timelines.entries();
  }

  members(conversationId: string): Signal<ById<Member>> {
    return made(this.#members, conversationId, () => new Signal<ById<Member>>(new Map()));
  }

  /** Takes objects as they came from the server. */
  put(type: string, list: any[]): void {
    if (list.length === 0) return;
    if (type === "Message") this.#putMessages(list as Message[]);
    else if (type === "Preferences") this.#putPreferences(list[0] as Preferences);
    else if (type === "Member") this.#putMembers(list as Member[]);
    else this.#list(type)?.update((all) => withAll(all, list));
  }

  drop(type: string, ids: string[]): void {
    if (ids.length === 0) return;
    if (type === "Message") this.#dropMessages(new Set(ids));
    else if (type === "Member") for (const members of this.#members.values()) dropFrom(members, ids);
    else if (this.#list(type)) dropFrom(this.#list(type)!, ids);
  }

  /** Everything of a type, as the server has it: what is not in the list is gone. */
  replace(type: string, list: any[]): void {
    const collection = this.#list(type);
    if (collection) collection.set(new Map(list.map((item) => [item.id, item])));
    else this.put(type, list);
  }

  /** The connection could not go on where it was: what is here may be old, until it is asked for again. */
  stale(): void {
    for (const timeline of this.#timelines.values()) timeline.update((now) => ({ ...now, fresh: false }));
  }

  #list(type: string): Signal<ById<any>> | undefined {
    return { Conversation: this.conversations, Contact: this.contacts }[type] as any;
  }

  #putPreferences(given: Preferences): void {
    this.preferences.set({ ...DEFAULT_PREFERENCES, ...given, client: (given.client ?? {}) as ClientSettings });
  }

  #putMembers(list: Member[]): void {
    for (const [conversationId, members] of grouped(list)) this.members(conversationId).update((all) => withAll(all, members));
  }

  #putMessages(list: Message[]): void {
    const newest = new Map(this.newest.value);
    for (const [conversationId, messages] of grouped(list)) {
      const timeline = this.timeline(conversationId);
      // What would leave a hole comes when one scrolls there.
      timeline.update((now) => merged(now, fitting(now, messages)));
      for (const message of messages) {
        const known = newest.get(conversationId);
        if (!known || message.id >= known.id) newest.set(conversationId, message);
      }
    }
    this.newest.set(newest);
  }

  #dropMessages(ids: ReadonlySet<string>): void {
    for (const timeline of this.#timelines.values()) {
      const kept = timeline.value.messages.filter((message) => !ids.has(message.id));
      if (kept.length < timeline.value.messages.length) timeline.update((now) => ({ ...now, messages: kept }));
    }
  }
}

function made<T>(all: Map<string, T>, key: string, make: () => T): T {
  let one = all.get(key);
  if (one === undefined) {
    one = make();
    all.set(key, one);
  }
  return one;
}

function withAll<T extends { id: string }>(all: ById<T>, list: T[]): ById<T> {
  const next = new Map(all);
  for (const item of list) next.set(item.id, item);
  return next;
}

function dropFrom<T>(signal: Signal<ById<T>>, ids: string[]): void {
  if (!ids.some((id) => signal.value.has(id))) return;
  const next = new Map(signal.value);
  for (const id of ids) next.delete(id);
  signal.set(next);
}

function grouped<T extends { conversationId: string }>(list: T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) made(groups, item.conversationId, () => [] as T[]).push(item);
  return groups;
}

/** The list on the left: pinned ones first, then by the newest message. */
export function inOrder(conversations: Iterable<Conversation>): Conversation[] {
  return [...conversations]
    .filter((one) => !one.hidden)
    .sort((one, other) => {
      if (one.pinned !== other.pinned) return one.pinned ? -1 : 1;
      const [mine, theirs] = [one.lastMessageAt ?? "", other.lastMessageAt ?? ""];
      if (mine !== theirs) return mine > theirs ? -1 : 1;
      return one.address < other.address ? -1 : 1;
    });
}

/** How many messages call for attention: all unread ones of people, and of rooms as their level says. */
export function attention(conversations: Iterable<Conversation>): number {
  let sum = 0;
  for (const one of conversations) {
    if (one.hidden || one.level === "none") continue;
    sum += one.kind === "person" || one.level === "all" ? one.unread : one.mentions;
  }
  return sum;
}
