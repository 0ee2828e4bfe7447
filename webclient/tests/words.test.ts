import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { choose, LANGUAGES, Speech } from "../src/core/i18n";
import { en } from "../src/core/words/en";

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();
const ui = new URL("../src/ui/", import.meta.url);
const source = readdirSync(ui).map((name) => readFileSync(new URL(name, ui), "utf8")).join("") + readFileSync(new URL("../src/core/reasons.ts", import.meta.url), "utf8") + readFileSync(new URL("../src/core/i18n.ts", import.meta.url), "utf8");

test.each(Object.keys(LANGUAGES))("%s has every word, with the same places for values and as many forms as its plural has", async (language) => {
  const words = await LANGUAGES[language]!.load();
  expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.length;
  for (const [key, text] of Object.entries(words)) {
    expect(text.trim(), key).not.toBe("");
    expect(placeholders(text), key).toEqual(placeholders(en[key as keyof typeof en]));
    for (const [, given] of text.matchAll(/\{\w+\|([^}]*)\}/g)) expect(given!.split("|"), key).toHaveLength(forms);
  }
});

test("no word is there that nobody says", () => {
  // What a state of delivery is called comes from its name.
  const called = new Set(["sent", "delivered", "pending", "read", "failed"]);
  expect(Object.keys(en).filter((word) => !called.has(word) && !new RegExp(`["']${word}["']`).test(source))).toEqual([]);
});

test("counted words follow the rules of the language", async () => {
  const [german, arabic] = [await Speech.of("de"), await Speech.of("ar")];
  expect(Speech.english.say("unread", { n: 1 })).toBe("1 unread message");
  expect(german.say("unread", { n: 3 })).toBe("3 ungelesene Nachrichten");
  expect([0, 1, 2, 3, 11, 100].map((n) => arabic.say("people", { n }).replace(/[\d٠-٩]+/, "#"))).toEqual(["لا أحد", "شخص واحد", "شخصان", "# أشخاص", "# شخصًا", "# شخص"]);
});

test("the first language that there is is chosen, and English where there is none", () => {
  expect(choose(["", "fr-FR", "de-AT", "ar"])).toBe("de");
  expect(choose(["constructor", "xx"])).toBe("en");
});

test("a value is put in as it is", () => {
  expect(Speech.english.say("said", { name: "{text}", text: "$& <b>" })).toBe("{text}: $& <b>");
});

test("days, moments and sizes", () => {
  const now = new Date(2026, 10, 20, 12);
  expect(Speech.english.day(new Date(2026, 10, 20, 1).toISOString(), now)).toBe("Today");
  expect(Speech.english.day(new Date(2026, 10, 19, 23).toISOString(), now)).toBe("Yesterday");
  expect(Speech.english.moment(new Date(2025, 0, 2).toISOString(), now)).toBe("Jan 2, 2025");
  expect(Speech.english.size(1_482_000)).toBe("1.5 MB");
});
