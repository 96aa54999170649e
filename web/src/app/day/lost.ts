import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import { t } from '$lib/i18n/index.svelte';
import { router } from '$lib/router.svelte';
import { sentence } from '$lib/ui/sentence';
import { said } from '../said.svelte';
import type { Book } from './book.svelte';
import { visitAt } from './days';
import { theShop } from './shop.svelte';

/** Looks for a visit that an address asks for and the book doesn't have: it may be too new for it, or have gone to
 *  another day or place since, where it is shown then. */
export async function find(id: string, book: Book): Promise<boolean> {
  try {
    const visit = await ask(api.GET('/v1/appointments/{id}', { params: { path: { id } } }));
    book.take(visit);
    if (book.get(id)) return true;
    const place = theShop().locations.value?.find((each) => each.id === visit.location);
    if (place && visit.status !== 'expired') router.go(visitAt(visit, place.time_zone), { replace: true });
    else said.say(t('visit.missing'));
  } catch (error) {
    const fault = Fault.from(error);
    said.say(fault.status === 404 ? t('visit.missing') : sentence(fault));
  }
  return false;
}
