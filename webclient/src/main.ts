/** Starts the client. */
import { mount } from "svelte";
import type { Wire } from "./core/socket";
import App from "./ui/App.svelte";
import "./ui/style.css";

const scheme = location.protocol === "https:" ? "wss" : "ws";
const makeWire = () => new WebSocket(`${scheme}://${location.host}/jmap/ws`, "jmap") as unknown as Wire;

mount(App, { target: document.getElementById("app")!, props: { fetch: (url, init) => fetch(url, init), makeWire } });
/** Where the page demands Trusted Types, this one address may become a script, and no other. */
function workerUrl(): string {
  const types = (window as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): unknown } } }).trustedTypes;
  return (types?.createPolicy("dragoman", { createScriptURL: () => "/sw.js" }).createScriptURL("") ?? "/sw.js") as string;
}

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  // Where the browser does not trust the certificate there is no worker: all else goes on.
  navigator.serviceWorker.register(workerUrl()).catch(() => undefined);
}
