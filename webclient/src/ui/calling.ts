/** Calls the one who sits before the screen: a notification, a sound; both end when the message was read, here or elsewhere. */
import type { Conversation, Message } from "../core/model";
import { calls } from "../core/notify";
import type { Place } from "./place.svelte";

export function callFor(place: Place, message: Message, conversation: Conversation): void {
  const looks = document.hasFocus() && place.conversationId === conversation.id;
  const text = place.say("said", { name: place.senderName(message.from), text: place.gist(message) });
  // Who listens to the screen hears what comes where they are, and only that something came elsewhere.
  place.announcement = looks ? text : place.say("newFrom", { name: place.nameOf(conversation) });
  const settings = place.settings;
  if (looks || !calls(message, conversation, settings, new Date())) return;
  if (settings.sounds ?? true) ring();
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const body = conversation.kind === "room" ? text : place.gist(message);
  const options = { body, tag: conversation.id, icon: "/icon.svg", data: { conversationId: conversation.id }, silent: true, dir: place.direction };
  void navigator.serviceWorker?.ready.then((worker) => worker.showNotification(place.nameOf(conversation), options));
}

/** What was read on any device calls no more. */
export async function takeBack(conversations: Iterable<Conversation>): Promise<void> {
  const read = new Set([...conversations].filter((one) => one.unread === 0).map((one) => one.id));
  const worker = await navigator.serviceWorker?.getRegistration();
  for (const shown of (await worker?.getNotifications()) ?? []) if (read.has(shown.tag)) shown.close();
}

/** Two soft tones; a browser lets them be heard after the page was clicked once. */
function ring(): void {
  const context = new AudioContext();
  const gain = context.createGain();
  gain.connect(context.destination);
  gain.gain.setValueAtTime(0.06, context.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.5);
  for (const [index, pitch] of [660, 880].entries()) {
    const tone = context.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(gain);
    tone.start(context.currentTime + index * 0.11);
    tone.stop(context.currentTime + 0.5);
  }
  setTimeout(() => void context.close(), 800);
}
