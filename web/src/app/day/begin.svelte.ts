import { untrack } from 'svelte';
import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import { router } from '$lib/router.svelte';
import { sentence } from '$lib/ui/sentence';
import { said } from '../said.svelte';
import type { Wanted } from './desire';

/** Addresses that lead to a new visit: `?new` from anywhere, `?customer=` from somebody's page. */
export function beginBy(may: () => boolean, want: (customer?: Wanted['customer']) => void): void {
  $effect(() => {
    const whom = router.query('customer');
    if (whom === null && router.query('new') === null) return;
    untrack(() => {
      router.go(router.path, { replace: true });
      if (may()) void begin(whom, want);
    });
  });
}

async function begin(whom: string | null, want: (customer?: Wanted['customer']) => void): Promise<void> {
  if (!whom) return want();
  try {
    const { id, name } = await ask(api.GET('/v1/customers/{customer}', { params: { path: { customer: whom } } }));
    want({ id, name });
  } catch (error) {
    said.say(sentence(Fault.from(error)));
  }
}
