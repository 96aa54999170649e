import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One page that shows all pictures of a folder side by side. */
export async function writeSheet(folder: string): Promise<void> {
  const parts = (await readdir(folder, { withFileTypes: true })).filter((each) => each.isDirectory());
  const sections = await Promise.all(
    parts.map(async ({ name: part }) => {
      const files = (await readdir(join(folder, part))).filter((file) => file.endsWith('.png')).sort();
      const figures = files.map((file) => {
        const path = `${encodeURIComponent(part)}/${encodeURIComponent(file)}`;
        return `<a href="${path}"><img loading="lazy" src="${path}" alt=""><span>${file.replace(/\.png$/, '')}</span></a>`;
      });
      return `<h2>${part}</h2><div>${figures.join('')}</div>`;
    }),
  );
  const style = `body{font:14px system-ui;margin:2rem;background:#eee}div{display:flex;flex-wrap:wrap;gap:1rem}
a{inline-size:220px;color:inherit;text-decoration:none}img{inline-size:100%;block-size:260px;object-fit:cover;object-position:top;border:1px solid #bbb;background:#fff}
span{display:block;overflow-wrap:anywhere;font-size:12px}`;
  const page = `<!doctype html><meta charset="utf-8"><title>Screens</title><style>${style}</style><h1>Screens</h1>${sections.join('')}`;
  await writeFile(join(folder, 'index.html'), page);
}
