/** The client with nobody but itself: ?scene=few for looking at it, ?scene=many for measuring it. */
import { mount } from "svelte";
import App from "../src/ui/App.svelte";
import "../src/ui/style.css";
import { few, many } from "./scenes";
import { StageServer, stageFetch } from "./server";

const server = new StageServer();
const wanted = new URLSearchParams(location.search);
(wanted.get("scene") === "many" ? many : few)(server);
const client = JSON.parse(wanted.get("client") ?? "{}");
server.put("Preferences", { ...server.objects.Preferences.get("singleton"), id: "singleton", client });
Object.assign(window, { stage: server });
const loggedOut = wanted.has("login");
const fetch = (url: string) => (loggedOut ? Promise.resolve(Response.json({ authenticated: false, csrf: "" })) : stageFetch(url));
mount(App, { target: document.getElementById("app")!, props: { fetch, makeWire: server.connect, kept: false } });
