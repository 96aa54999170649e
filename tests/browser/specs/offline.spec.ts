import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { dayIsKept } from '../support/kept';
import { call, owner, PASSWORD } from '../support/people';
import { visitToday } from '../support/today';

test.use({ serviceWorkers: 'allow' });

const visit = (page: Page, name: RegExp) =>
  page.getByRole('region', { name: 'The day’s visits in columns' }).getByRole('link', { name });
const asOf = (page: Page) => page.getByText(/^As of .+ — no connection$/);

/** Waits until the page could be opened without a network, and until the day is kept. */
async function ready(page: Page): Promise<void> {
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const names = await caches.keys();
        const keys = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)));
        const words = keys.flat().some((url) => /\/words-day-en-/.test(url));
        return words && navigator.serviceWorker.controller !== null;
      }),
    )
    .toBe(true);
  await dayIsKept(page);
}

/** What is left on the device that could be anybody's data. */
const left = (page: Page) =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const keys = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)));
    return {
      bases: (await indexedDB.databases()).map(({ name }) => name),
      answers: keys.flat().filter((path) => path !== '/app' && !path.startsWith('/assets/')),
    };
  });

test('opened without a network, it shows the last known day and how old it is; then it heals itself', async ({ page, context, guard }) => {
  await owner(page);
  await visitToday(page, 'Lena Sommer');
  await page.goto('/app');
  await expect(visit(page, /Lena Sommer/)).toBeVisible();
  await ready(page);

  guard.away();
  await context.setOffline(true);
  await page.reload();
  await expect(asOf(page)).toBeVisible();
  await expect(visit(page, /Lena Sommer/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'New visit' })).toBeDisabled();
  await visit(page, /Lena Sommer/).click();
  const sheet = page.getByRole('dialog', { name: 'Lena Sommer' });
  await expect(sheet.getByRole('button', { name: 'Check in' })).toHaveCount(0);
  await sheet.getByRole('button', { name: 'Close' }).click();

  await context.setOffline(false);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect(asOf(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'New visit' })).toBeEnabled();
  await visitToday(page, 'Theo Blum');
  await expect(visit(page, /Theo Blum/)).toBeVisible();
});

test('whoever signs out leaves nothing behind', async ({ page, context, guard }) => {
  guard.allow(401);
  const who = await owner(page);
  await visitToday(page, 'Omar Farah');
  await page.goto('/app');
  await ready(page);
  await page.getByRole('button', { name: /: your account$/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in?why=out');
  expect(await left(page)).toEqual({ bases: [], answers: [] });

  guard.away();
  await context.setOffline(true);
  await page.goto('/app');
  await expect(page.getByRole('heading', { name: 'Is anybody there?' })).toBeVisible();
  await expect(page.getByText('Omar Farah')).toHaveCount(0);
  await context.setOffline(false);

  // A session that was ended elsewhere is noticed with the next answer.
  await page.goto('/sign-in');
  await call(page, 'POST', '/v1/auth/sign-in', { email: who.email, password: PASSWORD });
  await page.goto('/app');
  await ready(page);
  await call(page, 'POST', '/v1/auth/sign-out');
  await page.reload();
  await page.waitForURL('**/sign-in?**');
  expect(await left(page)).toEqual({ bases: [], answers: [] });
});

test('signed out without a network, one is gone from here at once, and from the server later', async ({ page, context, guard }) => {
  guard.allow(401);
  await owner(page);
  await visitToday(page, 'Kai North');
  await page.goto('/app');
  await ready(page);
  guard.away();
  await context.setOffline(true);
  await page.getByRole('button', { name: /: your account$/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('Kai North')).toHaveCount(0);
  expect(await left(page)).toEqual({ bases: [], answers: [] });
  await context.setOffline(false);
  await page.goto('/app');
  await page.waitForURL('**/sign-in?why=out');
  const status = await page.evaluate(async () => (await fetch('/v1/me')).status);
  expect(status).toBe(401);
});

test('a newer worker takes over, and the page of its build is offered and taken', async ({ page, context, guard }) => {
  await owner(page);
  await page.goto('/app');
  await ready(page);
  const builds = () => page.evaluate(async () => (await caches.keys()).map((name) => name.replace('openchair-app-', '')));
  const [old = ''] = await builds();
  const newer = 'n'.repeat(old.length);
  // As if the server had been built anew, of parts with the same names. Under another address: what a browser
  // asks for when it looks for a newer worker can't be answered here.
  await context.route('**/sw.js?newer', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(old, newer) });
  });
  await page.route(/\/app(\/|\?|$)/, async (route) => {
    if (route.request().resourceType() === 'document') return route.continue();
    return route.fulfill({ contentType: 'text/html', body: '<script type="module" src="/assets/app-Newer123.js"></script>' });
  });
  const before = await page.evaluate(() => performance.timeOrigin);
  await expect(page.getByText('There is a newer version')).toHaveCount(0);
  await page.evaluate(() => navigator.serviceWorker.register('/sw.js?newer', { scope: '/app' }).then(() => undefined));
  await expect(page.getByText('There is a newer version')).toBeVisible();
  // The parts of the build that is still open stay.
  expect(await builds()).toEqual([old, newer]);
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(before);

  await page.unroute(/\/app(\/|\?|$)/);
  await page.getByRole('button', { name: 'Load it' }).click();
  await expect.poll(() => page.evaluate(() => performance.timeOrigin).catch(() => before)).not.toBe(before);
  await expect(page.getByRole('button', { name: 'New visit' })).toBeEnabled();
  await expect(page.getByText('There is a newer version')).toHaveCount(0);
  guard.away();
  await context.setOffline(true);
  await page.reload();
  await expect(asOf(page)).toBeVisible();
});

