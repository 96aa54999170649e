// By whom each part of a visit is done, where it isn't one for all of it.
import { whoCan, type Choice, type Item, type Shop, type Staff } from '../book/choice';

/** One service, or the whole of a package, for one of the party: who can do it, and who was chosen. */
export interface Hand {
  /** Which service of the visit; none of a package, which is had as one. */
  at: number | null;
  second: boolean;
  able: Staff[];
  chosen: string;
}

/** Two are served by two: who has the one isn't there for the other. */
function pairOf(at: number | null, able: Staff[], party: number, first = '', second = ''): Hand[] {
  const without = (other: string) => able.filter(({ id }) => id !== other);
  if (party < 2) return [{ at, second: false, able, chosen: first }];
  return [
    { at, second: false, able: without(second), chosen: first },
    { at, second: true, able: without(first), chosen: second },
  ];
}

/** Everything of it that there is somebody to choose for. */
export function handsOf(choice: Choice, shop: Shop): Hand[] {
  const { items, package: own, party, staff, second } = choice;
  if (own) {
    const able = whoCan(choice, shop);
    const pair = party > 1 && able.length > 1 ? pairOf(null, able, party, staff ?? '', second ?? '') : [];
    // The second can only be said behind the first.
    return staff ? pair : pair.slice(0, 1);
  }
  if (items.length * party < 2) return [];
  return items.flatMap((item, at) => {
    const able = whoCan(choice, shop, [item.service]);
    return able.length > 1 ? pairOf(at, able, party, item.staff, item.second) : [];
  });
}

const handed = ({ service, addons }: Item, staff = '', second = ''): Item => ({
  service,
  addons,
  ...(staff && { staff }),
  ...(second && { second }),
});

/** Whoever was to do all of it for the first of them is the one of each service that they do. */
export function apart(choice: Choice, shop: Shop): Choice {
  const { items, package: own, staff } = choice;
  if (own || !staff) return choice;
  const does = (service: string) => whoCan(choice, shop, [service]).some(({ id }) => id === staff);
  return {
    ...choice,
    staff: null,
    items: items.map((item) => handed(item, item.staff ?? (does(item.service) ? staff : ''), item.second)),
  };
}

/** The same, with this one for it; with nobody, by whoever can. */
export function given(choice: Choice, { at, second }: Hand, staff: string): Choice {
  if (at === null) {
    if (second) return { ...choice, second: staff || null };
    return { ...choice, staff: staff || null, second: staff ? choice.second : null };
  }
  const items = choice.items.map((item, place) => {
    if (place !== at) return item;
    return second ? handed(item, item.staff, staff) : handed(item, staff, item.second);
  });
  return { ...choice, items };
}

/** Whether they were chosen part by part. */
export const isApart = ({ items, second }: Choice): boolean =>
  second !== null || items.some(({ staff, second }) => staff !== undefined || second !== undefined);
