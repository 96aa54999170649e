import { ruleList } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/rules',
    load: () => import('./Rules.svelte'),
    needs: ['service:read'],
    words: ['people', 'rules'],
    nav: { text: 'nav.rules', icon: ruleList, group: 'shop', order: 40 },
  },
];
