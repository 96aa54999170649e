import type { Page } from '@playwright/test';

interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A picture as somebody has it on their disk: drawn by the browser itself. */
export async function aPicture(page: Page, name: string, width: number, height: number): Promise<File> {
  const mimeType = name.endsWith('.png') ? 'image/png' : 'image/jpeg';
  const data = await page.evaluate(
    ([mimeType, width, height]) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const pen = canvas.getContext('2d')!;
      if (mimeType === 'image/jpeg') {
        const sky = pen.createLinearGradient(0, 0, width, height);
        sky.addColorStop(0, '#7ab');
        sky.addColorStop(1, '#e9c');
        pen.fillStyle = sky;
        pen.fillRect(0, 0, width, height);
      }
      pen.fillStyle = '#135';
      pen.beginPath();
      pen.ellipse(width / 2, height / 2, width / 3, height / 3, 0, 0, 7);
      pen.fill();
      return canvas.toDataURL(mimeType).split(',')[1] ?? '';
    },
    [mimeType, width, height] as const,
  );
  return { name, mimeType, buffer: Buffer.from(data, 'base64') };
}
