/**
 * In-band real-time text (XEP-0301): what changed between two states of a text, and back. Positions and lengths are
 * in code points (XEP-0301 §4.5.1), so that a face is never cut in two.
 */

export interface Edit {
  insert?: string;
  position?: number;
  erase?: number;
  waitMs?: number;
}

export interface RealTimeText {
  action: "new" | "reset" | "edit" | "cancel" | "init";
  sequence: number;
  edits: Edit[];
}

/** The erase and the insert that make `after` of `before`: at most one of each. */
export function difference(before: string, after: string): Edit[] {
  const old = [...before];
  const now = [...after];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const edits: Edit[] = [];
  const erased = old.length - head - tail;
  if (erased > 0) edits.push({ erase: erased, position: old.length - tail });
  const inserted = now.slice(head, now.length - tail).join("");
  if (inserted) edits.push({ insert: inserted, position: head });
  return edits;
}

export function apply(text: string, edits: Edit[]): string {
  let points = [...text];
  for (const edit of edits) {
    const position = clamp(edit.position ?? points.length, points.length);
    if (edit.erase !== undefined) {
      const start = Math.max(0, position - Math.max(0, edit.erase));
      points = [...points.slice(0, start), ...points.slice(position)];
    } else if (edit.insert !== undefined) {
      points = [...points.slice(0, position), ...edit.insert, ...points.slice(position)];
    }
  }
  return points.join("");
}

function clamp(position: number, length: number): number {
  return Math.min(Math.max(0, position), length);
}

/** Turns what stands in the composer into what is sent. One for each message that is being written. */
export class RealTimeEncoder {
  #shown = "";
  #sequence = 0;
  #open = false;

  /** What to send so that the other side shows `text`; null when it shows it already. */
  show(text: string): RealTimeText | null {
    if (text === this.#shown && this.#open) return null;
    const edits = difference(this.#open ? this.#shown : "", text);
    const action = this.#open ? "edit" : "new";
    if (!this.#open && edits.length === 0) return null;
    this.#sequence = this.#open ? this.#sequence + 1 : 0;
    this.#shown = text;
    this.#open = true;
    return { action, sequence: this.#sequence, edits };
  }

  /** XEP-0301 §4.7.3: the whole text again, for those who came later or lost something. */
  refresh(): RealTimeText | null {
    if (!this.#open) return null;
    this.#sequence += 1;
    return { action: "reset", sequence: this.#sequence, edits: [{ insert: this.#shown, position: 0 }] };
  }

  cancel(): RealTimeText | null {
    if (!this.#open) return null;
    const sequence = this.#sequence + 1;
    this.finish();
    return { action: "cancel", sequence, edits: [] };
  }

  /** After the message went out as a whole, or was thrown away. */
  finish(): void {
    this.#shown = "";
    this.#open = false;
  }
}

/** What one other person is writing. After a gap it shows nothing more until they start anew (XEP-0301 §4.7.2). */
export class RealTimeDecoder {
  text = "";
  #next = 0;
  #lost = true;

  receive(change: RealTimeText): void {
    if (change.action === "cancel") {
      this.clear();
      return;
    }
    if (change.action === "new" || change.action === "reset") {
      this.text = apply("", change.edits);
      this.#lost = false;
    } else if (change.action === "edit") {
      if (change.sequence !== this.#next) this.#lost = true;
      if (!this.#lost) this.text = apply(this.text, change.edits);
    }
    this.#next = change.sequence + 1;
  }

  clear(): void {
    this.text = "";
    this.#lost = true;
  }
}
