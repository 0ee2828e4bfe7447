/** The objects of urn:dragoman:chat as they travel: plain JSON, times are UTCDate strings. */

export type Show = "" | "chat" | "away" | "xa" | "dnd";
export type Level = "all" | "mentions" | "none";
export type DeliveryState = "pending" | "failed" | "sent" | "delivered" | "read";

export interface RoomState {
  joined: boolean;
  nick: string;
  subject: string;
  affiliation: string;
  role: string;
  occupants: number;
  membersOnly: boolean;
  moderated: boolean;
  persistent: boolean;
  password: boolean;
  nonAnonymous: boolean;
  logged: boolean;
  subjectLocked: boolean;
}

/** Where somebody asks one into a room. */
export interface RoomInvitation {
  from: string;
  reason: string;
}

/** The newest message in few words; not every server tells it. */
export interface Preview {
  text: string;
  from: Sender;
  kind: "" | "file" | "retracted" | "encrypted" | "invitation";
}

export interface Conversation {
  id: string;
  address: string;
  kind: "person" | "room";
  name: string;
  lastMessageId: string | null;
  lastMessageAt: string | null;
  unread: number;
  mentions: number;
  readUpTo: string | null;
  theirReadUpTo: string | null;
  draft: string;
  level: Level;
  pinned: boolean;
  hidden: boolean;
  room: RoomState | null;
  invitation: RoomInvitation | null;
  preview?: Preview | null;
}

export interface Sender {
  address: string;
  name: string;
  own: boolean;
}

export interface Reactor {
  name: string;
  own: boolean;
}

export interface SharedFile {
  url: string;
  name: string;
  mediaType: string;
  size: number | null;
  width?: number | null;
  height?: number | null;
  durationMs?: number | null;
  thumbnail?: string | null;
}

export interface Message {
  id: string;
  conversationId: string;
  from: Sender;
  sentAt: string;
  text: string;
  style: "" | "action" | "notice";
  subject: string;
  reply: { messageId: string | null; author: string; excerpt: string } | null;
  editedAt: string | null;
  retracted: { at: string; by: string; reason: string } | null;
  reactions: Record<string, Reactor[]>;
  files: SharedFile[];
  state: DeliveryState;
  clientId: string | null;
  encrypted: { scheme: string; notice: string } | null;
  mentionsMe: boolean;
  thread: string | null;
  /** The nick of the other, where it was said to one person inside a room. */
  whisper: string | null;
  invitation: (RoomInvitation & { conversationId: string; address: string }) | null;
}

export interface PresenceState {
  available: boolean;
  show: Show;
  status: string;
  since: string | null;
}

export interface Contact {
  id: string;
  address: string;
  name: string;
  groups: string[];
  subscription: "none" | "to" | "from" | "both";
  pending: "" | "in" | "out";
  blocked: boolean;
  /** On one's list; others only ask, or are only blocked. */
  listed: boolean;
  presence: PresenceState;
}

export interface Member {
  id: string;
  conversationId: string;
  nick: string;
  affiliation: string;
  role: string;
  address: string | null;
  available: boolean;
  show: Show;
  status: string;
}

export interface DirectoryRoom {
  id: string;
  address: string;
  name: string;
  subject: string;
  description: string;
  occupants: number;
  joined: boolean;
  membersOnly: boolean;
  password: boolean;
}

export interface Device {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string;
  remote: string;
  current: boolean;
}

export interface ClientSettings {
  theme?: "system" | "light" | "dark" | "contrast";
  density?: "calm" | "compact";
  language?: string;
  notifications?: Level;
  realTime?: Record<string, boolean>;
  /** Times of day as minutes since midnight, in which nothing rings. */
  quiet?: { from: number; to: number } | null;
  sounds?: boolean;
  textSize?: "small" | "normal" | "large";
  emoji?: string[];
  /** Enter ends a line and Ctrl Enter sends. */
  enterIsNewLine?: boolean;
}

export interface Preferences {
  id: "singleton";
  presence: { show: Show; status: string };
  receipts: boolean;
  typing: boolean;
  client: ClientSettings;
}

/** The id that the server gives a conversation or contact: "c" and the address in unpadded base64url. */
export function idOfAddress(address: string): string {
  const bytes = new TextEncoder().encode(address);
  const text = btoa(String.fromCharCode(...bytes));
  return "c" + text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What somebody wrote. Where a message is only files, its text is their addresses, for those who know no files. */
export function wordsOf(message: Message): string {
  if (message.files.length === 0) return message.text;
  const urls = new Set(message.files.map((file) => file.url));
  return message.text.split(/\s+/).every((word) => word === "" || urls.has(word)) ? "" : message.text;
}

/** What is shown for an address that nobody named: the part before the @. */
export function localPart(address: string): string {
  const at = address.indexOf("@");
  return at > 0 ? address.slice(0, at) : address;
}
