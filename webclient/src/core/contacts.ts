/** The list of contacts as it stands on the screen: who asks, then group by group, those who are there first. */
import { score } from "./find";
import { localPart, type Contact } from "./model";

export type ContactRow =
  | { kind: "asks"; key: string; contact: Contact }
  | { kind: "group"; key: string; group: string; count: number; here: number; alone: boolean }
  | { kind: "contact"; key: string; contact: Contact };

export type Compare = (one: string, other: string) => number;

export interface Groups {
  asking: Contact[];
  /** Sorted, and the contacts in each; "" is the group of those who are in none, and stands last. */
  groups: [name: string, contacts: Contact[]][];
}

export function grouped(contacts: Iterable<Contact>, filter: string, compare: Compare): Groups {
  const groups = new Map<string, Contact[]>();
  const asking: Contact[] = [];
  for (const one of contacts) {
    if (filter && score(`${nameOf(one)} ${one.address}`, filter) <= 1) continue;
    if (one.pending === "in") asking.push(one);
    else if (one.listed || one.blocked) for (const group of one.groups.length ? one.groups : [""]) added(groups, group, one);
  }
  const sorted = [...groups].sort(([one], [other]) => Number(one === "") - Number(other === "") || compare(one, other));
  return { asking, groups: sorted.map(([name, list]) => [name, inOrder(list, compare)]) };
}

/** `closed`: names of groups of which only the head is shown. */
export function rowsOf({ asking, groups }: Groups, closed: ReadonlySet<string>): ContactRow[] {
  const rows: ContactRow[] = asking.map((contact) => ({ kind: "asks", key: `asks-${contact.id}`, contact }));
  for (const [group, list] of groups) {
    const here = list.reduce((sum, one) => sum + Number(one.presence.available), 0);
    rows.push({ kind: "group", key: `group-${group}`, group, count: list.length, here, alone: groups.length === 1 });
    if (!closed.has(group)) for (const contact of list) rows.push({ kind: "contact", key: `${group}-${contact.id}`, contact });
  }
  return rows;
}

function added(groups: Map<string, Contact[]>, group: string, contact: Contact): void {
  const list = groups.get(group);
  if (list) list.push(contact);
  else groups.set(group, [contact]);
}

const ranks = new WeakMap<Compare, Map<string, number>>();

/** Comparing names by the rules of a language is what costs in a long list: each name gets its rank once. */
function inOrder(contacts: Contact[], compare: Compare): Contact[] {
  const rank = ranksOf(contacts, compare);
  const order = (one: Contact, other: Contact) =>
    Number(other.presence.available) - Number(one.presence.available) || rank.get(nameOf(one))! - rank.get(nameOf(other))!;
  return contacts.sort(order);
}

function ranksOf(contacts: Contact[], compare: Compare): Map<string, number> {
  const known = ranks.get(compare);
  if (known && contacts.every((one) => known.has(nameOf(one)))) return known;
  const names = new Set([...(known?.keys() ?? []), ...contacts.map(nameOf)]);
  const fresh = new Map([...names].sort(compare).map((name, index): [string, number] => [name, index]));
  ranks.set(compare, fresh);
  return fresh;
}

function nameOf(contact: Contact): string {
  return contact.name || localPart(contact.address);
}
