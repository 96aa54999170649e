import { line } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/queue',
    load: () => import('./Line.svelte'),
    needs: ['queue:read'],
    words: ['line'],
    nav: { text: 'nav.queue', icon: line, group: 'desk', order: 30 },
  },
  {
    path: '/app/queue/keeping',
    load: () => import('./keeping/Keeping.svelte'),
    needs: ['queue:manage'],
    words: ['line'],
    under: '/app/queue',
  },
  {
    path: '/app/queue/accuracy',
    load: () => import('./accuracy/Accuracy.svelte'),
    needs: ['queue:read'],
    words: ['line'],
    under: '/app/queue',
  },
];
