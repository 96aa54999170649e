// What a business puts on a site of its own (docs/guide/widget.md).

export type Kind = 'button' | 'link' | 'frame';

export interface Wish {
  kind: Kind;
  /** Where this deployment is. */
  origin: string;
  slug: string;
  /** What the button says; nothing is its own words, in the language of the site. */
  label: string;
  hue: number;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string): string => text.replace(/[&"<>]/g, (sign) => ENTITIES[sign] ?? sign);

export function snippetOf({ kind, origin, slug, label, hue }: Wish): string {
  const said = escaped(label.trim());
  const script = `<script src="${origin}/widget.js"`;
  if (kind === 'frame') {
    return `<iframe src="${origin}/${slug}?embed" title="${said}" allow="payment" width="100%" height="720" style="border: 0"></iframe>`;
  }
  if (kind === 'link') {
    return `<a href="${origin}/${slug}" data-openchair="${slug}">${said}</a>\n${script} data-hue="${hue}" async></script>`;
  }
  return `${script} data-shop="${slug}"${said && ` data-label="${said}"`} data-hue="${hue}" async></script>`;
}
