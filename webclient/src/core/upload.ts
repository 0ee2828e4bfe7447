/**
 * Files to the server (RFC 8620 §6.1, and tus 1.0 for what is large): with progress, and after a cut it goes on where
 * the server's last octet is, also after a reload.
 */

export interface Reply {
  status: number;
  header(name: string): string | null;
  body: string;
}

/** One HTTP request; rejects when no answer came. `progress` is told how many octets of the body went out. */
export type Transport = (
  method: string,
  url: string,
  headers: Record<string, string>,
  body: Blob | null,
  progress: (octets: number) => void,
  signal: AbortSignal,
) => Promise<Reply>;

export interface Uploaded {
  blobId: string;
  size: number;
}

/** The server does not take the file: too large, no room left, not allowed. */
export class UploadRefused extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail || `refused: ${status}`);
  }
}

/** What fits into one request goes in one, octets. */
export const AT_ONCE = 512 * 1024;
export const CHUNK = 8 * 1024 * 1024;

export interface Job {
  blob: Blob;
  name: string;
  mediaType: string;
  /** Where the upload was begun, if it was. */
  location: string | null;
}

export class Uploader {
  constructor(
    private readonly transport: Transport,
    private readonly url: () => string,
    private readonly csrf: () => string,
  ) {}

  /** `begun` is told the address under which it can go on. Throws UploadRefused, or what the transport threw. */
  async run(job: Job, begun: (location: string | null) => void, progress: (octets: number) => void, signal: AbortSignal): Promise<Uploaded> {
    if (job.blob.size <= AT_ONCE) return this.#whole(job, progress, signal);
    let location = job.location;
    let offset = location ? await this.#offset(location, signal) : null;
    if (offset === null || !location) {
      location = await this.#begin(job, signal);
      begun(location);
      offset = 0;
    }
    for (;;) {
      progress(offset);
      const from: number = offset;
      const headers = { "Tus-Resumable": "1.0.0", "Upload-Offset": String(from), "Content-Type": "application/offset+octet-stream" };
      const chunk = job.blob.slice(from, from + CHUNK);
      const reply = await this.#send("PATCH", location, headers, chunk, (octets) => progress(from + octets), signal);
      if (reply.status === 409) offset = (await this.#offset(location, signal)) ?? 0;
      else if (from + chunk.size >= job.blob.size) return blobOf(reply);
      else offset = Number(reply.header("Upload-Offset") ?? from + chunk.size);
    }
  }

  async #whole(job: Job, progress: (octets: number) => void, signal: AbortSignal): Promise<Uploaded> {
    return blobOf(await this.#send("POST", `${this.url()}?name=${encodeURIComponent(job.name)}`, { "Content-Type": job.mediaType }, job.blob, progress, signal));
  }

  async #begin(job: Job, signal: AbortSignal): Promise<string> {
    const headers = { "Tus-Resumable": "1.0.0", "Upload-Length": String(job.blob.size) };
    const about = `name=${encodeURIComponent(job.name)}&type=${encodeURIComponent(job.mediaType)}`;
    const reply = await this.#send("POST", `${this.url()}?resumable&${about}`, headers, null, () => undefined, signal);
    const location = reply.header("Location");
    if (!location) throw new UploadRefused(reply.status, "no Location");
    return location;
  }

  /** Null: the server knows nothing of it any more. */
  async #offset(location: string, signal: AbortSignal): Promise<number | null> {
    const reply = await this.transport("HEAD", location, this.#headers({ "Tus-Resumable": "1.0.0" }), null, () => undefined, signal);
    const offset = reply.header("Upload-Offset");
    return reply.status < 300 && offset !== null ? Number(offset) : null;
  }

  async #send(...[method, url, headers, body, progress, signal]: Parameters<Transport>): Promise<Reply> {
    const reply = await this.transport(method, url, this.#headers(headers), body, progress, signal);
    if (reply.status >= 500 && reply.status !== 507) throw new Error(`the server failed: ${reply.status}`);
    if (reply.status >= 400 && reply.status !== 409) throw new UploadRefused(reply.status, detailOf(reply.body));
    return reply;
  }

  #headers(more: Record<string, string>): Record<string, string> {
    return { "X-CSRF-Token": this.csrf(), ...more };
  }
}

function blobOf(reply: Reply): Uploaded {
  const told = JSON.parse(reply.body) as Uploaded;
  return { blobId: String(told.blobId), size: Number(told.size) };
}

function detailOf(body: string): string {
  try {
    return String((JSON.parse(body) as { detail?: string }).detail ?? "");
  } catch {
    return "";
  }
}

/** XMLHttpRequest: fetch tells no progress of what it sends. */
export const browserTransport: Transport = (method, url, headers, body, progress, signal) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => resolve({ status: request.status, header: (name) => request.getResponseHeader(name), body: request.responseText });
    request.onerror = request.onabort = () => reject(new Error("the connection was cut"));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
