import { expect, test } from '../support/bench';
import { policy } from '../support/menu';
import { bookedVisit, colleague, openShop } from '../support/shop';

test('what was had is booked again from its page, with the same person', async ({ page }) => {
  const { slug } = await openShop(page, colleague);
  const book = async () => {
    await page.locator('main section li button').last().click();
    await page.getByLabel('Your name').fill('Nina Two');
    await page.getByLabel('E-mail').fill(`nina-${slug}@example.com`);
    await page.getByRole('button', { name: 'Book it', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'You’re booked' })).toBeVisible();
    await page.getByRole('link', { name: 'See or change it' }).click();
    await expect(page.locator('dl')).toContainText('with Jun Park');
  };
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await page.getByRole('button', { name: /Jun Park/ }).click();
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeVisible();
  await book();
  const before = page.url();
  await page.getByRole('button', { name: 'Book it again' }).click();
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeVisible();
  await expect(page.locator('.now')).toContainText('Relaxing massage');
  await expect(page.locator('.now')).toContainText('Jun Park');
  await book();
  expect(page.url()).not.toBe(before);
});

/** So long before a visit it is late to cancel it, whenever it is. */
const ALWAYS_LATE = 30 * 24 * 60;

test('who cancels late sees what it costs before it is done, and after', async ({ page }) => {
  const late = { cancel_notice_minutes: ALWAYS_LATE, move_notice_minutes: ALWAYS_LATE, late_cancel_fee_percent: 50 };
  const { slug } = await openShop(page, (desk) => policy(desk, late));
  await page.goto(await bookedVisit(page, slug));
  await expect(page.getByText('Cancelling now costs $47.50.')).toBeVisible();
  await page.getByRole('link', { name: 'Cancel', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Cancel this visit?' })).toBeFocused();
  await expect(page.getByText('It’s late to cancel: $47.50 of the price will still be due.')).toBeVisible();
  await page.getByLabel('Why?').fill('The baby has a fever');
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByRole('heading', { name: 'This visit is cancelled' })).toBeVisible();
  await expect(page.getByText('$47.50 is due for it.')).toBeVisible();
  await page.reload();
  await expect(page.getByText('The baby has a fever')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Cancel', exact: true })).toHaveCount(0);
});

test('where it is too late to cancel, one is told to call', async ({ page }) => {
  const never = { cancel_notice_minutes: ALWAYS_LATE, move_notice_minutes: ALWAYS_LATE, late_cancel_fee_percent: 0 };
  const { slug, name } = await openShop(page, (desk) => policy(desk, never));
  const path = await bookedVisit(page, slug);
  await page.goto(path);
  await expect(page.getByText(`To change it now, please call ${name}.`)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Cancel', exact: true })).toHaveCount(0);
  // Nor does the address of that step lead there.
  await page.goto(`${path}?do=cancel`);
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Yes, cancel it' })).toHaveCount(0);
});

test('of visits that come again each is cancelled by itself, and the others stay', async ({ page }) => {
  const { slug } = await openShop(page);
  const path = await bookedVisit(page, slug);
  await page.goto(path);
  await page.getByRole('link', { name: 'Have it come again' }).click();
  await page.getByLabel('How often?').selectOption('Every week');
  await page.getByLabel('How many, with this one?').selectOption('3 visits');
  await page.getByRole('button', { name: 'See the times' }).click();
  await page.getByRole('button', { name: 'Book them all' }).click();
  await expect(page.getByRole('heading', { name: '2 more visits are booked' })).toBeVisible();
  const links = page.getByRole('main').getByRole('listitem').getByRole('link');
  const others = await links.evaluateAll((all) => all.map((each) => each.getAttribute('href') ?? ''));
  expect(others).toHaveLength(2);

  await page.goto(others[0] ?? '');
  await page.getByRole('link', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('Cancelling now costs nothing.')).toBeVisible();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByText('It’s cancelled. Thanks for telling us.')).toBeVisible();
  for (const stays of [path, others[1] ?? '']) {
    await page.goto(stays);
    await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  }
});
