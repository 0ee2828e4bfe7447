/** The people of a room in the order of the list: who is there and what they may, then by name. */
import { score } from "./find";
import type { Member } from "./model";
import type { Compare } from "./contacts";

const AFFILIATIONS = ["owner", "admin", "member", "none", "outcast"];

export function sortedMembers(members: Iterable<Member>, filter: string, compare: Compare): Member[] {
  const rank = (one: Member) => (one.available ? 0 : 10) + (one.role === "moderator" ? 0 : 1) + AFFILIATIONS.indexOf(one.affiliation);
  return [...members]
    .filter((one) => !filter || score(`${one.nick} ${one.address ?? ""}`, filter) > 1)
    .map((member) => ({ member, rank: rank(member) }))
    .sort((one, other) => one.rank - other.rank || compare(one.member.nick, other.member.nick))
    .map(({ member }) => member);
}
