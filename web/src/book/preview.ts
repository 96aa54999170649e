// The page in a frame beside the form in which the staff change it: it shows what they type, before that is
// saved. It is only to be looked at.
import { useHue } from '$lib/device';
import { router } from '$lib/router.svelte';
import type { Flow } from './booking/flow.svelte';
import { nothing, whoCan, type Shop } from './choice';

interface Said {
  openchair?: 'draft';
  draft?: { shop: Shop; show: 'what' | 'whom' };
}

export function follow(flow: Flow): void {
  // A phone shows no scroll bar.
  document.documentElement.style.scrollbarWidth = 'none';
  const root = document.getElementById('root');
  if (root) root.inert = true;
  // The tab around it books here, too, perhaps: neither finds what the other has chosen.
  flow.save = () => undefined;
  flow.choice = nothing();
  flow.hold = null;

  addEventListener('message', (event: MessageEvent<Said | null>) => {
    const draft = event.data?.openchair === 'draft' ? event.data.draft : undefined;
    if (event.source !== parent || event.origin !== location.origin || !draft) return;
    show(flow, draft.shop, draft.show);
  });
  parent.postMessage({ openchair: 'ready' }, location.origin);
}

function show(flow: Flow, shop: Shop, wish: 'what' | 'whom'): void {
  useHue(shop.hue);
  flow.shop = shop;
  const [place] = shop.locations;
  const [service] = shop.services.filter(({ min_customers }) => min_customers === 1);
  const choice = { ...nothing(place?.id), items: service && wish === 'whom' ? [{ service: service.id, addons: [] }] : [] };
  const step = choice.items.length > 0 && whoCan(choice, shop).length > 1 ? 'whom' : 'what';
  flow.choice = step === 'whom' ? choice : nothing(place?.id);
  // It leaves no trace in the history, which is the one of the page around it.
  if ((router.query('step') ?? 'what') !== step) flow.go(step, { replace: true });
}
