import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/security',
    load: () => import('./Security.svelte'),
    needs: [],
    anywhere: true,
  },
];
