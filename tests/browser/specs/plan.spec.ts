import { expect, test } from '../support/bench';
import { owner } from '../support/people';

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
