import { code } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/site',
    load: () => import('./Site.svelte'),
    needs: ['tenant:update'],
    words: ['welcome'],
    nav: { text: 'nav.site', icon: code, group: 'reach', order: 25 },
  },
];
