/** What stands on the stage. */
import { type Message } from "../src/core/model";
import { SELF, StageServer } from "./server";

const own = { address: SELF, name: "", own: true };
const from = (address: string, name = ""): Message["from"] => ({ address, name, own: false });
const away = { available: true, show: "away", status: "Lunch", since: null } as const;
const off = { available: false, show: "", status: "", since: "2026-11-19T18:20:00Z" } as const;
const PLAIN_ROOM = { subject: "", affiliation: "member", role: "participant", membersOnly: false, moderated: false, persistent: true, password: false, nonAnonymous: false, logged: true, subjectLocked: false };

/** A small office. */
export function few(server: StageServer): void {
  const bob = server.person("bob@example.org", { name: "Bob Meyer", groups: ["Work"] });
  const layla = server.person("layla@example.org", { name: "ليلى حداد", groups: ["Friends"], presence: away });
  server.person("carol@example.org", { name: "Carol Nguyen", groups: ["Work"], presence: { ...away, show: "dnd", status: "Writing" } });
  server.person("dieter@example.net", { name: "Dieter Krause", groups: ["Friends", "Music"], presence: off });
  server.person("eve@example.com", { subscription: "none", pending: "in", listed: false });
  server.person("frank@example.org", { name: "Frank", groups: ["Work"], presence: off });
  server.conversation("layla@example.org");
  server.message(layla, from("layla@example.org"), "هل نلتقي غدًا الساعة ٣؟");
  server.message(layla, own, "نعم، في المقهى نفسه", { state: "read" });
  server.message(layla, from("layla@example.org"), "ممتاز 👍");
  server.conversation("dieter@example.net", { draft: "About the concert on Friday" });
  const room = server.conversation("garden@rooms.example.org", { kind: "room", name: "Garden project", room: { ...PLAIN_ROOM, joined: true, nick: "alice", occupants: 14, affiliation: "owner", role: "moderator", subject: "Planting day is 12 December" } });
  const people = ["bob", "carol", "Marek", "Yuki", "tomás", "ngozi_irc", "Zoë"];
  server.member(room, "alice", { affiliation: "owner", role: "moderator", address: SELF });
  for (const [index, nick] of people.entries()) server.member(room, nick, { address: `${nick}@example.org`, role: index === 0 ? "moderator" : "participant", show: index === 3 ? "away" : "" });
  const inRoom = (nick: string, text: string, more: Partial<Message> = {}) => server.message(room, from("garden@rooms.example.org", nick), text, more);
  inRoom("Marek", "Morning everyone. The seedlings arrived 🌱");
  inRoom("ngozi_irc", "on my way with the van");
  inRoom("ngozi_irc", "20 minutes");
  const plan = inRoom("Yuki", "Here is what I have so far:\n> 12 raised beds\n> 3 apple trees\n*Please* check the list at https://garden.example.org/plan before Friday.");
  server.message(room, own, "Looks good to me. I bring the tools.", { reply: { messageId: plan.id, author: "Yuki", excerpt: "Here is what I have so far: 12 raised beds, 3 apple trees" } });
  inRoom("tomás", "waters the beds", { style: "action" });
  inRoom("bob", "alice: could you also bring the long hose?", { mentionsMe: true, reactions: { "👍": [{ name: "alice", own: true }, { name: "Yuki", own: false }], "😂": [{ name: "Marek", own: false }] } });
  server.conversation("bob@example.org");
  const hello = server.message(bob, from("bob@example.org"), "Hi Alice! Did you get the new build?");
  server.message(bob, own, "Yes, just now. It starts in under a second.", { state: "read" });
  server.message(bob, from("bob@example.org"), "Great. This is the line that was slow:\n```\nfor message in archive.page(limit=50):\n    index.add(message)\n```\nNow it is one `executemany`.", { reactions: { "🎉": [{ name: "alice", own: true }] } });
  server.message(bob, own, "Very nice. I will write it into the notes.", { state: "read", editedAt: "2026-11-20T12:00:00Z" });
  server.message(bob, own, "And the numbers from yesterday?", { state: "delivered", reply: { messageId: hello.id, author: "Bob Meyer", excerpt: "Hi Alice! Did you get the new build?" } });
  server.message(bob, from("bob@example.org"), "Here they are", { files: [{ url: picture(), name: "latency.png", mediaType: "image/png", size: 18_240, width: 640, height: 300 }] });
  server.message(bob, from("bob@example.org"), "", { files: [{ url: "/files/k3y/report.pdf", name: "Report for November.pdf", mediaType: "application/pdf", size: 1_482_000 }] });
  server.message(bob, own, "Thank you!", { state: "sent" });
  server.put("Conversation", { ...server.objects.Conversation.get(room)!, pinned: true, mentions: 1 });
}

function picture(): string {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 300 });
  const draw = canvas.getContext("2d")!;
  draw.fillStyle = "#f7faf8";
  draw.fillRect(0, 0, 640, 300);
  for (let bar = 0; bar < 24; bar += 1) {
    const height = 40 + 180 * Math.abs(Math.sin(bar * 0.7)) * Math.exp(-bar / 20);
    draw.fillStyle = bar % 5 === 0 ? "#0b6b62" : "#8fd6c9";
    draw.fillRect(30 + bar * 24, 270 - height, 16, height);
  }
  const [head, body] = canvas.toDataURL("image/png").split(",") as [string, string];
  const octets = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
  return URL.createObjectURL(new Blob([octets], { type: head.slice(5, head.indexOf(";")) }));
}

/** An organisation: 10,000 contacts, 2,000 conversations, a room of 5,000 with 20,000 messages. */
export function many(server: StageServer): void {
  for (let number = 0; number < 10_000; number += 1) {
    const presence = number % 3 ? { available: true, show: "" as const, status: "", since: null } : off;
    server.person(`person${number}@example.org`, { name: `${FIRST[number % FIRST.length]} ${LAST[(number * 7) % LAST.length]} ${number}`, groups: [`Department ${number % 40}`], presence });
    if (number < 2000) {
      const id = server.conversation(`person${number}@example.org`);
      server.message(id, from(`person${number}@example.org`), `Message number ${number}`);
    }
  }
  const room = server.conversation("all@rooms.example.org", { kind: "room", name: "Everybody", pinned: true, room: { ...PLAIN_ROOM, joined: true, nick: "alice", occupants: 5000, affiliation: "owner", role: "moderator" } });
  server.member(room, "alice", { affiliation: "owner", role: "moderator" });
  for (let number = 0; number < 5000; number += 1) server.member(room, `${FIRST[number % FIRST.length]}${number}`, { role: number % 50 ? "participant" : "moderator" });
  for (let number = 0; number < 20_000; number += 1) server.message(room, from("all@rooms.example.org", `${FIRST[number % 37 % FIRST.length]}${number % 37}`), `Line ${number}: ${"words that fill a line ".repeat(1 + (number % 4))}`);
}

const FIRST = ["Ada", "Bruno", "Chioma", "Dana", "Emil", "Fatima", "Goran", "Hana", "Ivan", "Jana", "Kwame", "Lena", "Mei", "Nils", "Olga", "Paul"];
const LAST = ["Abel", "Brandt", "Costa", "Diaz", "Engel", "Fischer", "Gruber", "Haas", "Ito", "Jung", "Keller", "Lang", "Maier"];
