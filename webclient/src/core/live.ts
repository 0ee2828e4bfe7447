/** Who is typing, and what they type as they type it. Nothing of this is kept anywhere. */
import type { Answer } from "./jmap";
import type { Sender } from "./model";
import { RealTimeDecoder, RealTimeEncoder } from "./realtime";
import { Signal } from "./signal";

export interface Typist {
  from: Sender;
  /** "" while only the fact of typing is known. */
  text: string;
}

/** XEP-0085 leaves the time open; who said nothing for this long is taken to have stopped. */
const FORGOTTEN_MS = 30_000;
/** XEP-0301 §4.4: the interval in which key strokes are sent together. */
const INTERVAL_MS = 300;
const REFRESH_MS = 10_000;

interface Known {
  from: Sender;
  decoder: RealTimeDecoder;
  timer?: ReturnType<typeof setTimeout>;
}

export class Typists {
  readonly all = new Signal<ReadonlyMap<string, Typist[]>>(new Map());
  readonly #known = new Map<string, Map<string, Known>>();

  received(frame: Answer): void {
    const from = frame.from as Sender;
    if (!from || from.own) return;
    const person = this.#person(frame.conversationId, from);
    if (frame.rtt) person.decoder.receive(frame.rtt);
    const idle = frame.rtt ? frame.rtt.action === "cancel" : frame.typing !== "composing";
    if (idle && !person.decoder.text) this.stopped(frame.conversationId, from);
    else this.#keep(frame.conversationId, from, person);
  }

  /** Their message came, or they stopped. */
  stopped(conversationId: string, from: Sender): void {
    const people = this.#known.get(conversationId);
    const person = people?.get(keyOf(from));
    if (!people || !person) return;
    clearTimeout(person.timer);
    people.delete(keyOf(from));
    this.#publish();
  }

  #person(conversationId: string, from: Sender): Known {
    const people = this.#known.get(conversationId) ?? new Map<string, Known>();
    this.#known.set(conversationId, people);
    return people.get(keyOf(from)) ?? { from, decoder: new RealTimeDecoder() };
  }

  #keep(conversationId: string, from: Sender, person: Known): void {
    clearTimeout(person.timer);
    person.timer = setTimeout(() => this.stopped(conversationId, from), FORGOTTEN_MS);
    this.#known.get(conversationId)!.set(keyOf(from), person);
    this.#publish();
  }

  #publish(): void {
    const shown = [...this.#known].map(([id, people]): [string, Typist[]] => [
      id,
      [...people.values()].map((one) => ({ from: one.from, text: one.decoder.text })),
    ]);
    this.all.set(new Map(shown));
  }
}

function keyOf(from: Sender): string {
  return `${from.address}\n${from.name}`;
}

/** Tells the others of a conversation what happens in the composer. */
export class Telling {
  #encoder = new RealTimeEncoder();
  #composing = false;
  #text = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #refreshed = 0;

  constructor(
    private readonly tell: (what: Record<string, unknown>) => void,
    private readonly wishes: () => { typing: boolean; realTime: boolean },
  ) {}

  wrote(text: string): void {
    this.#text = text;
    const { typing, realTime } = this.wishes();
    if (realTime) this.#timer ??= setTimeout(() => this.#transmit(), INTERVAL_MS);
    if (!typing) return;
    if (!this.#composing && text) this.tell({ typing: "composing" });
    if (this.#composing && !text) this.tell({ typing: "active" });
    this.#composing = text !== "";
    clearTimeout(this.#pause);
    if (text) this.#pause = setTimeout(() => this.#paused(), 5000);
  }

  /** The message went out: it takes the place of what was shown. */
  sent(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#pause);
    this.#timer = undefined;
    this.#encoder.finish();
    this.#composing = false;
    this.#text = "";
  }

  /** The switch was turned off: what the others see of an unfinished text goes away (XEP-0301 §4.6.3). */
  realTimeEnded(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rtt = this.#encoder.cancel();
    if (rtt) this.tell({ rtt });
  }

  #paused(): void {
    this.#composing = false;
    this.tell({ typing: "paused" });
  }

  #transmit(): void {
    this.#timer = undefined;
    const now = Date.now();
    const due = now - this.#refreshed > REFRESH_MS;
    let rtt = this.#encoder.show(this.#text);
    if (rtt && due) {
      if (rtt.action === "edit") rtt = this.#encoder.refresh();
      this.#refreshed = now;
    }
    if (rtt) this.tell({ rtt });
  }
}
