// A file that somebody chose, made ready: looked at, made smaller where that helps, and shown before it is sent.
import { drawnAs, drawnAt, goesAsItIs, isSvg, isTooSmall, MAX_BYTES, type Kind, type Size } from './picture';

export interface Ready extends Size {
  /** What is sent. */
  blob: Blob;
  /** What is shown meanwhile: as data, which is all that pages may show besides the server's files. */
  url: string;
}

/** Why a file can't be shown. */
export type Unfit = { why: 'svg' | 'unknown' | 'large' } | ({ why: 'small' } & Size);

export async function ready(kind: Kind, file: File): Promise<Ready | Unfit> {
  if (isSvg(file)) return { why: 'svg' };
  const seen = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined);
  if (!seen) return { why: 'unknown' };
  try {
    const size = { width: seen.width, height: seen.height };
    if (isTooSmall(kind, size)) return { why: 'small', ...size };
    const asItIs = goesAsItIs(file, size);
    const blob = asItIs ? file : await drawn(kind, seen, drawnAt(kind, size));
    if (!blob || blob.size > MAX_BYTES) return { why: 'large' };
    return { blob, url: await shown(blob), ...(asItIs ? size : drawnAt(kind, size)) };
  } finally {
    seen.close();
  }
}

function drawn(kind: Kind, picture: ImageBitmap, { width, height }: Size): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext('2d');
  if (!pen) return Promise.resolve(null);
  pen.imageSmoothingQuality = 'high';
  if (kind === 'photo') {
    pen.fillStyle = 'white';
    pen.fillRect(0, 0, width, height);
  }
  pen.drawImage(picture, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, drawnAs(kind), 0.92));
}

function shown(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('a file that broke off'));
    reader.readAsDataURL(blob);
  });
}
