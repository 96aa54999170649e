import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { call, owner } from '../support/people';
import { aPicture } from '../support/pictures';

interface Picture {
  url: string;
  width: number;
  height: number;
}
interface Tenant {
  slug: string;
  version: number;
  logo: Picture | null;
  photo: Picture | null;
}

const tenant = (page: Page) => call<Tenant>(page, 'GET', '/v1/tenant');
const card = (page: Page, name: string) => page.getByRole('region', { name });

test('a logo is chosen, seen before it is saved, saved, and shown to customers', async ({ page, another }) => {
  await owner(page);
  await page.goto('/app/look');
  const logo = card(page, 'Do you have a logo?');
  const preview = card(page, 'What do customers see first?');
  await logo.locator('input[type=file]').setInputFiles(await aPicture(page, 'mark.png', 900, 600));
  await expect(logo.getByRole('img')).toBeVisible();
  await expect(preview.locator('img')).toHaveCount(2);
  expect((await tenant(page)).logo).toBeNull();

  await logo.getByRole('button', { name: 'Use this logo' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  const saved = await tenant(page);
  expect(saved.logo).toMatchObject({ width: 512, height: 341 });
  // In the menu of the staff pages, too.
  const url = saved.logo?.url ?? '';
  await expect(page.locator(`button.shop img[src="${url}"]`)).toBeVisible();

  const customer = await another();
  await customer.goto(`/${saved.slug}`);
  const shown = customer.locator(`main img[src="${url}"]`);
  await expect(shown).toBeVisible();
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(512);
});

test('a large photo is made smaller before it is sent, and is removed and put back', async ({ page }) => {
  // Of a file that is sent as such, the browser tells nobody how large it was.
  await page.addInitScript(() => {
    const send = Reflect.get(XMLHttpRequest.prototype, 'send') as (body?: unknown) => void;
    XMLHttpRequest.prototype.send = function (body) {
      if (body instanceof Blob) document.documentElement.dataset['sent'] = String(body.size);
      send.call(this, body);
    };
  });
  await owner(page);
  await page.goto('/app/look');
  const photo = card(page, 'What does it look like at your place?');
  const sent = page.waitForRequest((request) => request.method() === 'PUT' && request.url().endsWith('/photo'));
  const file = await aPicture(page, 'place.jpg', 5000, 4000);
  // As heavy as a telephone's.
  file.buffer = Buffer.concat([file.buffer, Buffer.alloc(6 * 1024 * 1024)]);
  await photo.locator('input[type=file]').setInputFiles(file);
  await photo.getByRole('button', { name: 'Use this photo' }).click();
  const request = await sent;
  await expect(page.getByText('Saved.')).toBeVisible();
  expect(request.headers()['content-type']).toBe('image/jpeg');
  const bytes = await page.evaluate(() => Number(document.documentElement.dataset['sent']));
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(1024 * 1024);
  expect((await tenant(page)).photo).toMatchObject({ width: 1250, height: 1000 });

  await photo.getByRole('button', { name: 'Remove the photo' }).click();
  await expect(page.getByText('The photo is gone.')).toBeVisible();
  expect((await tenant(page)).photo).toBeNull();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => (await tenant(page)).photo).toMatchObject({ width: 1250, height: 1000 });
  await expect(photo.getByRole('img')).toBeVisible();
});

test('what can’t be shown is said before anything is sent', async ({ page }) => {
  await owner(page);
  await page.goto('/app/look');
  const logo = card(page, 'Do you have a logo?');
  const choose = (name: string, mimeType: string, text: string) =>
    logo.locator('input[type=file]').setInputFiles({ name, mimeType, buffer: Buffer.from(text) });
  await choose('mark.svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await expect(logo.getByRole('alert')).toContainText('An SVG can hold scripts');
  await choose('mark.png', 'image/png', 'nothing of the kind');
  await expect(logo.getByRole('alert')).toContainText('can’t be read as a picture');
  await logo.locator('input[type=file]').setInputFiles(await aPicture(page, 'mark.png', 20, 20));
  await expect(logo.getByRole('alert')).toContainText('20 × 20 pixels are too few');
});

test('a picture is dropped and pasted', async ({ page }) => {
  await owner(page);
  await page.goto('/app/look');
  const file = await aPicture(page, 'mark.png', 300, 300);
  const put = (kind: 'drop' | 'paste', name: string) =>
    card(page, name)
      .locator('input[type=file]')
      .evaluate(
        (input, [kind, bytes]) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], 'a.png', { type: 'image/png' }));
          const event =
            kind === 'drop'
              ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
              : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
          input.dispatchEvent(event);
        },
        [kind, file.buffer.toString('base64')] as const,
      );
  await put('drop', 'Do you have a logo?');
  await expect(card(page, 'Do you have a logo?').getByRole('img')).toBeVisible();
  await put('paste', 'What does it look like at your place?');
  await expect(card(page, 'What does it look like at your place?').getByRole('img')).toBeVisible();
});
