import { expect, test } from '../support/bench';
import { call, confirmedOwner, join, owner } from '../support/people';
import { onTheList } from '../support/waitlist';

const OFFER = /\/o\/[\w.~%-]+/;

test('somebody is put on the list, is offered a free time, and takes it by their link', async ({ page, another }) => {
  await owner(page);
  const services = (await call<{ items: { id: string; name: string }[] }>(page, 'GET', '/v1/services')).items;
  await page.goto('/app/waitlist');
  await expect(page.getByText('Nobody waits', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Put somebody on the list' }).first().click();
  const form = page.getByRole('dialog', { name: 'Who would like to wait?' });
  await form.getByLabel('Who?').fill('Ines Duarte');
  await expect(form.getByText(/Without an e-mail or phone number/)).toBeVisible();
  await form.getByLabel('What?').selectOption({ label: services[0]?.name ?? '' });
  await form.getByLabel('At what time of day?').selectOption('own');
  await form.getByLabel('Begins at the earliest').fill('07:00');
  await form.getByLabel('And at the latest').fill('22:00');
  await form.getByRole('button', { name: 'Put on the list' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'Ines Duarte' });
  await expect(row).toContainText('7:00 AM to 10:00 PM');

  await row.getByRole('button', { name: 'Offer a time' }).click();
  const times = page.getByRole('dialog', { name: 'Which time for Ines Duarte?' });
  await times.getByRole('radio').last().check({ force: true });
  // The answer has the only link in it: until it comes, nothing closes the dialog.
  let go = () => {};
  const answered = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/v1/waitlist/*/offer', async (route) => {
    await answered;
    await route.continue();
  });
  await times.getByRole('button', { name: /^Keep .+ for them$/ }).click();
  await expect(times.getByRole('button', { name: 'Close' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  go();
  const made = page.getByRole('dialog', { name: 'Kept for Ines Duarte' });
  const [link] = OFFER.exec((await made.locator('code').textContent()) ?? '') ?? [];
  await expect(row).toContainText('Kept for them');
  await made.getByRole('button', { name: 'Done' }).click();
  await expect(row.getByRole('button', { name: 'Offer a time' })).toHaveCount(0);
  // What led to the offer is gone.
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();

  const theirs = await another();
  await theirs.goto(link ?? '');
  await theirs.getByRole('button', { name: /^Yes/ }).click();
  await theirs.waitForURL('**/b/**');
  await page.reload();
  await expect(page.getByText('Nobody waits', { exact: true })).toBeVisible();
});

test('the list is looked through, and whoever is taken off is asked no more', async ({ page }) => {
  await owner(page);
  const { first, last } = await onTheList(page, 'Omar Farah', { latest: '12:00' });
  await onTheList(page, 'Grace Hill', { first_day: last, email: 'grace.hill@example.org' });
  await page.goto('/app/waitlist');
  const rows = page.locator('main ol > li');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('until 12:00 PM');
  await page.getByLabel('Could come on').fill(first);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Omar Farah');

  await rows.getByRole('button', { name: 'Remove Omar Farah' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Yes, take them off' }).click();
  await expect(page.getByText('Omar Farah is off the list.')).toBeVisible();
  await page.getByRole('button', { name: 'Show everybody' }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Grace Hill');
  const view = page.getByLabel('Who?', { exact: true });
  await view.focus();
  await view.selectOption('left');
  await expect(rows).toContainText('Omar Farah');
  await expect(rows.getByRole('button')).toHaveCount(0);
  await expect(view).toBeFocused();
  await view.selectOption('over');
  await expect(page.getByText('There is nobody here yet.')).toBeVisible();
  await expect(view).toBeFocused();
});

test('what is over is loaded page by page, as far as somebody reads', async ({ page }) => {
  await owner(page);
  const { id } = await onTheList(page, 'Omar Farah');
  await call(page, 'DELETE', `/v1/waitlist/${id}`);
  await page.route('**/v1/waitlist?*state=left*', async (route) => {
    // As if there were two pages of it.
    const url = new URL(route.request().url());
    const second = url.searchParams.has('cursor');
    url.searchParams.delete('cursor');
    const answer = await route.fetch({ url: url.href });
    const found = (await answer.json()) as { items: { id: string; name: string }[]; next_cursor: string | null };
    const items = found.items.map((each) => (second ? { ...each, id: `${each.id}2`, name: 'Grace Hill' } : each));
    await route.fulfill({ json: { items, next_cursor: second ? null : 'second' } });
  });
  await page.goto('/app/waitlist');
  await expect(page.getByText('Nobody waits', { exact: true })).toBeVisible();
  await page.getByLabel('Who?', { exact: true }).selectOption('left');
  const rows = page.locator('main ol > li');
  await expect(rows).toHaveText([/Omar Farah/]);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(rows).toHaveText([/Omar Farah/, /Grace Hill/]);
  await expect(page.getByRole('button', { name: 'Show more' })).toHaveCount(0);
});

test('of two who offer to the same one, the second is told, and keeps nothing', async ({ page, guard, another }) => {
  guard.allow(401, 409);
  await confirmedOwner(page);
  const { id, slots } = await onTheList(page, 'Kai Neri');
  const theirs = await another();
  await join(page, theirs, 'receptionist', 'Jun Park');
  await theirs.goto('/app/waitlist');
  await theirs.getByRole('button', { name: 'Offer a time Kai Neri' }).click();
  const times = theirs.getByRole('dialog', { name: 'Which time for Kai Neri?' });
  await times.getByRole('radio').first().check({ force: true });
  await call(page, 'POST', `/v1/waitlist/${id}/offer`, { start: slots[0]?.start });
  await times.getByRole('button', { name: /^Keep/ }).click();
  await expect(times.getByText('They don’t wait any more, or have an offer already.')).toBeVisible();
  await times.getByRole('button', { name: 'Close' }).click();
  await expect(theirs.getByRole('listitem').filter({ hasText: 'Kai Neri' })).toContainText('Kept for them');
});

test('a customer’s page leads to the list, with their name and address', async ({ page }) => {
  await owner(page);
  const { id } = await call<{ id: string }>(page, 'POST', '/v1/customers', { name: 'Malia Kealoha', phone: '+16715550106' });
  const services = (await call<{ items: { name: string }[] }>(page, 'GET', '/v1/services')).items;
  await page.goto(`/app/customers/${id}`);
  await page.getByRole('link', { name: 'Put on the waiting list Malia Kealoha' }).click();
  const form = page.getByRole('dialog', { name: 'Who would like to wait?' });
  await expect(form.getByText('Malia Kealoha')).toBeVisible();
  await form.getByLabel('What?').selectOption({ label: services[0]?.name ?? '' });
  await form.getByRole('button', { name: 'Put on the list' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'Malia Kealoha' });
  await expect(row.getByRole('link', { name: '+16715550106' })).toBeVisible();
  await expect(row.getByRole('link', { name: 'Malia Kealoha' })).toHaveAttribute('href', `/app/customers/${id}`);
});
