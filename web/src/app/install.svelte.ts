import { i18n } from '$lib/i18n/index.svelte';
import { newer } from './newer.svelte';

/** What Chromium tells before it would offer to install; other browsers have no such thing. */
interface Offer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

/** Whether the staff pages can be put on this device like an app, and how. */
class Device {
  #offer = $state.raw<Offer>();
  /** iOS has no button for it, only words; what runs from its home screen says so. */
  readonly byHand = (navigator as { standalone?: boolean }).standalone === false;

  constructor() {
    addEventListener('beforeinstallprompt', (event) => {
      // At the moment that somebody chooses, not when the browser thinks of it.
      event.preventDefault();
      this.#offer = event as Offer;
    });
    addEventListener('appinstalled', () => (this.#offer = undefined));
  }

  get offered(): boolean {
    return this.#offer !== undefined;
  }

  /** Says whether it is there now. An offer is good once. */
  async put(): Promise<boolean> {
    const offer = this.#offer;
    this.#offer = undefined;
    return (await offer?.prompt())?.outcome === 'accepted';
  }
}

export const device = new Device();

/** Lets the staff pages be opened without a network (src/worker). While one develops there is no worker: it
 *  would show what was built before. */
export function install(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  // The worker that comes first changes nothing.
  let before = serviceWorker.controller;
  serviceWorker.addEventListener('controllerchange', () => {
    if (before) void newer.look();
    before = serviceWorker.controller;
  });
  const speak = () => {
    const { language } = i18n;
    void serviceWorker.ready.then(({ active }) => active?.postMessage({ language }));
  };
  // Where it may not be installed, there is no page without a network.
  serviceWorker.register('/sw.js', { scope: '/app' }).then(
    () => {
      $effect.root(() => {
        $effect(speak);
      });
    },
    () => undefined,
  );
}
