/** What came back in the end, after all redirects. */
export interface Page {
  readonly status: number;
  readonly url: string;
  readonly bytes: Buffer;
  readonly contentType: string;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
  readonly path: string;
}

const MAX_REDIRECTS = 20;
const TIMEOUT_MS = 60_000;

/** A browser without JavaScript: keeps cookies by origin and path, follows redirects, submits forms. */
export class Browser {
  readonly #cookies = new Map<string, Cookie>();

  get(url: string): Promise<Page> {
    return this.#go('GET', new URL(url));
  }

  /** Submits the first form of a page, with its hidden fields and what the user fills in. */
  submit(page: Page, filledIn: Readonly<Record<string, string>>): Promise<Page> {
    const html = page.bytes.toString('utf8');
    const form = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html);
    if (!form) throw new Error(`There is no form at ${page.url} (HTTP ${page.status})`);
    const fields = new URLSearchParams();
    for (const [tag] of (form[2] ?? '').matchAll(/<input\b[^>]*>/gi))
      if (attribute(tag, 'type') === 'hidden')
        fields.set(attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? '');
    for (const [name, value] of Object.entries(filledIn)) fields.set(name, value);
    return this.#go('POST', new URL(attribute(form[1] ?? '', 'action') || page.url, page.url), fields);
  }

  async #go(method: string, start: URL, form?: URLSearchParams): Promise<Page> {
    let url = start;
    let body = form;
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const answer = await fetch(url, {
        method: body ? 'POST' : method === 'POST' ? 'GET' : method,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { accept: 'text/html,*/*', cookie: this.#header(url), ...(body && { origin: url.origin }) },
        ...(body && { body }),
      });
      for (const line of answer.headers.getSetCookie()) this.#remember(line, url);
      const location = answer.headers.get('location');
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (!location || answer.status < 300 || answer.status > 399)
        return {
          status: answer.status,
          url: url.href,
          bytes,
          contentType: answer.headers.get('content-type') ?? '',
        };
      url = new URL(location, url);
      if (answer.status !== 307 && answer.status !== 308) body = undefined;
    }
    throw new Error(`More than ${MAX_REDIRECTS} redirects from ${start.origin}${start.pathname}`);
  }

  #header(url: URL): string {
    return [...this.#cookies.values()]
      .filter(({ origin, path }) => origin === url.origin && matchesPath(url.pathname, path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  #remember(line: string, url: URL): void {
    const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
    const [name = '', ...value] = pair.split('=');
    const attributes = new Map(
      rest.map((part) => part.split('=') as [string, string]).map(([key, text]) => [key.toLowerCase(), text]),
    );
    const path = attributes.get('path') ?? '/';
    const key = `${url.origin} ${path} ${name}`;
    const expires = attributes.get('expires');
    const gone =
      attributes.get('max-age') === '0' ||
      (expires !== undefined && new Date(expires).getTime() < Date.now());
    if (gone) this.#cookies.delete(key);
    else this.#cookies.set(key, { name, value: value.join('='), origin: url.origin, path });
  }
}

/** RFC 6265 §5.1.4. */
function matchesPath(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

/** Value of an attribute of a tag; entities as far as addresses and tokens need them. */
export function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  return value?.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
