import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HttpReader, httpReader } from './http-reader.ts';
import { type PortalFixture, startPortal } from './portal-under-test.ts';

describe('documents', () => {
  let portal: PortalFixture;
  let reader: HttpReader;

  beforeAll(async () => {
    portal = await startPortal();
    reader = await httpReader(portal, portal.reader.fnr);
  });
  afterAll(async () => portal?.close());

  it('are sent with their name, type and size, and cannot run anything', async () => {
    const { kindergarten } = portal.letters;
    const answer = await reader.get(`/brev/${kindergarten}/dokument/1`);
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBe(1_382_000);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': '1382000',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    const disposition = answer.headers.get('content-disposition') ?? '';
    expect(disposition).toMatch(/^inline; filename="/);
    expect(decodeURIComponent(/filename\*=UTF-8''(.+)$/.exec(disposition)?.[1] ?? '')).toBe(
      'Orientering om søskenmoderasjon og redusert foreldrebetaling i kommunale barnehager.pdf',
    );
  });

  it('have the address that SvarUt gives them, too', async () => {
    const answer = await reader.get(`/forsendelse/${portal.letters.kindergarten}/0`);
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBe(214_300);
  });

  it('that are no PDF are attachments in a sandbox', async () => {
    const answer = await reader.get(`/brev/${portal.letters.large}/dokument/0`);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="Kart.bin"');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect((await answer.arrayBuffer()).byteLength).toBe(8_000_000);
  });

  it('count as downloaded when the last byte is sent', async () => {
    const key = `${portal.letters.printed}/0`;
    await (await reader.get(`/brev/${portal.letters.printed}/dokument/0`)).arrayBuffer();
    await vi.waitFor(() => expect(portal.post.completed).toContain(key));
    expect(portal.post.completed.filter((each) => each === key)).toHaveLength(1);
  });

  it('do not count when the reader hangs up', async () => {
    const key = `${portal.letters.large}/alt`;
    await hangUpAfterFirstBytes(`${portal.baseUrl}/brev/${portal.letters.large}/alt`, reader.cookie());
    await vi.waitFor(() => expect(portal.post.abandoned).toContain(key));
    expect(portal.post.completed).not.toContain(key);
  });

  it('are not opened by HEAD, by prefetching, or by an address that means nothing', async () => {
    const before = portal.post.completed.length;
    const { failed } = portal.letters;
    expect((await reader.get(`/brev/${failed}/dokument/0`, { method: 'HEAD' })).status).toBe(404);
    const ahead: Record<string, string>[] = [
      { 'sec-purpose': 'prefetch;prerender' },
      { 'sec-purpose': 'Prefetch' },
      { purpose: 'prefetch' },
      { 'x-purpose': 'preview' },
      { 'x-moz': 'prefetch' },
    ];
    for (const headers of ahead)
      for (const path of [`/brev/${failed}/alt`, `/brev/${failed}/dokument/0`, `/brev/${failed}`])
        expect((await reader.get(path, { headers })).status, JSON.stringify(headers)).toBe(403);
    for (const path of [
      `/brev/${failed}/dokument/9`,
      `/brev/${failed}/dokument/-1`,
      `/brev/${failed}/dokument/x`,
      '/brev/1/alt',
    ])
      expect((await reader.get(path)).status, path).toBe(404);
    expect(portal.post.completed).toHaveLength(before);
  });

  it('of level 4 are refused at level 3 and sent at level 4', async () => {
    const path = `/brev/${portal.letters.level4}/dokument/0`;
    const refused = await reader.get(path);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain(`/logg-inn?niva=4&amp;til=%2Fbrev%2F${portal.letters.level4}`);
    const high = await httpReader(portal, portal.reader.fnr, 4);
    expect((await high.get(path)).status).toBe(200);
  });

  it('of somebody else, and those that are deleted, are not found', async () => {
    expect((await reader.get(`/brev/${portal.letters.somebodyElses}/dokument/0`)).status).toBe(404);
    expect((await reader.get(`/brev/${portal.letters.deleted}/alt`)).status).toBe(404);
  });
});

function hangUpAfterFirstBytes(url: string, cookie: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers: { cookie } }, (answer) => {
      answer.once('data', () => {
        answer.destroy();
        resolve();
      });
    });
    request.once('error', reject);
    request.end();
  });
}
