/** Something that can be chosen by its name. */
export interface Entry {
  id: string;
  text: string;
  /** What stands behind it, more quietly. */
  note?: string;
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLocaleLowerCase();

/**
 * Those whose words begin with what was typed, word by word, in their order; then those in which it is
 * somewhere. Whoever types nothing sees all.
 */
export function find<E extends Entry>(entries: readonly E[], typed: string): E[] {
  const wanted = folded(typed).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...entries];
  const begins: E[] = [];
  const has: E[] = [];
  for (const entry of entries) {
    const text = folded(`${entry.text} ${entry.note ?? ''}`);
    const words = text.split(/[^\p{L}\p{N}@.]+/u);
    if (wanted.every((each) => words.some((word) => word.startsWith(each)))) begins.push(entry);
    else if (wanted.every((each) => text.includes(each))) has.push(entry);
  }
  return [...begins, ...has];
}
