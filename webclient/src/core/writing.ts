/** What the composer does to a text. */

/** Puts a styling sign around what is selected, or takes it away where it stands already. */
export function surrounded(text: string, start: number, end: number, sign: string): { text: string; start: number; end: number } {
  const inside = text.slice(start, end);
  if (text[start - 1] === sign && text[end] === sign) {
    return { text: text.slice(0, start - 1) + inside + text.slice(end + 1), start: start - 1, end: end - 1 };
  }
  return { text: text.slice(0, start) + sign + inside + sign + text.slice(end), start: start + 1, end: end + 1 };
}
