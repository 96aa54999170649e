// Screens that nobody touches for weeks notice that their page was built anew, and load it at a calm moment.

const LOOK_EVERY = 10 * 60_000;
const CALM_EVERY = 30_000;

/** The script that a shell starts with: its name changes with every build. */
export function entryOf(html: string): string | undefined {
  const script = /<script[^>]*\btype="module"[^>]*>/g;
  const sources = (html.match(script) ?? []).map((tag) => /\bsrc="([^"]+)"/.exec(tag)?.[1]);
  return sources.find((source) => source?.startsWith('/assets/'));
}

/** Whether the server has another build of this page than the one that runs here. */
export async function isOld(): Promise<boolean> {
  const own = entryOf(document.documentElement.outerHTML);
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-cache' }).catch(
    () => undefined,
  );
  const other = answer?.ok ? entryOf(await answer.text()) : undefined;
  return own !== undefined && other !== undefined && own !== other;
}

/** Looks for a new release now and then, and loads it once the moment is calm. Gives back what ends it. */
export function followReleases(calm: () => boolean): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    if (calm()) location.reload();
    else timer = setTimeout(wait, CALM_EVERY);
  };
  const look = async () => {
    if (await isOld()) wait();
    else timer = setTimeout(() => void look(), LOOK_EVERY);
  };
  timer = setTimeout(() => void look(), LOOK_EVERY);
  return () => clearTimeout(timer);
}
