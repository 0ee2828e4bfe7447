/** Matching while one types: the palette, the list's filter, the completion of names. */

const plainTexts = new Map<string, string>();
const REMEMBERED = 50_000;

/** How well `text` fits `query`: 0 not at all; a beginning counts more than a word's beginning, that more than anywhere. */
export function score(text: string, query: string): number {
  const needle = plain(query);
  return needle ? points(remembered(text), needle) : 1;
}

function points(hay: string, needle: string): number {
  const at = hay.indexOf(needle);
  if (at === 0) return 4;
  if (at > 0) return /[\s@._-]/.test(hay[at - 1]!) ? 3 : 2;
  let from = 0;
  for (const sign of needle) {
    from = hay.indexOf(sign, from) + 1;
    if (from === 0) return 0;
  }
  return 1;
}

export function best<T>(items: Iterable<T>, query: string, textOf: (item: T) => string, limit: number): T[] {
  const needle = plain(query);
  const levels: T[][] = [[], [], [], []];
  for (const item of items) {
    const level = needle ? points(remembered(textOf(item)), needle) : 1;
    if (level > 0) levels[4 - level]!.push(item);
    if (levels[0]!.length >= limit) break;
  }
  return levels.flat().slice(0, limit);
}

/** Names do not change while one types; taking them apart is what costs. */
function remembered(text: string): string {
  let known = plainTexts.get(text);
  if (known === undefined) {
    if (plainTexts.size >= REMEMBERED) plainTexts.clear();
    known = plain(text);
    plainTexts.set(text, known);
  }
  return known;
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export interface Completion {
  sign: "@" | ":";
  query: string;
  start: number;
}

/** The name (@) or emoji (:) that is being written where the caret stands. */
export function completionAt(text: string, caret: number): Completion | null {
  const match = /(?:^|\s)([@:])([\p{L}\p{N}_.+-]*)$/u.exec(text.slice(Math.max(0, caret - 64), caret));
  if (!match) return null;
  const [, sign, query] = match;
  if (sign === ":" && query!.length < 2) return null;
  return { sign: sign as "@" | ":", query: query!, start: caret - query!.length - 1 };
}
