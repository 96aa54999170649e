import { tab } from '$lib/store';
import type { Choice } from './choice';

/** Where a booking is kept until the tab is closed; never what somebody says of their health. */
export const kept = (slug: string): string => `openchair.book.${slug}`;

/** Puts a choice before somebody who comes to the shop's page next. */
export function prepare(slug: string, choice: Choice): void {
  tab.set(kept(slug), JSON.stringify({ choice }));
}
