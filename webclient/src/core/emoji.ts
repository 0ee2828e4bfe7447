/** All emoji with the words by which one finds them (English and German); made from emojibase at build time, fetched when it is wanted. */
import table from "virtual:emoji";

export interface Emoji {
  emoji: string;
  words: string;
  group: number;
}

export const GROUPS = [
  { group: 0, sign: "😀", name: "Smileys" },
  { group: 1, sign: "👋", name: "People" },
  { group: 3, sign: "🐻", name: "Nature" },
  { group: 4, sign: "🍎", name: "Food" },
  { group: 5, sign: "✈️", name: "Travel" },
  { group: 6, sign: "⚽", name: "Activities" },
  { group: 7, sign: "💡", name: "Objects" },
  { group: 8, sign: "💜", name: "Symbols" },
  { group: 9, sign: "🏁", name: "Flags" },
];

export const EMOJI: readonly Emoji[] = table.split("\n").map((line) => {
  const [emoji, group, words] = line.split("\t") as [string, string, string];
  return { emoji, words, group: Number(group) };
});
