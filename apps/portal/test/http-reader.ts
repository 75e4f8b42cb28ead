import type { PortalUnderTest } from './portal-under-test.ts';

/** A browser's worth of HTTP: keeps cookies, follows nothing by itself, asks as browsers ask. */
export interface HttpReader {
  get(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  /** The `Cookie` header that it would send. */
  cookie(): string;
  setCookie(name: string, value: string): void;
}

const ACCEPT = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

export function anonymousReader(portal: PortalUnderTest): HttpReader {
  const jar = new Map<string, string>();
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

  async function send(path: string, init: RequestInit): Promise<Response> {
    const headers = { accept: ACCEPT, cookie: cookie(), ...(init.headers as Record<string, string>) };
    const answer = await fetch(new URL(path, portal.baseUrl), { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    return answer;
  }

  return {
    get: (path, init = {}) => send(path, init),
    post: (path, form, headers = {}) =>
      send(path, { method: 'POST', body: new URLSearchParams(form), headers }),
    cookie,
    setCookie: (name, value) => {
      jar.set(name, value);
    },
  };
}

/** Logged in by the whole code flow through the simulator. */
export async function httpReader(
  portal: PortalUnderTest,
  fnr: string,
  level: 3 | 4 = 3,
): Promise<HttpReader> {
  const reader = anonymousReader(portal);
  let location = `/logg-inn?niva=${level}`;
  for (let hops = 0; hops < 10; hops++) {
    const answer = await reader.get(location);
    const next = answer.headers.get('location');
    if (next === '/innboks') return reader;
    const chosen = next ? undefined : await reader.post(location, { person: fnr, level: String(level) });
    location = next ?? chosen?.headers.get('location') ?? '/';
  }
  throw new Error('The login did not come to an end');
}
