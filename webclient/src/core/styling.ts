/**
 * Message Styling (XEP-0393): a text becomes blocks of spans. Nothing here makes markup: the screen shows spans as
 * elements that hold text nodes. The time it takes grows with the length of the text, whatever somebody wrote.
 */
import { findLinks, type Link } from "./links";

export type Span =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "mention"; text: string }
  | { kind: "strong" | "emphasis" | "strike"; spans: Span[] };

export type Block =
  | { kind: "line"; spans: Span[] }
  | { kind: "pre"; text: string }
  | { kind: "quote"; blocks: Block[] };

const STYLES = { "*": "strong", _: "emphasis", "~": "strike" } as const;
const DEEPEST = 8;

/** `mention`: the nick that is marked where it stands as a word of its own; "" for none. */
export function parse(text: string, mention = "", depth = 0): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    if (line.startsWith("```")) {
      const stop = fenceEnd(lines, at);
      blocks.push({ kind: "pre", text: lines.slice(at + 1, stop).join("\n") });
      at = stop + 1;
    } else if (line.startsWith(">") && depth < DEEPEST) {
      let stop = at;
      while (stop < lines.length && lines[stop]!.startsWith(">")) stop += 1;
      const inner = lines.slice(at, stop).map((quoted) => quoted.slice(1).replace(/^ /, ""));
      blocks.push({ kind: "quote", blocks: parse(inner.join("\n"), mention, depth + 1) });
      at = stop;
    } else {
      blocks.push({ kind: "line", spans: parseSpans(line, mention) });
      at += 1;
    }
  }
  return blocks;
}

function fenceEnd(lines: string[], open: number): number {
  for (let at = open + 1; at < lines.length; at += 1) if (lines[at]!.trimEnd() === "```") return at;
  return lines.length;
}

/** One line. Links go first, so that the _ and ~ of an address are no styling. */
export function parseSpans(line: string, mention = ""): Span[] {
  return spansBetween({ line, links: findLinks(line), mention, hopeless: new Set() }, 0, line.length, 0);
}

interface Reading {
  line: string;
  links: Link[];
  mention: string;
  /** Signs of which no closing one follows where reading stands: nobody looks for them twice. */
  hopeless: Set<string>;
}

function spansBetween(reading: Reading, start: number, end: number, depth: number): Span[] {
  const { line, links, mention } = reading;
  const spans: Span[] = [];
  let plain = start;
  const flush = (until: number) => {
    if (until > plain) spans.push(...markMentions(line.slice(plain, until), mention));
  };
  let next = firstEndingAfter(links, start);
  for (let at = start; at < end; ) {
    const link = links[next];
    if (link && link.start === at && link.end <= end) {
      flush(at);
      spans.push({ kind: "link", text: line.slice(at, link.end), href: link.href });
      at = plain = link.end;
      next += 1;
      continue;
    }
    const close = depth < DEEPEST ? closing(reading, at, start, end) : -1;
    if (close < 0) {
      at += 1;
      continue;
    }
    flush(at);
    spans.push(styled(reading, at, close, depth));
    at = plain = close + 1;
    while (next < links.length && links[next]!.start < at) next += 1;
  }
  flush(end);
  return spans;
}

function styled(reading: Reading, open: number, close: number, depth: number): Span {
  const sign = reading.line[open]!;
  if (sign === "`") return { kind: "code", text: reading.line.slice(open + 1, close) };
  const inner = { ...reading, hopeless: new Set<string>() };
  return { kind: STYLES[sign as keyof typeof STYLES], spans: spansBetween(inner, open + 1, close, depth + 1) };
}

/** XEP-0393 §6.2: where the span that opens at `open` closes, or -1 when none does. */
function closing(reading: Reading, open: number, start: number, end: number): number {
  const { line, links, hopeless } = reading;
  const sign = line[open]!;
  if ((!(sign in STYLES) && sign !== "`") || hopeless.has(sign)) return -1;
  const before = open === start ? " " : line[open - 1]!;
  if (!/\s/.test(before) && !(before in STYLES) && before !== "(" && before !== '"') return -1;
  if (open + 1 >= end || /\s/.test(line[open + 1]!)) return -1;
  let next = firstEndingAfter(links, open);
  for (let at = open + 1; at < end; at += 1) {
    while (next < links.length && links[next]!.end <= at) next += 1;
    const link = links[next];
    if (line[at] !== sign || (sign !== "`" && link !== undefined && link.start <= at)) continue;
    if (at === open + 1) return -1;
    if (!/\s/.test(line[at - 1]!)) return at;
  }
  hopeless.add(sign);
  return -1;
}

function firstEndingAfter(links: Link[], position: number): number {
  let [low, high] = [0, links.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (links[middle]!.end > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

function markMentions(text: string, mention: string): Span[] {
  if (!mention) return [{ kind: "text", text }];
  const spans: Span[] = [];
  let from = 0;
  for (const [start, end] of mentionsIn(text, mention)) {
    if (start > from) spans.push({ kind: "text", text: text.slice(from, start) });
    spans.push({ kind: "mention", text: text.slice(start, end) });
    from = end;
  }
  if (from < text.length) spans.push({ kind: "text", text: text.slice(from) });
  return spans;
}

/** Where a nick stands as a word of its own, with the @ before it if there is one. */
export function mentionsIn(text: string, nick: string): [number, number][] {
  if (!nick) return [];
  const escaped = nick.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])@?${escaped}(?![\\p{L}\\p{N}_])`, "giu");
  return [...text.matchAll(pattern)].map((match) => [match.index, match.index + match[0].length]);
}
