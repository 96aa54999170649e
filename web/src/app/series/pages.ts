import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/series/:id',
    load: () => import('./Series.svelte'),
    needs: ['booking:read', 'booking:read_own'],
    words: ['day', 'series'],
    under: '/app',
  },
];
