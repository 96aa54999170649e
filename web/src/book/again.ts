import type { Schema } from '$lib/api/types';
import { nothing, type Choice } from './choice';

/** What was had before, to be chosen again. */
export function chosenAgain(again: Schema<'AgainView'>): Choice {
  const wanted = again.wanted ?? {};
  const items = (wanted.services ?? []).map((each) => ({
    service: each.service,
    addons: each.addons ?? [],
    ...(each.staff && { staff: each.staff }),
    ...(each.second_staff && { second: each.second_staff }),
  }));
  // One who did all of it is whom they chose.
  const same = items[0]?.staff;
  const one = same && items.every(({ staff, second }) => staff === same && !second) ? same : null;
  return {
    ...nothing(again.location),
    items: one ? items.map(({ service, addons }) => ({ service, addons })) : items,
    package: wanted.package ?? null,
    party: wanted.party ?? again.party,
    staff: wanted.staff?.[0] ?? one,
    second: wanted.staff?.[1] ?? null,
  };
}
