/** A Signal of core/ as something that Svelte follows. */
import { createSubscriber } from "svelte/reactivity";
import type { Signal } from "../core/signal";

const subscribers = new WeakMap<Signal<any>, () => void>();

export function read<T>(signal: Signal<T>): T {
  let subscribe = subscribers.get(signal);
  if (!subscribe) {
    subscribe = createSubscriber((update) => signal.watch(update));
    subscribers.set(signal, subscribe);
  }
  subscribe();
  return signal.value;
}
