// Keeps the client itself for reading without a connection, and brings notifications. Messages are kept by the page, in IndexedDB.
const FILES = __FILES__;
const CACHE = `client-${__VERSION__}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate" && !/^\/(?:files|jmap)\//.test(pathname)) event.respondWith(fetch(event.request).catch(() => caches.match("/")));
  else if (FILES.includes(pathname)) event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(event.request)));
});

// What the server pushes while no page is open (RFC 8030): a note to be shown, or that it was read elsewhere.
self.addEventListener("push", (event) => {
  const note = event.data?.json() ?? {};
  if (note["@type"] !== "Note") return;
  event.waitUntil(note.text ? show(note) : close(note.conversationId));
});

function show({ conversationId, name, text }) {
  return self.registration.showNotification(name, { body: text, tag: conversationId, icon: "/icon.svg", data: { conversationId } });
}

async function close(tag) {
  for (const shown of await self.registration.getNotifications({ tag })) shown.close();
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { conversationId } = event.notification.data ?? {};
  event.waitUntil(open(conversationId));
});

async function open(conversationId) {
  const [client] = await self.clients.matchAll({ type: "window" });
  if (!client) return self.clients.openWindow(conversationId ? `/#/${conversationId}` : "/");
  client.postMessage({ conversationId });
  return client.focus();
}
