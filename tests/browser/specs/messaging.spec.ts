import { expect, test } from '../support/bench';
import { call, owner } from '../support/people';

test('words of one’s own are shown, kept, and broken ones refused at their place', async ({ page, guard }) => {
  guard.allow(422);
  await owner(page);
  await page.goto('/app/messages/words');
  await page.getByRole('listitem').filter({ hasText: 'Visit confirmed' }).first().getByRole('link', { name: 'Mail' }).click();
  await expect(page.getByText('These words are built in.')).toBeVisible();

  const text = page.getByLabel('Text', { exact: true });
  await text.fill('Welcome, {{ somebody }}.');
  await expect(page.getByText(/There is no field called somebody/)).toBeVisible();
  await expect(text).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('button', { name: 'Use these words' }).click();
  await expect(page.getByText('These words are built in.')).toBeVisible();

  await text.fill('Welcome back, ');
  await page.getByRole('button', { name: 'Customer’s name' }).click();
  await expect(text).toHaveValue('Welcome back, {{ name }}');
  await expect(page.locator('.mail').getByText(/^Welcome back, \w+/)).toBeVisible();
  await page.getByRole('button', { name: 'Use these words' }).click();
  await expect(page.getByText('These words are your own.')).toBeVisible();
  const kept = await call<{ body: string; own: boolean }>(page, 'GET', '/v1/message-templates/confirmed/email/en');
  expect(kept).toMatchObject({ own: true, body: 'Welcome back, {{ name }}' });

  await page.getByRole('button', { name: 'Send it to me' }).click();
  await expect(page.getByText('It’s on its way to you.')).toBeVisible();
  await page.getByRole('button', { name: 'Back to the built-in words' }).click();
  await expect(page.getByText('These words are built in.')).toBeVisible();

  await page.goto('/app/messages');
  const row = page.getByRole('listitem').filter({ hasText: 'a test' });
  await expect(row).toContainText('Visit confirmed');
  await row.getByRole('link').click();
  await expect(page.getByRole('heading', { name: 'What became of it?' })).toBeVisible();
  await expect(page.getByText('It was written')).toBeVisible();
});

test('a text tells how many it counts as', async ({ page }) => {
  await owner(page);
  await page.goto('/app/messages/words/reminder/sms/en');
  await expect(page.getByText(/\d texts?\s+· \d+ characters/)).toBeVisible();
  await page.getByLabel('Text', { exact: true }).fill('مرحبا بكم في الصالون {{ link }}');
  await expect(page.getByText(/Fewer fit: this alphabet/)).toBeVisible();
});

test('settings are said in sentences, and another’s change is told', async ({ page, guard, another }) => {
  guard.allow(412);
  await owner(page);
  const other = await another({ storageState: await page.context().storageState() });
  await other.goto('/app/messages/settings');
  await expect(other.getByRole('heading', { name: 'When are customers reminded?' })).toBeVisible();

  await page.goto('/app/messages/settings');
  await page.getByLabel('Disturb nobody at night').check();
  await page.getByLabel('from', { exact: true }).fill('20:30');
  await page.getByLabel('Reminder 1', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  const settings = await call(page, 'GET', '/v1/message-settings');
  expect(settings).toMatchObject({ quiet: { from: '20:30', to: '08:00' }, reminder_minutes: [2880, 60] });

  await other.getByLabel('Sender’s name').fill('The front desk');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(other.getByRole('alert')).toBeVisible();
  await other.getByRole('button', { name: 'Load it again' }).click();
  await expect(other.getByLabel('Disturb nobody at night')).toBeChecked();
});

test('an opt-out is noted, and taken back', async ({ page, guard }) => {
  guard.allow(422);
  await owner(page);
  await page.goto('/app/messages/opt-outs');
  await expect(page.getByText('Nobody opted out.')).toBeVisible();
  await page.getByRole('button', { name: 'Add an opt-out' }).click();
  const dialog = page.getByRole('dialog', { name: 'Who wants no more messages?' });
  await dialog.getByLabel('E-mail', { exact: true }).fill('nobody');
  await dialog.getByRole('button', { name: 'Add an opt-out' }).click();
  await expect(dialog.getByText(/doesn't look like an e-mail/)).toBeVisible();
  await dialog.getByLabel('E-mail', { exact: true }).fill('enough@example.com');
  await dialog.getByRole('button', { name: 'Add an opt-out' }).click();
  const entry = page.getByRole('main').getByRole('listitem').filter({ hasText: 'enough@example.com' });
  await expect(entry).toContainText('Noted by the team');

  await entry.getByRole('button', { name: /Write again/ }).click();
  await expect(entry).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(entry).toBeVisible();
  const { items } = await call<{ items: { address: string }[] }>(page, 'GET', '/v1/message-opt-outs');
  expect(items.map(({ address }) => address)).toEqual(['enough@example.com']);
});

test('a sequence is composed, looked at and turned on', async ({ page, guard }) => {
  guard.allow(422);
  await owner(page);
  await page.goto('/app/sequences/new');
  await page.getByLabel('Name', { exact: true }).fill('After a first visit');
  const steps = page.getByRole('group', { name: /^Step \d$/ });
  await steps.nth(0).getByLabel('Subject').fill('Thank you');
  await steps.nth(0).getByLabel('Text', { exact: true }).fill('Thank you for coming, {{ name }}.');
  await page.getByRole('button', { name: 'Add a step' }).click();
  await steps.nth(1).getByLabel('Subject').fill('And again?');
  await steps.nth(1).getByLabel('Text', { exact: true }).fill('Book again: {{ nowhere }}');
  await page.getByRole('button', { name: 'Save and look at it' }).click();
  await expect(steps.nth(1).getByText(/There is no field called nowhere/)).toBeVisible();
  await steps.nth(1).getByLabel('Text', { exact: true }).fill('Book again: {{ link }}');
  await page.getByRole('button', { name: 'Save and look at it' }).click();

  await expect(page.getByRole('heading', { name: 'After a first visit', level: 1 })).toBeVisible();
  const story = page.getByRole('region', { name: 'What will be said?' });
  await expect(story.getByText('Day 4')).toBeVisible();
  await story.getByRole('button', { name: /Thank you/ }).click();
  await expect(page.getByRole('dialog', { name: 'Step 1' }).locator('.mail').getByText(/^Thank you for coming, \w+/)).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByText(/It’s on\. What happens/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Turn off' })).toBeVisible();
  const { items } = await call<{ items: { on: boolean; steps: unknown[] }[] }>(page, 'GET', '/v1/sequences');
  expect(items[0]).toMatchObject({ on: true });
  expect(items[0]?.steps).toHaveLength(2);
});
