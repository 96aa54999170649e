/** The list with one thing at another place; the same list where there is no such place. */
export function shifted<T>(list: readonly T[], from: number, to: number): T[] {
  const thing = list[from];
  if (thing === undefined || to < 0 || to >= list.length) return [...list];
  const rest = list.filter((_, at) => at !== from);
  return [...rest.slice(0, to), thing, ...rest.slice(to)];
}
