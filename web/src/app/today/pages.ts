import { calendar } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app',
    load: () => import('./Today.svelte'),
    needs: [],
    nav: { text: 'nav.today', icon: calendar, group: 'desk', order: 10 },
  },
];
