import { staffBadge } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/staff',
    load: () => import('./Staff.svelte'),
    needs: ['staff:read'],
    words: ['people'],
    nav: { text: 'nav.staff', icon: staffBadge, group: 'shop', order: 20 },
  },
  {
    path: '/app/staff/:id',
    load: () => import('./Person.svelte'),
    needs: ['staff:read'],
    words: ['people'],
    under: '/app/staff',
  },
];
