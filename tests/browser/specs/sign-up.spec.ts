import { expect, test } from '../support/bench';
import { fresh, mailedLink, owner, PASSWORD } from '../support/people';

test('a business signs itself up on a phone in under a minute', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const who = fresh();
  let interactions = 0;
  let letters = 0;
  const tap = async (name: string | RegExp, role: 'button' | 'link' = 'button') => {
    interactions += 1;
    await page.getByRole(role, { name }).click();
  };
  const write = async (label: string, text: string) => {
    interactions += 1;
    letters += text.length;
    await page.getByLabel(label, { exact: true }).pressSequentially(text);
  };

  const start = Date.now();
  await page.goto('/');
  await tap('Open your shop', 'link');
  await write('Business name', who.business);
  await expect(page.getByText('This address is free.')).toBeVisible();
  await tap('Continue');
  await expect(page.getByRole('heading', { name: 'And who are you?' })).toBeFocused();
  await write('Your name', who.name);
  await write('E-mail', who.email);
  await write('Password', PASSWORD);
  await tap('Open the shop');
  await page.waitForURL(/\/app\/welcome/);
  await expect(page.getByRole('heading', { name: 'What do you offer?' })).toBeVisible();
  const seconds = (Date.now() - start) / 1000;

  // A thumb writes two and a half letters a second and takes two seconds to find the next place.
  const human = seconds + letters / 2.5 + interactions * 2;
  console.log(
    `\nsign-up at 390 px: ${interactions} interactions, ${letters} letters, ${seconds.toFixed(1)} s of machine time, about ${human.toFixed(0)} s by hand`,
  );
  expect(interactions).toBeLessThanOrEqual(8);
  expect(human).toBeLessThan(60);
  await expect(page.getByRole('button', { name: who.business })).toBeVisible();
});

test('by keyboard alone', async ({ page }) => {
  const who = fresh();
  await page.goto('/sign-up');
  const focusOn = async (label: string) => {
    for (let steps = 0; steps < 20; steps += 1) {
      await page.keyboard.press('Tab');
      const named = await page.evaluate(() => {
        const here = document.activeElement as HTMLInputElement | null;
        return here?.labels?.[0]?.textContent?.trim() ?? here?.textContent?.trim() ?? '';
      });
      if (named.startsWith(label)) return;
    }
    throw new Error(`no way to ${label} by the Tab key`);
  };
  await focusOn('Business name');
  await page.keyboard.type(who.business);
  await focusOn('Salon');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Spa' })).toBeChecked();
  await expect(page.getByText('This address is free.')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'And who are you?' })).toBeFocused();
  await focusOn('Your name');
  await page.keyboard.type(who.name);
  await focusOn('E-mail');
  await page.keyboard.type(who.email);
  await focusOn('Password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/app\/welcome/);
});

test('without a password: the mailed link opens the desk', async ({ page }) => {
  const who = fresh();
  await page.goto('/sign-up?kind=clinic');
  await page.getByLabel('Business name').fill(who.business);
  await expect(page.getByText('This address is free.')).toBeVisible();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Your name').fill(who.name);
  await page.getByLabel('E-mail', { exact: true }).fill(who.email);
  await page.getByLabel('No password').check();
  await page.getByRole('button', { name: 'Open the shop' }).click();
  await expect(page.getByRole('heading', { name: 'Have you got mail?' })).toBeFocused();

  await page.goto(await mailedLink(page, who.email, '/sign-in/link'));
  await expect(page, 'the token stays in no history').toHaveURL(/\/sign-in\/link$/);
  await page.getByRole('button', { name: 'Yes, sign me in' }).click();
  await page.waitForURL(/\/app\/welcome/);
});

test('what is wrong is said at its field, and nothing that was written is lost', async ({ page, guard }) => {
  guard.allow(409, 422);
  const taken = await owner(page);
  await page.context().clearCookies();
  await page.evaluate(() => localStorage.clear());

  await page.goto('/sign-up');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByLabel('Business name')).toBeFocused();
  await expect(page.getByText('Please give your place a name.')).toBeVisible();
  await expect(page.getByText('Please choose what it is.')).toBeVisible();

  const who = fresh();
  await page.getByLabel('Business name').fill(who.business);
  await page.getByText('Spa', { exact: true }).click();
  await page.getByLabel('Web address').fill('NOT ok!');
  await expect(page.getByText('Small letters, digits and hyphens only.')).toBeVisible();
  await page.getByLabel('Web address').fill('');
  await expect(page.getByText('This address is free.')).toBeVisible();
  await page.getByRole('button', { name: 'Continue' }).click();

  await page.getByLabel('Your name').fill(who.name);
  await page.getByLabel('E-mail', { exact: true }).fill(taken.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Open the shop' }).click();
  const email = page.getByLabel('E-mail', { exact: true });
  await expect(email).toHaveAttribute('aria-invalid', 'true');
  await expect(email).toBeFocused();
  await expect(email).toHaveAccessibleDescription(/already|sign in/i);
  await expect(page.getByLabel('Your name')).toHaveValue(who.name);

  await page.goBack();
  await expect(page.getByLabel('Business name')).toHaveValue(who.business);
});

test('the country proposes zone, currency and language, and each can be changed', async ({ page }) => {
  await page.goto('/sign-up');
  await page.getByLabel('Country').selectOption('DE');
  await expect(page.getByText(/Berlin time, Euro, German/)).toBeVisible();
  await page.getByText(/Berlin time/).click();
  await page.getByLabel('Currency').selectOption('CHF');
  await expect(page.getByText(/Berlin time, Swiss Franc/)).toBeVisible();
});

test('a second business joins the same login', async ({ page }) => {
  const first = await owner(page);
  await page.goto('/app');
  await expect(page.getByRole('button', { name: first.business })).toBeVisible();
  await page.getByRole('button', { name: first.business }).click();
  await page.getByRole('link', { name: 'Open another' }).click();

  const second = fresh();
  await expect(page.getByRole('button', { name: 'Open the shop' })).toBeVisible();
  await page.getByLabel('Business name').fill(second.business);
  await page.getByText('Salon', { exact: true }).click();
  await expect(page.getByText('This address is free.')).toBeVisible();
  await page.getByRole('button', { name: 'Open the shop' }).click();
  await page.waitForURL(/\/app\/welcome/);
  await page.getByRole('button', { name: second.business }).click();
  await page.locator('#shops').getByRole('button', { name: first.business }).click();
  await expect(page.getByRole('button', { name: first.business }).first()).toBeVisible();
});
