import { expect, test } from "vitest";
import { mentionsIn, parse, parseSpans, type Span } from "../src/core/styling";

function marked(spans: Span[]): string {
  const signs = { strong: "b", emphasis: "i", strike: "s" } as const;
  return spans.map((span) => ("spans" in span ? `<${signs[span.kind]}>${marked(span.spans)}</>` : span.kind === "text" ? span.text : `<${span.kind}>${span.text}</>`)).join("");
}

test.each([
  ["*strong* and _emphasis_", "<b>strong</> and <i>emphasis</>"],
  ["~gone~ `co*d*e`", "<s>gone</> <code>co*d*e</>"],
  ["*_both_*", "<b><i>both</></>"],
  ["2 * 3 * 4", "2 * 3 * 4"],
  ["snake_case_name", "snake_case_name"],
  ["** and *", "** and *"],
  ["*not closed", "*not closed"],
  ["* not* opened", "* not* opened"],
  ["https://x.example/a_b_c _d_", "<link>https://x.example/a_b_c</> <i>d</>"],
  ["*see https://x.example*", "<b>see <link>https://x.example</></>"],
  ["<script>alert(1)</script>", "<script>alert(1)</script>"],
])("%j is shown as %j", (text, shown) => expect(marked(parseSpans(text))).toBe(shown));

test("quotes nest, and blocks of code are left alone", () => {
  expect(parse("> a\n>> b\nc\n```\n*x*\n```\nd").map((block) => block.kind)).toEqual(["quote", "line", "pre", "line"]);
  const [quote] = parse("> a\n>> b");
  expect(quote).toMatchObject({ kind: "quote", blocks: [{ kind: "line" }, { kind: "quote" }] });
  expect(parse("```\nnever closed")).toEqual([{ kind: "pre", text: "never closed" }]);
});

test("every text is shown whole: nothing is lost and nothing added but signs", () => {
  for (const text of ["a*b*c", "*a _b* c_", "~~", "`a", "> > >", "_*~`x`~*_"]) {
    const plain = JSON.stringify(parse(text)).replace(/[^a-z]/g, "");
    for (const letter of text.replace(/[^a-z]/g, "")) expect(plain).toContain(letter);
  }
});

test.each(["*a ", "_*~", "*a* ", "`", "> ", ">", "https://x.example ", "*https://x.example ", "@bob "])("60,000 characters of %j are read in one go", (part) => {
  expect(parse(part.repeat(60_000 / part.length), "bob").length).toBeGreaterThan(0);
});

test("a nick is a mention only where it is a word of its own", () => {
  expect(mentionsIn("bob: hi @bob, bobby, Bob!", "bob")).toEqual([[0, 3], [8, 12], [21, 24]]);
  expect(mentionsIn("a.c abc", "a.c")).toEqual([[0, 3]]);
  expect(mentionsIn("anything", "")).toEqual([]);
});
