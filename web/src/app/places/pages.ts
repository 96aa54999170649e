import { mapPin } from '$lib/ui/icons';
import type { Page } from '../pages';

export const pages: readonly Page[] = [
  {
    path: '/app/places',
    load: () => import('./Places.svelte'),
    needs: ['location:read'],
    words: ['people', 'places'],
    nav: { text: 'nav.places', icon: mapPin, group: 'shop', order: 30 },
  },
  {
    path: '/app/places/:id',
    load: () => import('./Place.svelte'),
    needs: ['location:read'],
    words: ['people', 'places'],
    under: '/app/places',
  },
];
