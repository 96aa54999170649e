// This browser, as far as notes go.
import { device } from '$lib/store';
import { bytesOf, read, sameKey, withShop, type Known } from './known';

const KEPT = 'openchair.notes';
/** It keeps its name from build to build, so that a browser which has it finds the next one. */
const WORKER = '/notes.js';
/** Where no page lies: the worker is in nobody's way. */
const SCOPE = '/assets/notes/';

/** Some browsers take notes only for pages that were put on the home screen, and some not at all. */
export const able = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

export const refused = (): boolean => Notification.permission === 'denied';

export const known = (shop: string): Known | undefined => read(device.get(KEPT))[shop];

function keep(shop: string, known: Known | null): boolean {
  const all = withShop(read(device.get(KEPT)), shop, known);
  const any = Object.keys(all).length > 0;
  device.set(KEPT, any ? JSON.stringify(all) : null);
  return any;
}

export const remember = (shop: string, known: Known): void => void keep(shop, known);

const registered = () => navigator.serviceWorker.getRegistration(SCOPE);

export async function current(): Promise<PushSubscription | null> {
  return (await (await registered())?.pushManager.getSubscription()) ?? null;
}

/** Asks whether notes may be shown: to be called by a tap. */
export const allowed = async (): Promise<boolean> => (await Notification.requestPermission()) === 'granted';

/** Notes can come to this browser from now on. */
export async function subscribed(key: string): Promise<PushSubscription> {
  const registration = await navigator.serviceWorker.register(WORKER, {
    scope: SCOPE,
    // While one develops, scripts aren't put together.
    type: import.meta.env.DEV ? 'module' : 'classic',
  });
  await begun(registration);
  const applicationServerKey = bytesOf(key);
  const before = await registration.pushManager.getSubscription();
  if (before && sameKey(before.options.applicationServerKey, applicationServerKey)) return before;
  // It was for a key that isn't used any more.
  await before?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

/** Waits until a worker works. */
function begun({ active, waiting, installing }: ServiceWorkerRegistration): Promise<void> {
  const coming = installing ?? waiting;
  if (active || !coming) return Promise.resolve();
  return new Promise((done, failed) => {
    coming.addEventListener('statechange', () => {
      if (coming.state === 'activated') done();
      if (coming.state === 'redundant') failed(new Error('the worker can’t be installed'));
    });
  });
}

/** This shop's notes don't come here any more; without any shop, nobody's. */
export async function forget(shop: string): Promise<void> {
  if (keep(shop, null)) return;
  await (await current())?.unsubscribe();
  await (await registered())?.unregister();
}
