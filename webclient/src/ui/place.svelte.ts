/** Where one is in the client, and the words and looks of the screen. One object, handed down by context. */
import { getContext, setContext } from "svelte";
import type { Chat } from "../core/chat";
import { choose, LANGUAGES, Speech, type Values, type Word } from "../core/i18n";
import { idOfAddress, localPart, wordsOf, type Contact, type Conversation, type Message, type Sender } from "../core/model";
import { codeOf, reasonFor } from "../core/reasons";
import { inOrder } from "../core/records";
import { read } from "./watch.svelte";

export type Dialog = "" | "palette" | "search" | "settings" | "new" | "shortcuts" | "invite" | "report" | "room" | "image" | "reactions";
export type Tab = "conversations" | "contacts";
export type Section = "profile" | "looks" | "notifications" | "privacy" | "devices";

export interface Notice {
  text: string;
  alarm: boolean;
  undo?: () => void;
}

export class Place {
  conversationId = $state<string | null>(null);
  tab = $state<Tab>("conversations");
  dialog = $state<Dialog>("");
  /** What the dialog is about: a search text, an address, a picture. */
  subject = $state.raw<unknown>(null);
  details = $state(false);
  notice = $state.raw<Notice | null>(null);
  /** Said to those who listen to the screen. */
  announcement = $state("");
  /** A message to jump to, after a search or from a quote. */
  target = $state.raw<{ conversationId: string; messageId: string } | null>(null);
  speech = $state.raw(Speech.english);
  now = $state.raw(new Date());

  constructor(
    readonly chat: Chat,
    readonly wide: () => boolean,
    readonly leave: () => void,
  ) {}

  readonly ordered = $derived.by(() => inOrder(read(this.chat.records.conversations).values()));

  get settings() {
    return read(this.chat.records.preferences).client;
  }

  /** The language that is wanted; `speech` is the one that is here. */
  readonly language = $derived.by(() => choose([this.settings.language ?? "", ...navigator.languages]));

  get direction() {
    return LANGUAGES[this.speech.language]!.direction;
  }

  readonly conversation: Conversation | null = $derived.by(() => read(this.chat.records.conversations).get(this.conversationId ?? "") ?? null);

  say = (word: Word, values: Values = {}): string => this.speech.say(word, values);

  contact(id: string): Contact | undefined {
    return read(this.chat.records.contacts).get(id);
  }

  nameOf(conversation: Conversation): string {
    return this.contact(conversation.id)?.name || conversation.name || localPart(conversation.address);
  }

  senderName(sender: Sender): string {
    if (sender.own) return this.say("you");
    return sender.name || this.contact(idOfAddress(sender.address))?.name || localPart(sender.address);
  }

  /** A message in one line, for lists and quotes. */
  gist(message: Message): string {
    if (message.retracted) return this.say("retracted");
    if (message.encrypted) return this.say("encryptedShort");
    if (message.invitation) return this.say("invitesYou");
    const words = wordsOf(message);
    if (words) return words.replace(/\s+/g, " ").slice(0, 200);
    const file = message.files[0];
    return file ? this.fileGist(file.mediaType, file.name) : "";
  }

  fileGist(mediaType: string, name: string): string {
    if (mediaType.startsWith("image/")) return this.say("photo");
    if (mediaType.startsWith("audio/")) return this.say("voiceMessage");
    if (mediaType.startsWith("video/")) return this.say("video");
    return name;
  }

  show(conversationId: string): void {
    this.dialog = "";
    if (this.conversationId !== conversationId) {
      const inside = this.conversationId !== null && !this.wide();
      history[inside ? "replaceState" : "pushState"](null, "", `#/${conversationId}`);
      this.conversationId = conversationId;
    }
    void this.try(() => this.chat.show(conversationId), false);
  }

  /** The address of the page says where one is: after a reload, and with the browser's own way back. */
  follow(hash: string): void {
    const id = /^#\/(c[\w-]+)$/.exec(hash)?.[1] ?? null;
    if (id === this.conversationId) return;
    this.conversationId = id;
    this.details = false;
    if (id) void this.try(() => this.chat.show(id), false);
  }

  back(): void {
    history.replaceState(null, "", "#/");
    this.conversationId = null;
    this.details = false;
  }

  jump(conversationId: string, messageId: string): void {
    this.show(conversationId);
    this.target = { conversationId, messageId };
  }

  ask(dialog: Dialog, subject: unknown = null): void {
    this.subject = subject;
    this.dialog = dialog;
  }

  async open(address: string, room?: Record<string, unknown>): Promise<void> {
    await this.try(async () => this.show(await this.chat.actions.open(address, room)));
  }

  tell(text: string, undo?: () => void): void {
    this.notice = { text, alarm: false, ...(undo ? { undo } : {}) };
  }

  /** Does something on the server; what went wrong is said at the bottom of the screen. */
  async try(action: () => Promise<unknown>, loud = true): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      if (loud) this.notice = { text: this.reason(codeOf(error)), alarm: true };
      return false;
    }
  }

  reason(code: string): string {
    const word = reasonFor(code);
    return word ? this.say(word) : this.say("failedAction", { reason: code });
  }
}

const KEY = Symbol("place");

export function providePlace(place: Place): void {
  setContext(KEY, place);
}

export function getPlace(): Place {
  return getContext<Place>(KEY);
}
