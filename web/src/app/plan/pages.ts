import { bill } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    // Whoever takes money for it leads back here.
    path: '/app/plan',
    load: () => import('./Plan.svelte'),
    needs: ['tenant:bill'],
    words: ['plan'],
    nav: { text: 'nav.plan', icon: bill, group: 'house', order: 60 },
  },
];
