import { picture } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/look',
    load: () => import('./Look.svelte'),
    needs: ['tenant:update'],
    words: ['look'],
    nav: { text: 'nav.look', icon: picture, group: 'shop', order: 50 },
  },
];
