/** Whether somebody is called for a message: what the conversation says, then what the account says, then the hour. */
import type { ClientSettings, Conversation, Message } from "./model";

export function calls(message: Message, conversation: Conversation, settings: ClientSettings, now: Date): boolean {
  const level = conversation.level === "all" ? (settings.notifications ?? "all") : conversation.level;
  if (level === "none" || isQuiet(settings.quiet, now)) return false;
  return level === "all" || message.mentionsMe || conversation.kind === "person";
}

/** The hours may go over midnight. */
export function isQuiet(quiet: ClientSettings["quiet"], now: Date): boolean {
  if (!quiet) return false;
  const minute = now.getHours() * 60 + now.getMinutes();
  return quiet.from <= quiet.to ? minute >= quiet.from && minute < quiet.to : minute >= quiet.from || minute < quiet.to;
}
