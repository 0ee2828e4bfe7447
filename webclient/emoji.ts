/** Vite's virtual:emoji: a line for each emoji, "emoji TAB group TAB words". */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

interface Entry {
  emoji: string;
  group?: number;
  order?: number;
  label: string;
  tags?: string[];
  hexcode: string;
}

const NAME = "virtual:emoji";
/** Skin and hair alone are no emoji of their own. */
const COMPONENTS = 2;

function entries(language: string): Entry[] {
  const file = createRequire(import.meta.url).resolve(`emojibase-data/${language}/data.json`);
  return JSON.parse(readFileSync(file, "utf8")) as Entry[];
}

export function emojiTable(): string {
  const german = new Map(entries("de").map((one) => [one.hexcode, one]));
  return entries("en")
    .filter((one) => one.group !== undefined && one.group !== COMPONENTS)
    .sort((one, other) => (one.order ?? 0) - (other.order ?? 0))
    .map((one) => {
      const other = german.get(one.hexcode);
      const words = new Set([one.label, ...(one.tags ?? []), ...(other ? [other.label, ...(other.tags ?? [])] : [])]);
      return `${one.emoji}\t${one.group}\t${[...words].join(" ")}`;
    })
    .join("\n");
}

export function emoji(): Plugin {
  return {
    name: "emoji",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify(emojiTable())};` : null),
  };
}
