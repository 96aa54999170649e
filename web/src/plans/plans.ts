// What a membership brings, as anybody may read it.
import { numbers } from '$lib/intl';
import type { Service, Shop } from '../book/choice';

export type Plan = Shop['membership_plans'][number];

/** What only its members get, as far as it is on the menu. */
export function opened(plan: Plan, shop: Pick<Shop, 'services'>): Service[] {
  return shop.services.filter(({ id, members_only: only }) => only && plan.service_ids.includes(id));
}

/** How much less members pay, as the language writes shares. */
export const shareOf = (plan: Pick<Plan, 'discount_percent'>, tag: string): string =>
  numbers(tag, { style: 'percent' }).format(plan.discount_percent / 100);
