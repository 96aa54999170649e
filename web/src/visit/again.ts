import { chosenAgain } from '../book/again';
import { prepare } from '../book/kept';
import { api, ask } from '../book/wire';
import { router } from '$lib/router.svelte';

/** To the times for what a visit was, with the same people; to the shop's menu, where that isn't offered any more. */
export async function bookAgain(token: string): Promise<void> {
  const same = await ask(api.GET('/v1/b/{token}/again', { params: { path: { token } } }));
  if (same.offered && same.wanted) {
    prepare(same.shop, chosenAgain(same));
    router.go(`/${same.shop}?step=when`);
  } else {
    router.go(`/${same.shop}`);
  }
}
