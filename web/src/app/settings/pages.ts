import { sliders } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/settings',
    load: () => import('./Settings.svelte'),
    needs: ['tenant:update', 'tenant:secure', 'support:read'],
    nav: { text: 'nav.settings', icon: sliders, group: 'house', order: 50 },
  },
];
