import { expect, test } from '../support/bench';
import { call, confirmedOwner, join, owner } from '../support/people';

interface Made {
  id: string;
  version: number;
}

test('a list with a faulty row says which, and brings the others in', async ({ page, guard }) => {
  guard.allow(422);
  await owner(page);
  await page.goto('/app/customers');
  await page.getByRole('link', { name: 'Bring a list' }).last().click();
  const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const choose = page.getByLabel('Choose a file');

  await choose.setInputFiles(file('shopping.csv', 'milk,eggs\n2,12\n'));
  await expect(page.getByRole('alert')).toContainText('the name');

  const rows = ['Full name;E-mail;Phone;Shoe size', 'Ana Cruz;ana@example.org;;38', 'Ben Salas;not an address;;41', ';;;', 'Ana C.;ana@example.org;;'];
  await choose.setInputFiles(file('old system.csv', rows.join('\r\n')));
  await expect(page.getByRole('heading', { name: 'Shall they be put in?' })).toBeVisible();
  await expect(page.getByText('Shoe size')).toBeVisible();
  const list = page.getByRole('region', { name: 'What becomes of each row?' }).getByRole('listitem');
  await expect(list).toHaveCount(3);
  await expect(list.nth(1)).toContainText('Ben Salas');
  await expect(list.nth(1)).toContainText('Row 3');
  await expect(list.nth(1)).toContainText('email');
  await expect(list.nth(2)).toContainText('the same as row 2');
  await page.getByRole('button', { name: /Wrong/, pressed: false }).click();
  await expect(list).toHaveCount(1);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the wrong rows' }).click();
  expect((await saving).suggestedFilename()).toBe('old system-wrong.csv');

  await page.getByRole('button', { name: 'Put 1 customer in' }).click();
  await expect(page.getByRole('heading', { name: 'What became of the list?' })).toBeVisible();
  await expect(page.getByText('1 new customer', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('2 rows were left out')).toBeVisible();
  await page.getByRole('link', { name: 'See the customers' }).click();
  const customers = page.getByRole('list', { name: 'Customers' }).getByRole('listitem');
  await expect(customers).toHaveCount(1);
  await expect(customers).toContainText('Ana Cruz');
});

test('ten thousand rows are shown at once, and brought in while one looks on', async ({ page }) => {
  await owner(page);
  await page.goto('/app/customers/imports');
  const rows = Array.from({ length: 10_000 }, (_, at) => `Somebody ${at},somebody.${at}@example.org`);
  const buffer = Buffer.from(['name,email', ...rows].join('\n'));
  await page.getByLabel('Choose a file').setInputFiles({ name: 'all.csv', mimeType: 'text/csv', buffer });
  const list = page.getByRole('region', { name: 'What becomes of each row?' }).getByRole('listitem');
  await expect(list).toHaveCount(50, { timeout: 60_000 });
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('51 to 100 of 10,000')).toBeVisible();
  await expect(list.first()).toContainText('Somebody 50');
  await page.getByRole('button', { name: 'Put 10,000 customers in' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(page.getByText('10,000 new customers', { exact: true })).toBeVisible({ timeout: 100_000 });
});

test('two records become one, and two again', async ({ page }) => {
  await owner(page);
  const add = (body: object) => call<Made>(page, 'POST', '/v1/customers', body);
  const joseph = await add({ name: 'Joseph Taitano', phone: '+16715550110', note: 'Left shoulder', tags: ['regular'] });
  await add({ name: 'Joe Taitano', phone: '+16715550110', email: 'joe@example.org', tags: ['VIP'] });

  await page.goto('/app/customers/duplicates');
  await page.getByRole('button', { name: /^Compare/ }).click();
  const dialog = page.getByRole('dialog', { name: 'One person?' });
  await dialog.getByRole('radio', { name: /Joseph Taitano/ }).check();
  await expect(dialog).toContainText('joe@example.org');
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(page.getByText('Merged into Joseph Taitano.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'What was merged?' })).toContainText('Joe Taitano became part of Joseph Taitano');

  await page.goto(`/app/customers/${joseph.id}`);
  await expect(page.getByRole('link', { name: /joe@example.org/ })).toHaveAttribute('href', 'mailto:joe@example.org');
  await expect(page.getByRole('link', { name: 'VIP' })).toBeVisible();

  await page.goto('/app/customers/duplicates');
  await page.getByRole('button', { name: /^Take apart again/ }).click();
  await expect(page.getByText('They are two records again.')).toBeVisible();
  await page.getByRole('link', { name: 'Everybody' }).click();
  const customers = page.getByRole('list', { name: 'Customers' }).getByRole('listitem');
  await expect(customers).toHaveCount(2);
});

test('somebody is found by how their name, address or number begins', async ({ page }) => {
  await owner(page);
  for (const [name, email, phone] of [
    ['Amélie Laurent', 'amelie@example.org', '+33199001000'],
    ['Aiko Yamamoto', 'aiko@example.org', '+16715550101'],
    ['ليلى حداد', 'layla@example.org', '+16715550119'],
  ]) {
    await call(page, 'POST', '/v1/customers', { name, email, phone, tags: name?.startsWith('A') ? ['tourist'] : [] });
  }
  await page.goto('/app/customers');
  const customers = page.getByRole('list', { name: 'Customers' }).getByRole('listitem');
  await expect(customers).toHaveCount(3);
  const search = page.getByRole('searchbox', { name: 'Name, e-mail or number' });
  for (const [typed, name] of [
    ['amel', 'Amélie Laurent'],
    ['layla@', 'ليلى حداد'],
    ['+1 671 555-0101', 'Aiko Yamamoto'],
  ]) {
    await search.fill(typed ?? '');
    await expect(customers).toHaveCount(1);
    await expect(customers).toContainText(name ?? '');
  }
  await expect(search).toBeFocused();
  await search.fill('');
  await page.getByRole('button', { name: 'tourist' }).click();
  await expect(customers).toHaveCount(2);
  await expect(page).toHaveURL(/\?tag=tourist$/);

  // Who isn't there is written down with what one looked for.
  await search.fill('noor@example.org');
  await expect(page.getByText('Nobody like that')).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'New customer' }).last().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('E-mail', { exact: true })).toHaveValue('noor@example.org');
  await dialog.getByLabel('Name', { exact: true }).fill('Noor Aziz');
  await dialog.getByRole('button', { name: 'Write them down' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Noor Aziz' })).toBeVisible();
});

test('what two people change at once is told, and nothing is lost', async ({ page, guard }) => {
  guard.allow(412);
  await owner(page);
  const made = await call<Made>(page, 'POST', '/v1/customers', { name: 'Ana Cruz', email: 'ana@example.org' });
  const path = `/v1/customers/${made.id}`;
  const elsewhere = async (version: number, body: object) => {
    const headers = { 'If-Match': `"${version}"`, Origin: new URL(page.url()).origin };
    const answer = await page.request.patch(path, { headers, data: body });
    expect(answer.status()).toBe(200);
  };
  await page.goto(`/app/customers/${made.id}`);
  await page.getByRole('button', { name: 'Change Ana Cruz' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail', { exact: true }).fill('ana.cruz@example.org');

  // Another field is no reason to bother anybody.
  await elsewhere(made.version, { phone: '+16715550101' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('What somebody else changed in the meantime is kept, too.')).toBeVisible();
  await expect(page.getByRole('link', { name: '+16715550101' })).toBeVisible();

  // The same field is.
  await page.getByRole('button', { name: 'Change Ana Cruz' }).click();
  await dialog.getByLabel('E-mail', { exact: true }).fill('mine@example.org');
  await elsewhere(made.version + 2, { email: 'theirs@example.org' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('theirs@example.org');
  await expect(dialog.getByLabel('E-mail', { exact: true })).toHaveValue('mine@example.org');
  await dialog.getByRole('button', { name: 'Save mine' }).click();
  await expect(page.getByRole('link', { name: /mine@example.org/ })).toBeVisible();
});

test('medical notes are shown when asked for, and the desk does not see them', async ({ page, another }) => {
  await confirmedOwner(page);
  const made = await call<Made>(page, 'POST', '/v1/customers', { name: 'Olivia Perez' });
  await page.goto(`/app/customers/${made.id}`);
  const health = page.getByRole('region', { name: 'Anything about their health?' });
  await health.getByRole('button', { name: 'Write notes' }).click();
  await health.getByLabel('Medical notes').fill('Allergic to nuts');
  await health.getByRole('button', { name: 'Save' }).click();
  await page.reload();
  await expect(health).toContainText('put on record');
  await expect(health).not.toContainText('nuts');
  await health.getByRole('button', { name: 'Show the medical notes' }).click();
  await expect(health).toContainText('Allergic to nuts');

  const desk = await another();
  await join(page, desk, 'receptionist', 'Jun Park');
  await desk.goto(`/app/customers/${made.id}`);
  await expect(desk.getByRole('region', { name: 'What should one know?' })).toBeVisible();
  await expect(desk.getByRole('region', { name: 'Anything about their health?' })).toHaveCount(0);
  await expect(desk.getByRole('button', { name: 'Erase for good' })).toHaveCount(0);
});

test('the customers’ file keeps the focus, and whoever leaves fetches it no further', async ({ page }) => {
  await owner(page);
  await call(page, 'POST', '/v1/customers', { name: 'Ana Cruz' });
  await page.goto('/app/customers');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const saved = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save the file' }).click();
  expect((await saved).suggestedFilename()).toMatch(/-customers\.csv$/);
  await expect(dialog.getByRole('button', { name: 'Close' }).last()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);

  await page.route('**/v1/customers/export', () => undefined);
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const asked = page.waitForRequest('**/v1/customers/export');
  await dialog.getByRole('button', { name: 'Save the file' }).click();
  const request = await asked;
  const gone = page.waitForEvent('requestfailed', (each) => each === request);
  await dialog.getByRole('button', { name: 'Back' }).click();
  await gone;
});
