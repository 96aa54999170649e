import { contacts } from '$lib/ui/icons';
import type { Page } from '../pages';

const words = ['customers'] as const;
const under = '/app/customers';

// What stands for any customer comes last: the first path that fits is taken.
export const pages: readonly Page[] = [
  {
    path: '/app/customers',
    load: () => import('./Customers.svelte'),
    needs: ['customer:read_own'],
    words,
    nav: { text: 'nav.customers', icon: contacts, group: 'desk', order: 40 },
  },
  {
    path: '/app/customers/duplicates',
    load: () => import('./duplicates/Duplicates.svelte'),
    needs: ['customer:merge'],
    words,
    under,
  },
  {
    path: '/app/customers/imports',
    load: () => import('./imports/Imports.svelte'),
    needs: ['customer:import'],
    words,
    under,
  },
  {
    path: '/app/customers/imports/:id',
    load: () => import('./imports/Import.svelte'),
    needs: ['customer:import'],
    words,
    under,
  },
  {
    path: '/app/customers/:id',
    load: () => import('./customer/Customer.svelte'),
    needs: ['customer:read_own'],
    words,
    under,
  },
];
