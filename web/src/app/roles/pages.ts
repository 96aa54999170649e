import { shield } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/roles',
    load: () => import('./Roles.svelte'),
    needs: ['role:read'],
    nav: { text: 'nav.roles', icon: shield, group: 'house', order: 20 },
  },
];
