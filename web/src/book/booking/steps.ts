import { addonsOf, partyRange, servicesOf, type Choice, type Shop } from '../choice';

export type Step = 'where' | 'what' | 'extras' | 'whom' | 'when' | 'who' | 'done' | 'wait';

/** Whether there is anything to choose besides what somebody came for: add-ons, or how many come. */
export function needsExtras(choice: Choice, shop: Shop): boolean {
  const { least, most } = partyRange(choice, shop);
  return most > least || servicesOf(choice, shop).some((service) => addonsOf(service, shop).length > 0);
}
