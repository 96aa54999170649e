/** A long menu starts short; what is chosen is always there. */
export function folded<T extends { id: string }>(menu: readonly T[], chosen: readonly string[], most = 6): T[] {
  // Not worth a press if hardly anything is hidden.
  if (menu.length <= most + 2) return [...menu];
  return menu.filter(({ id }, at) => at < most || chosen.includes(id));
}
