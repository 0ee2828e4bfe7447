/** The words of the screen in the reader's language. A catalogue that lacks a word does not compile; those of other languages come when they are wanted. */
import { en } from "./words/en";

export type Words = { readonly [Key in keyof typeof en]: string };
export type Word = keyof typeof en;
export type Values = Record<string, string | number>;

export const LANGUAGES: Record<string, { name: string; direction: "ltr" | "rtl"; load: () => Promise<Words> }> = {
  en: { name: "English", direction: "ltr", load: async () => en },
  de: { name: "Deutsch", direction: "ltr", load: async () => (await import("./words/de")).de },
  ar: { name: "العربية", direction: "rtl", load: async () => (await import("./words/ar")).ar },
};

/** The first language of the list that there is; English otherwise. */
export function choose(wanted: readonly string[]): string {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0]!;
    if (Object.hasOwn(LANGUAGES, language)) return language;
  }
  return "en";
}

/** The forms of a counted word stand in this order, without those that the language does not have. */
const FORMS: readonly Intl.LDMLPluralRule[] = ["zero", "one", "two", "few", "many", "other"];

/** One language: its words, its plurals, its numbers and times. */
export class Speech {
  static readonly english = new Speech("en", en);

  static async of(language: string): Promise<Speech> {
    return language === "en" ? Speech.english : new Speech(language, await LANGUAGES[language]!.load());
  }

  readonly direction: "ltr" | "rtl";
  readonly #rules: Intl.PluralRules;
  readonly #forms: Intl.LDMLPluralRule[];
  readonly #numbers: Intl.NumberFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #dayOfYear: Intl.DateTimeFormat;
  readonly #full: Intl.DateTimeFormat;
  readonly #collator: Intl.Collator;

  private constructor(
    readonly language: string,
    private readonly words: Words,
  ) {
    this.direction = LANGUAGES[language]!.direction;
    this.#rules = new Intl.PluralRules(language);
    const has = this.#rules.resolvedOptions().pluralCategories;
    this.#forms = FORMS.filter((form) => has.includes(form));
    this.#numbers = new Intl.NumberFormat(language);
    this.#clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    this.#day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
    this.#dayOfYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
    this.#full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
    this.#collator = new Intl.Collator(language, { sensitivity: "base", numeric: true });
  }

  /** `{name}` is replaced by `values.name`; `{n|one|many}` by the form that the language uses for n, separated by |. */
  say(word: Word, values: Values = {}): string {
    return this.words[word].replace(/\{(\w+)(?:\|([^}]*))?\}/g, (_, key: string, forms?: string) => {
      const value = values[key] ?? "";
      return forms === undefined ? String(value) : this.#plural(Number(value), forms.split("|"));
    });
  }

  #plural(count: number, forms: string[]): string {
    const form = forms[this.#forms.indexOf(this.#rules.select(count))] ?? forms.at(-1)!;
    return form.replace("#", this.number(count));
  }

  number(value: number): string {
    return this.#numbers.format(value);
  }

  time(at: string): string {
    return this.#clock.format(new Date(at));
  }

  full(at: string): string {
    return this.#full.format(new Date(at));
  }

  /** Today, yesterday, the day of this year, or the date. */
  day(at: string, now: Date): string {
    const then = new Date(at);
    const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
    if (days === 0) return this.say("today");
    if (days === 1) return this.say("yesterday");
    return (then.getFullYear() === now.getFullYear() ? this.#day : this.#dayOfYear).format(then);
  }

  /** As short as a list wants it: the time of today, the date otherwise. */
  moment(at: string, now: Date): string {
    const then = new Date(at);
    if (midnight(then) === midnight(now)) return this.#clock.format(then);
    const year = then.getFullYear() === now.getFullYear() ? undefined : ("numeric" as const);
    return then.toLocaleDateString(this.language, { day: "numeric", month: "short", year });
  }

  size(octets: number): string {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
    const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, octets)) / 3));
    const style = { style: "unit", unit: units[step]!, unitDisplay: "short", maximumFractionDigits: step > 1 ? 1 : 0 } as const;
    return new Intl.NumberFormat(this.language, style).format(octets / 1000 ** step);
  }

  compare = (one: string, other: string): number => this.#collator.compare(one, other);
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
