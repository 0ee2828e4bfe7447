/** Builds into the Python package, with a compressed twin of each file; the service worker gets the list of what there is to keep. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";
import { emoji } from "./emoji.ts";

const OUT = new URL("../src/dragoman/web/", import.meta.url).pathname;
const COMPRESSIBLE = /\.(?:js|css|html|svg|webmanifest|json)$/;

function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const assets = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const files = ["/", "/icon.svg", "/manifest.webmanifest", ...assets.map((name) => `/${name}`)];
      const template = readFileSync(new URL("src/sw.js", import.meta.url), "utf8");
      const version = createHash("sha256").update(template + files.join()).digest("hex").slice(0, 12);
      const source = template.replace("__FILES__", JSON.stringify(files)).replace("__VERSION__", JSON.stringify(version));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

/** So that the server compresses nothing: beside each file it and its .gz and .br. */
function twins(): Plugin {
  return {
    name: "twins",
    apply: "build",
    closeBundle() {
      const files = readdirSync(OUT, { recursive: true, encoding: "utf8" }).map((name) => join(OUT, name));
      for (const file of files.filter((name) => COMPRESSIBLE.test(name) && statSync(name).size > 1000)) {
        const octets = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(octets, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(octets));
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), emoji(), serviceWorker(), twins()],
  build: { outDir: OUT, emptyOutDir: true, target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
  test: { include: ["tests/**/*.test.ts"] },
});
