/** What the first visit loads, as it is sent (gzip): index.html, its scripts and styles, and what they import at once. */
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const BUILT = new URL("../../src/dragoman/web/", import.meta.url);
const BUDGET = 150 * 1024;

function needed(name: string, all: Set<string>): Set<string> {
  if (all.has(name)) return all;
  all.add(name);
  const text = readFileSync(new URL(name, BUILT), "utf8");
  const imports = name.endsWith(".html") ? text.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g) : text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g);
  for (const [, found] of imports) needed(found!.startsWith("assets/") ? found! : `assets/${found}`, all);
  return all;
}

test.skipIf(!existsSync(BUILT))("the first load is below 150 KiB", () => {
  const files = [...needed("index.html", new Set())];
  expect(files.some((name) => name.endsWith(".css")) && files.some((name) => name.endsWith(".js"))).toBe(true);
  const sum = files.reduce((octets, name) => octets + gzipSync(readFileSync(new URL(name, BUILT)), { level: 9 }).length, 0);
  expect(sum).toBeLessThan(BUDGET);
});

test.skipIf(!existsSync(BUILT))("the page holds no script and no style of its own, and the emoji come later", () => {
  const page = readFileSync(new URL("index.html", BUILT), "utf8");
  expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
  expect([...needed("index.html", new Set())].some((name) => name.includes("emoji-"))).toBe(false);
});