test.describe('a newer version', () => {
  // Without the worker, which keeps the parts of the build that a page is of.
  test.use({ serviceWorkers: 'block' });

  test('is offered where a part of the old one is gone, and loaded by nobody else', async ({ page, guard }) => {
    guard.allow(404);
    guard.away();
    await owner(page);
    await page.goto('/app');
    await expect(page.getByRole('button', { name: 'New visit' })).toBeEnabled();
    // As if the server had been built anew: its pages begin with another script, and this one's parts are gone.
    await page.route('**/assets/*.js', (route) => route.fulfill({ status: 404 }));
    await page.route(/\/app(\/|\?|$)/, async (route) => {
      if (route.request().resourceType() === 'document') return route.continue();
      return route.fulfill({ contentType: 'text/html', body: '<script type="module" src="/assets/app-Newer123.js"></script>' });
    });
    const before = await page.evaluate(() => performance.timeOrigin);
    await page.getByRole('navigation').getByRole('link', { name: 'Team', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Where did this page go?' })).toBeVisible();
    await expect(page.getByText('There is a newer version')).toBeVisible();
    expect(await page.evaluate(() => performance.timeOrigin)).toBe(before);
    await page.unroute('**/assets/*.js');
    await page.getByRole('main').getByRole('button', { name: 'Load it' }).click();
    await expect(page.getByRole('heading', { name: 'Who works here?' })).toBeVisible();
    expect(await page.evaluate(() => performance.timeOrigin)).not.toBe(before);
  });
});

test('the staff pages are put on the device when somebody chooses so', async ({ page }) => {
  await owner(page);
  await page.goto('/app');
  const menu = page.getByRole('button', { name: /: your account$/ });
  await menu.click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Put it on this device' })).toHaveCount(0);
  // As a browser says that it could: whether it does is its own business.
  await page.evaluate(() => {
    const prompt = () => Promise.resolve({ outcome: 'accepted' });
    dispatchEvent(Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt }));
  });
  await page.getByRole('button', { name: 'Put it on this device' }).click();
  await expect(page.getByText('It is on this device now.')).toBeVisible();
  await menu.click();
  await expect(page.getByRole('button', { name: 'Put it on this device' })).toHaveCount(0);
});
