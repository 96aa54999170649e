import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { call, owner } from '../support/people';
import type { Schema } from '../support/schema';
import { planned, shutShop } from '../support/plan';
import { bookedVisit, openShop } from '../support/shop';

const planOf = (page: Page) => call<Schema<'OwnPlanView'>>(page, 'GET', '/v1/plan');
const stands = (page: Page, text: string | RegExp) => page.getByRole('heading', { name: text });

/** What is taken or changed on the page of plans, as far as the question whether one is sure. */
async function wish(page: Page, press: string) {
  const offers = page.getByRole('region', { name: 'Which plan fits you?' });
  await offers.getByRole('button', { name: press, exact: true }).click();
  return page.getByRole('dialog', { name: `${press}?` });
}

test.beforeEach(({ guard }) => {
  // The provider has no picture for its tab.
  guard.allow(404);
});

test('an owner sees what is in use, takes a plan, and changes it', async ({ page }) => {
  await owner(page);
  await page.goto('/app/plan');
  await expect(page.getByRole('heading', { name: 'How does your plan stand?' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What is in use' })).toBeVisible();
  await page.getByRole('button', { name: 'Take Team' }).click();
  await expect(page.getByRole('dialog')).toContainText('Nothing is taken before your trial ends');
  await page.getByRole('button', { name: 'Yes, go on' }).click();
  await page.getByLabel('Card number').fill('4242424242424242');
  await page.getByRole('button', { name: /^(Start trial|Subscribe)/ }).click();
  await expect(page).toHaveURL(/\/app\/plan$/);
  await expect(page.getByRole('heading', { name: /^You’re on Team/ })).toBeVisible();
  await page.getByRole('button', { name: 'Change to Business' }).click();
  await page.getByRole('button', { name: 'Yes, change it' }).click();
  await expect(page.getByRole('heading', { name: /^You’re on Business/ })).toBeVisible();
  await page.getByRole('button', { name: 'To the provider’s pages' }).click();
  await page.getByRole('button', { name: 'Cancel subscription' }).click();
  await page.getByRole('link', { name: /Back/ }).click();
  await expect(page.getByRole('heading', { name: /^Business is paid until .*ends then/ })).toBeVisible();
});

test('a plan is taken during the trial by whoever thought better of it first, changed, and ended where its bills are', async ({ page }) => {
  await owner(page);
  await page.goto('/app');
  await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Plan and bills' }).click();
  await expect(page.getByRole('heading', { name: 'How does your plan stand?' })).toBeFocused();
  await expect(stands(page, /^Your trial ends on /)).toBeVisible();
  const used = page.getByRole('region', { name: 'What is in use' });
  const { staff, locations } = await planOf(page);
  expect(staff.used).toBeGreaterThan(0);
  await expect(used).toContainText(`${staff.used} of ${staff.limit}`);
  await expect(used).toContainText(`${locations.used} of ${locations.limit}`);
  await expect(page.getByRole('region', { name: 'Bills, card and ending' })).toHaveCount(0);

  // Whoever thinks better of it pays nothing.
  await (await wish(page, 'Take Team')).getByRole('button', { name: 'Back' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const sure = await wish(page, 'Take Team');
  await expect(sure).toContainText('Team costs $49 a month.');
  await expect(sure).toContainText('Nothing is taken before your trial ends');
  await sure.getByRole('button', { name: 'Yes, go on' }).click();
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(page.getByText(/^No payment has arrived/)).toBeVisible();
  await expect(stands(page, /^Your trial ends on /)).toBeVisible();
  await expect(page).toHaveURL(/\/app\/plan$/);

  await (await wish(page, 'Take Team')).getByRole('button', { name: 'Yes, go on' }).click();
  await page.getByLabel('Card number').fill('4000000000000002');
  await page.getByRole('button', { name: 'Start trial' }).click();
  await expect(page.getByRole('alert')).toContainText('declined');
  await page.getByLabel('Card number').fill('4242424242424242');
  await page.getByRole('button', { name: 'Start trial' }).click();
  await expect(stands(page, /^You’re on Team\. The next bill comes on /)).toBeVisible();
  await expect(page.getByText('You pay $49 a month.')).toBeVisible();
  await expect(page).toHaveURL(/\/app\/plan$/);
  expect(await planOf(page)).toMatchObject({ plan: 'team', standing: 'paid', subscribed: true });

  const other = await wish(page, 'Change to Business');
  await expect(other).toContainText('Business costs $149 a month and counts at once.');
  await other.getByRole('button', { name: 'Yes, change it' }).click();
  await expect(page.getByText('You’re on Business now.')).toBeVisible();
  await expect(stands(page, /^You’re on Business\./)).toBeFocused();
  await expect(page.getByText('You pay $149 a month.')).toBeVisible();
  await expect(used).toContainText(`${staff.used} of 100`);

  await page.getByRole('button', { name: 'To the provider’s pages' }).click();
  await page.getByRole('button', { name: 'Cancel subscription' }).click();
  await expect(page.getByRole('button', { name: "Don't cancel subscription" })).toBeVisible();
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(stands(page, /^Business is paid until .+, and ends then\.$/)).toBeVisible();
  expect((await planOf(page)).standing).toBe('ending');
});

test('what is taken elsewhere meanwhile is refused with the reason, and shown', async ({ page, guard, context }) => {
  guard.allow(409);
  await owner(page);
  await page.goto('/app/plan');
  const sure = await wish(page, 'Take Team');
  // In another window they have taken one.
  const other = await context.newPage();
  await other.goto('/app/plan');
  await (await wish(other, 'Take Business')).getByRole('button', { name: 'Yes, go on' }).click();
  await other.getByLabel('Card number').fill('4242424242424242');
  await other.getByRole('button', { name: 'Start trial' }).click();
  await expect(stands(other, /^You’re on Business\./)).toBeVisible();
  await sure.getByRole('button', { name: 'Yes, go on' }).click();
  // What is asked is what can be done by now.
  const change = page.getByRole('dialog', { name: 'Change to Team?' });
  await expect(change.getByRole('alert')).toBeVisible();
  await change.getByRole('button', { name: 'Back' }).click();
  await expect(stands(page, /^You’re on Business\./)).toBeVisible();
});

test('every page says that the trial ends soon or nothing can be changed, and leads to the plans', async ({ page }) => {
  await owner(page);
  const bar = page.getByRole('complementary', { name: 'Your plan' });
  const heard = page.waitForResponse('**/v1/plan');
  await page.goto('/app/services');
  await heard;
  // Two weeks are left: there is no hurry.
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(bar).toHaveCount(0);

  await planned(page, { standing: 'trial', at: new Date(Date.now() + 2 * 86_400_000).toISOString() });
  await page.reload();
  await expect(bar).toContainText('Your trial ends on');

  await page.unrouteAll();
  await planned(page, { standing: 'read_only', at: new Date(Date.now() - 86_400_000).toISOString() });
  await page.reload();
  await expect(bar).toContainText('Nothing can be changed at the moment, because the plan isn’t paid.');
  await bar.getByRole('link', { name: 'To plan and bills' }).click();
  await expect(stands(page, /^The plan hasn’t been paid since /)).toBeVisible();
  await expect(bar).toHaveCount(0);
});

test('a change that is refused since the plan isn’t paid says so there', async ({ page, guard }) => {
  guard.allow(403);
  await owner(page);
  await page.goto('/app/settings');
  await page.route('**/v1/tenant', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 403, contentType: 'application/problem+json', json: { code: 'read_only', status: 403 } })
      : route.fallback(),
  );
  await page.getByLabel('Business name').fill('Another name');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.getByRole('alert')).toContainText('because the plan isn’t paid');
});

test('a shop that takes nothing new says so instead of offering times, and a visit’s link works as before', async ({ page }) => {
  const { slug } = await openShop(page);
  const path = await bookedVisit(page, slug);
  await shutShop(page, slug);
  await page.goto(`/${slug}`);
  await expect(page.getByRole('heading', { name: 'Nothing can be booked here at the moment.' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Continue' })).toHaveCount(0);
  await expect(page.locator('main section li button')).toHaveCount(0);
  await page.goto(path);
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Move it' })).toBeVisible();
});
