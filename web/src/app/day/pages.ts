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
  {
    path: '/app/week',
    load: () => import('./Week.svelte'),
    needs: reads,
    words: ['day'],
    nav: { text: 'nav.calendar', icon: week, group: 'desk', order: 20 },
  },
  { path: '/app/week/:date', load: () => import('./Week.svelte'), needs: reads, words: ['day'], under: '/app/week' },
  { path: '/app/month', load: () => import('./Month.svelte'), needs: reads, words: ['day'], under: '/app/week' },
  { path: '/app/month/:date', load: () => import('./Month.svelte'), needs: reads, words: ['day'], under: '/app/week' },
];
