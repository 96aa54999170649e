import { i18n } from '$lib/i18n/index.svelte';
import { newer } from './newer.svelte';

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
