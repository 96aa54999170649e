import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { addon, doesOnly, member, packageOf, secondPlace } from '../support/menu';
import { colleague, openShop } from '../support/shop';

const times = (page: Page) => page.locator('main section li button');
const bar = (page: Page) => page.locator('.now');
const asked = (page: Page, question: string) => expect(page.getByRole('heading', { name: question })).toBeVisible();

/** From the choice of a time to the visit. Gives the path of its page. */
async function book(page: Page, name = 'Nina Two', email = 'nina@example.com'): Promise<string> {
  await asked(page, 'When suits you?');
  await times(page).last().click();
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Book it', exact: true }).click();
  await asked(page, 'You’re booked');
  return (await page.getByRole('link', { name: 'See or change it' }).getAttribute('href')) ?? '';
}

test('what is had with it costs and takes more, from the sentence to the visit', async ({ page }) => {
  const { slug } = await openShop(page, async (desk) => {
    await addon(desk, 'Hot towels', 500);
    await addon(desk, 'Scalp massage', 2000, 15);
  });
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await asked(page, 'Anything with it?');
  await page.getByRole('checkbox', { name: /Scalp massage/ }).check();
  await page.getByRole('checkbox', { name: /Hot towels/ }).check();
  await page.getByRole('checkbox', { name: /Hot towels/ }).uncheck();
  await expect(bar(page)).toContainText('Scalp massage');
  await expect(bar(page)).toContainText('$115');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.goto(await book(page));
  const facts = page.locator('dl');
  await expect(facts).toContainText('+ Scalp massage');
  await expect(facts).not.toContainText('Hot towels');
  await expect(facts).toContainText('$115');
  const [from, to] = ((await page.locator('.when').innerText()).match(/\d+:\d+ [AP]M/g) ?? []).map((text) => Date.parse(`2000-01-01 ${text}`));
  expect(((to ?? 0) - (from ?? 0)) / 60_000).toBe(75);
});

test('two come together, and a package is had as one', async ({ page }) => {
  const { slug } = await openShop(page, async (desk) => {
    await colleague(desk);
    await packageOf(desk, 'Morning for you', 15000);
  });
  await page.goto(`/${slug}`);
  const couple = page.getByRole('button', { name: /Couples massage/ });
  await expect(couple).toContainText('for two');
  await couple.click();
  await expect(bar(page)).toContainText('Couples massage for two');
  const anyone = page.getByRole('button', { name: /Anyone/ });
  await anyone.click();
  await page.goto(await book(page));
  await expect(page.locator('dl')).toContainText('Couples massage for two');
  // Each of them is somebody's.
  await expect(page.locator('dl')).toContainText(/with .+ and .+/);

  await page.goto(`/${slug}`);
  const whole = page.getByRole('button', { name: /Morning for you/ });
  await expect(whole).toContainText('Relaxing massage and Body scrub');
  await expect(whole).toContainText('$150');
  await whole.click();
  await anyone.click();
  // It is complete by itself.
  await expect(page.getByRole('button', { name: 'Add a service' })).toHaveCount(0);
  await page.goto(await book(page));
  await expect(page.locator('dl')).toContainText('Morning for you');
  await expect(page.locator('dl')).toContainText('$150');
});

test('whoever wants somebody gets them, and nobody else', async ({ page }) => {
  const { slug } = await openShop(page, colleague);
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await page.getByRole('button', { name: /Jun Park/ }).click();
  await expect(bar(page)).toContainText('with Jun Park');
  await page.goto(await book(page));
  await expect(page.locator('dl')).toContainText('with Jun Park');
});

test('each of two is with whom they choose, and nobody is with both', async ({ page }) => {
  const { slug } = await openShop(page, colleague);
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Couples massage/ }).click();
  await page.getByRole('button', { name: 'Choose for each of you' }).click();
  const you = page.getByLabel('For you', { exact: true });
  const guest = page.getByLabel('For your guest');
  await expect(you).toBeFocused();
  await you.selectOption('Jun Park');
  await expect(guest.getByRole('option')).toHaveText(['Anyone', 'Selma Haddad']);
  await guest.selectOption('Selma Haddad');
  await expect(bar(page)).toContainText('with Jun Park and Selma Haddad');
  await page.getByRole('button', { name: 'Continue' }).click();
  await asked(page, 'When suits you?');
  // Whoever goes back finds it as they left it.
  await page.goBack();
  await expect(you.locator('option:checked')).toHaveText('Jun Park');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.goto(await book(page));
  await expect(page.locator('dl')).toContainText('with Jun Park and Selma Haddad');
});

test('two services are had with two of the team', async ({ page }) => {
  const { slug } = await openShop(page, async (desk) => {
    await colleague(desk);
    await colleague(desk, 'Kai Neri');
    await doesOnly(desk, 'Selma Haddad', ['Relaxing massage']);
    await doesOnly(desk, 'Kai Neri', ['Body scrub']);
  });
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await page.getByRole('button', { name: 'Add a service' }).click();
  await page.getByRole('button', { name: /Body scrub/ }).click();
  // Only one of them does both.
  await expect(page.getByRole('button', { name: /Jun Park/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /Selma|Kai/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Choose for each service' }).click();
  await page.getByLabel('Relaxing massage').selectOption('Selma Haddad');
  await expect(page.getByLabel('Body scrub').getByRole('option')).toHaveText(['Anyone', 'Jun Park', 'Kai Neri']);
  await page.getByLabel('Body scrub').selectOption('Kai Neri');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.goto(await book(page));
  await expect(page.locator('dl')).toContainText('with Selma Haddad and Kai Neri');
});

test('a member pays less once it is known who books', async ({ page }) => {
  const email = `mia-${Date.now()}@example.com`;
  const { slug } = await openShop(page, (desk) => member(desk, 'Mia Member', email, 20));
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await expect(bar(page)).toContainText('$95');
  await page.goto(await book(page, 'Mia Member', email));
  await expect(page.locator('dl')).toContainText('$76');
  await expect(page.locator('dl')).toContainText('$19 less, as a member');
});

test('of two places one chooses first, and the clock is that place’s', async ({ page }) => {
  const { slug } = await openShop(page, (desk) => secondPlace(desk, 'Paris', 'Europe/Paris'));
  await page.goto(`/${slug}`);
  await asked(page, 'Where would you like to come?');
  await page.getByRole('button', { name: /Paris/ }).click();
  await asked(page, 'What would you like?');
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await expect(page.getByText(/Times are in Central European/)).toBeVisible();
  await asked(page, 'When suits you?');
  // It is open in the mornings, there.
  await expect(page.getByRole('heading', { name: 'Morning' })).toBeVisible();
  await expect(page.getByRole('heading', { name: /Afternoon|Evening/ })).toHaveCount(0);
  const path = await book(page);
  await page.goto(path);
  await expect(page.locator('dl')).toContainText('Paris');
  await expect(page.locator('dl')).toContainText('Central European');
  await expect(page.locator('dl')).toContainText('with Faye Farr');

  // The place is remembered, and can be changed.
  await page.goto(`/${slug}`);
  await asked(page, 'What would you like?');
  await page.getByRole('button', { name: 'Change the place' }).click();
  await asked(page, 'Where would you like to come?');
});
