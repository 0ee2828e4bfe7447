/** Starts the client. */
import { mount } from "svelte";
import type { Wire } from "./core/socket";
import App from "./ui/App.svelte";
import "./ui/style.css";

const scheme = location.protocol === "https:" ? "wss" : "ws";
const makeWire = () => new WebSocket(`${scheme}://${location.host}/jmap/ws`, "jmap") as unknown as Wire;

mount(App, { target: document.getElementById("app")!, props: { fetch: (url, init) => fetch(url, init), makeWire } });
if ("serviceWorker" in navigator && import.meta.env.PROD) {
  // Where the browser does not trust the certificate there is no worker: all else goes on.
  navigator.serviceWorker.register("/sw.js").catch(() => undefined);
}
