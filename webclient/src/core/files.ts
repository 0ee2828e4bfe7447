/** Which files are shown in place, and what is told of a file before it is sent. */
import type { WaitingFile } from "./cache";
import type { SharedFile } from "./model";

/** SVG is not on the list: it is a document that may hold scripts. */
const IMAGES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
const VIDEOS = new Set(["video/mp4", "video/webm", "video/ogg"]);
const AUDIO = new Set(["audio/ogg", "audio/mpeg", "audio/mp4", "audio/webm", "audio/wav", "audio/opus", "audio/aac", "audio/x-m4a"]);

export type Shown = "image" | "video" | "audio" | "card";

/** What another server holds would tell it who reads and when: that is a card, opened only by a click. */
export function canShow(file: Pick<SharedFile, "url" | "mediaType">, origin: string): Shown {
  const mediaType = file.mediaType.split(";")[0]!.trim().toLowerCase();
  if (!ownUrl(file.url, origin)) return "card";
  if (IMAGES.has(mediaType)) return "image";
  if (VIDEOS.has(mediaType)) return "video";
  return AUDIO.has(mediaType) ? "audio" : "card";
}

function ownUrl(url: string, origin: string): boolean {
  try {
    const { protocol, origin: theirs } = new URL(url, origin);
    return protocol === "blob:" ? theirs === origin || theirs === "null" : theirs === origin;
  } catch {
    return false;
  }
}

/** Only http and https lead anywhere; whatever else somebody calls the address of a file is no link. */
export function fileHref(url: string, origin: string): string | null {
  try {
    const target = new URL(url, origin);
    return ["http:", "https:", "blob:"].includes(target.protocol) ? target.href : null;
  } catch {
    return null;
  }
}

export function waitingFile(blob: Blob, name: string, more: Partial<WaitingFile> = {}): WaitingFile {
  const mediaType = blob.type || "application/octet-stream";
  return { blob, name, mediaType, width: null, height: null, durationMs: null, location: null, blobId: null, ...more };
}

/** Heights of the bars that a voice message is drawn with, 0 to 1, from its samples. */
export function peaks(samples: Float32Array, bars: number): number[] {
  const width = Math.max(1, Math.floor(samples.length / bars));
  const heights = Array.from({ length: bars }, (_, bar) => {
    let highest = 0;
    for (let at = bar * width; at < Math.min(samples.length, (bar + 1) * width); at += 1) highest = Math.max(highest, Math.abs(samples[at]!));
    return highest;
  });
  const loudest = Math.max(...heights) || 1;
  return heights.map((height) => height / loudest);
}
