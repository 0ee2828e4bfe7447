/** Arrow keys in a list of which only the visible rows are drawn: rows are buttons with their number in data-row. */

export function rowKeys(event: KeyboardEvent, count: number, scrollTo: (index: number) => void): void {
  const list = event.currentTarget as HTMLElement;
  const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
  if (!row) return;
  const at = Number(row.dataset.row);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
  if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const index = Math.max(0, Math.min(count - 1, next));
  scrollTo(index);
  focusRow(list, index, 5);
}

/** A row that was far away is drawn some frames later. */
function focusRow(list: HTMLElement, index: number, patience: number): void {
  const row = list.querySelector<HTMLElement>(`[data-row="${index}"]`);
  if (row) row.focus({ preventScroll: true });
  else if (patience > 0) requestAnimationFrame(() => focusRow(list, index, patience - 1));
}
