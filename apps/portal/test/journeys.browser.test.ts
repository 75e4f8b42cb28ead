import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choosePerson, logIn, openPage, startBrowser } from './browser.ts';
import { type PortalUnderTest, startPortal } from './portal-under-test.ts';

const browser = await startBrowser();
/** Compressed bytes of everything a page loads, documents apart. */
const PAGE_BUDGET = 100_000;
/** Says that it is one: such browsers do not draw a PDF inside a page. */
const PHONE = { userAgent: 'Mozilla/5.0 (Linux; Android 15) Mobile Safari/537.36' } as const;

describe.skipIf(!browser)('a citizen', { timeout: 120_000 }, () => {
  let portal: PortalUnderTest;

  beforeAll(async () => {
    portal = await startPortal();
  });
  afterAll(async () => portal?.close());

  it('logs in, finds the letter, opens it and sees it opened, on a phone without JavaScript', async () => {
    const page = await openPage(browser!, portal, { ...PHONE, javaScriptEnabled: false });
    await page.goto('/');
    await page.getByText('DEMONSTRASJON', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Logg inn med ID-porten' }).click();
    await choosePerson(page, portal.reader, 3);
    expect(new URL(page.url()).pathname).toBe('/innboks');
    await page.getByRole('searchbox').fill('avgifter');
    await page.getByRole('button', { name: 'Søk' }).click();
    await page.getByRole('heading', { name: 'Ett brev passer med «avgifter».' }).waitFor();
    const letter = page.getByRole('listitem').filter({ hasText: 'Faktura for kommunale avgifter' });
    expect(await letter.getByText('Ny', { exact: true }).count()).toBe(1);
    await page.getByRole('link', { name: 'Faktura for kommunale avgifter' }).click();
    expect(await page.title()).toMatch(/^Faktura .* – Kom ikke fram – Digital post$/);
    expect(await page.locator('iframe').count()).toBe(0);

    const address = await page.getByRole('link', { name: 'Les brevet' }).getAttribute('href');
    expect((await fetchDocument(page, address!)).subarray(0, 5).toString()).toBe('%PDF-');
    await page.reload();
    await page.getByRole('heading', { name: /Du har åpnet brevet/ }).waitFor();
    await page.goto('/innboks');
    expect(await letter.getByText('Ny', { exact: true }).count()).toBe(0);
    await page.context().close();
  });

  it('reads the letter on its page, where the browser draws it', async () => {
    const page = await openPage(browser!, portal);
    await logIn(page, portal.reader);
    const [document] = await Promise.all([
      page.waitForResponse((each) => each.url().endsWith('/dokument/0')),
      page.goto(`/brev/${portal.letters.printed}`).catch(() => undefined),
    ]);
    expect([document.status(), document.frame().parentFrame() !== null]).toEqual([200, true]);
    await page.context().close();
  });

  it('does the whole errand with the Tab and Enter keys', async () => {
    const page = await openPage(browser!, portal, PHONE);
    await page.goto('/');
    await page.keyboard.press('Tab');
    expect(await focusedText(page)).toBe('Hopp til innholdet');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Logg inn med ID-porten');
    await enter(page);
    await tabTo(page, portal.reader.name);
    await enter(page);
    await tabTo(page, 'Vedtak om barnehageplass fra 1. august');
    await enter(page);
    await tabTo(page, 'Last ned alt');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toBe('Vedtak om barnehageplass fra 1. august.zip');
    await tabTo(page, 'Vis alle detaljer');
    await page.keyboard.press('Enter');
    expect(await page.locator('details').getAttribute('open')).not.toBeNull();
    expect(await page.locator('details').textContent()).toContain('gikk ikke, prøves på nytt');
    await tabTo(page, 'Innsyn');
    await enter(page);
    expect(await page.locator('h1').textContent()).toBe('Hvem har brukt opplysningene mine?');
    await tabTo(page, 'Logg ut');
    await enter(page);
    await tabTo(page, 'Ja, logg ut');
    await enter(page);
    expect(await page.locator('h1').textContent()).toBe('Du er logget ut');
    expect((await page.goto('/innboks'))?.url()).toContain('/idporten/');
    await page.context().close();
  });

  it('logs in again with a higher level for a letter that needs it', async () => {
    const page = await openPage(browser!, portal, PHONE);
    await logIn(page, portal.reader);
    await page.goto(`/brev/${portal.letters.level4}`);
    expect(await page.getByRole('link', { name: /Last ned/ }).count()).toBe(0);
    await page.getByRole('link', { name: 'Logg inn med høyere sikkerhet' }).click();
    await choosePerson(page, portal.reader, 4);
    expect(new URL(page.url()).pathname).toBe(`/brev/${portal.letters.level4}`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Last ned brevet' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Brev.pdf');
    await page.context().close();
  });

  it('opens a PDF in the browser, as a page of its own', async () => {
    const page = await openPage(browser!, portal, PHONE);
    await logIn(page, portal.reader);
    await page.goto(`/brev/${portal.letters.printed}`);
    const [answer] = await Promise.all([
      page.waitForResponse((each) => each.url().endsWith('/dokument/0')),
      page.getByRole('link', { name: 'Brev.pdf' }).click(),
    ]);
    expect(answer.status()).toBe(200);
    expect(answer.headers()).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'inline; filename="Brev.pdf"',
    });
    await page.context().close();
  });

  it('cancels a login, and is told so', async () => {
    const page = await openPage(browser!, portal);
    await page.goto('/logg-inn');
    await page.locator('form[action$="/avbryt"] button').click();
    expect(await page.locator('h1').textContent()).toBe('Du avbrøt innloggingen');
    await page.context().close();
  });

  it('chooses a language on any page, and keeps it', async () => {
    const page = await openPage(browser!, portal);
    await logIn(page, portal.reader);
    await page.goto('/innsyn?fra=2026-01-01&til=2026-01-31');
    await page.getByRole('link', { name: 'Nynorsk' }).click();
    expect(await page.locator('h1').textContent()).toBe('Kven har brukt opplysningane mine?');
    expect(new URL(page.url()).search).toBe('?fra=2026-01-01&til=2026-01-31');
    await page.getByRole('link', { name: 'English' }).click();
    await page.goto(`/brev/${portal.letters.level4}`);
    await page.getByRole('heading', { name: 'What has happened to the letter?' }).waitFor();
    expect(await page.locator('h1 [lang=no]').count()).toBe(1);
    await page.context().close();
  });

  it('loads at most 100 kB per page, names with Sámi letters included', async () => {
    for (const path of ['/', '/innboks', `/brev/${portal.letters.level4}`, '/innsyn']) {
      const page = await openPage(browser!, portal);
      if (path !== '/') await logIn(page, portal.reader);
      const weight = await pageWeight(page, path);
      expect(weight.files, path).toBeGreaterThan(2);
      expect(weight.bytes, path).toBeLessThanOrEqual(PAGE_BUDGET);
      console.log(`page weight of ${path.slice(0, 8)}: ${weight.bytes} bytes in ${weight.files} files`);
      await page.context().close();
    }
  });

  /** Loads the page with an empty cache and adds up what came over the wire. */
  async function pageWeight(page: Page, path: string): Promise<{ bytes: number; files: number }> {
    await page.goto('about:blank');
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
    const weight = { bytes: 0, files: 0 };
    cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
      weight.bytes += encodedDataLength;
      weight.files++;
    });
    await page.goto(path, { waitUntil: 'networkidle' });
    return weight;
  }
});

/** As the browser would, with its cookies; a viewer is not to be had in every build of it. */
async function fetchDocument(page: Page, path: string): Promise<Buffer> {
  return (await page.context().request.get(path)).body();
}

function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.textContent.trim() ?? '');
}

/** Presses Tab until the element with this text has focus, which must be visible. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab');
    if ((await focusedText(page)).startsWith(text)) return;
  }
  expect.fail(`No element with the text "${text}" gets focus`);
}

/** Follows the focused link or button, and waits for the page it leads to. */
async function enter(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}
