/** Text as the server compares it: without case and accents. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase().trim();
}

/** What somebody typed into the field for tags: commas stand between them, and nothing stands twice. */
export function tagsOf(typed: string): string[] {
  return united([], typed.split(/[,;،]/));
}

/** Tags of two records in one list, the first one's before. */
export function united(first: readonly string[], second: readonly string[]): string[] {
  const known = new Set<string>();
  const out: string[] = [];
  for (const tag of [...first, ...second].map((each) => each.trim()).filter(Boolean)) {
    if (known.has(fold(tag))) continue;
    known.add(fold(tag));
    out.push(tag);
  }
  return out;
}
