// What somebody changed, and how that goes together with what somebody else changed meanwhile.

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Of a body, the fields that are others than before: what somebody else changed beside them stands. */
export function changed<T extends object>(before: T, after: T): Partial<T> {
  const fields = Object.entries(after).filter(([name, value]) => !same(before[name as keyof T], value));
  return Object.fromEntries(fields) as Partial<T>;
}

/** One's own changes on top of what there is now. */
export function rebased<T extends object>(before: T, mine: T, theirs: T): T {
  return { ...theirs, ...changed(before, mine) };
}
