import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/welcome',
    load: () => import('./Welcome.svelte'),
    needs: ['tenant:update'],
    words: ['people', 'welcome'],
  },
];
