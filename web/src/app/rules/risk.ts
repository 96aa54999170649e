// What a threshold of risk means: people whom everybody can picture, with the points that they have.
// docs/guide/risk.md says where these come from.

/** The fewest points first. */
const CASES = [
  { who: 'regular', points: 8 },
  { who: 'first', points: 10 },
  { who: 'half', points: 34 },
  { who: 'only', points: 40 },
  { who: 'both', points: 60 },
  { who: 'thrown', points: 90 },
] as const;

export type Who = (typeof CASES)[number]['who'];

/** Who would just be asked, and who just not. */
export function around(from: number): { asked?: Who; spared?: Who } {
  const asked = CASES.find(({ points }) => points >= from)?.who;
  const spared = CASES.findLast(({ points }) => points < from)?.who;
  return { ...(asked && { asked }), ...(spared && { spared }) };
}
