import { calendar, week } from '$lib/ui/icons';
import type { Page } from '../pages';

const reads = ['booking:read', 'booking:read_own'];

export const pages: readonly Page[] = [
  {
    path: '/app',
    load: () => import('./Day.svelte'),
    needs: [],
    words: ['day'],
    nav: { text: 'nav.today', icon: calendar, group: 'desk', order: 10 },
  },
  { path: '/app/day/:date', load: () => import('./Day.svelte'), needs: reads, words: ['day'], under: '/app' },
];
