import { createHash } from 'node:crypto';
import { attribute, Browser, type Page } from './browser.ts';

/** What a person got out of a letter in the portal. */
export interface ReadLetter {
  /** Of the letter's own page. */
  readonly status: number;
  readonly documents: readonly {
    readonly status: number;
    readonly contentType: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  /** The download of everything at once. */
  readonly whole: { readonly status: number; readonly contentType: string; readonly size: number } | null;
}

/**
 * Logs a person in at the portal through ID-porten (standard OIDC code flow; here the simulator, where one picks a person) and
 * opens a letter: its page, each document, and the whole of it, which is what makes it `LEST`.
 */
export async function readLetter(
  baseUrl: string,
  forsendelseId: string,
  fnr: string,
  level: number,
): Promise<ReadLetter> {
  const browser = new Browser();
  const choice = await browser.get(`${baseUrl}/logg-inn`);
  const landed = await browser.submit(choice, { number: fnr, level: String(level) });
  if (landed.status !== 200 || new URL(landed.url).origin !== new URL(baseUrl).origin)
    throw new Error(`Login in the portal failed: HTTP ${landed.status} at ${new URL(landed.url).pathname}`);
  const page = await browser.get(`${baseUrl}/brev/${forsendelseId}`);
  if (page.status !== 200) return { status: page.status, documents: [], whole: null };
  const documents = [];
  for (const url of await documentAddresses(browser, page)) {
    const document = await browser.get(url);
    const sha256 = createHash('sha256').update(document.bytes).digest('hex');
    documents.push({
      status: document.status,
      contentType: document.contentType,
      size: document.bytes.length,
      sha256,
    });
  }
  const [wholeUrl] = links(page, ({ pathname }) => /\/brev\/[^/]+\/alt$/.test(pathname));
  const whole = wholeUrl ? await browser.get(wholeUrl) : null;
  return {
    status: page.status,
    documents,
    whole: whole && { status: whole.status, contentType: whole.contentType, size: whole.bytes.length },
  };
}

/** Of the letter's documents: the page shows one of them, and leads to itself with another one in its place. */
async function documentAddresses(browser: Browser, page: Page): Promise<string[]> {
  const found = documentLinks(page);
  for (const choice of links(page, (url) => url.searchParams.has('vis')))
    found.push(...documentLinks(await browser.get(choice)));
  return [...new Set(found)];
}

function documentLinks(page: Page): string[] {
  return links(page, ({ pathname }) => /\/(?:brev|forsendelse)\/[^/]+\/(?:dokument\/)?\d+$/.test(pathname));
}

/** Addresses of the page's links that are `wanted`, each once, in the order of the page. */
function links(page: Page, wanted: (url: URL) => boolean): string[] {
  const tags = page.bytes.toString('utf8').matchAll(/<a\b[^>]*>/gi);
  const urls = [...tags]
    .flatMap(([tag]) => attribute(tag, 'href') ?? [])
    .map((href) => new URL(href, page.url));
  return [...new Set(urls.filter(wanted).map((url) => url.href))];
}
