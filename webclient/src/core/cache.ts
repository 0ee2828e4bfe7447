/** What is kept in this browser (IndexedDB): the history one has read, for reading without a connection, and what waits to be sent. */
import { openDB, type IDBPDatabase } from "idb";
import type { Contact, Conversation, Message, Preferences } from "./model";

const KEPT_MESSAGES = 200;
const VERSION = 2;

/** A file that waits to be sent: the octets themselves, so that a reload loses nothing. */
export interface WaitingFile {
  blob: Blob;
  name: string;
  mediaType: string;
  width: number | null;
  height: number | null;
  durationMs: number | null;
  /** Where the upload was begun (upload.ts). */
  location: string | null;
  /** Set when the server has it. */
  blobId: string | null;
}

export interface Waiting {
  clientId: string;
  conversationId: string;
  text: string;
  style: "" | "action";
  reply: Message["reply"];
  files: WaitingFile[];
  at: string;
  failed: string;
}

export interface Snapshot {
  self: string;
  conversations: Conversation[];
  contacts: Contact[];
  preferences: Preferences;
  /** The newest message of conversations, for the list. */
  newest: Message[];
  /** What the lists above are as of (RFC 8620 §5.1): only what changed since is asked for. */
  states: Record<string, string>;
}

export class Cache {
  private constructor(private readonly database: IDBPDatabase) {}

  static async open(name = "dragoman"): Promise<Cache> {
    const database = await openDB(name, VERSION, {
      upgrade(fresh) {
        // What was kept in another form is fetched again.
        for (const store of fresh.objectStoreNames) fresh.deleteObjectStore(store);
        fresh.createObjectStore("snapshot");
        fresh.createObjectStore("messages");
        fresh.createObjectStore("outbox", { keyPath: "clientId" });
      },
      // A newer client in another tab wants to change the form.
      blocking: (_, __, event) => (event.target as IDBDatabase).close(),
    });
    return new Cache(database);
  }

  async snapshot(): Promise<Snapshot | undefined> {
    return this.database.get("snapshot", "snapshot");
  }

  async keepSnapshot(snapshot: Snapshot): Promise<void> {
    await this.database.put("snapshot", snapshot, "snapshot");
  }

  async messages(conversationId: string): Promise<Message[]> {
    return (await this.database.get("messages", conversationId)) ?? [];
  }

  async keepMessages(conversationId: string, messages: Message[]): Promise<void> {
    await this.database.put("messages", messages.slice(-KEPT_MESSAGES), conversationId);
  }

  async waiting(): Promise<Waiting[]> {
    const all: Waiting[] = await this.database.getAll("outbox");
    return all.sort((one, other) => (one.clientId < other.clientId ? -1 : 1));
  }

  async keepWaiting(waiting: Waiting): Promise<void> {
    await this.database.put("outbox", waiting);
  }

  async dropWaiting(clientId: string): Promise<void> {
    await this.database.delete("outbox", clientId);
  }

  /** After logging out nothing of the account stays in the browser. */
  async clear(): Promise<void> {
    for (const store of ["snapshot", "messages", "outbox"]) await this.database.clear(store);
  }

  close(): void {
    this.database.close();
  }
}
