import { addonsOf, partyRange, servicesOf, whoCan, type Choice, type Shop } from '../choice';

export type Step = 'where' | 'what' | 'extras' | 'whom' | 'when' | 'who' | 'done' | 'wait';

/** Whether there is anything to choose besides what somebody came for: add-ons, or how many come. */
export function needsExtras(choice: Choice, shop: Shop): boolean {
  const { least, most } = partyRange(choice, shop);
  return most > least || servicesOf(choice, shop).some((service) => addonsOf(service, shop).length > 0);
}

/** Whether there is anybody to choose among: for a part of it, where nobody does all. */
export function needsWhom(choice: Choice, shop: Shop): boolean {
  const parts = choice.items.map(({ service }) => whoCan(choice, shop, [service]));
  return (parts.length > 0 ? parts : [whoCan(choice, shop)]).some((able) => able.length > 1);
}
