import { untrack } from 'svelte';
import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import { t } from '$lib/i18n/index.svelte';
import { router } from '$lib/router.svelte';
import { sentence } from '$lib/ui/sentence';
import { desk } from '../desk.svelte';
import { said } from '../said.svelte';
import type { Wanted } from './desire';
import { line } from './line.svelte';

/** Addresses that lead to a new visit: `?new` from anywhere, `?customer=` from somebody's page. */
export function beginBy(want: (customer?: Wanted['customer']) => void): void {
  $effect(() => {
    const whom = router.query('customer');
    if (whom === null && router.query('new') === null) return;
    untrack(() => {
      router.go(router.path, { replace: true });
      if (!desk.can('booking:create')) return;
      if (line.away) said.say(t('day.read_only'));
      else void begin(whom, want);
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
