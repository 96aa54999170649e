import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { bookedVisit, openShop } from '../support/shop';

// The worker is part of what is tested; only the service of the browser's maker is a stand-in.
test.use({ serviceWorkers: 'allow' });

const toggle = (page: Page) => page.getByRole('switch', { name: /Tell me on this device/ });

/** What the server is told, which here has a key. */
async function shopWithNotes(page: Page): Promise<string[]> {
  const calls: string[] = [];
  let channel: string | null = null;
  let here = false;
  await page.route('**/v1/b/*/push', (route) => route.fulfill({ json: { public_key: `B${'A'.repeat(86)}` } }));
  await page.route('**/v1/b/*/push-subscriptions**', async (route) => {
    const request = route.request();
    calls.push(`${request.method()} ${request.postDataJSON()?.endpoint ?? ''}`.trim());
    here = request.method() === 'POST';
    if (!here) channel = null;
    if (!here) return route.fulfill({ status: 204 });
    return route.fulfill({ status: 201, json: { id: 'psh_00000000000000000000000001', created_at: new Date().toISOString() } });
  });
  await page.route('**/v1/b/*/messages', async (route) => {
    const body = route.request().postDataJSON() as { channel?: string } | null;
    if (body?.channel) calls.push(`by ${(channel = body.channel)}`);
    await route.fulfill({ json: { wanted: true, channel, channels: here ? ['email', 'push'] : ['email'] } });
  });
  await page.addInitScript(() => {
    let given: PushSubscription | null = null;
    PushManager.prototype.getSubscription = async () => given;
    PushManager.prototype.subscribe = async () => {
      const endpoint = 'https://push.example/one';
      given = {
        endpoint,
        options: { applicationServerKey: null },
        toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh: 'BB', auth: 'AA' } }),
        unsubscribe: async () => ((given = null), true),
      } as unknown as PushSubscription;
      return given;
    };
  });
  return calls;
}

/** Puts a note into the worker, as the browser's maker would. Gives what it shows. */
async function told(page: Page, said: unknown): Promise<{ title: string; body: string; data: string }[]> {
  const session = await page.context().newCDPSession(page);
  const found = new Promise<string>((done) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL.endsWith('/notes/'));
      if (own) done(own.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const data = typeof said === 'string' ? said : JSON.stringify(said);
  const to = { origin: new URL(page.url()).origin, registrationId: await found, data };
  await session.send('ServiceWorker.deliverPushMessage', to);
  const shown = () =>
    page.evaluate(async () => {
      const all = await navigator.serviceWorker.getRegistrations();
      const notes = all.find(({ scope }) => scope.endsWith('/notes/'));
      const shown = (await notes?.getNotifications()) ?? [];
      return shown.map(({ title, body, data }) => ({ title, body, data: String(data) }));
    });
  await expect.poll(async () => (await shown()).length).toBeGreaterThan(0);
  return shown();
}

test('a browser is told of visits from the tap that asks for it until the next', async ({ page, context }) => {
  await context.grantPermissions(['notifications']);
  const { slug } = await openShop(page);
  const path = await bookedVisit(page, slug);
  const calls = await shopWithNotes(page);
  await page.goto(path);
  await page.getByRole('link', { name: 'Messages' }).click();
  await expect(toggle(page)).not.toBeChecked();
  // Nothing is asked of a browser, and nothing installed, before somebody wants it.
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);

  await toggle(page).click();
  await expect(page.getByText('You’ll be told here.')).toBeVisible();
  await expect(toggle(page)).toBeChecked();
  await expect(page.getByRole('radio', { name: 'By notification' })).toBeChecked();
  expect(calls).toEqual(['POST https://push.example/one', 'by push']);
  // It keeps its name, so that the next build's takes its place, and is in no page's way.
  const [worker] = await page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistrations()).map(({ active, scope }) => [active?.scriptURL, scope]),
  );
  expect(worker?.map((url) => url && new URL(url).pathname)).toEqual(['/notes.js', '/assets/notes/']);
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();

  const url = new URL(path, page.url()).href;
  expect(await told(page, { id: 'm1', lang: 'en', title: 'Lagoon', body: 'Tomorrow at 11', url })).toEqual([
    { title: 'Lagoon', body: 'Tomorrow at 11', data: path },
  ]);

  await toggle(page).click();
  await expect(page.getByText('You won’t be told here any more.')).toBeVisible();
  await expect(toggle(page)).not.toBeChecked();
  expect(calls.slice(2)).toEqual(['DELETE']);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

test('a browser that lets nobody show notes says where that is changed', async ({ page }) => {
  const { slug } = await openShop(page);
  const path = await bookedVisit(page, slug);
  const calls = await shopWithNotes(page);
  await page.addInitScript(() => {
    Notification.requestPermission = async () => 'denied';
  });
  await page.goto(`${path}?do=messages`);
  await toggle(page).click();
  await expect(page.getByText('Your browser doesn’t let us show notifications.')).toBeVisible();
  await expect(toggle(page)).not.toBeChecked();
  expect(calls).toEqual([]);
});

test('where there are no notes, none are offered', async ({ page }) => {
  const { slug } = await openShop(page);
  const path = await bookedVisit(page, slug);
  await page.route('**/v1/b/*/push', (route) => route.fulfill({ json: {} }));
  await page.goto(`${path}?do=messages`);
  await expect(page.getByText('There are no notifications here.')).toBeVisible();
  await expect(toggle(page)).toHaveCount(0);
  await page.addInitScript(() => Reflect.deleteProperty(window, 'PushManager'));
  await page.reload();
  await expect(page.getByText('This browser can’t show notifications')).toBeVisible();
  await expect(toggle(page)).toHaveCount(0);
});
