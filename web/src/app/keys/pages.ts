import { key } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/keys',
    load: () => import('./Keys.svelte'),
    needs: ['api_key:read'],
    nav: { text: 'nav.keys', icon: key, group: 'house', order: 30 },
  },
];
