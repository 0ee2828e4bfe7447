/** The one WebSocket to the server: requests, pushes, and coming back after it broke. */
import { answers, USING, type Answer, type Invocation } from "./jmap";
import { Signal } from "./signal";

export type Link = "connecting" | "online" | "offline" | "refused";

/** What a WebSocket does, as far as it is needed here: the browser's own, or a test's. */
export interface Wire {
  send(data: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

interface Waiting {
  resolve(responses: Invocation[]): void;
  reject(error: Error): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** After this much silence the server is asked whether it is there, and has this long to answer. */
const SILENCE_MS = 45_000;
const PATIENCE_MS = 15_000;

export class Disconnected extends Error {}

/** The request as a whole was refused (RFC 8620 §3.6.1). */
export class RequestRefused extends Error {
  constructor(
    readonly type: string,
    detail: string,
  ) {
    super(detail || type);
  }
}

export class Socket {
  readonly state = new Signal<Link>("connecting");
  /** Called with each frame that answers no request. */
  onpush: (frame: Answer) => void = () => {};
  /** Called each time the connection stands; what is missing is asked for here. */
  onready: () => Promise<void> = async () => {};
  /** Asks whether the login still holds; false ends the attempts to come back. */
  allowed: () => Promise<boolean> = async () => true;
  #wire: Wire | null = null;
  #open = false;
  #waiting = new Map<string, Waiting>();
  #next = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(private readonly makeWire: () => Wire) {}

  start(): void {
    this.#stopped = false;
    clearTimeout(this.#timer);
    if (this.#wire) return;
    this.state.set("connecting");
    const wire = this.makeWire();
    this.#wire = wire;
    this.#open = false;
    wire.onopen = () => void this.#opened(wire);
    wire.onmessage = (event) => wire === this.#wire && this.#received(event.data);
    wire.onclose = () => void this.#closed(wire);
    // A name that resolves to nobody keeps a browser waiting for minutes.
    this.#expect(PATIENCE_MS * 2);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#wire?.close();
  }

  /** The network came back, or the window is looked at again: no more waiting, and no trust in an old connection. */
  wake(): void {
    if (this.#stopped) return;
    if (!this.#wire) this.start();
    else if (this.#open) this.#ask();
  }

  /** RFC 8887 §4.3.2. The answers stand in the order of the calls; throws MethodError, RequestRefused or Disconnected. */
  async call(...calls: [name: string, args: Record<string, unknown>][]): Promise<Answer[]> {
    return answers(await this.request(...calls));
  }

  /** The same with errors among the answers, for who asks for several things at once. */
  async request(...calls: [name: string, args: Record<string, unknown>][]): Promise<Invocation[]> {
    const wire = this.#wire;
    if (!wire || !this.#open) throw new Disconnected("not connected");
    const id = `r${this.#next++}`;
    const methodCalls = calls.map(([name, args], index) => [name, args, String(index)]);
    return new Promise<Invocation[]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      wire.send(JSON.stringify({ "@type": "Request", id, using: USING, methodCalls }));
    });
  }

  /** A frame that nobody answers; lost when there is no connection. */
  tell(frame: Record<string, unknown>): void {
    if (this.state.value === "online") this.tellAlways(frame);
  }

  /** The same, also while the connection is being made ready. */
  tellAlways(frame: Record<string, unknown>): void {
    if (this.#open) this.#wire?.send(JSON.stringify(frame));
  }

  async #opened(wire: Wire): Promise<void> {
    if (wire !== this.#wire) return;
    this.#open = true;
    this.#listen();
    try {
      await this.onready();
      if (wire !== this.#wire) return;
      this.#failures = 0;
      this.state.set("online");
    } catch {
      wire.close();
    }
  }

  #received(data: string): void {
    this.#listen();
    const frame = JSON.parse(data) as Answer;
    const waiting = this.#waiting.get(frame.requestId);
    if (!waiting) return this.onpush(frame);
    this.#waiting.delete(frame.requestId);
    if (frame["@type"] === "Response") waiting.resolve(frame.methodResponses);
    else waiting.reject(new RequestRefused(String(frame.type ?? ""), String(frame.detail ?? "")));
  }

  /** While something comes nothing is asked. */
  #listen(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#ask(), SILENCE_MS);
  }

  #ask(): void {
    this.#expect(PATIENCE_MS);
    this.call(["Core/echo", {}]).catch(() => undefined);
  }

  #expect(milliseconds: number): void {
    clearTimeout(this.#watch);
    const wire = this.#wire;
    this.#watch = setTimeout(() => {
      wire?.close();
      // A browser tells of the end only when the other side answered, and that is what did not happen.
      if (wire) void this.#closed(wire);
    }, milliseconds);
  }

  async #closed(wire: Wire): Promise<void> {
    if (wire !== this.#wire) return;
    this.#wire = null;
    this.#open = false;
    clearTimeout(this.#watch);
    for (const waiting of this.#waiting.values()) waiting.reject(new Disconnected("connection lost"));
    this.#waiting.clear();
    this.state.set("offline");
    if (this.#stopped) return;
    if (!(await this.allowed())) return this.state.set("refused");
    if (this.#stopped || this.#wire) return;
    this.#timer = setTimeout(() => this.start(), this.#pause());
  }

  /** Doubles up to half a minute, and differs between clients, so that they do not all come back at once. */
  #pause(): number {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    return pause * (0.5 + Math.random() / 2);
  }
}
