import { hourglass } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/waitlist',
    load: () => import('./Waitlist.svelte'),
    needs: ['booking:read'],
    words: ['day', 'waitlist'],
    // Behind the pages that a phone has at hand.
    nav: { text: 'nav.waitlist', icon: hourglass, group: 'desk', order: 50 },
  },
];
