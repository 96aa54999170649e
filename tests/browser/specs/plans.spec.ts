import { expect, test } from '../support/bench';
import { twoPlans } from '../support/menu';
import { openShop } from '../support/shop';

test('the shop’s page says below the menu what one can be a member of', async ({ page }) => {
  const { slug } = await openShop(page, twoPlans);
  await page.goto(`/${slug}`);
  const plans = page.getByRole('region', { name: 'Would you like to be a member?' });
  const each = plans.getByRole('list').first().locator('> li');
  await expect(each).toHaveCount(2);
  await expect(each.nth(0).getByRole('heading')).toHaveText('Friends of the house');
  await expect(each.nth(0)).toContainText(/\D120 a year/);
  await expect(each.nth(0)).toContainText('A birthday facial mask');
  await expect(each.nth(0)).toContainText('10% off every visit');
  await expect(each.nth(0)).toContainText('For members only: Body scrub');
  await expect(each.nth(1)).toContainText('19.50 a month');
  await expect(each.nth(1).getByRole('list')).toHaveCount(0);
  await expect(plans).toContainText('just ask at the desk');
  // On the menu it is marked, too.
  await expect(page.getByRole('button', { name: /^Body scrub/ })).toContainText('Members');

  // Whoever has chosen something is past that.
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeVisible();
  await expect(plans).toHaveCount(0);
  await page.goBack();
  await page.getByRole('button', { name: 'Take out Relaxing massage' }).click();
  await expect(plans).toBeVisible();
});
