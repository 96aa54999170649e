import { printer } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/poster',
    load: () => import('./Poster.svelte'),
    needs: ['tenant:read'],
    words: ['welcome'],
    nav: { text: 'nav.poster', icon: printer, group: 'reach', order: 20 },
  },
];
