// The service worker of the staff pages: they open without a network, and a page that is open keeps its parts
// when a newer build replaces them on the servers. Data is not its business: the page keeps what it may
// (src/app/kept).
import { cacheOf, isOf, outlived, planFor, SHELL, spoken, wanted } from './plan';

declare const self: ServiceWorkerGlobalScope;
/** What the build consists of, and its name (scripts/build.mjs). */
declare const __FILES__: readonly string[];
declare const __BUILD__: string;

const FILES = __FILES__;
/** How long one waits for a network that says nothing. */
const PATIENCE = 5000;

const own = () => caches.open(cacheOf(__BUILD__));

async function install(): Promise<void> {
  const before = (await Promise.all((await caches.keys()).map(keysOf))).flat();
  const cache = await own();
  const page = await fetch(SHELL, { cache: 'no-cache', credentials: 'omit', headers: { Accept: 'text/html' } });
  // Another try follows with the next look for a new worker.
  if (!page.ok || !isOf(FILES, await page.clone().text())) throw new Error('the page is of another build');
  await cache.put(SHELL, page);
  await keep(cache, wanted(FILES, spoken(before)));
  // Pages of the build before find their parts all the same: nobody has to wait for them to be closed.
  await self.skipWaiting();
}

async function keysOf(name: string): Promise<string[]> {
  return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
}

async function keep(cache: Cache, files: readonly string[]): Promise<void> {
  const known = new Set(await keysOf(cacheOf(__BUILD__)));
  await cache.addAll(files.filter((file) => !known.has(file)));
}

async function activate(): Promise<void> {
  await Promise.all(outlived(await caches.keys(), __BUILD__).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The page as the server has it; as it was kept, if nobody answers. */
async function page(request: Request): Promise<Response> {
  const kept = () => own().then((cache) => cache.match(SHELL));
  const answer = fetch(request);
  const late = new Promise<undefined>((done) => setTimeout(done, PATIENCE));
  const first = await Promise.race([answer, late]).catch(() => undefined);
  if (first && first.status < 500) return first;
  return (await kept()) ?? first ?? answer;
}

/** Its name says what is in it: whatever was kept is right. */
async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  const { pathname } = new URL(request.url);
  if (answer.ok && FILES.includes(pathname)) await (await own()).put(request, answer.clone());
  return answer;
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const plan = planFor(event.request, self.location.origin);
  if (plan === 'page') event.respondWith(page(event.request));
  if (plan === 'asset') event.respondWith(asset(event.request));
});
// A page says which language it speaks.
self.addEventListener('message', (event) => {
  const { language } = event.data as { language?: unknown };
  if (typeof language !== 'string') return;
  event.waitUntil(own().then((cache) => keep(cache, wanted(FILES, [language]))));
});
