/** What one types into the search becomes a filter of Message/query. */

export type Filter = Record<string, string | boolean>;

const WORD = /(from|has|before|after|in):("[^"]*"|\S+)/gi;

/** Null while there is nothing to look for. `addressOf`: of a name that the reader has for somebody; others are nicks. Dates are days of the reader's calendar: `before` ends before the day begins. */
export function filterOf(query: string, conversationId: string | null, addressOf: (name: string) => string | null = () => null): Filter | null {
  const filter: Filter = {};
  const text = query.replace(WORD, (whole, key: string, quoted: string) => {
    const value = quoted.replace(/^"|"$/g, "");
    return narrowed(filter, key.toLowerCase(), value, addressOf) ? " " : whole;
  });
  const words = text.replace(/\s+/g, " ").trim();
  if (words) filter.text = words;
  if (Object.keys(filter).length === 0) return null;
  return conversationId === null ? filter : { ...filter, conversationId };
}

function narrowed(filter: Filter, key: string, value: string, addressOf: (name: string) => string | null): boolean {
  if (key === "from" && value) filter.from = addressOf(value) ?? value;
  else if (key === "has" && value.toLowerCase() === "file") filter.hasFile = true;
  else if ((key === "before" || key === "after") && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const day = new Date(`${value}T00:00:00`);
    if (Number.isNaN(day.getTime())) return false;
    if (key === "after") day.setDate(day.getDate() + 1);
    filter[key] = day.toISOString();
  } else return false;
  return true;
}
