import type { Page } from '@playwright/test';
import { ADMIN_PASSWORD, administrator, factorIs, nextCode } from '../support/administrator';
import { expect, test } from '../support/bench';
import { atTwiceTheSize, inBothDirections, inLongWords } from '../support/looks';
import { owner } from '../support/people';
import { deadLetters, PLATFORM } from '../support/screens/platform';

// There is one administrator.
test.describe.configure({ mode: 'serial' });

const main = (page: Page) => page.getByRole('main');

test('an administrator without a business sets a second factor up and sees how everything does', async ({ page, guard }) => {
  guard.allow(401, 403);
  await administrator(page);
  await page.waitForURL('**/app/security');
  await expect(page.getByText('Whoever looks after the platform needs a second factor.')).toBeVisible();
  await page.getByRole('button', { name: 'Set up a second factor' }).click();
  factorIs(await page.locator('code.secret').innerText());
  await page.getByLabel('6-digit code').fill(await nextCode());
  await page.getByRole('region', { name: 'Is a password enough?' }).getByLabel('Your password').fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByRole('button', { name: 'I’ve kept them' }).click();

  await page.goto('/app');
  await expect(page.getByRole('heading', { name: 'Is everything well?' })).toBeVisible();
  const gauges = page.getByRole('list', { name: 'What alerts watch' }).getByRole('listitem');
  await expect(gauges).toHaveCount(6);
  await expect(gauges.filter({ hasText: 'Dead letters' })).toContainText('Bad from');
  await page.getByRole('button', { name: 'Send a trial' }).click();
  await expect(page.getByRole('region', { name: 'Would somebody be told?' }).getByRole('status')).not.toBeEmpty();
});

test('a business is found, put on another plan and back', async ({ page, another }) => {
  const theirs = await another();
  const { business } = await owner(theirs);
  await administrator(page);
  await page.goto('/app/platform/businesses');
  await page.getByLabel('Name or web address').fill(business);
  const row = main(page).getByRole('listitem').filter({ hasText: business });
  await expect(row).toContainText('Trial ends');
  await row.getByRole('button', { name: `Plan ${business}` }).click();
  const dialog = page.getByRole('dialog', { name: `Which plan for ${business}?` });
  await dialog.getByRole('radio', { name: /^Team/ }).check();
  await dialog.getByRole('button', { name: 'Set this plan' }).click();
  await expect(page.getByText(`${business} is on Team now.`)).toBeVisible();
  await expect(row).not.toContainText('Trial ends');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row).toContainText('Trial ends');
  await theirs.goto('/app/audit');
  await expect(main(theirs).getByRole('listitem').filter({ hasText: 'Plan set by the platform' })).toHaveCount(2);
});

test('support is let in, looks and touches nothing, and is shown the door', async ({ page, guard, another }) => {
  // Whoever isn't let in is told that the business isn't there.
  guard.allow(403, 404);
  const theirs = await another();
  const { business } = await owner(theirs);
  await administrator(page);
  await page.goto(`/app/platform/businesses?q=${encodeURIComponent(business)}`);
  await page.getByRole('button', { name: `Support ${business}` }).click();
  const dialog = page.getByRole('dialog', { name: `May we look into ${business}?` });
  await dialog.getByLabel('Why?').fill('short');
  await dialog.getByRole('button', { name: 'Let support in' }).click();
  await expect(dialog.getByText('Please give a reason of 10 to 300 letters.')).toBeVisible();
  await dialog.getByLabel('Why?').fill('You asked why Saturday looks full.');
  await dialog.getByRole('button', { name: 'Let support in' }).click();
  await dialog.getByRole('button', { name: 'Open as support' }).click();

  const inside = page.getByRole('complementary', { name: 'You look in as support' });
  await expect(inside).toContainText(business);
  await page.goto('/app/services');
  await expect(inside).toBeVisible();
  await page.goto('/app/customers');
  await expect(page.getByRole('heading', { name: 'Looking for this page?' })).toBeVisible();

  await theirs.goto('/app/settings');
  const grants = theirs.getByRole('region', { name: 'May our support look in?' });
  await expect(grants).toContainText('You asked why Saturday looks full.');
  await grants.getByRole('button', { name: 'Revoke' }).click();
  await expect(grants).toContainText('Revoked');
  await page.reload();
  await expect(inside).toHaveCount(0);
});

test('of two dead letters one is tried again and the other one forgotten', async ({ page }) => {
  await administrator(page);
  // What the server does then is tested where jobs can be made to fail.
  const pressed: string[] = [];
  await page.route('**/v1/platform/jobs/job_*/*', (route) => {
    const [, kind, deed] = /(job_\w+)\/(\w+)$/.exec(route.request().url()) ?? [];
    pressed.push(`${route.request().method()} ${kind} ${deed}`);
    return route.fulfill({ status: 204 });
  });
  await deadLetters(page);
  const letters = main(page).getByRole('article');
  await expect(letters).toHaveCount(2);
  await expect(letters.first()).toContainText('connection refused');
  const kinds = page.getByRole('list', { name: 'Kinds of jobs' }).getByRole('listitem');
  await expect(kinds.filter({ hasText: 'message.send' })).toContainText(/Dead\s*1/);
  await letters.first().getByRole('button', { name: /^Try again/ }).click();
  await expect(page.getByText('1 job is tried again.')).toBeVisible();
  await expect(letters).toHaveCount(1);

  await letters.first().getByRole('button', { name: /^Discard/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Forget this job?' });
  await expect(dialog).toContainText('webhook.deliver');
  expect(pressed).toHaveLength(1);
  await dialog.getByRole('button', { name: 'Yes, forget it' }).click();
  await expect(page.getByText('The job is forgotten.')).toBeVisible();
  await expect(page.getByText('No dead letters', { exact: true })).toBeVisible();
  expect(pressed.map((each) => each.replace(/job_\w+ /, ''))).toEqual(['POST retry', 'POST discard']);
});

const part = { name: 'platform', screens: PLATFORM, enter: administrator };
inBothDirections(part);
inLongWords(part);
atTwiceTheSize(part);

test('nobody else sees these pages', async ({ page }) => {
  await owner(page);
  await page.goto('/app/platform');
  await expect(page.getByText('This page is for whoever looks after the whole of Openchair.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Health' })).toHaveCount(0);
});

test('the second factor is turned off again', async ({ page }) => {
  await administrator(page);
  await page.goto('/app/security');
  await page.getByRole('button', { name: 'Turn it off' }).click();
  await page.getByLabel('6-digit code').fill(await nextCode());
  await page.getByRole('region', { name: 'Is a password enough?' }).getByLabel('Your password').fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Turn it off' }).click();
  await expect(page.getByText('Your second factor is off.')).toBeVisible();
});
