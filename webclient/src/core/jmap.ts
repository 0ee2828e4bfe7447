/** JMAP's envelope (RFC 8620 §3) and its frames over a WebSocket (RFC 8887 §4). */

export const USING = ["urn:ietf:params:jmap:core", "urn:dragoman:chat"];

export type Invocation = [name: string, args: Record<string, unknown>, callId: string];

/** What a method answered; `list` for /get, `ids` for /query, and so on. */
export type Answer = Record<string, any>;

export class MethodError extends Error {
  constructor(
    readonly type: string,
    readonly description: string,
    /** The neutral condition of RFC 6120, where it is one that the rules know. */
    readonly condition = "",
  ) {
    super(description || type);
  }
}

/** The answers in the order of the calls; the first error is thrown. */
export function answers(responses: Invocation[]): Answer[] {
  return responses.map(([name, args]) => {
    if (name === "error") throw new MethodError(String(args.type), String(args.description ?? ""));
    return args;
  });
}

/** Throws what a /set said of one object; returns what it said of a created one. */
export function setResult(answer: Answer, id: string): Answer {
  for (const key of ["notCreated", "notUpdated", "notDestroyed"]) {
    const error = answer[key]?.[id];
    if (error) throw new MethodError(String(error.type), String(error.description ?? ""), String(error.condition ?? ""));
  }
  return answer.created?.[id] ?? {};
}

/** RFC 8620 §3.7: an argument that is taken from an earlier answer of the same request. */
export function reference(resultOf: string, name: string, path: string) {
  return { resultOf, name, path };
}
