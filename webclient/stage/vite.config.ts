/** The stage as one would release it: for measuring, and for pictures. */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { emoji } from "../emoji.ts";

const root = new URL("..", import.meta.url).pathname;
export default defineConfig({
  root,
  plugins: [svelte(), emoji()],
  build: { emptyOutDir: true, target: "es2023", rollupOptions: { input: `${root}stage/index.html` } },
});
