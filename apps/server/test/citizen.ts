/** A browser without JavaScript: follows redirects, keeps cookies per origin and path, submits forms. */
export interface Citizen {
  /** Status, body and address after all redirects. */
  get(path: string): Promise<Page>;
  post(path: string, form: Record<string, string>): Promise<Page>;
}

interface Page {
  readonly status: number;
  readonly url: string;
  readonly text: string;
  readonly bytes: Buffer;
  readonly headers: Headers;
}

const MAX_REDIRECTS = 15;

/** Logs `fnr` in at the portal of `baseUrl` through the ID-porten simulator. */
export async function logIn(baseUrl: string, fnr: string, level: 3 | 4 = 3): Promise<Citizen> {
  const citizen = createBrowser(baseUrl);
  const page = await citizen.get('/logg-inn');
  const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1];
  if (!action) throw new Error(`no login form at ${page.url}: ${page.text.slice(0, 300)}`);
  const hidden = [...page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [
    attribute(tag, 'name'),
    attribute(tag, 'value'),
  ]);
  const answer = await citizen.post(new URL(decode(action), page.url).href, {
    ...Object.fromEntries(hidden),
    number: fnr,
    level: String(level),
  });
  if (answer.status !== 200 || !answer.url.startsWith(baseUrl))
    throw new Error(`login failed: ${answer.status} ${answer.url}`);
  return citizen;
}

export function createBrowser(baseUrl: string): Citizen {
  const jar = new Map<string, { value: string; path: string }>();
  const go = async (method: string, address: string, body?: URLSearchParams): Promise<Page> => {
    let url = new URL(address, baseUrl);
    let next: { method: string; body: URLSearchParams | undefined } = { method, body };
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const cookies = [...jar]
        .filter(([, cookie]) => url.pathname.startsWith(cookie.path))
        .map(([name, cookie]) => `${name}=${cookie.value}`);
      const answer = await fetch(url, {
        method: next.method,
        redirect: 'manual',
        headers: {
          accept: 'text/html',
          cookie: cookies.join('; '),
          ...(next.body ? { origin: url.origin } : {}),
        },
        ...(next.body ? { body: next.body } : {}),
      });
      for (const line of answer.headers.getSetCookie()) remember(jar, line);
      const location = answer.headers.get('location');
      if (!location || answer.status < 300 || answer.status >= 400) {
        const bytes = Buffer.from(await answer.arrayBuffer());
        return {
          status: answer.status,
          url: url.href,
          text: bytes.toString('utf8'),
          bytes,
          headers: answer.headers,
        };
      }
      await answer.arrayBuffer();
      url = new URL(location, url);
      if (answer.status !== 307 && answer.status !== 308) next = { method: 'GET', body: undefined };
    }
    throw new Error(`too many redirects, last ${url}`);
  };
  return {
    get: (path) => go('GET', path),
    post: (path, form) => go('POST', path, new URLSearchParams(form)),
  };
}

function remember(jar: Map<string, { value: string; path: string }>, line: string): void {
  const [pair, ...attributes] = line.split(';').map((part) => part.trim());
  const [name, ...value] = pair!.split('=');
  const path = attributes.find((item) => /^path=/i.test(item))?.slice(5) ?? '/';
  const ended = attributes.some(
    (item) => /^max-age=0$/i.test(item) || /^expires=thu, 01 jan 1970/i.test(item),
  );
  if (ended) jar.delete(name!);
  else jar.set(name!, { value: value.join('='), path });
}

function attribute(tag: string, name: string): string {
  return decode(new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function decode(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"');
}
