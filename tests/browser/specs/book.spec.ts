import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { bookedVisit, colleague, openShop } from '../support/shop';

const service = (page: Page) => page.getByRole('button', { name: /Relaxing massage/ });
const times = (page: Page) => page.locator('main section li button');
/** Chooses what is asked for, where the owner works alone. */
async function toTimes(page: Page): Promise<void> {
  await service(page).click();
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeVisible();
  await times(page).first().waitFor();
}

const bookIt = (page: Page) => page.getByRole('button', { name: 'Book it', exact: true });

test('somebody far away books in six taps at most, on the shop’s clock', async ({ page }) => {
  const { slug, zone } = await openShop(page, colleague);
  await page.goto(`/${slug}`);
  await expect(page.getByRole('heading', { name: 'What would you like?' })).toBeVisible();
  await service(page).click();

  let taps = 0;
  const tap = async (what: ReturnType<Page['locator']>) => {
    taps += 1;
    await what.click();
  };
  await expect(page.getByRole('heading', { name: 'With whom?' })).toBeFocused();
  await tap(page.getByRole('button', { name: /Anyone/ }));
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeFocused();
  await expect(page.getByText(/(ahead of|behind) this device/)).toBeVisible();
  const time = (await times(page).first().innerText()).trim();
  await tap(times(page).first());
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeFocused();
  await expect(page.getByText(/^Kept for you for/)).toBeVisible();
  // A tap on a field is where a browser offers to fill them all in.
  await tap(page.getByLabel('Your name'));
  await expect(page.getByLabel('Your name')).toHaveAttribute('autocomplete', 'name');
  await expect(page.getByLabel('E-mail')).toHaveAttribute('autocomplete', 'email');
  await page.getByLabel('Your name').fill('Nina Two');
  await tap(page.getByLabel('E-mail'));
  await page.getByLabel('E-mail').fill('nina@example.com');
  await tap(bookIt(page));
  await expect(page.getByRole('heading', { name: 'You’re booked' })).toBeVisible();
  expect(taps).toBeLessThanOrEqual(6);

  await page.getByRole('link', { name: 'See or change it' }).click();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await expect(page.locator('dl')).toContainText(time);
  const name = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'long' }).formatToParts(new Date());
  await expect(page.locator('dl')).toContainText(name.find(({ type }) => type === 'timeZoneName')?.value ?? zone);
});

test('the whole booking works by keyboard alone, and what was typed survives a reload', async ({ page }) => {
  const { slug } = await openShop(page);
  await page.goto(`/${slug}`);
  await service(page).waitFor();
  const to = async (target: ReturnType<Page['locator']>) => {
    for (let steps = 0; steps < 60; steps += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('the keyboard doesn’t reach it');
  };
  await to(service(page));
  await page.keyboard.press('Enter');
  // There is nobody to choose from: the owner works alone.
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeFocused();
  await times(page).first().waitFor();
  await to(page.getByRole('radio', { checked: true }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await to(times(page).first());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeFocused();
  await to(page.getByLabel('Your name'));
  await page.keyboard.type('Kay Board');
  await page.reload();
  await expect(page.getByLabel('Your name')).toHaveValue('Kay Board');
  await to(page.getByLabel('E-mail'));
  await page.keyboard.type('kay@example.com');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'You’re booked' })).toBeFocused();
});

test('of two who want one time one books it, and the other is helped', async ({ page, another, guard }) => {
  guard.allow(409);
  const { slug } = await openShop(page);
  const other = await another({ timezoneId: 'Europe/Berlin' });
  for (const each of [page, other]) {
    await each.goto(`/${slug}`);
    await toTimes(each);
  }
  await times(page).last().click();
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible();

  await times(other).last().click();
  await expect(other.getByRole('alert')).toContainText('just been taken');
  const near = other.getByRole('list', { name: 'Times near it' }).getByRole('button');
  await near.first().click();
  await expect(other.getByRole('heading', { name: 'Who are you?' })).toBeVisible();

  for (const [each, name] of [[page, 'First'], [other, 'Second']] as const) {
    await each.getByLabel('Your name').fill(`${name} Visitor`);
    await each.getByLabel('E-mail').fill(`${name}@example.com`);
    await bookIt(each).click();
    await expect(each.getByRole('heading', { name: 'You’re booked' })).toBeVisible();
  }
});

test('going back gives the time to others', async ({ page, another }) => {
  const { slug } = await openShop(page);
  await page.goto(`/${slug}`);
  await toTimes(page);
  const time = (await times(page).last().innerText()).trim();
  await times(page).last().click();
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible();
  await Promise.all([page.waitForResponse(/holds\/release/), page.goBack()]);
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeVisible();

  const other = await another();
  await other.goto(`/${slug}`);
  await toTimes(other);
  await expect(times(other).last()).toHaveText(time);
});

test('a visit is moved, its link changes, and it is cancelled', async ({ page, guard }) => {
  guard.allow(404);
  const { slug } = await openShop(page);
  const before = await bookedVisit(page, slug);
  await page.goto(before);
  await page.getByRole('link', { name: 'Move it' }).click();
  await expect(page.getByRole('heading', { name: 'When suits you better?' })).toBeFocused();
  await times(page).last().click();
  await expect(page.getByText(/^It’s moved/)).toBeVisible();
  expect(new URL(page.url()).pathname).not.toBe(before);

  await page.getByRole('link', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByRole('heading', { name: 'This visit is cancelled' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('link', { name: 'Move it' })).toHaveCount(0);

  await page.goto(before);
  await expect(page.getByRole('heading', { name: 'Looking for your visit?' })).toBeVisible();
});

test('an address without a shop says so kindly', async ({ page, guard }) => {
  guard.allow(404);
  await page.goto('/nobody-is-called-this');
  await expect(page.getByRole('heading', { name: 'Is this the right address?' })).toBeVisible();
});
