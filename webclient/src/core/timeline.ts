/** The messages of one conversation that are known here, in the order of their ids: no gap between the first and the last. */
import type { Message } from "./model";

export interface Timeline {
  messages: Message[];
  /** The conversation's first message is here. */
  complete: boolean;
  /** Asked for since the connection stands, and kept up to date since; what comes from the cache is not. */
  fresh: boolean;
  /** The newest message is here; false after a jump into the past. */
  end: boolean;
}

export const EMPTY: Timeline = { messages: [], complete: false, fresh: false, end: true };

/** Puts messages in, replacing those of the same id. */
export function merged(timeline: Timeline, incoming: Message[]): Timeline {
  if (incoming.length === 0) return timeline;
  const last = timeline.messages.at(-1);
  // Almost always one new message comes after all others.
  if (incoming.length === 1 && (!last || incoming[0]!.id > last.id)) {
    return { ...timeline, messages: [...timeline.messages, incoming[0]!] };
  }
  const byId = new Map(timeline.messages.map((message) => [message.id, message]));
  for (const message of incoming) byId.set(message.id, message);
  const messages = [...byId.values()].sort((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0));
  return { ...timeline, messages };
}

/** What of `incoming` may stand in the timeline without a hole before or after it. */
export function fitting(timeline: Timeline, incoming: Message[]): Message[] {
  const here = new Set(timeline.messages.map((message) => message.id));
  const oldest = timeline.messages[0]?.id;
  const newest = timeline.messages.at(-1)?.id;
  return incoming.filter(({ id }) => {
    if (here.has(id)) return true;
    if (!timeline.fresh) return false;
    const joinsStart = timeline.complete || (oldest !== undefined && id >= oldest);
    const joinsEnd = timeline.end || (newest !== undefined && id <= newest);
    return joinsStart && joinsEnd;
  });
}

/** A page as the server has it now, in place of what was here. */
export function renewed(page: Message[], complete: boolean, end: boolean): Timeline {
  return { ...merged(EMPTY, page), complete, fresh: true, end };
}

export type Row =
  | { kind: "day"; key: string; at: string }
  | { kind: "unread"; key: string }
  | { kind: "message"; key: string; message: Message; first: boolean; last: boolean };

const TOGETHER_MS = 5 * 60_000;

/**
 * What stands on the screen: messages, a line for each day, and one where reading stopped. `waiting` are not sent yet.
 * `first` and `last`: of several that one person wrote within minutes.
 */
export function rows(messages: Message[], waiting: Message[], unreadAfter: string | null): Row[] {
  const result: Row[] = [];
  let previous: Extract<Row, { kind: "message" }> | null = null;
  let line = unreadAfter !== null;
  let day = "";
  for (const message of waiting.length ? withWaiting(messages, waiting) : messages) {
    const newDay = dayOf(message.sentAt);
    const newLine = line && unreadAfter !== null && message.id > unreadAfter && !message.from.own;
    const joins: boolean = previous !== null && newDay === day && !newLine && together(previous.message, message);
    if (newDay !== day) result.push({ kind: "day", key: `day-${newDay}`, at: message.sentAt });
    if (newLine) {
      result.push({ kind: "unread", key: "unread" });
      line = false;
    }
    if (joins && previous) previous.last = false;
    day = newDay;
    previous = { kind: "message", key: keyOf(message), message, first: !joins, last: true };
    result.push(previous);
  }
  return result;
}

/** The server's word of a message may come before the answer to its sending: it stands there once. */
function withWaiting(messages: Message[], waiting: Message[]): Message[] {
  const here = new Set(messages.map(keyOf));
  return [...messages, ...waiting.filter((one) => !here.has(keyOf(one)))];
}

/** What waited keeps its row when it got its id: nothing on the screen jumps. */
export function keyOf(message: Message): string {
  return (message.from.own && message.clientId) || message.id;
}

function together(one: Message, other: Message): boolean {
  return (
    one.from.address === other.from.address &&
    one.from.name === other.from.name &&
    one.from.own === other.from.own &&
    one.style !== "action" &&
    other.style !== "action" &&
    Date.parse(other.sentAt) - Date.parse(one.sentAt) < TOGETHER_MS
  );
}

const days = new Map<string, string>();

/** The day of a time where the reader is. Asked for each row at each change: by the hour, they are few. */
function dayOf(time: string): string {
  const hour = time.slice(0, 13);
  let day = days.get(hour);
  if (day === undefined) {
    const at = new Date(time);
    day = `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
    // Where the zone is not by whole hours, midnight falls into the middle of one.
    if (at.getTimezoneOffset() % 60 === 0) days.set(hour, day);
  }
  return day;
}
