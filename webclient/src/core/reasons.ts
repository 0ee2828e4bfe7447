/** Why something did not work, in the reader's words. */
import type { Word } from "./i18n";
import { MethodError } from "./jmap";
import { Disconnected } from "./socket";

const REASONS: Record<string, Word> = {
  "service-unavailable": "reasonUnreachable",
  "recipient-unavailable": "reasonUnreachable",
  "item-not-found": "reasonNotFound",
  notFound: "reasonNotFound",
  anchorNotFound: "reasonNotFound",
  "not-acceptable": "reasonBlockedByYou",
  "registration-required": "reasonMembersOnly",
  "not-authorized": "reasonPassword",
  conflict: "reasonConflict",
  forbidden: "reasonForbidden",
  "not-allowed": "reasonForbidden",
  "jid-malformed": "reasonAddress",
  invalidProperties: "reasonAddress",
  "remote-server-not-found": "reasonServer",
  "remote-server-timeout": "reasonServer",
  rateLimit: "reasonRate",
  "policy-violation": "reasonForbidden",
  tooLarge: "reasonTooLarge",
  overQuota: "reasonQuota",
  "413": "reasonTooLarge",
  "507": "reasonQuota",
  disconnected: "reasonOffline",
};

/** A short name of what went wrong, to be kept: a condition, a type, a status, or the words of the server. */
export function codeOf(error: unknown): string {
  if (error instanceof Disconnected) return "disconnected";
  if (error instanceof MethodError) {
    if (error.condition in REASONS) return error.condition;
    return error.type in REASONS ? error.type : error.description || error.type;
  }
  if (error instanceof Error && "status" in error && String(error.status) in REASONS) return String(error.status);
  return (error instanceof Error && error.message) || "failed";
}

/** The words for it; null where only the server's own are known. */
export function reasonFor(code: string): Word | null {
  return REASONS[code] ?? null;
}
