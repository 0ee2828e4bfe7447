/**
 * Where the list of messages stands: the one place that decides. Whoever changes the rows says what changed, and gets
 * one thing to do.
 */
import type { Row } from "./timeline";

export type Move =
  | { kind: "stay" }
  /** Rows came before the first: what is seen stays, measured from the end. */
  | { kind: "hold" }
  | { kind: "end" }
  | { kind: "row"; index: number };

/** So near to the end one means to be at the end; pixels. */
export const NEAR_END = 80;

export class ScrollPlace {
  #first: string | undefined;
  #opened = false;
  /** The reader is at the end, and stays there when something comes. */
  following = true;

  /** The list was scrolled; all in pixels. */
  scrolled(offset: number, viewport: number, size: number): void {
    this.following = size - viewport - offset <= NEAR_END;
  }

  /** Before new rows are shown. */
  changed(rows: readonly Row[], own: boolean): Move {
    const first = firstKey(rows);
    const before = this.#first;
    this.#first = first;
    if (rows.length === 0) return { kind: "stay" };
    if (!this.#opened) {
      this.#opened = true;
      const line = rows.findIndex((row) => row.kind === "unread");
      this.following = line < 0;
      return line < 0 ? { kind: "end" } : { kind: "row", index: line };
    }
    if (own) this.following = true;
    if (this.following) return { kind: "end" };
    const grewAbove = before !== undefined && first !== before && rows.some((row) => row.kind === "message" && row.key === before);
    return grewAbove ? { kind: "hold" } : { kind: "stay" };
  }

  /** Someone asked to see a message. */
  jumped(rows: readonly Row[], messageId: string): Move {
    const index = rows.findIndex((row) => row.kind === "message" && row.message.id === messageId);
    if (index < 0) return { kind: "stay" };
    this.following = false;
    return { kind: "row", index };
  }
}

function firstKey(rows: readonly Row[]): string | undefined {
  for (const row of rows) if (row.kind === "message") return row.key;
  return undefined;
}
