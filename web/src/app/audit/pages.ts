import { scroll } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/audit',
    load: () => import('./Audit.svelte'),
    needs: ['audit:read'],
    nav: { text: 'nav.audit', icon: scroll, group: 'house', order: 40 },
  },
];
