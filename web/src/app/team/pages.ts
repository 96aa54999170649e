import { people } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/team',
    load: () => import('./Team.svelte'),
    needs: ['team:read'],
    nav: { text: 'nav.team', icon: people, group: 'house', order: 10 },
  },
];
