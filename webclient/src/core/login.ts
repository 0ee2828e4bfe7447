/** Logging in and out, and what the session object (RFC 8620 §2) tells. */

/** What this server offers beside the texts; what it does not tell of is not shown. */
export interface Offers {
  uploads: boolean;
  maxSizeUpload: number;
  reports: boolean;
  invitations: boolean;
  applicationServerKey: string;
}

export interface Session {
  accountId: string;
  self: string;
  domain: string;
  roomDomain: string;
  uploadUrl: string;
  csrf: string;
  maxTextBytes: number;
  offers: Offers;
}

export class LoginRefused extends Error {
  constructor(
    readonly status: number,
    detail = "",
  ) {
    super(detail || `refused: ${status}`);
  }
}

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

interface LoginState {
  authenticated: boolean;
  csrf: string;
}

/** Throws when the server cannot be reached. */
async function loginState(fetch: Fetch): Promise<LoginState> {
  const response = await fetch("/login", { headers: { Accept: "application/json" } });
  if (!response.ok) throw new LoginRefused(response.status);
  const told = (await response.json()) as Partial<LoginState>;
  return { authenticated: Boolean(told.authenticated), csrf: String(told.csrf ?? "") };
}

/** True: logged in; false: not; throws when the server cannot be reached. */
export async function authenticated(fetch: Fetch): Promise<boolean> {
  return (await loginState(fetch)).authenticated;
}

/** `device`: how this login is called in the list of devices. */
export async function logIn(fetch: Fetch, username: string, password: string, device: string): Promise<void> {
  const body = JSON.stringify({ username, password, name: device });
  const response = await fetch("/login", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!response.ok) throw new LoginRefused(response.status, await detailOf(response));
}

export async function logOut(fetch: Fetch, csrf: string): Promise<void> {
  await fetch("/logout", { method: "POST", headers: { "X-CSRF-Token": csrf, "Content-Type": "application/json" }, body: "{}" });
}

/** Null when nobody is logged in. */
export async function session(fetch: Fetch): Promise<Session | null> {
  const { authenticated, csrf } = await loginState(fetch);
  if (!authenticated) return null;
  const response = await fetch("/jmap/session");
  if (response.status === 401) return null;
  if (!response.ok) throw new LoginRefused(response.status);
  const told = await response.json();
  const accountId = Object.keys(told.accounts)[0]!;
  const chat = told.capabilities["urn:dragoman:chat"] ?? {};
  const core = told.capabilities["urn:ietf:params:jmap:core"] ?? {};
  const self = String(told.accounts[accountId].name ?? told.username);
  const domain = String(chat.domain ?? self.slice(self.indexOf("@") + 1));
  return {
    accountId,
    self,
    domain,
    roomDomain: String(chat.roomDomain ?? `rooms.${domain}`),
    uploadUrl: String(told.uploadUrl ?? "").replace("{accountId}", accountId),
    csrf,
    maxTextBytes: Number(chat.maxTextBytes ?? 65_536),
    offers: {
      uploads: Number(core.maxSizeUpload ?? 0) > 0,
      maxSizeUpload: Number(core.maxSizeUpload ?? 0),
      reports: Boolean(chat.report),
      invitations: Boolean(chat.invitations),
      applicationServerKey: String(chat.applicationServerKey ?? ""),
    },
  };
}

async function detailOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown };
  return typeof problem.detail === "string" ? problem.detail : "";
}
