/** Finds what may be clicked in a text: http, https, xmpp, sip, sips, mailto and tel, and nothing that can be executed. */

export interface Link {
  start: number;
  end: number;
  href: string;
}

// What turns the direction of writing would show another address than the one that is opened.
const CANDIDATE = /(?:https?:\/\/|(?:xmpp|sips?|mailto|tel):)[^\s<>"`\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/giu;
const SCHEMES = new Set(["http:", "https:", "xmpp:", "sip:", "sips:", "mailto:", "tel:"]);
const PAIRS: Record<string, string> = { ")": "(", "]": "[", "}": "{" };
/** Browsers and servers stop about here; what is longer stays text. */
const LONGEST = 2048;

export function findLinks(text: string): Link[] {
  const links: Link[] = [];
  for (const match of text.matchAll(CANDIDATE)) {
    const start = match.index;
    if (match[0].length > LONGEST || /[\p{L}\p{N}_]/u.test(text.slice(Math.max(0, start - 1), start))) continue;
    const shown = withoutTrailing(match[0]);
    const href = safeHref(shown);
    if (href) links.push({ start, end: start + shown.length, href });
  }
  return links;
}

/** The address to go to, or null: another scheme, an address that says nothing, or one whose name is hidden behind an @. */
export function safeHref(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (!SCHEMES.has(url.protocol)) return null;
  if (!url.protocol.startsWith("http")) return url.pathname ? url.href : null;
  return url.hostname && !url.username && !url.password ? url.href : null;
}

/** A sentence's own signs at the end belong to the sentence; a bracket belongs to the link that opened it. */
function withoutTrailing(text: string): string {
  let end = text.length;
  while (end > 0) {
    const last = text[end - 1]!;
    const opener = PAIRS[last];
    const rest = text.slice(0, end);
    if (opener ? count(rest, opener) < count(rest, last) : /[.,;:!?'*_~…»”’]/u.test(last)) end -= 1;
    else break;
  }
  return text.slice(0, end);
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
